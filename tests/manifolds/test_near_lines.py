import numpy as np
import pytest
from curved import great_circles, polar, sphere
from hypothesis import given
from hypothesis import strategies as st

from bench.manifolds.near_lines import ParameterBox

SPHERE = ParameterBox(sphere, np.array([-1.5, -1.2]), np.array([1.5, 1.2]))
RING = ParameterBox(polar, np.array([0.5, 0.0]), np.array([2.0, 3.0]))


def lengths(box, start, end):
    return box.lengths(box.places(start), box.places(end))


def test_christoffel_symbols_are_those_of_the_sphere():
    latitude = np.linspace(-1, 1, 9)
    places = SPHERE.places(np.column_stack([np.zeros(9), latitude]))
    expected = np.zeros((9, 2, 2, 2))
    expected[:, 0, 0, 1] = expected[:, 0, 1, 0] = -np.tan(latitude)
    expected[:, 1, 0, 0] = np.sin(latitude) * np.cos(latitude)
    np.testing.assert_allclose(places.christoffel, expected, atol=1e-5)


def test_they_are_found_on_the_walls_of_the_box_too():
    corner = SPHERE.places(np.array([[1.5, 1.2]]))
    np.testing.assert_allclose(corner.christoffel[0, 1, 0, 0], np.sin(1.2) * np.cos(1.2), rtol=0.01)


def test_the_error_of_a_line_is_of_the_fourth_order_and_of_a_straight_one_of_the_second():
    """Halve lines from one place again and again."""
    start = np.array([[-0.3, 0.5]])
    end = start + np.array([0.8, 0.3]) / 2.0 ** np.arange(1, 5)[:, None]
    truth = great_circles(start, end)
    excess = lengths(SPHERE, np.repeat(start, 4, axis=0), end) / truth - 1
    part = np.linspace(0, 1, 10_001)[:, None, None]
    path = start + part * (end - start)
    steps, between = np.diff(path, axis=0), (path[1:] + path[:-1]) / 2
    straight = np.hypot(np.cos(between[..., 1]) * steps[..., 0], steps[..., 1]).sum(axis=0)
    np.testing.assert_allclose(np.diff(np.log2(straight / truth - 1)), -2, atol=0.25)
    assert (excess > 0).all()
    assert (np.diff(np.log2(excess)) < -3.5).all()
    assert excess[0] < (straight / truth - 1)[0] / 50


def test_lines_from_one_place_are_those_from_each_and_many_are_measured_in_blocks():
    end = np.random.default_rng(0).uniform(SPHERE.lower, SPHERE.upper, (10_000, 2))
    start = np.array([[0.2, -0.4]])
    once = SPHERE.lengths(SPHERE.places(start), SPHERE.places(end))
    each = lengths(SPHERE, np.repeat(start, 10_000, axis=0), end)
    np.testing.assert_array_equal(once, each)
    backwards = SPHERE.lengths(SPHERE.places(end), SPHERE.places(np.repeat(start, 10_000, axis=0)))
    np.testing.assert_allclose(backwards, once, rtol=1e-12)


@pytest.mark.parametrize("d", [1, 3])
def test_where_the_metric_is_constant_lines_are_straight_whatever_the_dimension(d):
    root = np.random.default_rng(0).normal(size=(d, d))
    box = ParameterBox(lambda u: np.tile(root @ root.T, (len(u), 1, 1)), np.zeros(d), np.ones(d))
    start, end = np.random.default_rng(1).uniform(size=(2, 50, d))
    truth = np.linalg.norm((end - start) @ root, axis=1)
    np.testing.assert_allclose(lengths(box, start, end), truth, rtol=1e-12)


share = st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0, 1))


@given(st.tuples(share, share), st.tuples(share, share))
def test_a_line_never_leaves_the_box(start, end):
    """Around the ring's hole, where geodesics through it would be shorter."""
    asked = []

    def watched(parameters):
        asked.append(parameters)
        return polar(parameters)

    box = ParameterBox(watched, RING.lower, RING.upper)
    ends = RING.lower + np.array([start, end]) * (RING.upper - RING.lower)
    lengths(box, ends[:1], ends[1:])
    places = np.vstack(asked)
    slack = 1e-12
    assert (places >= RING.lower - slack).all()
    assert (places <= RING.upper + slack).all()


def test_along_a_wall_that_keeps_geodesics_in_a_line_is_as_long_as_the_wall():
    start, end = np.array([[0.5, 0.2]]), np.array([[0.5, 1.0]])
    assert lengths(RING, start, end)[0] == pytest.approx(0.4, rel=1e-12)
