import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.geometry.euclidean import EuclideanDistances
from bench.geometry.nearest import find_nearest
from bench.geometry.screened import ScreenedSearch

MANY = 40


def nearest(points, k):
    found = EuclideanDistances(points).nearest(np.arange(len(points)), k)
    return found, found[:, 0] >= 0


def expected(points, k):
    """Return the nearest by differences in float64, which the search does not take."""
    exact = points.astype(np.float64)
    squares = np.array([np.square(exact - point).sum(axis=1) for point in exact])
    return find_nearest(squares, np.arange(len(points)), k)


@settings(deadline=None)
@given(
    st.integers(3, 150),
    st.integers(25, 90),
    st.integers(1, 20),
    st.sampled_from([1e-30, 1.0, 1e30]),
    st.integers(0, 10**6),
)
def test_the_nearest_are_those_of_differences_in_float64(n, dimensions, k, scale, seed):
    points = scale * np.random.default_rng(seed).normal(size=(n, dimensions))
    k = min(k, n - 1)
    found, told = nearest(points, k)
    assert told.all()
    assert (found == expected(points, k)).all()


def test_differences_that_float32_does_not_see_are_seen():
    rng = np.random.default_rng(0)
    points = np.repeat(rng.normal(size=(60, MANY)), 5, axis=0)
    points += 1e-9 * rng.normal(size=points.shape)
    found, told = nearest(points, 4)
    assert told.all()
    assert (found == expected(points, 4)).all()
    assert (
        np.sort(np.c_[found, np.arange(300)] // 5, axis=1) == np.arange(300)[:, None] // 5
    ).all()


def test_ties_of_pixels_are_in_the_order_of_the_seed():
    points = np.random.default_rng(0).integers(0, 2, (200, MANY)).astype(np.uint8)
    found, told = nearest(points, 10)
    assert told.any()
    assert (found[told] == expected(points, 10)[told]).all()


@pytest.mark.parametrize("shape", ["collapsed", "clump and outlier"])
def test_who_cannot_be_screened_is_left_open(shape):
    points = np.random.default_rng(0).normal(size=(500, MANY))
    if shape == "collapsed":
        points[:] = points[0]
    else:
        points[1:] = 1e-5 * points[1:] + 1
    found, told = nearest(points, 5)
    assert (found[told] == expected(points, 5)[told]).all()
    assert told.sum() < 2


def test_bounds_hold_for_every_pair():
    """The margin that is claimed is larger than any error there is, and not much too large."""
    points = np.random.default_rng(0).normal(size=(300, 784))
    search = ScreenedSearch(points, points)
    scale = np.exp2(-np.frexp(np.abs(points).max())[1])
    exact = np.square(points[:, None] - points[None]).sum(axis=2) * scale**2
    products = search._halves @ search._halves.T
    estimate = search._squares + search._squares[:, None] - 2 * products
    margin = search._own[:, None] * search._norms + search._other + search._other[:, None]
    assert (np.abs(estimate - exact) < margin).all()
    assert margin.max() < 1e-3 * np.median(exact)
