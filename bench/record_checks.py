"""Whether a record read from disk can be true: its numbers, and the arrays beside it."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.job import PROTOCOL, DatasetConfig, Job, ReducerConfig
from bench.metrics.curves import KS, stored_ks, value_at
from bench.metrics.decoder.pictures import PREFIX
from bench.metrics.decoder.table import DECODER_METRICS
from bench.metrics.table import METRICS
from bench.record import DatasetFacts, Record, Score
from bench.registry import Registry

Arrays = Mapping[str, NDArray[Any]]
_LEARNING = "learning/"  # how the names of learning curves begin
_ROUNDING = 1e-5  # by which a score may miss its range, or the curve that it is read from


def check_job(job: Job) -> None:
    """Refuse a job that no run of this version can have had.

    Raises
    ------
    ValueError
        If it is of a newer protocol, or names a changed parameter that it does not have.
    """
    if job.protocol > PROTOCOL:
        raise ValueError(
            f"its protocol is {job.protocol}, this version knows {PROTOCOL} and older: update "
            "manifold-bench"
        )
    _check_changed(job.dataset)
    _check_changed(job.reducer)


def check_scores(record: Record) -> None:
    """Refuse scores that no run can have written.

    Raises
    ------
    ValueError
        If one stands twice, or is outside the range of its metric.
    """
    seen = set()
    for score in record.scores:
        key = score.metric, score.reference, score.k, score.placement
        if key in seen:
            raise ValueError(f"the score {_name(score)} stands twice")
        seen.add(key)
        _check_range(score.metric, score.value, _name(score))


def check_arrays(record: Record, arrays: Arrays) -> None:
    """Refuse arrays that cannot be those of an ``ok`` record.

    Raises
    ------
    ValueError
        If there is no finite real embedding with the job's number of dimensions, or more where the
        reducer chooses them, a curve has another length than its metric gives for that many
        points, is not finite, is out of range or disagrees with a score, or there is something
        else.
    """
    embedding = arrays.get("embedding", np.empty(0))
    if embedding.ndim != 2 or not _finite(embedding):
        raise ValueError("it does not hold an embedding of shape (n, d), finite and real")
    n, dimensions = embedding.shape
    expected = record.job.n_components
    wider = dimensions > expected and _may_be_wider(record.job.reducer.name)
    if not n or not (wider or dimensions == expected):
        raise ValueError(
            f"its embedding has shape {embedding.shape}, the job has {expected} dimension(s)"
        )
    if not np.array_equal(arrays.get(KS, stored_ks(n)), stored_ks(n)):
        raise ValueError(f"{KS} are not the numbers of neighbours that are stored for {n} points")
    for name, array in arrays.items():
        if name not in ("embedding", KS):
            _check_array(name, array, n)
            if KS not in arrays and not name.startswith((PREFIX, _LEARNING)):
                raise ValueError(f"{name} does not say at which k it is given")
    _check_agreement(record, arrays)


def _check_array(name: str, array: NDArray[Any], n: int) -> None:
    if name.startswith(PREFIX):
        _check_picture(name, array)
    elif name.startswith(_LEARNING):
        _check_series(name, array)
    else:
        _check_curve(name, array, n)


def _check_agreement(record: Record, arrays: Arrays) -> None:
    """Refuse a curve that says something else than a score which is read from it."""
    for score in record.scores:
        name = f"{score.reference}/{score.metric}"
        if name not in arrays or score.k is None or score.value is None:
            continue
        value = value_at(arrays, name, score.k)
        if value is None or abs(value - score.value) > _ROUNDING:
            raise ValueError(f"its curve disagrees with the score {_name(score)}")


@cache
def _may_be_wider(reducer: str) -> bool:
    """Whether a reducer chooses its dimensions, which is not known of one that is not built in."""
    item = Registry().items("reducer").get(reducer)
    return item is None or bool(item.stated.get("own_dimensions"))


def check_facts(facts: DatasetFacts, arrays: Arrays) -> None:
    """Refuse facts and arrays of a dataset that do not belong together.

    Raises
    ------
    ValueError
        If a parameter is named that is not there, or colours, labels or thumbnails are not what
        figures need.
    """
    _check_changed(facts.config)
    color, labels = (arrays.get(name, np.zeros(facts.n, int)) for name in ("color", "labels"))
    if color.shape != (facts.n,) or color.dtype.kind not in "fiub":
        raise ValueError("color is not a number for each point")
    if labels.shape != (facts.n,) or labels.dtype.kind not in "iu":
        raise ValueError("labels are not an integer for each point")
    images = arrays.get("thumbnails")
    if images is not None and (images.ndim != 3 or images.dtype != np.uint8 or not images.size):
        raise ValueError("thumbnails are not grey images of one size")


def _check_changed(config: DatasetConfig | ReducerConfig) -> None:
    if not set(config.changed) <= config.parameters.keys():
        raise ValueError(f"it names a changed parameter of {config.name} that it does not have")


def _check_range(metric: str, values: float | NDArray[Any] | None, name: str) -> None:
    row = METRICS.get(metric) or DECODER_METRICS.get(metric)
    if row is None or values is None:
        return  # the range of a plugin's metric is not known here
    low, high = np.min(values), np.max(values)
    if low < row.low - _ROUNDING or high > row.high + _ROUNDING:
        worst = high if high > row.high else low
        raise ValueError(f"{name} is {worst:g}, out of its range {row.low:g} ... {row.high:g}")


def _check_series(name: str, series: NDArray[Any]) -> None:
    if series.ndim != 1 or series.dtype.kind != "f":
        raise ValueError(f"{name} is not a series of numbers")


def _check_curve(name: str, curve: NDArray[Any], n: int) -> None:
    _check_series(name, curve)
    metric = METRICS.get(name.partition("/")[2])
    longest = metric.largest(n) if metric else n - 1
    expected = int((stored_ks(n) <= longest).sum())
    if len(curve) > expected or (metric and len(curve) < expected):
        raise ValueError(f"{name} has {len(curve)} values, with {n} points it has {expected}")
    if metric is None:
        return  # of a plugin, whose range is not known here
    if not _finite(curve):
        raise ValueError(f"{name} is not finite")
    _check_range(metric.name, curve, name)


def _check_picture(name: str, picture: NDArray[Any]) -> None:
    """Refuse what `bench.metrics.decoder.pictures.draw` does not make."""
    if picture.ndim not in (2, 3) or picture.dtype not in (np.uint8, np.float32):
        raise ValueError(f"{name} is not a picture")


def _finite(array: NDArray[Any]) -> bool:
    return array.dtype.kind == "f" and bool(np.isfinite(array).all())


def _name(score: Score) -> str:
    place = "" if score.k is None else f"k = {score.k}"
    return ", ".join(filter(None, (score.metric, score.reference, score.placement, place)))
