"""Scores from a sample of rows: who is drawn, and how far off the score may be."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from bench.geometry.blocks import Rows
from bench.metrics.comparison import Comparison
from bench.metrics.table import Metric
from bench.seeds import stream

GROUPS = 20
_CONFIDENCE = 0.95


def draw_samples(n: int, m: int, seed: int) -> tuple[Rows, ...]:
    """Draw m of n rows without replacement, in groups of nearly equal size.

    Raises
    ------
    ValueError
        If m is not in 2 ... n.
    """
    if not 2 <= m <= n:
        raise ValueError(f"a sample of {n} points has 2 ... {n} rows, got {m}.")
    rows = stream(seed, "sample").choice(n, m, replace=False)
    return tuple(np.array_split(rows, min(GROUPS, m)))


@dataclass(frozen=True)
class Uncertainty:
    """How far off a score from a sample of rows may be.

    Parameters
    ----------
    standard_error : float
        0 if all rows were looked at.
    low, high : float
        Of the 95 % interval, which stays inside the metric's range.
    """

    standard_error: float
    low: float
    high: float


Reading = tuple[Metric, int]


def uncertainties(readings: Sequence[Reading], comparison: Comparison) -> list[Uncertainty]:
    """Return the uncertainty of scores by the jackknife over groups of rows.

    Each group is left out in turn (Quenouille 1956; Tukey 1958), which asks nothing of a metric
    but that it is smooth in the sums over rows. The interval is Student's, with one degree of
    freedom less than there are groups; the factor for drawing without replacement makes it
    vanish as the sample comes to hold all rows.

    Parameters
    ----------
    readings : sequence of (Metric, int)
        What was scored, and the k at which it was read if it is a curve.
    comparison : Comparison
        With its groups.

    Returns
    -------
    list of Uncertainty
        One for each reading.
    """
    values = np.array([read(*reading, comparison) for reading in readings])
    without = np.array(
        [[read(*reading, part) for reading in readings] for part in comparison.without_each_group()]
    )
    g, share = len(without), comparison.tally.m / comparison.n
    variance = (g - 1) / g * np.square(without - without.mean(axis=0)).sum(axis=0)
    errors = np.sqrt((1 - share) * variance)
    reach = float(stdtrit(g - 1, (1 + _CONFIDENCE) / 2)) * errors
    return [
        Uncertainty(float(error), max(metric.low, float(low)), min(metric.high, float(high)))
        for (metric, _), error, low, high in zip(
            readings, errors, values - reach, values + reach, strict=True
        )
    ]


def read(metric: Metric, k: int, comparison: Comparison) -> float:
    """Return a metric's value, of a curve that at k.

    Raises
    ------
    ValueError
        If the curve does not reach k.
    """
    value: NDArray[np.float64] = np.asarray(metric.function(comparison), dtype=np.float64)
    if not metric.curve:
        return float(value)
    metric.check_k(comparison.n, k)
    return float(value[k - 1])
