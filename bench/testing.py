"""The contract that reducers, datasets and metrics keep, for plugin authors to test against.

Each rule is a small function whose docstring's first line states it. In a test suite::

    from bench.testing import check_reducer
    check_reducer(reducer)

or from a shell, ``python -m bench check NAME --plugins DIR``.
"""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from bench.dataset import Dataset, DatasetFactory
from bench.engine.fit import seed_global_generators
from bench.errors import BenchError, unknown_name
from bench.geometry.euclidean import EuclideanDistances
from bench.geometry.reference import Reference
from bench.metrics.comparison import compare
from bench.metrics.table import Metric
from bench.reducer import Reducer, as_reducer
from bench.registry import Item, Kind, Registry
from bench.seeds import stream

_N = 120
Outcome = tuple[str, str | None]


def check_reducer(item: object) -> None:
    """Check a reducer, or anything that `as_reducer` accepts.

    Raises
    ------
    AssertionError
        Naming every rule that is broken.
    """
    _raise(_outcomes(_REDUCER_RULES, as_reducer(item)))


def check_dataset(factory: DatasetFactory) -> None:
    """Check a dataset factory.

    Raises
    ------
    AssertionError
        Naming every rule that is broken.
    """
    _raise(_outcomes(_DATASET_RULES, factory))


def check_metric(metric: Metric) -> None:
    """Check a metric.

    Raises
    ------
    AssertionError
        Naming every rule that is broken.
    """
    _raise(_outcomes(_METRIC_RULES, metric))


def find_kind(registry: Registry, name: str, kind: str = "") -> Kind:
    """Say what a name is: as told, else by where it is found; a dotted path is a reducer.

    Raises
    ------
    BenchError
        If nothing has that name.
    """
    kinds: tuple[Kind, ...] = ("reducer", "dataset", "metric")
    if kind:
        if kind not in kinds:
            raise unknown_name("kind", kind, kinds)
        return kinds[kinds.index(kind)]
    if ":" in name:
        return "reducer"
    names = {found: each for each in reversed(kinds) for found in registry.items(each)}
    if name not in names:
        raise unknown_name("name", name, names)
    return names[name]


def checks_of(item: Item) -> Iterator[Outcome]:
    """Check a registered item; yield each rule with what breaks it, or None.

    Raises
    ------
    UnavailableError
        If it cannot be loaded.
    BenchError
        If it is a control, or nothing that can be checked.
    """
    loaded, _ = item.load()
    if item.kind == "reducer":
        if item.module == "bench.controls":
            raise BenchError(f"{item.name} is a control, not a reducer: it is fed the truth.")
        yield from _outcomes(_REDUCER_RULES, as_reducer(loaded))
    elif item.kind == "dataset":
        yield from _outcomes(_DATASET_RULES, loaded)
    else:
        yield from _outcomes(_METRIC_RULES, loaded)


def _outcomes(rules: "list[Callable[[Any], None]]", item: Any) -> Iterator[Outcome]:  # noqa: ANN401
    for rule in rules:
        name = (inspect.getdoc(rule) or rule.__name__).partition("\n")[0].rstrip(".")
        try:
            rule(item)
        except AssertionError as error:
            yield name, str(error)
        except Exception as error:  # noqa: BLE001 - a plugin may raise anything
            yield name, f"{type(error).__name__}: {error}"
        else:
            yield name, None


def _raise(outcomes: Iterator[Outcome]) -> None:
    broken = [f"{rule}: {problem}" for rule, problem in outcomes if problem]
    if broken:
        raise AssertionError("\n".join(broken))


def _require(condition: object, message: str) -> None:
    if not condition:
        raise AssertionError(message)


def _points(n: int = _N) -> NDArray[np.float32]:
    generator = stream(0, "testing")
    t, height = generator.uniform(0, 3, n), generator.uniform(0, 2, n)
    curved = np.column_stack([np.cos(t), np.sin(t), height, 0.1 * t * height])
    return curved.astype(np.float32)


def _embed(reducer: Reducer, X: NDArray[np.float32], n_components: int = 2) -> tuple[Any, Any]:
    seed_global_generators(0)
    estimator = reducer.build({}, n_components=n_components, seed=0)
    return estimator, np.asarray(estimator.fit_transform(X))


