"""The rules of reducers."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.engine.fit import seed_global_generators
from bench.parameters import complete
from bench.reducer import Reducer
from bench.testing.rules import N, Rule, curved_points, images, require

_SOLVER_TOLERANCE = 1e-3  # of the largest coordinate


def _embed(
    reducer: Reducer, X: NDArray[np.float32], n_components: int = 2, seed: int = 0
) -> tuple[Any, Any]:
    seed_global_generators(seed)
    estimator = reducer.build({}, n_components=n_components, seed=seed)
    found = estimator.fit_transform(X)
    require(found is not None, "fit_transform returned None: return the embedding")
    return estimator, np.asarray(found)


def _points(reducer: Reducer, n: int = N) -> NDArray[np.float32]:
    return images(n) if reducer.images else curved_points(n)


@dataclass(frozen=True, eq=False)
class FittedReducer:
    """A reducer under test, and one fit of it in two dimensions that its rules share."""

    reducer: Reducer

    @cached_property
    def points(self) -> NDArray[np.float32]:
        """What the fit was handed."""
        return _points(self.reducer)

    @cached_property
    def fit(self) -> tuple[Any, Any]:
        """The estimator and the embedding."""
        return _embed(self.reducer, self.points)


def _embeds(fitted: FittedReducer) -> None:
    """Give one row for each point, n_components columns, finite and not all the same."""
    reducer = fitted.reducer
    for n_components in (1, 2, 3):
        flat = n_components == 2
        _, found = fitted.fit if flat else _embed(reducer, _points(reducer), n_components)
        require(found.shape == (N, n_components), f"shape {found.shape} for {n_components}-D")
        require(np.isfinite(found).all(), "a value is not finite")
        require(np.ptp(found, axis=0).max() > 0, "all points are in one place")


def _leaves_them_alone(fitted: FittedReducer) -> None:
    """Leave the points as they were handed in."""
    _ = fitted.fit
    same = np.array_equal(fitted.points, _points(fitted.reducer))
    require(same, "fit_transform wrote into its input")


def _repeats_itself(fitted: FittedReducer) -> None:
    """Give the same embedding for the same seed, to the bit."""
    first = fitted.fit[1]
    second = _embed(fitted.reducer, _points(fitted.reducer))[1]
    difference = np.abs(first - second).max()
    require(np.array_equal(first, second), f"two runs differ by up to {difference:g}")


def _ignores_the_seed(fitted: FittedReducer) -> None:
    """Give the same embedding for every seed, if it is declared deterministic."""
    if fitted.reducer.deterministic:
        first = fitted.fit[1]
        second = _embed(fitted.reducer, _points(fitted.reducer), seed=1)[1]
        signs = np.sign((first * second).sum(axis=0))
        difference = np.abs(first - signs * second).max() / np.abs(first).max()
        require(
            difference < _SOLVER_TOLERANCE,
            f"seeds 0 and 1 differ by {difference:.1g} of the largest coordinate: leave out "
            "deterministic=True",
        )


def _transforms(fitted: FittedReducer) -> None:
    """Place new points by transform, if it is declared."""
    if fitted.reducer.transform:
        estimator, _ = fitted.fit
        found = np.asarray(estimator.transform(_points(fitted.reducer, N + 10)[N:]))
        require(found.shape == (10, 2), f"transform of 10 points gave shape {found.shape}")
        require(np.isfinite(found).all(), "a transformed value is not finite")


def _inverts(fitted: FittedReducer) -> None:
    """Return to the data better than chance by the inverse, if one is declared."""
    if fitted.reducer.inverse:
        X = _points(fitted.reducer)
        estimator, found = fitted.fit
        sample = slice(fitted.reducer.inverse_sample)
        restored = np.asarray(estimator.inverse_transform(found[sample]))
        require(restored.shape == X[sample].shape, f"inverse_transform gave {restored.shape}")
        lost = ((restored - X[sample]) ** 2).sum() / ((X[sample] - X.mean(axis=0)) ** 2).sum()
        require(lost < 1, f"it loses {lost:.2f} of the variance; the mean alone loses 1")


def _has_plain_parameters(fitted: FittedReducer) -> None:
    """Have default parameters that a record can hold."""
    defaults = fitted.reducer.parameters
    unrecorded = defaults.keys() - complete({}, defaults)[0].keys()
    require(not unrecorded, f"a record cannot hold the default of {', '.join(sorted(unrecorded))}")


REDUCER_RULES: list[Rule] = [
    _embeds,
    _leaves_them_alone,
    _repeats_itself,
    _ignores_the_seed,
    _transforms,
    _inverts,
    _has_plain_parameters,
]
