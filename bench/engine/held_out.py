"""Held-out points: fit on the others, place these, and score where they come to lie.

What a fitted embedding keeps of its own points says nothing of new ones. Here a part of the
points, drawn by the seed, is kept from the fit and placed afterwards: by the reducer's own
``transform`` where it has one, and for every reducer by one rule that needs none, so that all can
be compared. Their scores are the rank scores of the held-out rows among all points.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import msgspec
import numpy as np
from numpy.typing import NDArray

from bench.controls import padded
from bench.engine.decoded import judge_decoder
from bench.engine.fit import build, check_places, fit, reducer_of
from bench.engine.prepare import Prepared
from bench.engine.result import JobResult
from bench.engine.score import score
from bench.engine.split import Split, split
from bench.errors import DegenerateError, one_line
from bench.geometry.blocks import Rows
from bench.job import Job
from bench.metrics.comparison import compare
from bench.metrics.decoder.table import DecoderMetric
from bench.metrics.needs import Need
from bench.metrics.table import Metric
from bench.record import OutOfSample, Placement
from bench.reducer import Reducer
from bench.registry import Registry

NEIGHBORS = 5
_SINGLY = 8  # points that are placed one by one
Places = NDArray[np.floating]
Transform = Callable[[Rows], Places]


def place_by_neighbors(
    training: NDArray[np.floating], embedding: Places, points: NDArray[np.floating]
) -> Places:
    """Place points by the rule for reducers that cannot: the mean of where their neighbours are.

    Parameters
    ----------
    training : ndarray of shape (n, D)
        The points that were embedded.
    embedding : ndarray of shape (n, n_components)
        Where they are.
    points : ndarray of shape (m, D)
        The points to be placed.

    Returns
    -------
    ndarray of shape (m, n_components)
        Means over the five nearest in the ambient space, weighted by the inverse of the distance.
    """
    from sklearn.neighbors import KNeighborsRegressor

    rule = KNeighborsRegressor(min(NEIGHBORS, len(training)), weights="distance")
    return np.asarray(rule.fit(training, embedding).predict(points))


def place_held_out(
    job: Job,
    prepared: Prepared,
    registry: Registry,
    table: Sequence[Metric],
    decoder_table: Sequence[DecoderMetric] = (),
) -> JobResult:
    """Run a job that holds points out; raises as `bench.engine.fit.embed` does.

    Parameters
    ----------
    job : Job
    prepared : Prepared
    registry : Registry
    table : sequence of Metric
        The scores; those that look at more than some rows are left out.
    decoder_table : sequence of DecoderMetric
        The scores of decoders, where the reducer has one.

    Returns
    -------
    JobResult
        Its embedding is of all points: training points as fitted, the others as placed.
    """
    parts = split(len(prepared.X), job.held_out, job.seed)
    reducer = reducer_of(job, registry)

    def judged(result: JobResult) -> JobResult:
        return judge_decoder(result, reducer, job, prepared, registry, parts, decoder_table)

    if reducer.own_dimensions:
        return _decoder_alone(reducer, job, prepared.X, parts, judged)
    if reducer.needs_truth:
        result, places = _knowing_all(reducer, job, prepared, parts)
    else:
        result, places = _by_transform(reducer, job, prepared.X, parts)
        if reducer.inverse and places:
            result = judged(result)
        result = result.plus(arrays=learning_curves(result.estimator))
    training, held_out = prepared.X[parts.training], prepared.X[parts.held_out]
    places["neighbors"] = place_by_neighbors(training, result.embedding, held_out)
    return _scored(result, places, prepared, parts, table)


def learning_curves(estimator: object) -> dict[str, NDArray[np.float32]]:
    """Take the curves of an estimator that keeps them: lists of numbers by name, ``history_``."""
    history = getattr(estimator, "history_", None)
    if not isinstance(history, dict):
        return {}
    curves = {f"learning/{name}": np.asarray(values) for name, values in history.items()}
    return {
        name: curve.astype(np.float32)
        for name, curve in curves.items()
        if curve.ndim == 1 and curve.dtype.kind in "fiu"
    }


def _decoder_alone(
    reducer: Reducer,
    job: Job,
    X: NDArray[np.float32],
    parts: Split,
    judged: Callable[[JobResult], JobResult],
) -> JobResult:
    """Judge the decoder of codes that are not an embedding of ``n_components`` dimensions.

    Of the codes the first columns are kept.
    """
    estimator = build(reducer, job)
    codes = np.asarray(estimator.fit_transform(X[parts.training]))
    result = judged(JobResult(estimator, codes, None, out_of_sample=_facts(parts)))
    first = np.asarray(estimator.transform(X))[:, : job.n_components]
    return replace(result, embedding=padded(first, job.n_components))


def _knowing_all(
    reducer: Reducer, job: Job, prepared: Prepared, parts: Split
) -> tuple[JobResult, dict[Placement, Places]]:
    """Give a control all points: it knows where the held-out ones belong too."""
    result = fit(reducer, job, prepared.X, prepared.chart)
    held_out = result.embedding[parts.held_out]
    fitted = result.embedding[parts.training]
    result = replace(result, embedding=fitted, out_of_sample=_facts(parts))
    return result, {"transform": held_out}


def _by_transform(
    reducer: Reducer, job: Job, X: NDArray[np.float32], parts: Split
) -> tuple[JobResult, dict[Placement, Places]]:
    """Fit the training points, and place the others by ``transform`` if there is one."""
    result = replace(fit(reducer, job, X[parts.training]), out_of_sample=_facts(parts))
    places: dict[Placement, Places] = {}
    if not reducer.transform:
        return result, places
    transform, facts = _transform(result, X), _facts(parts)
    problems = []
    try:  # step by step: what fails leaves what came before it
        places["transform"], seconds = _place(transform, parts.held_out)
        facts = msgspec.structs.replace(facts, transform_seconds=seconds)
        found = _deviations(transform, places["transform"], result.embedding, parts)
        facts = msgspec.structs.replace(facts, **found)
    except Exception as error:  # noqa: BLE001 - a plugin may raise anything
        problems.append(f"transform: {one_line(error)}")
    return replace(result, out_of_sample=facts).plus(problems=problems), places


def _facts(parts: Split) -> OutOfSample:
    return OutOfSample(len(parts.training), len(parts.held_out))


def _transform(fitted: JobResult, X: NDArray[np.float32]) -> Transform:
    """Return the estimator's own ``transform``, of rows, checked each time that it is called."""
    components = fitted.embedding.shape[1]

    def transform(rows: Rows) -> Places:
        found = fitted.estimator.transform(X[rows])  # a copy, which it may write into
        return check_places(found, len(rows), components)

    return transform


