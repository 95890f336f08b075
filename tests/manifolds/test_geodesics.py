import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from bench.datasets import s_curve, swiss_roll
from bench.geometry.euclidean import EuclideanDistances
from bench.manifolds.geodesics import CircularGeodesics, FlatGeodesics


def test_flat_geodesics_are_straight_lines_in_the_chart():
    chart = np.array([[0.0, 0.0], [3.0, 4.0], [-5.0, 12.0]])
    expected = [[5.0, 0.0, np.hypot(8, 8)], [13.0, np.hypot(8, 8), 0.0]]
    np.testing.assert_allclose(FlatGeodesics(chart).distances(np.array([1, 2])), expected)


def test_swiss_roll_geodesics_equal_the_arc_length_by_quadrature():
    data = swiss_roll.dataset(n=30, seed=4)
    t, height = data.color, data.X[:, 1].astype(float)
    found = data.geodesics.distances(np.arange(30))
    for i in range(0, 30, 3):
        for j in range(30):
            arc = quad(lambda u: np.sqrt(1 + u**2), t[i], t[j])[0]
            assert found[i, j] == pytest.approx(np.hypot(arc, height[i] - height[j]), abs=1e-5)


def test_swiss_roll_points_lie_on_the_roll_of_their_parameter():
    data = swiss_roll.dataset(n=200, seed=4)
    t = data.color
    np.testing.assert_allclose(data.X[:, 0], t * np.cos(t), atol=1e-5)
    np.testing.assert_allclose(data.X[:, 2], t * np.sin(t), atol=1e-5)


def test_s_curve_geodesics_equal_the_length_of_a_fine_polygon():
    data = s_curve.dataset(n=20, seed=4)
    t, height = data.color, data.X[:, 1].astype(float)
    found = data.geodesics.distances(np.arange(20))
    for i in range(20):
        for j in range(i):
            u = np.linspace(t[i], t[j], 4001)
            curve = np.column_stack([np.sin(u), np.sign(u) * (np.cos(u) - 1)])
            arc = np.linalg.norm(np.diff(curve, axis=0), axis=1).sum()
            assert found[i, j] == pytest.approx(np.hypot(arc, height[i] - height[j]), abs=1e-5)


def test_circular_geodesics_take_the_shorter_way_round():
    geodesics = CircularGeodesics(np.array([0.0, 1.0, 5.0, 9.5]), 10.0)
    np.testing.assert_allclose(geodesics.distances(np.array([0])), [[0, 1, 5, 0.5]])
    np.testing.assert_allclose(geodesics.distances(np.array([3])), [[0.5, 1.5, 4.5, 0]])


@given(
    st.lists(st.floats(-50, 50), min_size=2, max_size=8),
    st.floats(0.5, 20),
    st.integers(-3, 3),
)
def test_circular_geodesics_are_the_shortest_of_all_windings(position, circumference, laps):
    position = np.array(position)
    found = CircularGeodesics(position, circumference).distances(np.arange(len(position)))
    windings = circumference * np.arange(-250, 251)
    gaps = position[:, None, None] - position[None, :, None] + windings
    np.testing.assert_allclose(found, np.abs(gaps).min(axis=-1), atol=1e-9)
    further = position + laps * circumference * (np.arange(len(position)) == 0)
    moved = CircularGeodesics(further, circumference).distances(np.arange(len(position)))
    np.testing.assert_allclose(moved, found, atol=1e-9)


@pytest.mark.parametrize("dimensions", [2, 24, 25, 60])
def test_euclidean_distances_equal_the_norm_of_the_difference(dimensions):
    X = np.random.default_rng(0).normal(loc=3, size=(40, dimensions)).astype(np.float32)
    rows = np.array([5, 0, 39])
    expected = np.linalg.norm(X[rows, None].astype(float) - X.astype(float), axis=-1)
    found = EuclideanDistances(X).distances(rows)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)
    assert (found[np.arange(3), rows] == 0).all()


@pytest.mark.parametrize("dimensions", [3, 60])
def test_euclidean_distances_survive_a_far_origin(dimensions):
    X = np.random.default_rng(0).normal(size=(40, dimensions))
    rows = np.arange(40)
    near, far = (EuclideanDistances(X + shift).distances(rows) for shift in (0.0, 1e5))
    np.testing.assert_allclose(far, near, rtol=1e-8)


@pytest.mark.parametrize("dimensions", [2, 60])
def test_ties_between_integer_points_survive(dimensions):
    X = np.random.default_rng(0).integers(-5, 6, size=(77, dimensions))
    found = EuclideanDistances(X.astype(float)).distances(np.arange(77))
    squared = np.square(X[:, None] - X).sum(axis=-1)
    assert len(np.unique(found)) == len(np.unique(squared))
