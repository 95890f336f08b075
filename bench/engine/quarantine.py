"""Keep plugins out of the process that plans, runs and reports.

Only workers and short-lived processes import them. What ends or hangs its process as soon as it
is imported is marked in the registry, so that no worker meets it.
"""

from collections.abc import Iterable
from dataclasses import replace

import msgspec

from bench.engine.child import call_in_child
from bench.errors import UnavailableError
from bench.metrics.table import METRICS, Metric
from bench.registry import Item, Kind, Registry


def quarantine(registry: Registry, items: Iterable[Item]) -> Registry:
    """Import each item that is not built in, in a process of its own.

    Returns
    -------
    Registry
        The same, and of each item that cannot be imported why (`Registry.broken`).
    """
    reasons = {item.key: _why_broken(item) for item in items if not item.is_built_in}
    broken = tuple((key, why) for key, why in reasons.items() if why)
    return replace(registry, broken=registry.broken + broken)


def metrics_of_plugins(registry: Registry, kind: Kind) -> list[Item]:
    """List the metrics that plugins define; a helper module beside them is none."""
    found = (item for item in registry.items(kind).values() if not item.is_built_in)
    return [item for item in found if not item.is_helper]


def known_metrics(registry: Registry) -> dict[str, Metric]:
    """Return the metrics with what tables say of them, those of plugins without their function."""
    rows = {
        item.name: call_in_child(_row, item)
        for item in metrics_of_plugins(registry, "metric")
        if not item.broken
    }
    return METRICS | {name: row.metric(name) for name, row in rows.items()}


class _Row(msgspec.Struct):
    """What tables need of a metric."""

    label: str
    source: str
    higher_is_better: bool | None
    curve: bool
    tabulated: bool

    def metric(self, name: str) -> Metric:
        infinity = float("inf")
        return Metric(
            name,
            self.label,
            _not_here,
            -infinity,
            infinity,
            None,
            None,
            self.source,
            curve=self.curve,
            higher_is_better=self.higher_is_better,
            tabulated=self.tabulated,
        )


def _row(item: Item) -> _Row:
    metric: Metric = item.load()[0]
    return _Row(
        metric.label, metric.source, metric.higher_is_better, metric.curve, metric.tabulated
    )


def _not_here(comparison: object) -> float:
    raise NotImplementedError("the metric of a plugin is computed by workers alone")


def _why_broken(item: Item) -> str | None:
    try:
        return call_in_child(_import, item)
    except UnavailableError as error:
        where = f"{item.kind} {item.name!r} ({item.origin})"
        return f"{where} cannot be imported: {error}"


def _import(item: Item) -> str | None:
    try:
        item.load()
    except UnavailableError as error:
        return str(error)
    return None