def _place(transform: Transform, rows: Rows) -> tuple[Places, float]:
    """Place points all at once; return where, and the seconds that it took after a warm-up."""
    transform(rows)  # compiles what it must, which is not charged
    start = time.perf_counter()
    placed = transform(rows)
    seconds = time.perf_counter() - start
    if (placed == placed[0]).all():
        raise DegenerateError("all held-out points are in one place")
    return placed, seconds


def _deviations(
    transform: Transform, placed: Places, fitted: Places, parts: Split
) -> dict[str, float]:
    """Compare a transform with itself in other batches, and with the fit."""
    unit = np.sqrt(_mean_square(fitted - fitted.mean(axis=0)))
    apart = np.concatenate(
        [transform(parts.held_out[rows]) - placed[rows] for rows in _batches(len(placed))]
    )
    again = transform(parts.training) - fitted
    return {
        "batch_deviation": float(np.sqrt(_mean_square(apart)) / unit),
        "fit_deviation": float(np.sqrt(_mean_square(again)) / unit),
        "largest_batch_deviation": float(np.linalg.norm(apart, axis=1).max() / unit),
    }


def _batches(m: int) -> Iterator[Rows]:
    yield np.arange(m // 2)
    yield np.arange(m // 2, m)
    yield from np.arange(min(m, _SINGLY))[:, None]


def _mean_square(differences: Places) -> float:
    return float((differences.astype(np.float64) ** 2).sum(axis=1).mean())


def _whole(fitted: Places, placed: Places, parts: Split) -> Places:
    shape = len(fitted) + len(placed), fitted.shape[1]
    embedding = np.empty(shape, np.result_type(fitted, placed))
    embedding[parts.training], embedding[parts.held_out] = fitted, placed
    return embedding


def _scored(
    result: JobResult,
    places: dict[Placement, Places],
    prepared: Prepared,
    parts: Split,
    table: Sequence[Metric],
) -> JobResult:
    """Score the training points as fitted, and the held-out ones as each way has placed them."""
    wholes = {name: _whole(result.embedding, placed, parts) for name, placed in places.items()}
    first = next(iter(wholes.values()))
    chosen = [metric for metric in table if _of_rows(metric)]
    looks: list[tuple[Placement, Places, Rows]] = [("fitted", first, parts.training)]
    looks += [(name, whole, parts.held_out) for name, whole in wholes.items()]
    for placement, embedding, rows in looks:
        scores, _, failed = score(compare(prepared.references, embedding, samples=[rows]), chosen)
        result = result.plus(
            (msgspec.structs.replace(found, placement=placement) for found in scores),
            (f"{placement}: {problem}" for problem in failed),
        )
    return replace(result, embedding=first)


def _of_rows(metric: Metric) -> bool:
    """Whether a metric looks at no other rows than those that it is told to."""
    return not {Need.TOPOLOGY, Need.COORDINATES}.intersection(metric.needs)
