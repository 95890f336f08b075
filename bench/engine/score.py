"""Apply the table of metrics to comparisons."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.errors import one_line
from bench.metrics.comparison import Comparison
from bench.metrics.table import Metric
from bench.record import Score

Arrays = dict[str, NDArray[Any]]


def score(
    comparisons: dict[str, Comparison], table: Sequence[Metric]
) -> tuple[list[Score], Arrays, list[str]]:
    """Apply every metric to every comparison.

    A metric that raises gives no number, and takes none away from the others.

    Returns
    -------
    scores : list of Score
        Single numbers; a curve gives those at k = 15 and k = n / 10, where it has them.
    curves : dict of str to ndarray
        ``"reference/metric"`` to the values at k = 1, 2, ...
    problems : list of str
        Which metric failed, on which reference, and why.
    """
    scores: list[Score] = []
    curves: Arrays = {}
    problems: list[str] = []
    for reference, comparison in comparisons.items():
        for metric in (row for row in table if row.applies_to(comparison)):
            try:
                value = np.asarray(metric.function(comparison), dtype=np.float64)
            except Exception as error:  # noqa: BLE001 - a plugin may raise anything
                problems.append(f"metric {metric.name}, {reference}: {one_line(error)}")
                scores.append(Score(metric.name, reference, None))
                continue
            if not metric.curve:
                scores.append(Score(metric.name, reference, float(value)))
                continue
            curves[f"{reference}/{metric.name}"] = value.astype(np.float32)
            ks = [k for k in headline_ks(comparison.reference.n) if k <= len(value)]
            scores += [Score(metric.name, reference, float(value[k - 1]), k) for k in ks]
    return scores, curves, problems


def headline_ks(n: int) -> tuple[int, ...]:
    """Return the k at which curves are read for tables: 15, and a tenth of the points."""
    return tuple(sorted({15, max(1, n // 10)}))
