"""Sums over pairs of distances, from which correlations, stress and triplets follow."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

from bench.geometry.pair_ranks import PairRanks, place_of
from bench.geometry.ranks import rounded, scramble

TRIPLETS = 20  # drawn for each point
_FIELDS = 11
_COARSE = 4096  # bins, for the standard errors of sums of ranks


@dataclass(frozen=True, eq=False)
class Moments:
    """Sums over the pairs (i, j), j other than i, of some rows i.

    ``d`` is a distance of the reference, ``e`` the same pair's in the embedding, ``r`` and ``s``
    their ranks among all pairs, centred. What was not asked for is 0.

    Parameters
    ----------
    sums : ndarray of shape (11,)
        Of 1, d, e, d d, e e, d e; of r r, s s, r s; the triplets drawn, and those kept.
    places : ndarray of shape (2, v)
        For each value or bin of d, in order: how many pairs have it, and the sum of their e.
    ranked : ndarray of shape (2, 2, w), w 0 if the rows are no sample
        Of a sample: for coarser bins of d and of e, how many pairs are in it, and the sum of their
        ranks on the other side. See `by_their_part_in_the_ranks`.
    """

    sums: NDArray[np.float64]
    places: NDArray[np.float64]
    ranked: NDArray[np.float64]

    def plus(self, other: "Moments", sign: int = 1) -> "Moments":
        """Add other sums, or with ``sign=-1`` take them away."""
        return Moments(
            self.sums + sign * other.sums,
            self.places + sign * other.places,
            self.ranked + sign * other.ranked,
        )

    @property
    def pearson(self) -> float:
        """Correlation of the distances; 0 by convention if either are all equal."""
        pairs, d, e, dd, ee, de = self.sums[:6]
        d_variance, e_variance = dd - d**2 / pairs, ee - e**2 / pairs
        # What is left of equal numbers by rounding is no variance.
        rounding = 1e-13
        if d_variance <= rounding * dd or e_variance <= rounding * ee:
            return 0.0
        return float(np.clip((de - d * e / pairs) / np.sqrt(d_variance * e_variance), -1, 1))

    @property
    def cosine(self) -> float:
        """Cosine of the angle between the two lists of distances."""
        return _ratio(self.sums[5], self.sums[3], self.sums[4])

    @property
    def spearman(self) -> float:
        """Correlation of the ranks; 0 by convention if either are all tied."""
        return _ratio(self.sums[8], self.sums[6], self.sums[7])

    @property
    def triplet_accuracy(self) -> float:
        """Share of the triplets drawn whose order is kept."""
        return float(self.sums[10] / self.sums[9])

    @property
    def nonmetric_stress(self) -> float:
        """Stress-1 of e against the nearest numbers that rise with d (Kruskal 1964)."""
        counts, totals = self.places[:, self.places[0] > 0]
        means = totals / counts
        fitted = isotonic_regression(means, weights=counts).x
        within = self.sums[4] - (counts * means**2).sum()
        between = (counts * (means - fitted) ** 2).sum()
        if self.sums[4] <= 0:
            return 1.0
        return float(np.sqrt(np.clip((within + between) / self.sums[4], 0, 1)))


def _ratio(both: float, one: float, other: float) -> float:
    return float(np.clip(both / np.sqrt(one * other), -1, 1)) if one > 0 and other > 0 else 0.0


def empty_moments(given_ranks: PairRanks | None = None, *, sampled: bool = False) -> Moments:
    """Return the sums of no rows.

    Parameters
    ----------
    given_ranks : PairRanks, optional
        Of the reference, if pairs are to be ranked.
    sampled : bool
        Whether the rows are a sample, so that `by_their_part_in_the_ranks` is to come.
    """
    places = len(given_ranks.ranks) if given_ranks else 0
    coarse = _COARSE if sampled else 0
    return Moments(np.zeros(_FIELDS), np.zeros((2, places)), np.zeros((2, 2, coarse)))


def by_their_part_in_the_ranks(total: Moments, groups: Sequence[Moments]) -> list[Moments]:
    """Charge each group of a sample with what its rows did to the ranks of all pairs.

    Leaving a group out changes the sum of r s in two ways: its own pairs are missing, and the
    others are ranked anew. With r = sum of r_g over groups, the part of the second kind is
    ``sum of r_g s + r s_g`` over all pairs to first order (the projection of Hájek, Ann. Math.
    Stat. 39, 1968). Sums of r r and s s depend on the number of pairs alone, if few are tied.
    """
    # What lies above a pair on this side, and half of what is beside it, counts for its rank.
    sums = total.ranked[:, 1]
    above = sums.sum(axis=1, keepdims=True) - np.cumsum(sums, axis=1) + sums / 2
    charged = []
    for group in groups:
        share = group.ranked[0, 0].sum() / total.ranked[0, 0].sum()
        mine = group.sums.copy()
        mine[6:8] = share * total.sums[6:8]
        mine[8] += (group.ranked[:, 0] * above).sum() - 2 * share * total.sums[8]
        charged.append(Moments(mine, group.places, group.ranked))
    return charged


def add_distances(
    moments: Moments,
    rows: NDArray[np.intp],
    given: NDArray[np.float64],
    found: NDArray[np.float64],
    half: bool,
) -> None:
    """Add the distances of some rows.

    Parameters
    ----------
    moments : Moments
        Added to in place.
    rows : ndarray of shape (m,)
        The index of each row's own point, which is left out.
    given, found : ndarray of shape (m, n)
        Distances in the reference and in the embedding.
    half : bool
        Whether the rows are all there are, so that each pair is met from both ends and counted
        from one.
    """
    _add_distances(rows, given, found, half, moments.sums)


def add_pair_ranks(
    moments: Moments,
    rows: NDArray[np.intp],
    given: NDArray[np.float64],
    found: NDArray[np.float64],
    half: bool,
    given_ranks: PairRanks,
    found_ranks: PairRanks,
) -> None:
    """Add the ranks of some rows among all pairs; as `add_distances`, which is to come first."""
    _add_pair_ranks(
        rows,
        given.view(np.uint64),
        found.view(np.uint64),
        found,
        half,
        (given_ranks.arrays, given_ranks.ranks, found_ranks.arrays, found_ranks.ranks),
        moments.sums,
        moments.places,
        moments.ranked,
    )


def add_triplets(
    moments: Moments,
    rows: NDArray[np.intp],
    given: NDArray[np.float64],
    found: NDArray[np.float64],
    seed: int = 0,
) -> None:
    """Draw pairs of other points for each row, and see whether the nearer is still nearer.

    A triplet that is tied on one side counts half, one that is tied on both is kept.
    """
    bits = given.view(np.uint64), found.view(np.uint64)
    _add_triplets(rows, *bits, np.uint64(seed), TRIPLETS, moments.sums)


@njit(cache=True, nogil=True)
def _add_distances(rows, given, found, half, sums):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    for i in range(given.shape[0]):
        d_sum = e_sum = dd = ee = de = 0.0
        first = rows[i] + 1 if half else 0
        for j in range(first, given.shape[1]):  # its distance from itself, 0, adds nothing
            d, e = given[i, j], found[i, j]
            d_sum += d
            e_sum += e
            dd += d * d
            ee += e * e
            de += d * e
        sums[0] += given.shape[1] - (first if half else 1)
        sums[1] += d_sum
        sums[2] += e_sum
        sums[3] += dd
        sums[4] += ee
        sums[5] += de


@njit(cache=True, nogil=True)
def _add_pair_ranks(rows, given, found, distances, half, ranks, sums, places, ranked):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    of_given, given_ranks, of_found, found_ranks = ranks
    for i in range(given.shape[0]):
        rr = ss = rs = 0.0
        for j in range(rows[i] + 1 if half else 0, given.shape[1]):
            if j != rows[i]:
                place = place_of(given[i, j], *of_given)
                found_place = place_of(found[i, j], *of_found)
                r, s = given_ranks[place], found_ranks[found_place]
                rr += r * r
                ss += s * s
                rs += r * s
                places[0, place] += 1
                places[1, place] += distances[i, j]
                if ranked.shape[2]:
                    bin_ = place * _COARSE // max(len(given_ranks), _COARSE)
                    ranked[0, 0, bin_] += 1
                    ranked[0, 1, bin_] += s
                    bin_ = found_place * _COARSE // max(len(found_ranks), _COARSE)
                    ranked[1, 0, bin_] += 1
                    ranked[1, 1, bin_] += r
        sums[6] += rr
        sums[7] += ss
        sums[8] += rs


@njit(cache=True, nogil=True)
def _add_triplets(rows, given, found, seed, draws, sums):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    n = np.uint64(given.shape[1])
    for i in range(given.shape[0]):
        drawn = np.uint64(0)
        for _ in range(draws):
            j = k = rows[i]
            while j == rows[i] or k in (rows[i], j):
                drawn += np.uint64(1)
                bits = scramble(seed, np.uint64(rows[i]), drawn)
                j = np.int64((bits >> np.uint64(32)) * n >> np.uint64(32))
                k = np.int64((bits & np.uint64(0xFFFFFFFF)) * n >> np.uint64(32))
            before = _order(given[i, j], given[i, k])
            after = _order(found[i, j], found[i, k])
            sums[9] += 1
            sums[10] += 1 - abs(before - after) / 2


@njit(cache=True, nogil=True)
def _order(one, other):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    """Return 1 if one is farther, -1 if the other is, 0 if they are tied."""
    one, other = rounded(one), rounded(other)
    return np.int64(one > other) - np.int64(one < other)
