"""Statistics: intervals over seeds, and who is distinguishable from the best."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special, stats

from bench.seeds import stream

LEVEL = 0.05
_COLUMNS = 10_000  # simulated
_CELL = ["dataset", "reducer", "control", "metric", "k", "reference"]


@dataclass(frozen=True)
class Interval:
    """A mean over seeds with its 95 % interval.

    Parameters
    ----------
    mean : float
    half_width : float
        Of Student's t interval; NaN for a single seed.
    seeds : int
        How many values it is made of.
    """

    mean: float
    half_width: float
    seeds: int


def interval(values: NDArray[np.float64]) -> Interval:
    """Estimate the mean over seeds; one value gives no interval."""
    values = values[np.isfinite(values)]
    if not len(values):
        return Interval(np.nan, np.nan, 0)
    if len(values) == 1:
        return Interval(float(values[0]), np.nan, 1)
    half = _half_width(values.std(ddof=1), len(values))
    return Interval(float(values.mean()), float(half), len(values))


def summarise(scores: pd.DataFrame) -> pd.DataFrame:
    """Average over seeds: one row for each (dataset, reducer, metric, k, reference).

    Returns
    -------
    DataFrame
        With the columns ``mean``, ``half_width`` and ``seeds``.
    """
    finite = scores.assign(value=scores["value"].astype(float).replace([np.inf, -np.inf], np.nan))
    groups = finite.groupby(_CELL, sort=False)["value"]
    found = groups.agg(mean="mean", half_width="std", seeds="count").reset_index()
    found["half_width"] = _half_width(found["half_width"], found["seeds"])
    return found


def _half_width(deviations: Any, seeds: Any) -> Any:  # noqa: ANN401 - numbers or columns of them
    """Return Student's t interval's from standard deviations; NaN for a single seed."""
    quantile = special.stdtrit(np.maximum(seeds, 2) - 1, 1 - LEVEL / 2)
    return deviations / np.sqrt(seeds) * quantile


def marks(values: pd.DataFrame, *, higher_is_better: bool) -> dict[str, str]:
    """Name the best reducer of a column, and those not distinguishable from it.

    Reducers are compared with the best by paired t-tests over the seeds, so that the draw of the
    points cancels, with Holm's correction for the number of comparisons. The best is chosen from
    the seeds that test it, so that the level is not kept: see `false_exclusion_rate`.

    Parameters
    ----------
    values : DataFrame
        One row for each seed, one column for each reducer; NaN where it was not run. They are
        compared on the seeds that all of them have.
    higher_is_better : bool
        The direction.

    Returns
    -------
    dict of str to str
        ``"best"`` or ``"tied"``, by reducer.
    """
    complete = values.dropna(axis="index")
    if complete.empty:
        return {}
    means = complete.mean()
    best = str(means.idxmax() if higher_is_better else means.idxmin())
    others = [str(name) for name in complete.columns if name != best]
    found = {best: "best"}
    if len(complete) >= 2:
        p = [_paired(complete[best].to_numpy(), complete[name].to_numpy()) for name in others]
        for name, adjusted in zip(others, holm(p), strict=True):
            if adjusted >= LEVEL:
                found[name] = "tied"
    return found


def false_exclusion_rate(reducers: int, seeds: int) -> float:
    """Return how often `marks` calls at least one of several equal reducers worse than the best.

    By simulation of columns of independent normal scores of the same mean.

    Parameters
    ----------
    reducers : int
        How many are compared, 2 or more.
    seeds : int
        How many scores each has, 2 or more.

    Returns
    -------
    float
        A share of columns. Were the best known beforehand, it would be at most `LEVEL`.
    """
    scores = stream(0, "marks").normal(size=(_COLUMNS, seeds, reducers))
    best = scores.mean(axis=1).argmax(axis=1)
    others = np.arange(reducers) != best[:, None]
    differences = np.take_along_axis(scores, best[:, None, None], axis=2) - scores
    t = differences.mean(axis=1) / (differences.std(axis=1, ddof=1) + ~others) * np.sqrt(seeds)
    # Holm's correction begins at the largest t; if it is not significant, nothing is.
    limit = stats.t.ppf(1 - LEVEL / (reducers - 1) / 2, seeds - 1)
    return float((t.max(axis=1) > limit).mean())


def holm(p_values: list[float]) -> list[float]:
    """Adjust p-values for multiple comparisons (Holm, Scand. J. Stat. 6, 1979)."""
    order = np.argsort(p_values)
    adjusted = np.empty(len(p_values))
    highest = 0.0
    for position, index in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - position) * p_values[index]))
        adjusted[index] = highest
    return [float(p) for p in adjusted]


def _paired(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    difference = a - b
    if np.ptp(difference) <= 1e-12 * max(1.0, float(np.abs(a).max())):
        # No spread at all: the t statistic is 0 / 0 or infinite.
        return 1.0 if np.allclose(difference, 0) else 0.0
    t = difference.mean() / difference.std(ddof=1) * np.sqrt(len(a))
    return float(2 * special.stdtr(len(a) - 1, -abs(t)))
