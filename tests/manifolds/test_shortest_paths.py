import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from bench.datasets import swiss_roll
from bench.manifolds.graph import graph_geodesics
from bench.manifolds.shortest_paths import ShortestPaths


def random_graph(seed, n, edges, lengths):
    """Return a symmetric graph, in pieces if it has few edges, and with edges of length 0."""
    generator = np.random.default_rng(seed)
    a, b = generator.integers(0, n, (2, edges))
    low, high = np.minimum(a, b)[a != b], np.maximum(a, b)[a != b]
    _, once = np.unique(low * n + high, return_index=True)
    low, high = low[once], high[once]
    drawn = generator.exponential(size=len(low))
    length = generator.choice(lengths, len(low)) if lengths else drawn
    both = np.concatenate([low, high]), np.concatenate([high, low])
    return csr_array((np.concatenate([length, length]), both), shape=(n, n))


@given(
    st.integers(0, 10**6),
    st.integers(1, 90),
    st.integers(0, 300),
    st.sampled_from([[], [0.0, 1.0], [0.1, 0.2, 0.3], [1e-9, 1.0, 1e9]]),
)
def test_lengths_equal_those_of_scipy_to_the_bit_from_any_sources(seed, n, edges, lengths):
    graph = random_graph(seed, n, edges, lengths)
    paths = ShortestPaths(graph)
    expected = dijkstra(graph, directed=False)
    assert sorted(paths.order) == list(range(n))
    assert np.array_equal(paths.distances(np.arange(n)), expected)  # all together
    some = np.random.default_rng(seed).integers(0, n, 7)  # in any order, some twice
    assert np.array_equal(paths.distances(some), expected[some])
    assert np.array_equal(paths.distances(some[:1]), expected[some[:1]])  # one alone
    assert paths.distances(some[:0]).shape == (0, n)


@pytest.mark.parametrize("n_neighbors", [3, 12])
def test_lengths_on_a_swiss_roll_equal_those_of_scipy_to_the_bit(n_neighbors):
    graph = graph_geodesics(swiss_roll.dataset(n=900, seed=0).X, n_neighbors=n_neighbors).graph
    paths = ShortestPaths(graph)
    expected = dijkstra(graph, directed=False)
    near, scattered = paths.order[100:164], np.arange(0, 900, 50)
    for sources in (near, scattered, np.concatenate([near, scattered])):
        assert np.array_equal(paths.distances(sources), expected[sources])


def test_nodes_side_by_side_in_the_order_are_near_each_other():
    graph = graph_geodesics(swiss_roll.dataset(n=900, seed=0).X).graph
    paths = ShortestPaths(graph)
    distances = dijkstra(graph, directed=False)
    balls = [np.ix_(ball, ball) for ball in np.array_split(paths.order, 900 // 32)]
    assert np.mean([distances[ball].mean() for ball in balls]) < distances.mean() / 5


def test_one_edge_that_is_longer_than_all_others_changes_nothing():
    line = np.arange(200.0)[:, None]
    line[150:] += 1e12
    found = graph_geodesics(line, n_neighbors=2).distances(np.arange(200))
    np.testing.assert_allclose(found, np.abs(line - line.T))
