import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.geometry.euclidean import EuclideanDistances
from bench.geometry.point_tree import PointTree
from bench.geometry.ranks import rank_rows

SHAPES = ("scattered", "grid", "scaled grid", "duplicates", "collapsed", "outlier", "two clumps")


def draw(shape, n, dimensions, seed):
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(n, dimensions))
    if shape in ("grid", "scaled grid"):
        points = np.rint(points)
    if shape == "scaled grid":
        points *= 0.1
    if shape == "duplicates":
        points = points[rng.integers(0, max(1, n // 5), n)]
    if shape == "collapsed":
        points[:] = points[0]
    if shape == "outlier":
        points[n // 2] = 1e8
    if shape == "two clumps":
        points = 1e-6 * points + np.where(np.arange(n) % 2, 1.0, -1.0)[:, None]
    return np.ascontiguousarray(points)


def check(points, rows, k, seed=0):
    n, tree = len(points), PointTree(points)
    keys = np.random.default_rng(seed).permutation(n).astype(np.uint64)
    expected = rank_rows(EuclideanDistances(points).lengths(rows), rows, keys)
    nearest = tree.nearest(rows, k, keys)
    in_order = np.take_along_axis(expected, nearest, axis=1)
    assert (in_order == np.arange(1, k + 1)).all()
    others = np.random.default_rng(n).integers(0, n, (len(rows), k)).astype(np.int32)
    others = np.where(others == rows[:, None], (others + 1) % n, others).astype(np.int32)
    ranks = np.full(others.shape, n, dtype=np.int32)
    tree.rank(rows, others, ranks, keys)
    assert (ranks == np.take_along_axis(expected, others, axis=1)).all()


@given(
    st.sampled_from(SHAPES),
    st.integers(2, 400),
    st.integers(1, 8),
    st.integers(1, 30),
    st.integers(0, 10**6),
)
def test_a_tree_finds_the_nearest_and_the_ranks_that_sorting_all_gives(shape, n, d, k, seed):
    check(draw(shape, n, d, seed), np.arange(n), min(k, n - 1), seed)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_tree_of_several_branches_does_too(shape):
    points = draw(shape, 40_000, 3, 0)
    check(points, np.random.default_rng(1).choice(len(points), 40, replace=False), 50)


def test_ranks_that_are_known_are_left_as_they_are():
    points = draw("scattered", 100, 2, 0)
    ranks = np.array([[7, 100]], dtype=np.int32)
    PointTree(points).rank(np.array([3]), np.array([[5, 6]], dtype=np.int32), ranks)
    expected = rank_rows(EuclideanDistances(points).lengths(np.array([3])), np.array([3]))
    assert ranks.tolist() == [[7, expected[0, 6]]]


def test_points_are_not_moved():
    points = draw("scattered", 200, 3, 0)
    before = points.copy()
    PointTree(points).nearest(np.arange(200), 5)
    assert (points == before).all()
