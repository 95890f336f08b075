"""Traits held against what is known: dimensions, and distances of neighbours on a circle."""

import numpy as np
import pytest
from scipy import stats

from bench.geometry.euclidean import EuclideanDistances
from bench.geometry.reference import LiveReference
from bench.manifolds.traits import NEIGHBOR, measure_traits, two_nn
from bench.registry import Registry


def of(X):
    return measure_traits(LiveReference(EuclideanDistances(X.astype(np.float32)), len(X)))


@pytest.mark.parametrize(
    ("name", "options", "dimension"),
    [
        ("circle", {}, 1),
        ("trefoil", {"dimensions": 50}, 1),
        ("swiss_roll", {}, 2),
        ("clifford_torus", {}, 2),
        ("translated_bump", {}, 2),
        ("rolled_sheet", {"intrinsic_dimension": 3}, 3),
        ("sphere", {"intrinsic_dimension": 4}, 4),
    ],
)
def test_the_estimate_is_the_dimension_that_is_known(name, options, dimension):
    data = Registry().find("dataset", name).load()[0](n=1500, seed=0, **options)
    assert data.intrinsic_dimension == dimension
    found = of(data.X).dimension
    # Four standard errors of 1,500 ratios that follow a Pareto law of exponent d.
    assert found == pytest.approx(dimension, abs=4 * dimension / np.sqrt(1500))


@pytest.mark.parametrize("dimension", [1, 5, 20])
def test_ratios_drawn_from_the_law_give_its_exponent_and_nearly_the_likeliest_one(dimension):
    ratio = 1 + np.random.default_rng(0).pareto(dimension, 4000)
    found = two_nn(np.column_stack([np.ones(4000), ratio]))
    assert found == pytest.approx(dimension, rel=4 / np.sqrt(4000))
    assert found == pytest.approx(3999 / np.log(ratio).sum(), rel=4 / np.sqrt(4000))


def test_the_neighbour_distance_on_a_circle_is_that_of_the_order_statistic():
    angle = np.random.default_rng(0).uniform(0, 2 * np.pi, 3000)
    found = of(np.column_stack([np.cos(angle), np.sin(angle)]))
    # The share of the circle that holds the 10 nearest of n - 1 others follows a beta law.
    share = stats.beta(NEIGHBOR, 3000 - NEIGHBOR).median()
    assert found.neighbor_distance == pytest.approx(2 * np.sin(np.pi * share / 2), rel=0.02)
    assert found.diameter == pytest.approx(2, rel=1e-4)


def test_a_small_sample_by_hand():
    found = of(np.array([[0.0, 0.0], [1.0, 0.0], [3.0, 0.0]]))
    assert (found.neighbor_distance, found.diameter) == (3, 3)  # the last of fewer than ten
    assert found.dimension is None


def test_scale_changes_lengths_and_no_dimension():
    X = np.random.default_rng(0).normal(size=(200, 3))
    one, other = of(X), of(8 * X)
    assert other.dimension == pytest.approx(one.dimension)
    assert other.neighbor_distance == pytest.approx(8 * one.neighbor_distance)
    assert other.diameter == pytest.approx(8 * one.diameter)


def test_points_that_coincide_are_left_out_of_the_estimate():
    X = np.random.default_rng(0).uniform(size=(1000, 2))
    twice = np.vstack([X, X[:20]])
    assert of(twice).dimension == pytest.approx(2, rel=4 / np.sqrt(1000))
    assert of(np.zeros((50, 2))).dimension is None
    assert of(np.arange(50.0)[:, None]).dimension is not None  # the two ends have a ratio


def test_neighbours_equally_far_have_no_dimension():
    assert two_nn(np.ones((50, 2))) is None