# Rules of reducers


def _embeds(reducer: Reducer) -> None:
    """Give one row for each point, n_components columns, finite and not all the same."""
    for n_components in (1, 2, 3):
        _, found = _embed(reducer, _points(), n_components)
        _require(found.shape == (_N, n_components), f"shape {found.shape} for {n_components}-D")
        _require(np.isfinite(found).all(), "a value is not finite")
        _require(np.ptp(found, axis=0).max() > 0, "all points are in one place")


def _leaves_the_points_alone(reducer: Reducer) -> None:
    """Leave the points as they were handed in."""
    X = _points()
    _embed(reducer, X)
    _require(np.array_equal(X, _points()), "fit_transform wrote into its input")


def _is_deterministic(reducer: Reducer) -> None:
    """Give the same embedding for the same seed, to the bit."""
    first, second = _embed(reducer, _points())[1], _embed(reducer, _points())[1]
    difference = np.abs(first - second).max()
    _require(np.array_equal(first, second), f"two runs differ by up to {difference:g}")


def _transforms(reducer: Reducer) -> None:
    """Place new points by transform, if it is declared."""
    if reducer.transform:
        estimator, _ = _embed(reducer, _points())
        found = np.asarray(estimator.transform(_points(_N + 10)[_N:]))
        _require(found.shape == (10, 2), f"transform of 10 points gave shape {found.shape}")
        _require(np.isfinite(found).all(), "a transformed value is not finite")


def _inverts(reducer: Reducer) -> None:
    """Return to the data better than chance by the inverse, if one is declared."""
    if reducer.inverse:
        X = _points()
        estimator, found = _embed(reducer, X)
        sample = slice(reducer.inverse_sample)
        restored = np.asarray(estimator.inverse_transform(found[sample]))
        _require(restored.shape == X[sample].shape, f"inverse_transform gave {restored.shape}")
        lost = ((restored - X[sample]) ** 2).sum() / ((X[sample] - X.mean(axis=0)) ** 2).sum()
        _require(lost < 1, f"it loses {lost:.2f} of the variance; the mean alone loses 1")


def _has_plain_parameters(item: Reducer | DatasetFactory) -> None:
    """Have default parameters that a record can hold."""
    if isinstance(item, Reducer):
        defaults = item.parameters
    else:
        defaults = {k: p.default for k, p in inspect.signature(item).parameters.items()}
    msgspec.json.encode(defaults)


# Rules of datasets


def _draw(factory: DatasetFactory, seed: int = 0) -> Dataset:
    dataset = factory(n=_N, seed=seed)
    _require(isinstance(dataset, Dataset), f"returned {type(dataset).__name__}, not bench.Dataset")
    return dataset


def _all_geodesics(dataset: Dataset) -> NDArray[np.float64]:
    return dataset.geodesics.distances(np.arange(dataset.n))


def _draws_n_points(factory: DatasetFactory) -> None:
    """Draw as many points as asked for, and refuse 9 with ValueError."""
    _require(_draw(factory).n == _N, f"{_draw(factory).n} points for n = {_N}")
    try:
        factory(n=9, seed=0)
    except ValueError:
        return
    raise AssertionError("n = 9 was not refused")


def _is_drawn_by_its_seed(factory: DatasetFactory) -> None:
    """Draw the same points and geodesics for the same seed, others for another."""
    first, again, other = _draw(factory), _draw(factory), _draw(factory, seed=1)
    _require(np.array_equal(first.X, again.X), "two draws of one seed differ")
    _require(np.array_equal(_all_geodesics(first), _all_geodesics(again)), "geodesics differ")
    _require(not np.array_equal(first.X, other.X), "two seeds give the same points")


def _has_metric_geodesics(factory: DatasetFactory) -> None:
    """Give geodesics that are a metric: zero to itself, symmetric, no detour shorter."""
    distances = _all_geodesics(_draw(factory))
    scale = distances.max()
    _require(distances.shape == (_N, _N), f"distances of shape {distances.shape}")
    _require(np.isfinite(distances).all() and (distances >= 0).all(), "a distance is not a length")
    own = np.abs(np.diag(distances)).max()
    _require(own <= 1e-9 * scale, f"a point is at distance {own:g} to itself")
    _require(np.allclose(distances, distances.T, atol=1e-9 * scale), "d(i, j) is not d(j, i)")
    detour = np.min([distances[:, [j]] + distances[j] for j in range(_N)], axis=0)
    _require((detour >= distances - 1e-9 * scale).all(), "a detour is shorter than the geodesic")


