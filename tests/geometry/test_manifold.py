"""Distances from a manifold that is known by a sample, against closed forms."""

import numpy as np
import pytest

from bench.decoder.truth import sampled_manifold, without_noise
from bench.geometry.manifold import SampledManifold
from bench.job import DatasetConfig
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
    assert manifold.resolution < 2e-3


def test_beyond_the_border_there_is_nothing():
    points = np.array([[0.5, 0.5, 0.2], [1.5, 0.5, 0.0], [-1.0, 2.0, 0.0]])
    found = square().distances(points)
    np.testing.assert_allclose(found, [0.2, 0.5, np.sqrt(2)], atol=0.06)


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
