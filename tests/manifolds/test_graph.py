import copy
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations

import numpy as np
import pytest
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree, shortest_path
from scipy.spatial.distance import cdist
from sklearn.neighbors import NearestNeighbors, kneighbors_graph

from bench.datasets import swiss_roll
from bench.manifolds import graph
from bench.manifolds.graph import graph_geodesics


def test_two_far_clusters_are_joined_by_one_bridge_of_the_shortest_gap():
    generator = np.random.default_rng(0)
    near, far = generator.uniform(size=(2, 30, 2))
    far[:, 0] += 100
    geodesics = graph_geodesics(np.vstack([near, far]), n_neighbors=5)
    assert geodesics.notes == {"n_neighbors": 5, "components": 2, "bridges": 1}
    found = geodesics.distances(np.arange(60))
    assert np.isfinite(found).all()
    gaps = np.linalg.norm(near[:, None] - far, axis=-1)
    assert found[:30, 30:].min() == pytest.approx(gaps.min())


def test_several_pieces_in_a_row_are_joined_each_to_its_nearest():
    places = np.array([0.0, 300.0, 100.0, 200.0])
    X = np.concatenate([place + np.arange(8.0) for place in places])[:, None]
    geodesics = graph_geodesics(X, n_neighbors=2)
    assert (geodesics.components, geodesics.bridges) == (4, 3)
    # The only way along a line is the line itself, so a long-cut bridge would show.
    np.testing.assert_allclose(geodesics.distances(np.arange(32)), np.abs(X - X.T), atol=1e-9)


def test_a_connected_graph_has_no_bridges():
    geodesics = graph_geodesics(np.arange(20.0)[:, None], n_neighbors=2)
    assert (geodesics.components, geodesics.bridges) == (1, 0)


@pytest.mark.parametrize("dimensions", [2, 60])
def test_duplicates_are_joined_by_edges_of_no_length(dimensions):
    once = np.random.default_rng(0).normal(size=(40, dimensions))
    found = graph_geodesics(np.repeat(once, 2, axis=0), n_neighbors=5).distances(np.arange(80))
    assert found[np.arange(0, 80, 2), np.arange(1, 80, 2)] == pytest.approx(0, abs=1e-5)
    np.testing.assert_allclose(found[::2], found[1::2], atol=1e-5)


def test_more_duplicates_than_neighbors_are_a_piece_of_their_own():
    X = np.concatenate([np.zeros((10, 2)), np.ones((10, 2))])
    geodesics = graph_geodesics(X, n_neighbors=3)
    found = geodesics.distances(np.arange(20))
    assert geodesics.components >= 2
    np.testing.assert_allclose(found[:10, :10], 0, atol=1e-9)
    np.testing.assert_allclose(found[:10, 10:], np.sqrt(2))


def test_the_estimate_converges_to_the_closed_form_on_a_swiss_roll():
    error = []
    for n, n_neighbors in ((500, 7), (4000, 20)):  # k grows with log n or faster, or zigzags stay
        data = swiss_roll.dataset(n=n, seed=1)
        rows = np.arange(0, n, n // 25)
        truth = data.geodesics.distances(rows)
        estimate = graph_geodesics(data.X, n_neighbors=n_neighbors).distances(rows)
        far = truth > 10
        error.append(np.median(np.abs(estimate[far] / truth[far] - 1)))
    assert error[1] < 0.02
    assert error[1] < error[0] / 2


@pytest.mark.parametrize("n_neighbors", [0, -1, 20, 21])
def test_n_neighbors_out_of_range_is_refused_with_the_range(n_neighbors):
    with pytest.raises(ValueError, match=rf"1 \.\.\. 19 for 20 points, got {n_neighbors}"):
        graph_geodesics(np.arange(20.0)[:, None], n_neighbors=n_neighbors)


def test_every_number_of_neighbors_up_to_n_minus_1_is_allowed():
    X = np.random.default_rng(0).normal(size=(20, 2))
    found = graph_geodesics(X, n_neighbors=19).distances(np.arange(20))
    np.testing.assert_allclose(found, np.linalg.norm(X[:, None] - X, axis=-1), atol=1e-12)


@pytest.mark.parametrize(("dimensions", "n_neighbors"), [(2, 6), (3, 8), (40, 10)])
def test_the_estimate_equals_scikit_learn_with_scipy(dimensions, n_neighbors):
    X = np.random.default_rng(0).normal(size=(150, dimensions))
    geodesics = graph_geodesics(X, n_neighbors=n_neighbors)
    assert geodesics.components == 1
    directed = kneighbors_graph(X, n_neighbors, mode="distance")
    expected = shortest_path(directed.maximum(directed.T), directed=False)
    np.testing.assert_allclose(geodesics.distances(np.arange(150)), expected, rtol=1e-9, atol=1e-9)
    some = np.array([7, 3])
    np.testing.assert_allclose(geodesics.distances(some), expected[some], rtol=1e-9, atol=1e-9)


def test_bridges_are_a_minimum_spanning_tree_of_the_pieces():
    rng = np.random.default_rng(0)
    centres = rng.uniform(0, 100, (12, 2))
    sizes = rng.integers(3, 40, 12)
    points = np.vstack([c + rng.normal(size=(m, 2)) for c, m in zip(centres, sizes, strict=True)])
    found = graph_geodesics(points, n_neighbors=2)
    before = graph_geodesics(points, n_neighbors=2).components
    assert found.bridges == before - 1 > 5
    alone = NearestNeighbors(n_neighbors=2).fit(points).kneighbors_graph()
    _, label = connected_components(alone, directed=False)
    gaps = np.full((before, before), np.inf)
    between = cdist(points, points)
    for a, b in combinations(range(before), 2):
        gaps[a, b] = between[np.ix_(label == a, label == b)].min()
    tree = minimum_spanning_tree(np.where(np.isfinite(gaps), gaps, 0)).sum()
    rows, columns = found.graph.nonzero()
    across = (label[rows] < label[columns]).nonzero()[0]
    assert len(across) == before - 1
    assert between[rows[across], columns[across]].sum() == pytest.approx(tree)


def test_graph_is_built_once_and_only_when_it_is_asked_for(monkeypatch):
    asked = []
    find = graph._nearest
    monkeypatch.setattr(graph, "_nearest", lambda *given: asked.append(1) or find(*given))
    geodesics = graph_geodesics(np.arange(400.0)[:, None], n_neighbors=2)
    assert not asked
    with ThreadPoolExecutor(8) as pool:
        rows = list(pool.map(lambda i: geodesics.distances(np.array([i]))[0], range(40)))
    assert geodesics.notes == {"n_neighbors": 2, "components": 1, "bridges": 0}
    assert len(asked) == 1
    np.testing.assert_array_equal(rows, abs(np.arange(400.0) - np.arange(40.0)[:, None]))


def test_a_copy_measures_the_same():
    X = np.random.default_rng(0).standard_normal((50, 3))
    geodesics = graph_geodesics(X, n_neighbors=4)
    rows, copied = np.arange(50), copy.deepcopy(geodesics)
    np.testing.assert_array_equal(copied.distances(rows), geodesics.distances(rows))
    assert copied.notes == geodesics.notes
