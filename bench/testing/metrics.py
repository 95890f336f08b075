"""The rules of metrics."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bench.geometry.euclidean import EuclideanDistances
from bench.geometry.reference import LiveReference
from bench.geometry.tie_keys import tie_keys
from bench.metrics.comparison import compare
from bench.metrics.table import Metric
from bench.seeds import stream
from bench.testing.rules import N, Rule, curved_points, require

K = 10  # where curves are read
REPEATS = 20
_EXACT = 1e-9
_BY_CHANCE = 0.05  # between two draws of triplets
Points = NDArray[np.floating]


def _score(metric: Metric, embedding: Points, points: Points) -> float:
    keys = tie_keys(points, embedding)
    flat = LiveReference(EuclideanDistances(points), len(points), points, keys)
    value = metric.function(compare({"it": flat}, embedding)["it"])
    return float(np.asarray(value)[K - 1]) if metric.curve else float(value)


def _good() -> tuple[Points, Points]:
    """Return an embedding that loses something, and its points."""
    return curved_points()[:, :2], curved_points()


def _orders() -> Iterator[NDArray[np.intp]]:
    for i in range(REPEATS):
        yield stream(i, "testing:order").permutation(N)


def _require_chance(metric: Metric, values: list[float], what: str) -> None:
    chance = metric.chance_at(N, K)
    if chance is not None:
        mean = float(np.mean(values))
        require(abs(mean - chance) < 0.02, f"{what} scored {mean:.3f}, chance is {chance:.3f}")


def _has_a_row_that_holds(metric: Metric) -> None:
    """Have the best value at one end of the range, and all values inside it."""
    best = metric.best_at(N, K)
    end = metric.high if metric.higher_is_better else metric.low
    require(callable(metric.best) or best in (None, end), f"best {best} is no end of the range")
    value = _score(metric, *_good())
    require(metric.low <= value <= metric.high, f"{value} is outside the range")


def _reaches_the_k_it_states(metric: Metric) -> None:
    """Be a curve up to the largest k that it states, and refuse any beyond."""
    embedding, points = _good()
    flat = LiveReference(EuclideanDistances(points), N, coordinates=points)
    value = np.asarray(metric.function(compare({"it": flat}, embedding)["it"]))
    require(value.ndim == metric.curve, f"its value has {value.ndim} dimensions")
    if metric.curve:
        metric.check_k(N, len(value))
        for k in (0, len(value) + 1):
            try:
                metric.check_k(N, k)
            except ValueError:
                continue
            raise AssertionError(f"k = {k} is not refused, and the curve ends at {len(value)}")


def _is_perfect_for_the_identity(metric: Metric) -> None:
    """Score the points themselves best, also turned, moved and scaled."""
    turn = np.linalg.qr(stream(0, "testing:turn").normal(size=(4, 4)))[0]
    for embedding in (curved_points(), 3 * curved_points() @ turn + 5):
        value, best = _score(metric, embedding, curved_points()), metric.best_at(N, K)
        close = best is None or abs(value - best) < 1e-4
        require(close, f"scored {value}, best is {best}")


def _knows_chance(metric: Metric) -> None:
    """Score random points worse than the points shaken, and at chance where it is stated."""
    noise = [stream(i, "testing:noise").normal(size=(N, 2)) for i in range(REPEATS)]
    values = [_score(metric, embedding, curved_points()) for embedding in noise]
    shaken = curved_points() + 0.02 * stream(0, "testing:shake").normal(size=(N, 4))
    good, best = _score(metric, shaken, curved_points()), metric.best_at(N, K)
    worse = best is None or abs(np.mean(values) - best) > abs(good - best)
    require(worse, f"chance scored {np.mean(values):.3f}, the points shaken {good:.3f}")
    _require_chance(metric, values, "random points")


def _is_not_fooled_by_a_collapse(metric: Metric) -> None:
    """Score a single point at chance where it is stated, whatever the order of the rows."""
    point = np.zeros((N, 2))
    values = [_score(metric, point, curved_points()[order]) for order in _orders()]
    _require_chance(metric, values, "a collapsed embedding")
    inside = metric.low <= min(values) <= max(values) <= metric.high
    require(inside, f"a collapsed embedding scored {min(values)} to {max(values)}")


def _ignores_the_frame_of_the_embedding(metric: Metric) -> None:
    """Give the same score to an embedding turned, mirrored, moved and scaled."""
    embedding, points = _good()
    turn = np.linalg.qr(stream(0, "testing:turn").normal(size=(2, 2)))[0]
    value = _score(metric, embedding, points)
    for other in (embedding @ turn, embedding[:, ::-1], embedding + 7, 1e3 * embedding):
        found = _score(metric, other, points)
        # Coordinates are rounded again where they are turned or moved.
        require(abs(found - value) < 1e-5 * max(1, abs(value)), f"{value} became {found}")


def _ignores_the_order_of_rows(metric: Metric) -> None:
    """Give the same score for rows in another order."""
    embedding, points = _good()
    value, tolerance = _score(metric, embedding, points), _BY_CHANCE if metric.drawn else _EXACT
    for order in _orders():
        found = _score(metric, embedding[order], points[order])
        require(abs(found - value) < tolerance, f"{value} became {found}")


def _stands_duplicates(metric: Metric) -> None:
    """Score points that are there twice best for the identity, and inside the range otherwise."""
    embedding, points = (np.repeat(array[: N // 2], 2, axis=0) for array in _good())
    value, best = _score(metric, points, points), metric.best_at(N, K)
    close = best is None or abs(value - best) < 1e-4
    require(close, f"the identity of duplicates scored {value}, best is {best}")
    value = _score(metric, embedding, points)
    require(metric.low <= value <= metric.high, f"{value} is outside the range")


def _repeats_itself_and_alters_nothing(metric: Metric) -> None:
    """Give the same number twice, and leave points and embedding as they were."""
    embedding, points = (array.copy() for array in _good())
    first = _score(metric, embedding, points)
    kept = np.array_equal(embedding, _good()[0]) and np.array_equal(points, _good()[1])
    require(kept, "the points or the embedding were altered")
    second = _score(metric, embedding, points)
    require(first == second, f"{first} became {second} when it was asked again")


METRIC_RULES: list[Rule] = [
    _has_a_row_that_holds,
    _reaches_the_k_it_states,
    _is_perfect_for_the_identity,
    _knows_chance,
    _is_not_fooled_by_a_collapse,
    _ignores_the_frame_of_the_embedding,
    _ignores_the_order_of_rows,
    _stands_duplicates,
    _repeats_itself_and_alters_nothing,
]
