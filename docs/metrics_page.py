"""What the table of metrics says, for ``metrics.md``."""

import re
from pathlib import Path

from bench.metrics.decoder.table import DECODER_METRICS, HELD_OUT, MANIFOLD, DecoderMetric
from bench.metrics.table import METRICS, Level, Metric
from bench.report.statistics import false_exclusion_rate
from bench.testing.decoder_metrics import DECODER_METRIC_RULES
from bench.testing.metrics import METRIC_RULES
from bench.testing.rules import Rule, rule_name

PAGE = Path(__file__).with_name("metrics.md")
N, K = 1000, 15  # where levels that depend on both are given as an example
REDUCERS, SEEDS = (2, 4, 8, 16, 32), (3, 5, 10)  # for which wrong marks are counted


def overview() -> str:
    """Return a table with a line for each metric."""
    head = "| name | score | of k | range | better | best | chance | source |"
    lines = [head, "|---|---|---|---|---|---|---|---|"]
    for metric in METRICS.values():
        name = f"[`{metric.name}`](#{_anchor(metric)})"
        of_k = "yes" if metric.curve else ""
        best, chance = (_level(metric, level) for level in ("best", "chance"))
        cells = [name, metric.label, of_k, _range(metric), _better(metric), best, chance]
        lines.append(f"| {' | '.join([*cells, metric.source])} |")
    return "\n".join(lines)


def facts(metric: Metric) -> str:
    """Return what a metric's row says, as a list."""
    best, chance = (_level(metric, level) for level in ("best", "chance"))
    needs = " and ".join(need.meaning for need in metric.needs)
    direction = f"{_better(metric)} is better; best {best}; chance {chance}"
    judged = metric.higher_is_better is not None
    lines = [
        f"- {metric.function.__doc__}",
        f"- Range {_range(metric)}; {direction if judged else 'it describes and does not judge'}.",
        f"- {'A value for each k' if metric.curve else 'One value'}, made of {needs}.",
        f"- Source: {metric.source}.",
    ]
    return "\n".join(lines)


def contents() -> dict[str, str]:
    """Return every section that is generated from the table."""
    of_each = {name: facts(metric) for name, metric in METRICS.items()}
    parts = {
        "overview": overview(),
        "contract": contract(METRIC_RULES),
        "decoders": decoders(),
        "decoder contract": contract(DECODER_METRIC_RULES),
        "marks": marks(),
    }
    return parts | of_each


def decoders() -> str:
    """Return a table with a line for each metric of decoders."""
    head = "| name | score | against | range | better | best | what it is | source |"
    lines = [head, "|---|---|---|---|---|---|---|---|"]
    for metric in DECODER_METRICS.values():
        against = metric.reference or f"{MANIFOLD}, else {HELD_OUT}"
        best = "none stated" if metric.best is None else f"{metric.best:g}"
        meaning = " ".join((metric.function.__doc__ or "").split())
        cells = [f"`{metric.name}`", metric.label, against, _range(metric), _better(metric), best]
        lines.append(f"| {' | '.join([*cells, meaning, metric.source])} |")
    return "\n".join(lines)


def marks() -> str:
    """Return a table of how often marks exclude one of several equal reducers."""
    lines = [f"| equal reducers | {' | '.join(f'{seeds} seeds' for seeds in SEEDS)} |"]
    lines.append("|---" * (1 + len(SEEDS)) + "|")
    for reducers in REDUCERS:
        shares = [f"{100 * false_exclusion_rate(reducers, seeds):.0f} %" for seeds in SEEDS]
        lines.append(f"| {reducers} | {' | '.join(shares)} |")
    return "\n".join(lines)


def contract(rules: list[Rule]) -> str:
    """Return what rules ask of a metric, one line for each."""
    return "\n".join(f"- {rule_name(rule)}." for rule in rules)


def _anchor(metric: Metric) -> str:
    """Return GitHub's anchor of the metric's heading, which is its label."""
    return re.sub(r"[^\w\- ]", "", metric.label.lower()).replace(" ", "-")


def _range(metric: Metric | DecoderMetric) -> str:
    low = "-∞" if metric.low == -float("inf") else f"{metric.low:g}"
    high = "∞" if metric.high == float("inf") else f"{metric.high:g}"
    return f"{low} … {high}"


def _better(metric: Metric | DecoderMetric) -> str:
    words = {True: "higher", False: "lower", None: ""}
    return words[metric.higher_is_better]


def _level(metric: Metric, name: str) -> str:
    level: Level = getattr(metric, name)
    if level is None:
        return "none stated"
    if not callable(level):
        return f"{level:g}"
    return f"{float(level(N)[K - 1]):.3f} at n = {N}, k = {K}"
