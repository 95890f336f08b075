"""From points to an embedding: warm up, fit, measure the cost, check what came back."""

import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.controls import CONTROLS
from bench.data.real_numbers import real_array
from bench.engine.memory import PeakMemory, freeze_permanent_objects
from bench.engine.prepare import Prepared
from bench.engine.processes import cpu_seconds
from bench.errors import DegenerateError, one_line
from bench.job import Job
from bench.record import Costs
from bench.reducer import Reducer, as_reducer
from bench.registry import Registry
from bench.seeds import stream

_WARM_UP_POINTS = 100
_warm: set[str] = set()  # reducers that this process has compiled and loaded already


@dataclass(frozen=True, eq=False)
class Embedded:
    """What a fit came to.

    Parameters
    ----------
    embedding : ndarray of shape (n, n_components)
    costs : Costs
    reconstruction_error : float or None
        None where the reducer has no inverse, or it failed.
    reconstruction_points : int or None
        How many points it was measured on.
    problem : str or None
        Why the inverse failed: that takes no score from the embedding.
    """

    embedding: NDArray[np.floating]
    costs: Costs
    reconstruction_error: float | None = None
    reconstruction_points: int | None = None
    problem: str | None = None


def embed(job: Job, prepared: Prepared, registry: Registry) -> Embedded:
    """Run a job's reducer or control.

    Raises
    ------
    DegenerateError
        If the embedding is not finite or is a single point.
    ValueError
        If it has the wrong shape, or is not of real numbers.
    """
    if job.reducer.name in CONTROLS:
        control = CONTROLS[job.reducer.name]
        found, costs = measure(
            lambda: control(prepared.X, prepared.chart, job.n_components, job.seed)
        )
        return Embedded(_check(found, len(prepared.X), job), costs)
    reducer = as_reducer(registry.find("reducer", job.reducer.name).load()[0])
    fitted = fit(reducer, job, prepared.X)
    estimator, embedding, costs = fitted.estimator, fitted.embedding, fitted.costs
    if not reducer.inverse:
        return Embedded(embedding, costs)
    sample = _inverse_sample(reducer, job, len(prepared.X))
    try:
        error = _reconstruction_error(estimator, prepared.X, embedding, sample)
    except Exception as problem:  # noqa: BLE001 - a plugin may raise anything
        return Embedded(embedding, costs, problem=f"inverse_transform: {one_line(problem)}")
    return Embedded(embedding, costs, error, len(sample))


@dataclass(frozen=True, eq=False)
class Fitted:
    """An estimator that was fitted, and what came of it.

    Parameters
    ----------
    estimator : object
    embedding : ndarray of shape (n, n_components)
        Of the points that it was fitted on.
    costs : Costs
    """

    estimator: Any
    embedding: NDArray[np.floating]
    costs: Costs


def fit(reducer: Reducer, job: Job, X: NDArray[np.float32]) -> Fitted:
    """Fit a job's estimator on some points; raises as `embed` does."""
    _warm_up(reducer, job, X)
    estimator = build(reducer, job)
    own = X.copy()  # an estimator may write into what it is given
    found, costs = measure(lambda: estimator.fit_transform(own))
    return Fitted(estimator, _check(found, len(X), job), costs)


def build(reducer: Reducer, job: Job) -> Any:  # noqa: ANN401 - estimators share no base class
    """Make a job's estimator, with every generator that it may draw from seeded."""
    seed_global_generators(job.seed)
    return reducer.build(job.reducer.parameters, n_components=job.n_components, seed=job.seed)


def seed_global_generators(seed: int) -> None:
    """Seed the generators that methods share, for those that take no ``random_state``.

    scikit-learn's Isomap takes its ARPACK start vector from numpy's global generator.
    """
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - the global generator is the point


def _warm_up(reducer: Reducer, job: Job, X: NDArray[np.float32]) -> None:
    """Fit a few points once per process, so that imports and compilation are not charged."""
    if job.reducer.label in _warm:
        return
    _warm.add(job.reducer.label)
    with suppress(Exception):  # too few points for this method, perhaps: the real fit will tell
        build(reducer, job).fit_transform(X[:_WARM_UP_POINTS].copy())
    freeze_permanent_objects()


def measure(fit: Callable[[], Any]) -> tuple[Any, Costs]:
    """Call a fit, and return what it gave and what it cost."""
    with PeakMemory() as memory:
        wall, cpu = time.perf_counter(), cpu_seconds()
        found = fit()
        costs = time.perf_counter() - wall, cpu_seconds() - cpu
    return found, Costs(*costs, memory.bytes)


def _check(found: object, n: int, job: Job) -> NDArray[np.floating]:
    # A copy: what is scored is what was checked, whatever the plugin still does to its array.
    embedding = np.array(check_places(found, n, job.n_components))
    if (embedding == embedding[0]).all():
        raise DegenerateError("all points are in one place")
    return embedding


def check_places(found: object, n: int, n_components: int) -> NDArray[np.floating]:
    """Return places in an embedding as an array of real numbers.

    Raises
    ------
    DegenerateError
        If one is not finite.
    ValueError
        If they have another shape than (n, n_components), or are no real numbers.
    """
    try:
        places, expected = real_array(found), (n, n_components)
    except ValueError as error:
        raise ValueError(f"the embedding {error}".rstrip(".")) from error
    if places.shape != expected:
        raise ValueError(f"the embedding has shape {places.shape}, expected {expected}")
    if places.dtype.kind != "f":
        places = places.astype(np.float64)
    broken = int((~np.isfinite(places)).any(axis=1).sum())
    if broken:
        raise DegenerateError(f"{broken} of {len(places)} points are not finite")
    return places


def _inverse_sample(reducer: Reducer, job: Job, n: int) -> NDArray[np.intp]:
    size = min(n, reducer.inverse_sample or n)
    return np.sort(stream(job.seed, "reconstruction").choice(n, size, replace=False))


def _reconstruction_error(
    estimator: Any,  # noqa: ANN401 - estimators share no base class
    X: NDArray[np.float32],
    embedding: NDArray[np.floating],
    sample: NDArray[np.intp],
) -> float:
    """Return the squared error over the variance: the same unit whatever the loss."""
    restored = real_array(estimator.inverse_transform(embedding[sample])).astype(np.float64)
    points, centre = X[sample].astype(np.float64), X.mean(axis=0, dtype=np.float64)
    if restored.shape != points.shape:
        raise ValueError(f"inverse_transform gave shape {restored.shape}, expected {points.shape}")
    return float(((points - restored) ** 2).sum() / ((points - centre) ** 2).sum())