def _is_never_shorter_than_the_chord(factory: DatasetFactory) -> None:
    """Give no geodesic shorter than the straight line (to the precision of float32)."""
    dataset = _draw(factory)
    chord = EuclideanDistances(dataset.X).distances(np.arange(_N))
    short = chord * (1 - 1e-3) - _all_geodesics(dataset)
    _require(short.max() <= 1e-5 * chord.max(), f"one is shorter by {short.max():g}")


def _has_an_oracle_at_the_top(factory: DatasetFactory) -> None:
    """Score AUC > 0.999 with the chart, if it is declared isometric."""
    dataset = _draw(factory)
    if dataset.isometric:
        _require(dataset.chart is not None, "isometric, but without a chart")
        reference = {"geodesic": Reference.build(dataset.geodesics, _N)}
        auc = compare(reference, np.asarray(dataset.chart))["geodesic"].co_ranking.auc
        _require(auc > 0.999, f"the chart scores {auc:.4f}")


# Rules of metrics


def _score(metric: Metric, embedding: NDArray[np.floating], points: NDArray[np.floating]) -> float:
    reference = {"it": Reference.build(EuclideanDistances(points), len(points))}
    value = metric.function(compare(reference, embedding)["it"])
    return float(np.asarray(value)[9]) if metric.curve else float(value)


def _has_a_row_that_holds(metric: Metric) -> None:
    """Have the best value at one end of the range, and all values inside it."""
    _require(metric.best in (metric.low, metric.high), f"best {metric.best} is no end of the range")
    value = _score(metric, _points()[:, :2], _points())
    _require(metric.low <= value <= metric.high, f"{value} is outside the range")


def _is_perfect_for_the_identity(metric: Metric) -> None:
    """Score the points themselves best, also turned, moved and scaled."""
    turn = np.linalg.qr(stream(0, "testing:turn").normal(size=(4, 4)))[0]
    for embedding in (_points(), 3 * _points() @ turn + 5):
        value = _score(metric, embedding, _points())
        _require(abs(value - metric.best) < 1e-4, f"scored {value}, best is {metric.best}")


def _knows_chance(metric: Metric) -> None:
    """Score random points worse than a good embedding, and at chance where it is stated."""
    noise = [stream(i, "testing:noise").normal(size=(_N, 2)) for i in range(20)]
    values = [_score(metric, embedding, _points()) for embedding in noise]
    good = _score(metric, _points()[:, :2], _points())
    worse = abs(np.mean(values) - metric.best) > abs(good - metric.best)
    _require(worse, f"chance scored {np.mean(values):.3f}, a good embedding {good:.3f}")
    if metric.chance is not None:
        _require(abs(np.mean(values) - metric.chance) < 0.05, f"chance is {np.mean(values):.3f}")


def _ignores_the_order_of_rows(metric: Metric) -> None:
    """Give the same score for rows in another order."""
    order = stream(0, "testing:order").permutation(_N)
    Y = _points()[:, :2]
    first, second = _score(metric, Y, _points()), _score(metric, Y[order], _points()[order])
    _require(abs(first - second) < 1e-9, f"{first} became {second}")


_REDUCER_RULES: list[Callable[[Any], None]] = [
    _embeds,
    _leaves_the_points_alone,
    _is_deterministic,
    _transforms,
    _inverts,
    _has_plain_parameters,
]
_DATASET_RULES: list[Callable[[Any], None]] = [
    _draws_n_points,
    _is_drawn_by_its_seed,
    _has_metric_geodesics,
    _is_never_shorter_than_the_chord,
    _has_an_oracle_at_the_top,
    _has_plain_parameters,
]
_METRIC_RULES: list[Callable[[Any], None]] = [
    _has_a_row_that_holds,
    _is_perfect_for_the_identity,
    _knows_chance,
    _ignores_the_order_of_rows,
]
