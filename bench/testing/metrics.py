"""The rules of metrics."""

import numpy as np
from numpy.typing import NDArray

from bench.geometry.euclidean import EuclideanDistances
from bench.geometry.reference import LiveReference
from bench.metrics.comparison import compare
from bench.metrics.table import Metric
from bench.seeds import stream
from bench.testing.rules import N, Rule, curved_points, require


def _score(metric: Metric, embedding: NDArray[np.floating], points: NDArray[np.floating]) -> float:
    reference = {"it": LiveReference(EuclideanDistances(points), len(points))}
    value = metric.function(compare(reference, embedding)["it"])
    return float(np.asarray(value)[9]) if metric.curve else float(value)


def _has_a_row_that_holds(metric: Metric) -> None:
    """Have the best value at one end of the range, and all values inside it."""
    require(metric.best in (metric.low, metric.high), f"best {metric.best} is no end of the range")
    value = _score(metric, curved_points()[:, :2], curved_points())
    require(metric.low <= value <= metric.high, f"{value} is outside the range")


def _is_perfect_for_the_identity(metric: Metric) -> None:
    """Score the points themselves best, also turned, moved and scaled."""
    turn = np.linalg.qr(stream(0, "testing:turn").normal(size=(4, 4)))[0]
    for embedding in (curved_points(), 3 * curved_points() @ turn + 5):
        value = _score(metric, embedding, curved_points())
        require(abs(value - metric.best) < 1e-4, f"scored {value}, best is {metric.best}")


def _knows_chance(metric: Metric) -> None:
    """Score random points worse than a good embedding, and at chance where it is stated."""
    noise = [stream(i, "testing:noise").normal(size=(N, 2)) for i in range(20)]
    values = [_score(metric, embedding, curved_points()) for embedding in noise]
    good = _score(metric, curved_points()[:, :2], curved_points())
    worse = abs(np.mean(values) - metric.best) > abs(good - metric.best)
    require(worse, f"chance scored {np.mean(values):.3f}, a good embedding {good:.3f}")
    chance = metric.chance_at(N, 10)
    if chance is not None:
        close = abs(np.mean(values) - chance) < 0.02
        require(close, f"random points scored {np.mean(values):.3f}, chance is {chance:.3f}")


def _ignores_the_order_of_rows(metric: Metric) -> None:
    """Give the same score for rows in another order."""
    order = stream(0, "testing:order").permutation(N)
    Y = curved_points()[:, :2]
    first, second = (
        _score(metric, Y, curved_points()),
        _score(metric, Y[order], curved_points()[order]),
    )
    require(abs(first - second) < 1e-9, f"{first} became {second}")


METRIC_RULES: list[Rule] = [
    _has_a_row_that_holds,
    _is_perfect_for_the_identity,
    _knows_chance,
    _ignores_the_order_of_rows,
]
