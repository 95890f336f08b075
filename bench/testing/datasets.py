"""The rules of datasets."""

import inspect

import msgspec
import numpy as np
from numpy.typing import NDArray

from bench.dataset import Dataset, DatasetFactory
from bench.geometry.euclidean import EuclideanDistances
from bench.geometry.reference import LiveReference
from bench.metrics.comparison import compare
from bench.testing.rules import N, Rule, require


def _draw(factory: DatasetFactory, seed: int = 0) -> Dataset:
    dataset = factory(n=N, seed=seed)
    require(isinstance(dataset, Dataset), f"returned {type(dataset).__name__}, not bench.Dataset")
    return dataset


def _all_geodesics(dataset: Dataset) -> NDArray[np.float64]:
    return dataset.geodesics.distances(np.arange(dataset.n))


def _draws_as_many(factory: DatasetFactory) -> None:
    """Draw as many points as asked for, and refuse 9 with ValueError."""
    require(_draw(factory).n == N, f"{_draw(factory).n} points for n = {N}")
    try:
        factory(n=9, seed=0)
    except ValueError:
        return
    raise AssertionError("n = 9 was not refused")


def _is_drawn_by_its_seed(factory: DatasetFactory) -> None:
    """Draw the same points and geodesics for the same seed, others for another."""
    first, again, other = _draw(factory), _draw(factory), _draw(factory, seed=1)
    require(np.array_equal(first.X, again.X), "two draws of one seed differ")
    require(np.array_equal(_all_geodesics(first), _all_geodesics(again)), "geodesics differ")
    require(not np.array_equal(first.X, other.X), "two seeds give the same points")


def _has_metric_geodesics(factory: DatasetFactory) -> None:
    """Give geodesics that are a metric: zero to itself, symmetric, no detour shorter."""
    distances = _all_geodesics(_draw(factory))
    scale = distances.max()
    require(distances.shape == (N, N), f"distances of shape {distances.shape}")
    require(np.isfinite(distances).all() and (distances >= 0).all(), "a distance is not a length")
    own = np.abs(np.diag(distances)).max()
    require(own <= 1e-9 * scale, f"a point is at distance {own:g} to itself")
    require(np.allclose(distances, distances.T, atol=1e-9 * scale), "d(i, j) is not d(j, i)")
    detour = np.min([distances[:, [j]] + distances[j] for j in range(N)], axis=0)
    require((detour >= distances - 1e-9 * scale).all(), "a detour is shorter than the geodesic")


def _is_never_shorter_than_the_chord(factory: DatasetFactory) -> None:
    """Give no geodesic shorter than the straight line (to the precision of float32)."""
    dataset = _draw(factory)
    chord = EuclideanDistances(dataset.X).distances(np.arange(N))
    short = chord * (1 - 1e-3) - _all_geodesics(dataset)
    require(short.max() <= 1e-5 * chord.max(), f"one is shorter by {short.max():g}")


def _has_an_oracle_at_the_top(factory: DatasetFactory) -> None:
    """Score AUC > 0.999 with the chart, if it is declared isometric."""
    dataset = _draw(factory)
    if dataset.isometric:
        require(dataset.chart is not None, "isometric, but without a chart")
        reference = {"geodesic": LiveReference(dataset.geodesics, N)}
        auc = compare(reference, np.asarray(dataset.chart))["geodesic"].co_ranking.auc
        require(auc > 0.999, f"the chart scores {auc:.4f}")


def _has_plain_parameters(factory: DatasetFactory) -> None:
    """Have default parameters that a record can hold."""
    parameters = inspect.signature(factory).parameters
    msgspec.json.encode({name: p.default for name, p in parameters.items()})


DATASET_RULES: list[Rule] = [
    _draws_as_many,
    _is_drawn_by_its_seed,
    _has_metric_geodesics,
    _is_never_shorter_than_the_chord,
    _has_an_oracle_at_the_top,
    _has_plain_parameters,
]
