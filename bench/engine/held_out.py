"""Held-out points: fit on the others, place these, and score where they come to lie.

What a fitted embedding keeps of its own points says nothing of new ones. Here a part of the
points, drawn by the seed, is kept from the fit and placed afterwards: by the reducer's own
``transform`` where it has one, and for every reducer by one rule that needs none, so that all can
be compared. Their scores are the rank scores of the held-out rows among all points.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from bench.controls import CONTROLS, DECODERS
from bench.engine.decoded import Coder, judge_decoder
from bench.engine.fit import Fitted, check_places, fit, measure
from bench.engine.prepare import Prepared
from bench.engine.score import score
from bench.engine.split import Split, split
from bench.errors import DegenerateError, one_line
from bench.geometry.blocks import Rows
from bench.job import Job
from bench.metrics.comparison import compare
from bench.metrics.decoder.table import DecoderMetric
from bench.metrics.table import Metric
from bench.record import Costs, OutOfSample, Placement, Score
from bench.reducer import as_reducer
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


@dataclass(frozen=True, eq=False)
class HeldOut:
    """What a job that holds points out came to.

    Parameters
    ----------
    embedding : ndarray of shape (n, n_components)
        Of all points: training points as fitted, the others as placed.
    costs : Costs or None
        Of the fit; None where there was none.
    scores : list of Score
    out_of_sample : OutOfSample
    problems : list of str
        What failed without taking anything from the rest.
    arrays : dict of str to ndarray
        Learning curves, by ``learning/`` and their name, and `bench.metrics.decoder.pictures.draw`.
    """

    embedding: Places
    costs: Costs | None
    scores: list[Score]
    out_of_sample: OutOfSample
    problems: list[str] = field(default_factory=list)
    arrays: dict[str, NDArray[Any]] = field(default_factory=dict)


def place_held_out(
    job: Job,
    prepared: Prepared,
    registry: Registry,
    table: Sequence[Metric],
    decoder_table: Sequence[DecoderMetric] = (),
) -> HeldOut:
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
    """
    parts = split(len(prepared.X), job.held_out, job.seed)
    facts = OutOfSample(len(parts.training), len(parts.held_out))
    if job.reducer.name in DECODERS:
        return _control_of_decoders(job, prepared, registry, parts, decoder_table)
    problems: list[str] = []
    scores: list[Score] = []
    arrays: dict[str, NDArray[Any]] = {}
    places: dict[Placement, Places] = {}
    if job.reducer.name in CONTROLS:
        fitted, places["transform"] = _control(job, prepared, parts)
    else:
        reducer = as_reducer(registry.find("reducer", job.reducer.name).load()[0])
        fitted = fit(reducer, job, prepared.X[parts.training])
        if reducer.transform:
            transform = _transform(fitted, prepared.X)
            try:  # step by step: what fails leaves what came before it
                places["transform"], seconds = _place(transform, parts.held_out)
                facts = msgspec.structs.replace(facts, transform_seconds=seconds)
                found = _deviations(transform, places["transform"], fitted.embedding, parts)
                facts = msgspec.structs.replace(facts, **found)
            except Exception as error:  # noqa: BLE001 - a plugin may raise anything
                problems.append(f"transform: {one_line(error)}")
        if reducer.inverse and "transform" in places:
            judged = Coder.of(fitted, reducer), decoder_table
            scores, more, arrays = judge_decoder(job, prepared, registry, parts, *judged)
            problems += more
        arrays |= learning_curves(fitted.estimator)
    training, held_out = prepared.X[parts.training], prepared.X[parts.held_out]
    places["neighbors"] = place_by_neighbors(training, fitted.embedding, held_out)
    wholes = {name: _whole(fitted.embedding, placed, parts) for name, placed in places.items()}
    first = next(iter(wholes.values()))
    looks: list[tuple[Placement, Places, Rows]] = [("fitted", first, parts.training)]
    looks += [(name, whole, parts.held_out) for name, whole in wholes.items()]
    scores += [found for look in looks for found in _score(prepared, look, table, problems)]
    return HeldOut(first, fitted.costs, scores, facts, problems, arrays)


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


def _control(job: Job, prepared: Prepared, parts: Split) -> tuple[Fitted, Places]:
    """Hand a control all points: it is not fitted, and knows where each belongs."""
    control, X = CONTROLS[job.reducer.name], prepared.X
    found, costs = measure(lambda: control(X, prepared.chart, job.n_components, job.seed))
    embedding = check_places(found, len(X), job.n_components)
    return Fitted(None, embedding[parts.training], costs), embedding[parts.held_out]


def _control_of_decoders(
    job: Job,
    prepared: Prepared,
    registry: Registry,
    parts: Split,
    table: Sequence[DecoderMetric],
) -> HeldOut:
    """Judge a control that has no embedding to speak of: of its code the first columns are kept."""
    coder = Coder.control(job.reducer.name, prepared.X[parts.training])
    scores, problems, arrays = judge_decoder(job, prepared, registry, parts, coder, table)
    codes = np.asarray(coder.encode(prepared.X))[:, : job.n_components]
    embedding = np.pad(codes, ((0, 0), (0, job.n_components - codes.shape[1])))
    facts = OutOfSample(len(parts.training), len(parts.held_out))
    return HeldOut(embedding, None, scores, facts, problems, arrays)


def _transform(fitted: Fitted, X: NDArray[np.float32]) -> Transform:
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


def _score(
    prepared: Prepared,
    look: tuple[Placement, Places, Rows],
    table: Sequence[Metric],
    problems: list[str],
) -> list[Score]:
    placement, embedding, rows = look
    chosen = [metric for metric in table if _of_rows(metric)]
    scores, _, failed = score(compare(prepared.references, embedding, samples=[rows]), chosen)
    problems += [f"{placement}: {problem}" for problem in failed]
    return [msgspec.structs.replace(found, placement=placement) for found in scores]


def _of_rows(metric: Metric) -> bool:
    """Whether a metric looks at no other rows than those that it is told to."""
    return not {"topology", "coordinates"}.intersection(metric.needs)
