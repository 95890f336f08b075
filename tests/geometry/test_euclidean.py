"""Distances in many dimensions are as good as those of differences, however near points are."""

import numpy as np
import pytest

import bench
from bench.geometry.euclidean import EuclideanDistances

N = 300


def near_copies(rng, dimensions, noise):
    return rng.normal(size=(20, dimensions))[np.arange(N) % 20] + noise * rng.normal(
        size=(N, dimensions)
    )


def detail_at_the_origin(rng, dimensions, noise):
    points = 5 + rng.normal(size=(N, dimensions))
    points[:40] = noise * rng.normal(size=(40, dimensions))
    return points


def far_clusters(rng, dimensions, noise):
    return noise * rng.normal(size=(N, dimensions)) + (np.arange(N) % 2)[:, None]


@pytest.mark.parametrize("make", [near_copies, detail_at_the_origin, far_clusters])
@pytest.mark.parametrize("noise", [1e-3, 1e-8, 1e-13])
@pytest.mark.parametrize("kind", [np.float64, np.float32, ">f8"])
@pytest.mark.parametrize("dimensions", [24, 25, 203])
def test_squares_are_those_of_differences_but_for_rounding(make, noise, kind, dimensions):
    points = make(np.random.default_rng(0), dimensions, noise).astype(kind)
    exact = points.astype(np.float64)
    expected = np.array([np.square(exact - point).sum(axis=1) for point in exact])
    found = EuclideanDistances(points).lengths(np.arange(N))
    assert (np.diag(found) == 0).all()
    np.testing.assert_allclose(found, expected, rtol=1e-13)


@pytest.mark.parametrize("dimensions", [24, 25])
def test_a_line_is_perfect_whatever_else_is_scored(dimensions):
    place = np.arange(1000.0)[:, None]
    line = np.outer(0.1 * place, np.ones(dimensions))
    for metrics in (["q_nx"], ["q_nx", "trustworthiness"], ["q_nx", "auc"]):
        found = bench.score(line, place, k=3, metrics=metrics)["euclidean"]
        assert found["q_nx"] == {3: 1.0}


def test_scores_of_near_copies_depend_on_neither_threads_nor_memory_nor_company():
    points = near_copies(np.random.default_rng(0), 30, 1e-8)
    embedding, named = points[:, :2], ["q_nx", "trustworthiness"]
    expected = bench.score(points, embedding, k=3, metrics=named)["euclidean"]
    for options in ({"threads": 3}, {"threads": 1, "memory": 1}):
        found = bench.score(points, embedding, k=3, metrics=named, **options)
        assert found["euclidean"] == expected
    alone = bench.score(points, embedding, k=3, metrics=["q_nx"])["euclidean"]
    assert alone["q_nx"] == expected["q_nx"]
