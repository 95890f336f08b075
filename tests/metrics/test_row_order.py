"""Scores of points that are tied do not depend on the order of the rows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_digits

import bench

K = 5
DRAWN_BY_ROW = {"triplet_accuracy"}


def scores(X, Y, **options):
    found = bench.score(X, Y, k=K, threads=1, **options)
    flat = {}
    for reference in ("euclidean", "geodesic"):
        for name, value in found.get(reference, {}).items():
            flat[reference, name] = value[K] if isinstance(value, dict) else value
    return {key: value for key, value in flat.items() if key[1] not in DRAWN_BY_ROW}


def grid(n=48):
    return np.stack(np.meshgrid(np.arange(6.0), np.arange(n / 6)), axis=-1).reshape(-1, 2)


def tied(kind, g):
    X = grid()
    if kind == "sheared grid":
        return X, X @ np.array([[1, 0.5], [0, 1]])
    if kind == "grid":
        return 0.1 * X, g.normal(size=(48, 2))
    if kind == "integers":
        return g.integers(0, 3, (48, 4)).astype(float), g.normal(size=(48, 2))
    if kind == "both integers":
        X = g.integers(0, 2, (48, 6)).astype(float)
        return X, X[:, :2]
    if kind == "duplicates apart":
        return np.repeat(g.normal(size=(16, 3)), 3, axis=0), g.normal(size=(48, 2))
    if kind == "pixels":
        return g.integers(0, 2, (48, 30)).astype(float), g.integers(0, 4, (48, 2)).astype(float)
    return g.normal(size=(48, 3)), np.zeros((48, 2))  # one point


KINDS = [
    "sheared grid",
    "grid",
    "integers",
    "both integers",
    "duplicates apart",
    "pixels",
    "one point",
]


@settings(deadline=None, max_examples=8)
@pytest.mark.parametrize("kind", KINDS)
@given(seed=st.integers(0, 10**6))
def test_scores_of_tied_points_are_the_same_in_any_order_of_the_rows(kind, seed):
    """Row order changes no score but those drawn by row number, whatever is tied."""
    g = np.random.default_rng(seed)
    X, Y = tied(kind, g)
    order = g.permutation(len(X))
    for options in ({}, {"graph_neighbors": 4}, {"metrics": ["trustworthiness", "q_nx"]}):
        before, after = scores(X, Y, **options), scores(X[order], Y[order], **options)
        for key, value in before.items():
            assert after[key] == pytest.approx(value, rel=1e-9, abs=1e-9), key


def test_scores_on_a_graph_of_digits_are_the_same_in_any_order_of_the_rows():
    """Which of several equally near points are neighbours does not depend on the row order."""
    X = load_digits().data[:300]
    g = np.random.default_rng(0)
    Y, order = X[:, [20, 44]] + 0.01 * g.normal(size=(300, 2)), g.permutation(300)
    before = scores(X, Y, graph_neighbors=10)
    after = scores(X[order], Y[order], graph_neighbors=10)
    for key, value in before.items():
        assert after[key] == pytest.approx(value, rel=1e-9), key


@pytest.mark.parametrize(
    "change",
    [lambda X: X + 7, lambda X: 0.1 * X, lambda X: 3 * X - 1e6],
    ids=["moved", "scaled", "both"],
)
def test_scores_of_a_grid_that_is_moved_or_scaled_are_the_same(change):
    """Moving and scaling the data does not draw the order among ties again."""
    X = grid()
    Y = np.random.default_rng(0).normal(size=(48, 2))
    before, after = scores(X, Y), scores(change(X), Y)
    for key, value in before.items():
        assert after[key] == pytest.approx(value, rel=1e-9, abs=1e-9), key


def test_scores_of_integers_that_are_turned_are_the_same():
    """Turning integers that are not symmetric as a whole changes no score."""
    g = np.random.default_rng(3)
    X, Y = np.unique(g.integers(0, 4, (90, 5)), axis=0).astype(float), None
    Y = g.normal(size=(len(X), 2))
    turn = np.linalg.qr(g.normal(size=(5, 5)))[0]
    before, after = scores(X, Y), scores(X @ turn, Y)
    for key, value in before.items():
        assert after[key] == pytest.approx(value, abs=1e-9), key
