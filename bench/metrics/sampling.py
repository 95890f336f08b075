"""Scores from a sample of rows: which rows are drawn, and the error of the score."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, log1p, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from bench.geometry.blocks import Rows
from bench.metrics.comparison import Comparison
from bench.metrics.table import Metric
from bench.seeds import stream

GROUPS = 20
# A score near its best is lost in few rows; a smaller sample holds too few of them to tell how few.
MIN_ROWS = 1000
_TAIL = 0.025  # the chance, on either side, that the interval misses
_ROUNDING = 1e-12


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


def has_intervals(m: int, n: int) -> bool:
    """Whether a sample of m of n rows gives intervals: at least `MIN_ROWS`, or all rows."""
    return m >= min(MIN_ROWS, n)


@dataclass(frozen=True)
class Uncertainty:
    """The error of a score from a sample of rows.

    Parameters
    ----------
    standard_error : float or None
        0 if all rows were scored. None if the score is not smooth in the sums over rows.
    interval : tuple of float, or None
        Low and high end of the 95 % interval, inside the metric's range. None if there is no
        standard error, or if the sample has too few rows (`has_intervals`).
    """

    standard_error: float | None = None
    interval: tuple[float, float] | None = None


Reading = tuple[Metric, int]


def uncertainties(readings: Sequence[Reading], comparison: Comparison) -> list[Uncertainty]:
    """Return the uncertainty of scores by the jackknife over groups of rows.

    Each group is left out in turn (Quenouille 1956; Tukey 1958), which takes nothing of a metric
    but that it is smooth in the sums over rows. The interval is Student's with one degree of
    freedom less than there are groups, corrected for skewness (`skewed_quantiles`), because a
    score near its best is the mean of many rows that lose nothing and few that lose much. The
    factor for drawing without replacement makes it vanish as the sample comes to hold all rows.

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
    smooth = [reading for reading in readings if reading[0].smooth]
    without = np.array(
        [[read(*reading, part) for reading in smooth] for part in comparison.without_each_group()]
    )
    g, share = len(without), comparison.tally.m / comparison.n
    deviations = without.mean(axis=0) - without  # of each group's own score, over g - 1
    variance = (g - 1) / g * np.square(deviations).sum(axis=0)
    errors = np.sqrt((1 - share) * variance)
    reaches = errors * skewed_quantiles(_skewness(deviations), g)
    found = {
        reading: Uncertainty(float(error), _interval(reading, comparison, reach))
        for reading, error, reach in zip(smooth, errors, reaches.T, strict=True)
    }
    return [found.get(reading, Uncertainty()) for reading in readings]


def skewed_quantiles(skewness: NDArray[np.float64], g: int) -> NDArray[np.float64]:
    """Return the 2.5 and 97.5 % quantiles of the studentised mean of g skewed values.

    Hall's transformation ``t + l t² / 3 + l² t³ / 27 + l / 6``, where l is the skewness over
    sqrt(g), gives the studentised mean t Student's distribution to the next order (Hall, J. R.
    Stat. Soc. B 54, 1992). It rises everywhere, and its inverse is in closed form.

    Parameters
    ----------
    skewness : ndarray of shape (s,)
        Of the values, for each of s means.
    g : int
        Number of values.

    Returns
    -------
    ndarray of shape (2, s)
        Student's for skewness 0.
    """
    lean, student = skewness / sqrt(g), float(stdtrit(g - 1, 1 - _TAIL))
    shifted = np.array([[-student], [student]]) - lean / 6
    root = np.cbrt(1 + lean * shifted)
    return np.asarray(3 * shifted / (1 + root + root**2))  # 3 (root - 1) / lean, and lean may be 0


def _skewness(deviations: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = np.sqrt(np.square(deviations).mean(axis=0))
    third = (deviations**3).mean(axis=0)
    flat = spread <= _ROUNDING
    return np.asarray(np.where(flat, 0, third / np.where(flat, 1, spread) ** 3))


def _interval(
    reading: Reading, comparison: Comparison, reach: NDArray[np.float64]
) -> tuple[float, float] | None:
    """Subtract the quantiles of the error from the score, and stay inside the metric's range."""
    (metric, k), m, n = reading, comparison.tally.m, comparison.n
    if not has_intervals(m, n):
        return None
    value, best = read(metric, k, comparison), metric.best_at(n, k)
    if best is not None and abs(value - best) <= _ROUNDING:
        # No row that was drawn lost anything, which says nothing of how much the others lose.
        most = _largest_share_missed(m, n) * (metric.high - metric.low)
        reach = np.array([-most, most])
    low, high = value - reach[::-1]
    return max(metric.low, float(low)), min(metric.high, float(high))


def _largest_share_missed(m: int, n: int) -> float:
    """Return the share of n rows that m drawn ones hold none of with a chance of 2.5 %."""
    return log(_TAIL) / (n * log1p(-m / n)) if m < n else 0.0


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
