from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from bench.metrics.topology import bottleneck, diagrams, topology_distances, wasserstein

pairs = st.tuples(st.integers(0, 20), st.integers(1, 20)).map(lambda p: (p[0], p[0] + p[1]))
small = st.lists(pairs, max_size=3).map(lambda rows: np.array(rows, float).reshape(-1, 2))


def by_trying_everything(one, other, combine):
    """Match in every way there is; the diagonal takes any number of pairs."""
    left = [*map(tuple, one), *[None] * len(other)]
    right = [*map(tuple, other), *[None] * len(one)]

    def move(p, q):
        if p is None and q is None:
            return 0.0
        if p is None or q is None:
            birth, death = p or q
            return (death - birth) / 2
        return max(abs(p[0] - q[0]), abs(p[1] - q[1]))

    ways = permutations(range(len(right)))
    return min(
        combine([move(p, right[i]) for p, i in zip(left, way, strict=True)] or [0.0])
        for way in ways
    )


@given(small, small)
def test_distances_of_diagrams_equal_the_best_of_all_matchings(one, other):
    assert bottleneck(one, other) == by_trying_everything(one, other, max)
    assert wasserstein(one, other) == pytest.approx(by_trying_everything(one, other, sum))


def test_a_diagram_against_an_empty_one_moves_to_the_diagonal():
    one, nothing = np.array([[0.0, 4.0], [1.0, 2.0]]), np.empty((0, 2))
    assert bottleneck(one, nothing) == 2
    assert wasserstein(one, nothing) == 2.5
    assert bottleneck(nothing, nothing) == wasserstein(nothing, nothing) == 0


def test_the_diagrams_of_a_square_are_known():
    corners = np.array([[0.0, 0], [1, 0], [1, 1], [0, 1]])
    distances = cdist(corners, corners)
    mean = (4 + 2 * np.sqrt(2)) / 6
    h0, h1 = diagrams(distances)
    assert h0 == pytest.approx(np.array([[0, 1]] * 3) / mean, abs=1e-6)
    assert h1 == pytest.approx(np.array([[1, np.sqrt(2)]]) / mean, abs=1e-6)


def test_two_clusters_drawn_into_one_lose_a_component_and_a_circle_cut_open_its_loop():
    generator = np.random.default_rng(0)
    apart = generator.normal(size=(60, 2)) + 20 * (np.arange(60) % 2)[:, None]
    joined = generator.normal(size=(60, 2))
    angle = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    circle = np.column_stack([np.cos(angle), np.sin(angle)])

    def compare(one, other):
        return topology_distances(cdist(one, one), cdist(other, other))

    lost = compare(apart, joined)
    assert lost["h0_bottleneck"] > 0.3
    assert lost["h1_bottleneck"] < 0.2
    cut = compare(circle, angle[:, None])
    assert cut["h1_bottleneck"] > 0.3
    assert cut["h0_bottleneck"] < 0.1
    same = compare(circle, 1e-3 * circle[:, ::-1] + 5)
    assert max(same.values()) < 1e-4


def test_a_collapsed_embedding_loses_all_persistence_and_is_finite():
    points = np.random.default_rng(0).normal(size=(30, 3))
    lost = topology_distances(cdist(points, points), np.zeros((30, 30)))
    h0, _ = diagrams(cdist(points, points))
    assert lost["h0_bottleneck"] == pytest.approx(h0[:, 1].max() / 2)
    assert lost["h0_wasserstein"] == pytest.approx(h0[:, 1].sum() / 2)


def test_pieces_that_no_path_joins_are_never_joined():
    line = np.abs(np.subtract.outer(np.arange(6.0), np.arange(6.0)))
    line[:3, 3:] = line[3:, :3] = np.inf
    components, loops = diagrams(line)
    assert len(components) == 4  # of six births, two live for ever
    assert not len(loops)
