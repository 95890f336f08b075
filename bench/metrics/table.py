"""The table of metrics: each a function, and a row that says all that anybody else needs of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bench.metrics.needs import Need

if TYPE_CHECKING:  # listing the table must not load the compiled kernels
    from bench.metrics.comparison import Comparison

Curve = NDArray[np.float64]
Score = Callable[["Comparison"], Any]
Level = float | Callable[[int], Curve] | None


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
    best, chance : float, callable or None
        The value of a perfect embedding, and the expected one of points drawn at random; where
        it depends on k, a function of n that returns it at k = 1, 2, ... None where there is
        none, or it depends on the points.
    source : str
        The paper.
    curve : bool
        Whether the function gives a value for each k.
    largest_k : callable, optional
        Of a curve: takes n, and returns the largest k; n - 1 if not given.
    higher_is_better : bool or None
        The direction; None for what describes and does not judge.
    needs : tuple of Need or str
        What `compare` must compute for it (see there): ``"overlap"`` for a curve that can be
        read at k from which of the k nearest are shared, ``"neighbors"`` if it takes their ranks
        too, ``"ranks"`` for what takes all k. Also
        ``"coordinates"``: the score is only given where the reference has them.
    drawn : bool
        Whether it looks at points drawn by their row numbers and a fixed seed, so that rows in
        another order score the same only within chance.
    tabulated : bool
        Whether the report gives it a table; records and the CSV file have every metric.
    smooth : bool
        Whether it changes smoothly with the sums over rows, so that a sample of rows tells its
        standard error. What is read where a curve is highest jumps with the place.
    revision : int
        Raised when the same embedding comes to have another score: then it is computed anew on
        every stored embedding.

    Raises
    ------
    TypeError
        If the function cannot be called, or the direction is none.
    ValueError
        If the range is none.

    Examples
    --------
    >>> import bench, numpy as np
    >>> def spread(comparison):
    ...     return comparison.embedding.std()
    >>> row = Metric("spread", "spread", spread, 0, np.inf, None, None, "ours", needs=())
    >>> row.curve, row.higher_is_better
    (False, True)
    """

    name: str
    label: str
    function: Score
    low: float
    high: float
    best: Level
    chance: Level
    source: str
    curve: bool = False
    higher_is_better: bool | None = True
    needs: tuple[Need, ...] = (Need.RANKS, Need.DISTANCES, Need.PAIR_RANKS, Need.TRIPLETS)
    drawn: bool = False
    tabulated: bool = True
    smooth: bool = True
    largest_k: Callable[[int], int] | None = None
    revision: int = 1

    def __post_init__(self) -> None:
        """Refuse a row that tables could not use."""
        if not callable(self.function):
            raise TypeError(f"the function of {self.name} is a {type(self.function).__name__}")
        if not _is_range(self.low, self.high):
            raise ValueError(
                f"{self.name} has the range {self.low!r} to {self.high!r}: give two numbers, low "
                "and high, which may be infinite."
            )
        try:
            object.__setattr__(self, "needs", tuple(map(Need, self.needs)))
        except ValueError as error:
            raise ValueError(
                f"{self.name} has needs = {self.needs!r}: allowed are {', '.join(Need)}."
            ) from error
        if self.higher_is_better not in (True, False, None):
            raise TypeError(
                f"{self.name} has higher_is_better = {self.higher_is_better!r}: give True, False, "
                "or None for what describes and does not judge."
            )

    def largest(self, n: int) -> int:
        """Return the largest k of a curve for n points."""
        return self.largest_k(n) if self.largest_k else n - 1

    def check_k(self, n: int, k: int) -> None:
        """Raise `ValueError` if k is out of the range that this metric has for n points."""
        largest = self.largest(n)
        if self.curve and not 1 <= k <= largest:
            raise ValueError(
                f"k = {k} is out of range for {self.name} with n = {n}: give a number in "
                f"1 ... {largest}."
            )

    def best_at(self, n: int, k: int) -> float | None:
        """Return what n points kept perfectly score, read at k if it depends on k."""
        return float(self.best(n)[k - 1]) if callable(self.best) else self.best

    def chance_at(self, n: int, k: int) -> float | None:
        """Return what n random points are expected to score, read at k if it depends on k."""
        return float(self.chance(n)[k - 1]) if callable(self.chance) else self.chance

    def applies_to(self, comparison: Comparison) -> bool:
        """Whether the comparison has what only some references have."""
        return Need.COORDINATES not in self.needs or comparison.coordinates is not None


