"""Apply the table of metrics to comparisons."""

from collections.abc import Sequence
from copy import deepcopy

import numpy as np
from numpy.typing import NDArray

from bench.engine.outcome import Arrays
from bench.errors import one_line
from bench.metrics.comparison import Comparison
from bench.metrics.curves import thin
from bench.metrics.table import METRICS, Metric, as_numbers
from bench.record import Score


def score(
    comparisons: dict[str, Comparison], table: Sequence[Metric]
) -> tuple[list[Score], Arrays, list[str]]:
    """Apply every metric to every comparison.

    A metric that raises, or gives something else than a finite real number or a curve of the
    length that it states, gives no number, and takes none away from the others. Those of plugins
    come last and have a copy of their own: what they write there changes no other score.

    Returns
    -------
    scores : list of Score
        Single numbers; a curve gives those at k = 15 and k = n / 10, where it has them.
    curves : dict of str to ndarray
        ``"reference/metric"`` to its values at the k that are stored (`bench.metrics.curves`).
    problems : list of str
        Which metric failed, on which reference, and why.
    """
    scores: list[Score] = []
    whole: Arrays = {}
    n = 0
    problems: list[str] = []
    for reference, comparison in comparisons.items():
        n = comparison.n
        for metric in sorted(table, key=_is_foreign):
            try:
                if not metric.applies_to(comparison):
                    continue
                value = _value(metric, comparison)
            except BaseException as error:  # noqa: BLE001 - a plugin may raise anything, or exit
                problems.append(f"metric {metric.name}, {reference}: {one_line(error)}")
                scores.append(Score(metric.name, reference, None))
                continue
            if not metric.curve:
                scores.append(Score(metric.name, reference, float(value)))
                continue
            whole[f"{reference}/{metric.name}"] = value
            ks = [k for k in headline_ks(n) if k <= len(value)]
            scores += [Score(metric.name, reference, float(value[k - 1]), k) for k in ks]
    return scores, thin(whole, n), problems


def _is_foreign(metric: Metric) -> bool:
    known = METRICS.get(metric.name)
    return known is None or known.function is not metric.function


def _value(metric: Metric, comparison: Comparison) -> NDArray[np.float64]:
    """Compute a metric, and check what it gives."""
    if _is_foreign(metric):
        reference = comparison.reference  # which is mapped, and cannot be written into
        comparison = deepcopy(comparison, {id(reference): reference})
    value = as_numbers(metric.function(comparison))
    expected = (metric.largest(comparison.n),) if metric.curve else ()
    if value.shape != expected:
        raise ValueError(f"gave an array of shape {value.shape}, expected {expected}")
    if not np.isfinite(value).all():
        raise ValueError("gave a value that is not finite")
    return value


def headline_ks(n: int) -> tuple[int, ...]:
    """Return the k at which curves are read for tables: 15, and a tenth of the points."""
    return tuple(sorted({15, max(1, n // 10)}))
