"""The contract that plugins keep, of every kind, for their authors to test against.

Each rule is a small function whose docstring's first line states it. In a test suite::

    from bench.testing import check_reducer
    check_reducer(reducer)

or from a shell, ``python -m bench check NAME --plugins DIR``.
"""

from collections.abc import Iterator

from bench.data.downloads import fetch
from bench.dataset import DatasetFactory
from bench.engine.sources import downloads_of
from bench.errors import BenchError, unknown_name
from bench.metrics.decoder.table import DecoderMetric
from bench.metrics.table import Metric
from bench.reducer import as_reducer
from bench.registry import KINDS, Item, Kind, Registry
from bench.testing.datasets import DATASET_RULES
from bench.testing.decoder_metrics import DECODER_METRIC_RULES, JudgedMetric
from bench.testing.geodesics import DrawnDataset
from bench.testing.metrics import METRIC_RULES
from bench.testing.reducers import REDUCER_RULES, FittedReducer
from bench.testing.rules import Outcome, outcomes


def check_reducer(item: object) -> None:
    """Check a reducer, or anything that `as_reducer` accepts.

    Raises
    ------
    AssertionError
        Naming every rule that is broken.
    """
    _raise(outcomes(REDUCER_RULES, FittedReducer(as_reducer(item))))


def check_dataset(factory: DatasetFactory) -> None:
    """Check a dataset factory.

    Raises
    ------
    AssertionError
        Naming every rule that is broken.
    """
    _raise(outcomes(DATASET_RULES, DrawnDataset(factory)))


def check_metric(metric: Metric) -> None:
    """Check a metric.

    Raises
    ------
    AssertionError
        Naming every rule that is broken.
    """
    _raise(outcomes(METRIC_RULES, metric))


def check_decoder_metric(metric: DecoderMetric) -> None:
    """Check a metric of decoders.

    Raises
    ------
    AssertionError
        Naming every rule that is broken.
    """
    _raise(outcomes(DECODER_METRIC_RULES, JudgedMetric(metric)))


def find_kind(registry: Registry, name: str, kind: str = "") -> Kind:
    """Say what a name is: as told, else by where it is found; a dotted path is a reducer.

    Raises
    ------
    BenchError
        If nothing has that name.
    """
    if kind:
        if kind not in KINDS:
            raise unknown_name("kind", kind, KINDS)
        return KINDS[KINDS.index(kind)]
    if registry.own_data(name):
        return "dataset"
    if ":" in name:
        return "reducer"
    names = {found: each for each in reversed(KINDS) for found in registry.items(each)}
    if name not in names:
        raise unknown_name("name", name, names)
    return names[name]


def checks_of(item: Item) -> Iterator[Outcome]:
    """Check a registered item; yield each rule with what breaks it, or None.

    Raises
    ------
    UnavailableError
        If it cannot be loaded, or what it is read from cannot be downloaded.
    BenchError
        If it is a control, or nothing that can be checked.
    """
    loaded, _ = item.load()
    if item.kind == "reducer":
        reducer = as_reducer(loaded)
        if reducer.family == "control":
            raise BenchError(
                f"{item.name} is a control, which the contract of reducers does not apply to."
            )
        yield from outcomes(REDUCER_RULES, FittedReducer(reducer))
    elif item.kind == "dataset":
        if item.bound and (check := item.beside("check")):
            check()  # of the user's own data, which may not be what they should
        for source in downloads_of(item):
            fetch(source)
        yield from outcomes(DATASET_RULES, DrawnDataset(loaded))
    elif item.kind == "metric":
        yield from outcomes(METRIC_RULES, loaded)
    else:
        yield from outcomes(DECODER_METRIC_RULES, JudgedMetric(loaded))


def _raise(found: Iterator[Outcome]) -> None:
    broken = [f"{rule}: {problem}" for rule, problem in found if problem]
    if broken:
        raise AssertionError("\n".join(broken))