def _is_range(low: object, high: object) -> bool:
    return isinstance(low, Real) and isinstance(high, Real) and bool(low < high)


def as_numbers(found: object) -> Curve:
    """Return what a metric gave as an array.

    Raises
    ------
    ValueError
        If it is not made of real numbers.
    """
    numbers = np.asarray(found)
    if numbers.dtype.kind not in "fiub" or isinstance(found, np.ma.MaskedArray):
        raise ValueError(f"gave {type(found).__name__} of {numbers.dtype}, expected real numbers")
    return numbers.astype(np.float64)


METRICS: dict[str, Metric] = {}


def _row(label: str, span: tuple[float, float], **more: Any) -> Callable[[Score], Score]:  # noqa: ANN401 - fields of `Metric`
    """Enter a function into the table under its own name."""

    def enter(function: Score) -> Score:
        name = function.__name__
        METRICS[name] = Metric(name, label, function, *span, **more)
        return function

    return enter


def _chance_of_overlap(n: int) -> Curve:
    return np.arange(1, n) / (n - 1)


def _chance_of_penalties(n: int) -> Curve:
    """Expect each of the k neighbours at any of the n - 1 ranks, against the worst there is."""
    k = np.arange(1, (n + 1) // 2)
    return np.asarray(1 - (n - 1 - k) * (n - k) / ((n - 1) * (2 * n - 3 * k - 1)))


def _chance_of_errors(n: int) -> Curve:
    """Expect the neighbour at each place at any of the n - 1 ranks, over the normaliser."""
    k = np.arange(1, n)
    errors = (k * (k - 1) + (n - 1 - k) * (n - k)) / (2 * (n - 1) * k)
    return np.asarray(np.cumsum(errors) / np.cumsum(np.abs(n - 2 * k + 1) / k))


def _below_half(n: int) -> int:
    return (n - 1) // 2


def _best_overlap_beyond_chance(n: int) -> Curve:
    return 1 - _chance_of_overlap(n)


@_row(
    "AUC of R_NX",
    (-1, 1),
    best=1,
    chance=0,
    source="Lee, Peluffo-Ordóñez & Verleysen 2015",
    needs=(Need.RANKS,),
)
def auc(comparison: Comparison) -> float:
    """Area under R_NX over log k: neighbours kept at every scale, the near ones counting most."""
    return comparison.co_ranking.auc


@_row(
    "trustworthiness",
    (0, 1),
    best=1,
    chance=_chance_of_penalties,
    source="Venna & Kaski 2001",
    curve=True,
    largest_k=_below_half,
    needs=(Need.NEIGHBORS,),
)
def trustworthiness(comparison: Comparison) -> Curve:
    """How far away the false neighbours of the embedding come from, k < n / 2."""
    return comparison.co_ranking.trustworthiness


@_row(
    "continuity",
    (0, 1),
    best=1,
    chance=_chance_of_penalties,
    source="Venna & Kaski 2001",
    curve=True,
    largest_k=_below_half,
    needs=(Need.NEIGHBORS,),
)
def continuity(comparison: Comparison) -> Curve:
    """How far away the lost neighbours of the reference went, k < n / 2."""
    return comparison.co_ranking.continuity


@_row(
    "Q_NX",
    (0, 1),
    best=1,
    chance=_chance_of_overlap,
    source="Lee & Verleysen 2009",
    curve=True,
    needs=(Need.OVERLAP,),
    tabulated=False,
)
def q_nx(comparison: Comparison) -> Curve:
    """Share of the k nearest neighbours kept, k = 1 ... n - 1."""
    return comparison.co_ranking.q_nx


@_row(
    "R_NX",
    (-1, 1),
    best=1,
    chance=0,
    source="Lee, Renard, Bernard, Dupont & Verleysen 2013",
    curve=True,
    largest_k=lambda n: n - 2,
    needs=(Need.OVERLAP,),
    tabulated=False,
)
def r_nx(comparison: Comparison) -> Curve:
    """Q_NX rescaled so that chance is 0, k = 1 ... n - 2."""
    return comparison.co_ranking.r_nx


@_row(
    "LCMC",
    (-1, 1),
    best=_best_overlap_beyond_chance,
    chance=0,
    source="Chen & Buja 2009",
    curve=True,
    needs=(Need.OVERLAP,),
    tabulated=False,
)
def lcmc(comparison: Comparison) -> Curve:
    """Share of the k nearest neighbours kept beyond chance, k = 1 ... n - 1."""
    return comparison.co_ranking.lcmc


@_row(
    "MRRE, false neighbours",
    (0, 1),
    best=0,
    chance=_chance_of_errors,
    source="Lee & Verleysen 2007",
    curve=True,
    higher_is_better=False,
    needs=(Need.NEIGHBORS,),
    tabulated=False,
)
def mrre_false(comparison: Comparison) -> Curve:
    """Relative error of the ranks of the embedding's k nearest neighbours, k = 1 ... n - 1."""
    return comparison.co_ranking.mrre_false


@_row(
    "MRRE, missing neighbours",
    (0, 1),
    best=0,
    chance=_chance_of_errors,
    source="Lee & Verleysen 2007",
    curve=True,
    higher_is_better=False,
    needs=(Need.NEIGHBORS,),
    tabulated=False,
)
def mrre_missing(comparison: Comparison) -> Curve:
    """Relative error of the ranks of the reference's k nearest neighbours, k = 1 ... n - 1."""
    return comparison.co_ranking.mrre_missing


@_row(
    "K_max",
    (1, float("inf")),
    best=None,
    chance=None,
    source="Lee & Verleysen 2010",
    higher_is_better=None,
    needs=(Need.RANKS,),
    tabulated=False,
    smooth=False,
)
def k_max(comparison: Comparison) -> float:
    """Tell the k at which most is kept beyond chance: there local ends and global begins."""
    return float(comparison.co_ranking.lcmc.argmax() + 1)


@_row(
    "Q_local",
    (0, 1),
    best=1,
    chance=None,
    source="Lee & Verleysen 2010",
    needs=(Need.RANKS,),
    tabulated=False,
    smooth=False,
)
def q_local(comparison: Comparison) -> float:
    """Mean share of neighbours kept for k up to K_max."""
    return float(comparison.co_ranking.q_nx[: int(k_max(comparison))].mean())


@_row(
    "Q_global",
    (0, 1),
    best=1,
    chance=None,
    source="Lee & Verleysen 2010",
    needs=(Need.RANKS,),
    tabulated=False,
    smooth=False,
)
def q_global(comparison: Comparison) -> float:
    """Mean share of neighbours kept for k from K_max on."""
    return float(comparison.co_ranking.q_nx[int(k_max(comparison)) - 1 :].mean())


@_row(
    "Spearman correlation",
    (-1, 1),
    best=1,
    chance=0,
    source="Spearman 1904",
    needs=(Need.PAIR_RANKS,),
)
def spearman(comparison: Comparison) -> float:
    """Rank correlation of all pairs of distances; 0 by convention if all are tied."""
    return comparison.moments.spearman


@_row(
    "Pearson correlation",
    (-1, 1),
    best=1,
    chance=0,
    source="Pearson 1895",
    needs=(Need.DISTANCES,),
    tabulated=False,
)
def pearson(comparison: Comparison) -> float:
    """Correlation of all pairs of distances; 0 by convention if all are equal."""
    return comparison.moments.pearson


@_row(
    "residual variance",
    (0, 1),
    best=0,
    chance=1,
    source="Tenenbaum, de Silva & Langford 2000",
    higher_is_better=False,
    needs=(Need.DISTANCES,),
)
def residual_variance(comparison: Comparison) -> float:
    """Share of variance of the distances that a straight line leaves unexplained."""
    return 1 - comparison.moments.pearson**2


@_row(
    "scale-normalised stress",
    (0, 1),
    best=0,
    chance=None,
    source="Smelser, Miller & Kobourov 2024",
    higher_is_better=False,
    needs=(Need.DISTANCES,),
)
def stress_scale_normalised(comparison: Comparison) -> float:
    """Relative error of the distances after the best scaling of the embedding."""
    return float(np.sqrt(1 - comparison.moments.cosine**2))


@_row(
    "non-metric stress",
    (0, 1),
    best=0,
    chance=None,
    source="Kruskal 1964",
    higher_is_better=False,
    needs=(Need.DISTANCES, Need.PAIR_RANKS),
    tabulated=False,
)
def stress_nonmetric(comparison: Comparison) -> float:
    """Stress-1: error of the distances against the nearest ones in the reference's order."""
    return comparison.moments.nonmetric_stress


@_row(
    "triplet accuracy",
    (0, 1),
    best=1,
    chance=0.5,
    source="Wang, Huang, Rudin & Shaposhnik 2021",
    needs=(Need.TRIPLETS,),
    drawn=True,
    tabulated=False,
)
def triplet_accuracy(comparison: Comparison) -> float:
    """Share of triplets, drawn by a fixed seed, in which the nearer point is still nearer."""
    return comparison.moments.triplet_accuracy


@_row(
    "chart recovery by a similarity",
    (0, 1),
    best=1,
    chance=0,
    source="Gower 1975",
    needs=(Need.COORDINATES,),
)
def chart_similarity(comparison: Comparison) -> float:
    """Share of the true coordinates' variance explained after turning and scaling."""
    from bench.metrics.chart import similarity_recovery

    assert comparison.coordinates is not None  # noqa: S101 - `applies_to` says so
    return similarity_recovery(comparison.coordinates, comparison.embedding)


@_row(
    "chart recovery by an affine map",
    (0, 1),
    best=1,
    chance=0,
    source="R² of a linear regression; for the outputs of Goldberg et al. 2008",
    needs=(Need.COORDINATES,),
)
def chart_affine(comparison: Comparison) -> float:
    """Share of the true coordinates' variance explained after stretching and shearing too."""
    from bench.metrics.chart import affine_recovery

    assert comparison.coordinates is not None  # noqa: S101 - `applies_to` says so
    return affine_recovery(comparison.coordinates, comparison.embedding)


_BOTTLENECK = "Cohen-Steiner, Edelsbrunner & Harer 2007"
_WASSERSTEIN = "Cohen-Steiner, Edelsbrunner, Harer & Mileyko 2010"
_TOPOLOGY: dict[str, Any] = {
    "best": 0,
    "chance": None,
    "higher_is_better": False,
    "needs": (Need.TOPOLOGY,),
    "drawn": True,
    "tabulated": False,
}


@_row(
    "bottleneck distance of H0",
    (0, float("inf")),
    source=_BOTTLENECK,
    **_TOPOLOGY,
)
def h0_bottleneck(comparison: Comparison) -> float:
    """Worst change in the persistence of a component, in mean distances, on a subsample."""
    return comparison.topology["h0_bottleneck"]


@_row(
    "Wasserstein distance of H0",
    (0, float("inf")),
    source=_WASSERSTEIN,
    **_TOPOLOGY,
)
def h0_wasserstein(comparison: Comparison) -> float:
    """Sum of changes in the persistence of components, in mean distances, on a subsample."""
    return comparison.topology["h0_wasserstein"]


@_row(
    "bottleneck distance of H1",
    (0, float("inf")),
    source=_BOTTLENECK,
    **_TOPOLOGY,
)
def h1_bottleneck(comparison: Comparison) -> float:
    """Worst change in the persistence of a loop, in mean distances, on a subsample."""
    return comparison.topology["h1_bottleneck"]


@_row(
    "Wasserstein distance of H1",
    (0, float("inf")),
    source=_WASSERSTEIN,
    **_TOPOLOGY,
)
def h1_wasserstein(comparison: Comparison) -> float:
    """Sum of changes in the persistence of loops, in mean distances, on a subsample."""
    return comparison.topology["h1_wasserstein"]
