"""The table of metrics: each a function and a row that says all that tables and plots need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:  # listing the table must not load the compiled kernels
    from bench.metrics.comparison import Comparison


@dataclass(frozen=True)
class Metric:
    """One score of an embedding against one reference.

    Parameters
    ----------
    name : str
        The name in records and on the command line.
    label : str
        The name in tables and figures.
    function : callable
        Takes a `Comparison`; returns a float, or for a curve an array over k = 1, 2, ...
    low, high : float
        The range.
    best : float
        The value of a perfect embedding; the direction is towards it.
    chance : float, callable or None
        The expected value of points drawn at random; where it depends on k, a function of n that
        returns it at k = 1, 2, ... ``None`` where it depends on the points.
    source : str
        The paper.
    curve : bool
        Whether the function gives a value for each k.
    """

    name: str
    label: str
    function: Callable[[Comparison], Any]
    low: float
    high: float
    best: float
    chance: float | Callable[[int], NDArray[np.float64]] | None
    source: str
    curve: bool = False

    @property
    def higher_is_better(self) -> bool:
        """The direction."""
        return self.best == self.high

    def chance_at(self, n: int, k: int) -> float | None:
        """Return what n random points are expected to score, read at k if it depends on k."""
        return float(self.chance(n)[k - 1]) if callable(self.chance) else self.chance


def q_nx(comparison: Comparison) -> NDArray[np.float64]:
    """Share of the k nearest neighbours kept, k = 1 ... n - 1."""
    return comparison.co_ranking.q_nx


def r_nx(comparison: Comparison) -> NDArray[np.float64]:
    """Q_NX rescaled so that chance is 0, k = 1 ... n - 2."""
    return comparison.co_ranking.r_nx


def auc(comparison: Comparison) -> float:
    """Area under R_NX over log k: neighbours kept at every scale, the near ones counting most."""
    return comparison.co_ranking.auc


def trustworthiness(comparison: Comparison) -> NDArray[np.float64]:
    """How far away the false neighbours of the embedding come from, k < n / 2."""
    return comparison.co_ranking.trustworthiness


def continuity(comparison: Comparison) -> NDArray[np.float64]:
    """How far away the lost neighbours of the reference went, k < n / 2."""
    return comparison.co_ranking.continuity


def spearman(comparison: Comparison) -> float:
    """Rank correlation of all pairs of distances; 0 by convention if all are tied."""
    return comparison.moments.spearman


def residual_variance(comparison: Comparison) -> float:
    """Share of variance of the distances that a straight line leaves unexplained."""
    return 1 - comparison.moments.pearson**2


def stress(comparison: Comparison) -> float:
    """Relative error of the distances after the best scaling of the embedding."""
    return float(np.sqrt(1 - comparison.moments.cosine**2))


def _chance_of_overlap(n: int) -> NDArray[np.float64]:
    return np.arange(1, n) / (n - 1)


def _chance_of_penalties(n: int) -> NDArray[np.float64]:
    """Expect each of the k neighbours at any of the n - 1 ranks, against the worst there is."""
    k = np.arange(1, (n + 1) // 2)
    return np.asarray(1 - (n - 1 - k) * (n - k) / ((n - 1) * (2 * n - 3 * k - 1)))


METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric(
            "q_nx", "Q_NX", q_nx, 0, 1, 1, _chance_of_overlap, "Lee & Verleysen 2009", curve=True
        ),
        Metric("r_nx", "R_NX", r_nx, -1, 1, 1, 0, "Lee et al. 2013", curve=True),
        Metric("auc", "AUC of R_NX", auc, -1, 1, 1, 0, "Lee et al. 2015"),
        Metric(
            "trustworthiness",
            "trustworthiness",
            trustworthiness,
            0,
            1,
            1,
            _chance_of_penalties,
            "Venna & Kaski 2001",
            curve=True,
        ),
        Metric(
            "continuity",
            "continuity",
            continuity,
            0,
            1,
            1,
            _chance_of_penalties,
            "Venna & Kaski 2001",
            curve=True,
        ),
        Metric("spearman", "Spearman correlation", spearman, -1, 1, 1, 0, "Spearman 1904"),
        Metric(
            "residual_variance",
            "residual variance",
            residual_variance,
            0,
            1,
            0,
            1,
            "Tenenbaum et al. 2000",
        ),
        Metric("stress", "scale-normalised stress", stress, 0, 1, 0, None, "Smelser et al. 2024"),
    )
}
