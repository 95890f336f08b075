"""Distances from a manifold that is known by a sample, against closed forms."""

from itertools import product

import numpy as np
import pytest
from scipy.spatial import cKDTree

from bench.engine.truth import sampled_manifold, without_noise
from bench.job import DatasetConfig
from bench.manifolds.sampled import SampledManifold, nearest_in_hull
from bench.registry import Registry

RNG = np.random.default_rng(0)


def circle(n=2000):
    angle = RNG.uniform(0, 2 * np.pi, n)
    return SampledManifold(np.column_stack([np.cos(angle), np.sin(angle)]).astype(np.float32), 1)


def sphere(n=20_000):
    points = RNG.normal(size=(n, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    return SampledManifold(points.astype(np.float32), 2)


def square(n=4000):
    flat = np.column_stack([RNG.uniform(size=(n, 2)), np.zeros(n)])
    return SampledManifold(flat.astype(np.float32), 2)


@pytest.mark.parametrize(("manifold", "dimensions"), [(circle(), 2), (sphere(), 3)])
@pytest.mark.parametrize("radius", [0.5, 0.99, 1.2, 3.0])
def test_distances_from_a_circle_and_a_sphere_are_those_of_the_closed_form(
    manifold, dimensions, radius
):
    direction = RNG.normal(size=(200, dimensions))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    found = manifold.distances(radius * direction)
    np.testing.assert_allclose(found, abs(radius - 1), atol=4e-3)
    feet = manifold.project(radius * direction)
    np.testing.assert_allclose(feet, direction, atol=0.05 * max(1, radius - 1))
    assert manifold.resolution < 3e-3


def test_beyond_the_border_there_is_nothing():
    points = np.array([[0.5, 0.5, 0.2], [1.5, 0.5, 0.0], [-1.0, 2.0, 0.0]])
    found = square().distances(points)
    np.testing.assert_allclose(found, [0.2, 0.5, np.sqrt(2)], atol=0.02)


def sheet(*, chart):
    """Sample a rectangle of 6 by 2, with coordinates in it or without."""
    flat = RNG.uniform(size=(10_000, 2)) * [6, 2]
    sample = np.column_stack([flat, np.zeros(len(flat))]).astype(np.float32)
    return SampledManifold(sample, 2, flat if chart else None)


@pytest.mark.parametrize(("chart", "longer"), [(True, 1.06), (False, 1.15)])
def test_distances_beyond_a_border_are_those_from_the_border(chart, longer):
    """Near the border a step along the tangent space does not lead beyond it."""
    manifold, along = sheet(chart=chart), RNG.uniform(0.3, 5.7, 300)
    for off in (0.01, 0.06, 0.5):
        points = np.column_stack([along, np.full(300, 2 + off), np.zeros(300)])
        found = manifold.distances(points)
        assert found.min() >= off - 1e-6
        assert found.max() <= off + manifold.resolution
        if off > 0.05:
            assert found.mean() <= longer * off


@pytest.mark.parametrize("chart", [True, False])
def test_the_resolution_is_what_points_of_the_manifold_are_measured_at(chart):
    """Points near the border, for which the sample tells least, count too."""
    manifold = sheet(chart=chart)
    inside = np.column_stack([RNG.uniform(size=(1000, 2)) * [6, 2], np.zeros(1000)])
    found = manifold.distances(inside)
    assert found.max() <= manifold.resolution < 0.07


def nearest_on_the_roll(points):
    """Measure how far points are from the Swiss roll, from its formula: 21 wide."""
    t = np.linspace(1.5 * np.pi, 4.5 * np.pi, 20_001)
    spiral = np.column_stack([t * np.cos(t), t * np.sin(t)])
    across = cKDTree(spiral).query(points[:, [0, 2]])[0]
    beyond = points[:, 1] - np.clip(points[:, 1], 0, 21)
    return np.hypot(across, beyond)


@pytest.mark.parametrize("known", [True, False])
def test_the_plane_of_pca_is_as_far_from_the_roll_as_its_formula_says(known):
    """What leaves the roll beyond its border is measured from the border."""
    chosen, registry = config("swiss_roll", n=1500, noise=0.0), Registry(())
    clean = without_noise(chosen, registry)
    manifold = sampled_manifold(chosen, clean, registry)
    manifold = manifold if known else SampledManifold(manifold.sample, 2)
    points = clean.X[:400].astype(float)
    middle = points.mean(axis=0)
    axes = np.linalg.svd(points - middle, full_matrices=False)[2][:2]
    for left in (middle + (points - middle) @ axes.T @ axes, points + np.array([0, 3, 0])):
        found, true = manifold.distances(left), nearest_on_the_roll(left)
        rms = [np.sqrt((one**2).mean()) for one in (found, true)]
        assert rms[0] == pytest.approx(rms[1], rel=0.015 if known else 0.05)


@pytest.mark.parametrize("dimension", [1, 2, 3])
def test_the_nearest_point_of_a_hull_is_that_of_its_box(dimension):
    """Clipping to a box is known; a heap of points inside it changes nothing."""
    corners = np.array(list(product(*[(-1.0, 2.0)] * dimension)))
    corners = np.vstack([corners, RNG.uniform(-1, 2, (30, dimension))])
    for point in RNG.normal(scale=3, size=(50, dimension)):
        found = nearest_in_hull(point, corners)
        np.testing.assert_allclose(found, np.clip(point, -1, 2), atol=1e-5)


def test_a_border_of_many_dimensions_is_that_of_the_neighbours():
    """The hull of a chart of many coordinates has too many corners to be looked for."""
    flat = RNG.uniform(size=(3000, 7))
    manifold = SampledManifold(np.pad(flat, ((0, 0), (0, 2))).astype(np.float32), 7, flat)
    points = np.pad(flat[:20], ((0, 0), (0, 2)))
    points[:, 8] = 0.3
    np.testing.assert_allclose(manifold.distances(points), 0.3, rtol=1e-4)


@pytest.mark.parametrize("manifold", [sphere(500), circle(12)])
def test_no_foot_is_farther_than_the_nearest_point_of_the_sample(manifold):
    points = RNG.normal(size=(100, manifold.sample.shape[1]))
    nearest = np.linalg.norm(points[:, None] - manifold.sample[None], axis=-1).min(axis=1)
    assert (manifold.distances(points) <= nearest + 1e-6).all()


def test_a_coarser_sample_is_said_to_resolve_less():
    assert circle(50).resolution > 10 * circle(2000).resolution


def test_duplicates_in_the_sample_do_no_harm():
    once = circle(300)
    twice = SampledManifold(np.concatenate([once.sample, once.sample]), 1)
    assert np.isfinite(twice.distances(np.array([[2.0, 0.0], [0.0, 0.0]]))).all()
    assert np.isfinite(twice.resolution)


def test_a_chart_may_have_a_coordinate_that_does_not_change():
    """The hull of points in a plane is found in three coordinates too."""
    flat = sheet(chart=True)
    manifold = SampledManifold(flat.sample, 2, np.pad(flat.chart, ((0, 0), (0, 1))))
    found = manifold.distances(np.array([[3.0, 1.0, 0.2], [3.0, 2.3, 0.0]]))
    np.testing.assert_allclose(found, [0.2, 0.3], atol=0.01)


def config(name, **parameters):
    return DatasetConfig(name, parameters, 0)


@pytest.mark.parametrize(
    "chosen",
    [
        config("swiss_roll", n=200, noise=0.5),
        config("sphere", n=200, noise=0.1, dimensions=10),
        config("translated_bump", n=200, size=24, width=1.5, travel=6.0, noise=0.1),
    ],
    ids=lambda chosen: chosen.name,
)
def test_clean_points_lie_on_the_sampled_manifold_and_noisy_ones_off_it(chosen):
    registry = Registry(())
    quiet = without_noise(chosen, registry)
    manifold, clean = sampled_manifold(chosen, quiet, registry), quiet.X
    noisy = registry.find("dataset", chosen.name).load()[0](seed=0, **chosen.parameters).X
    radius = np.sqrt(((clean - clean.mean(axis=0)) ** 2).sum(axis=1).mean())
    assert np.sqrt((manifold.distances(clean) ** 2).mean()) < 0.005 * radius
    codimension = clean.shape[1] - 2
    shaken = np.sqrt((manifold.distances(noisy) ** 2).mean())
    assert shaken == pytest.approx(chosen.parameters["noise"] * np.sqrt(codimension), rel=0.15)


@pytest.mark.parametrize("name", ["digits", "uniform_noise", "shuffled_digits"])
def test_real_data_and_noise_have_no_known_manifold(name):
    chosen, registry = config(name, n=100), Registry(())
    assert sampled_manifold(chosen, without_noise(chosen, registry), registry) is None
