"""From points to an embedding: warm up, fit, measure the cost, check what came back."""

import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.controls import padded
from bench.data.real_numbers import real_array
from bench.engine.memory import PeakMemory, freeze_permanent_objects
from bench.engine.prepare import Prepared
from bench.engine.processes import cpu_seconds
from bench.engine.result import JobResult
from bench.errors import DegenerateError, one_line
from bench.job import Job
from bench.record import Costs
from bench.reducer import Reducer, as_reducer
from bench.registry import Registry
from bench.seeds import stream

_WARM_UP_POINTS = 100
_warm: set[str] = set()  # reducers that this process has compiled and loaded already


def embed(job: Job, prepared: Prepared, registry: Registry) -> JobResult:
    """Fit a job's reducer on all points, and measure what its inverse loses.

    Raises
    ------
    DegenerateError
        If the embedding is not finite or is a single point.
    ValueError
        If it has the wrong shape, or is not of real numbers.
    """
    reducer = reducer_of(job, registry)
    result = fit(reducer, job, prepared.X, prepared.chart)
    if reducer.inverse:
        result = _reconstructed(result, reducer, job, prepared.X)
    if reducer.own_dimensions:
        return replace(result, embedding=padded(result.embedding, job.n_components))
    return result


def reducer_of(job: Job, registry: Registry) -> Reducer:
    """Load the reducer of a job; raises `UnavailableError` if it cannot be loaded."""
    return as_reducer(registry.find("reducer", job.reducer.name).load()[0])


def fit(
    reducer: Reducer,
    job: Job,
    X: NDArray[np.float32],
    chart: NDArray[np.float64] | None = None,
) -> JobResult:
    """Fit a job's estimator on some points; raises as `embed` does.

    Parameters
    ----------
    reducer : Reducer
    job : Job
    X : ndarray of shape (n, D)
    chart : ndarray of shape (n, d), optional
        The true coordinates, which only a reducer that needs the truth is given.
    """
    truth = (chart,) if reducer.needs_truth else ()
    _warm_up(reducer, job, X, *truth)
    estimator = build(reducer, job)
    own = X.copy()  # an estimator may write into what it is given
    found, costs = measure(lambda: estimator.fit_transform(own, *truth))
    return JobResult(estimator, _check(found, len(X), reducer, job), costs)


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


def _warm_up(
    reducer: Reducer, job: Job, X: NDArray[np.float32], *truth: NDArray[np.float64] | None
) -> None:
    """Fit a few points once per process, so that imports and compilation are not charged."""
    if job.reducer.label in _warm:
        return
    _warm.add(job.reducer.label)
    few = [None if array is None else array[:_WARM_UP_POINTS].copy() for array in (X, *truth)]
    with suppress(Exception):  # too few points for this method, perhaps: the real fit will tell
        build(reducer, job).fit_transform(*few)
    freeze_permanent_objects()


def measure(fit: Callable[[], Any]) -> tuple[Any, Costs]:
    """Call a fit, and return what it gave and what it cost."""
    with PeakMemory() as memory:
        wall, cpu = time.perf_counter(), cpu_seconds()
        found = fit()
        costs = time.perf_counter() - wall, cpu_seconds() - cpu
    return found, Costs(*costs, memory.bytes)


def _check(found: object, n: int, reducer: Reducer, job: Job) -> NDArray[np.floating]:
    columns = None if reducer.own_dimensions else job.n_components
    # A copy: what is scored is what was checked, whatever the plugin still does to its array.
    embedding = np.array(check_places(found, n, columns))
    if (embedding == embedding[0]).all():
        raise DegenerateError("all points are in one place")
    return embedding


def check_places(found: object, n: int, n_components: int | None) -> NDArray[np.floating]:
    """Return places in an embedding as an array of real numbers.

    Parameters
    ----------
    found : object
    n : int
        Number of points.
    n_components : int or None
        Number of columns; None for any.

    Raises
    ------
    DegenerateError
        If one is not finite.
    ValueError
        If they have another shape than (n, n_components), or are no real numbers.
    """
    try:
        places = real_array(found)
    except ValueError as error:
        raise ValueError(f"the embedding {error}".rstrip(".")) from error
    expected = (n, places.shape[-1] if n_components is None else n_components)
    if places.shape != expected:
        raise ValueError(f"the embedding has shape {places.shape}, expected {expected}")
    if places.dtype.kind != "f":
        places = places.astype(np.float64)
    broken = int((~np.isfinite(places)).any(axis=1).sum())
    if broken:
        raise DegenerateError(f"{broken} of {len(places)} points are not finite")
    return places


def _reconstructed(
    result: JobResult, reducer: Reducer, job: Job, X: NDArray[np.float32]
) -> JobResult:
    """Add the reconstruction error, or why it is not known: it takes nothing from the rest."""
    size = min(len(X), reducer.inverse_sample or len(X))
    sample = np.sort(stream(job.seed, "reconstruction").choice(len(X), size, replace=False))
    try:
        error = _reconstruction_error(result, X, sample)
    except Exception as problem:  # noqa: BLE001 - a plugin may raise anything
        return result.plus(problems=[f"inverse_transform: {one_line(problem)}"])
    return replace(result, reconstruction_error=error, reconstruction_points=size)


def _reconstruction_error(
    result: JobResult, X: NDArray[np.float32], sample: NDArray[np.intp]
) -> float:
    """Return the squared error over the variance: the same unit whatever the loss."""
    codes = result.embedding[sample]
    restored = real_array(result.estimator.inverse_transform(codes)).astype(np.float64)
    points, centre = X[sample].astype(np.float64), X.mean(axis=0, dtype=np.float64)
    if restored.shape != points.shape:
        raise ValueError(f"inverse_transform gave shape {restored.shape}, expected {points.shape}")
    return float(((points - restored) ** 2).sum() / ((points - centre) ** 2).sum())
