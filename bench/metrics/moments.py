"""Sums over pairs of distances, from which correlations, stress and triplets follow."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from bench.geometry.pair_ranks import PairRanks, find_places
from bench.geometry.ranks import rounded, scramble
from bench.geometry.reference import Block

TRIPLETS = 20  # drawn for each point
_FIELDS = 12
_COARSE = 4096  # bins, for the standard errors of sums of ranks


@dataclass(frozen=True, eq=False)
class Moments:
    """Sums over the pairs (i, j), j other than i, of some rows i.

    ``d`` is a distance of the reference, ``e`` the same pair's in the embedding, ``r`` and ``s``
    their ranks among all pairs, centred. A pair between pieces that no path joins, d infinite, has
    no length to compare: it counts in ranks and triplets alone. What was not asked for is 0.

    Parameters
    ----------
    sums : ndarray of shape (12,)
        Of 1, d, e, d d, e e, d e; of r r, s s, r s; the triplets drawn, and those kept; and of
        e e once more, over the pairs that are ranked.
    places : ndarray of shape (p, 2), p 0 if pairs are not ranked
        For each place of d: how many pairs have it, and the sum of their e.
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
        counts, totals = self.places[self.places[:, 0] > 0].T
        means, ee = totals / counts, self.sums[11]
        fitted = isotonic_fit(means, counts)
        within = ee - (counts * means**2).sum()
        between = (counts * (means - fitted) ** 2).sum()
        return float(np.sqrt(np.clip((within + between) / ee, 0, 1))) if ee > 0 else 1.0


def isotonic_fit(values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the nearest numbers that never fall, in weighted least squares.

    By pooling what falls (Barlow, Bartholomew, Bremner & Brunk 1972); scipy has it too, in a
    module whose import takes longer than scoring a thousand points.
    """
    return np.asarray(_pool(values, weights))


def _ratio(both: float, one: float, other: float) -> float:
    return float(np.clip(both / np.sqrt(one * other), -1, 1)) if one > 0 and other > 0 else 0.0


def empty_moments(places: int = 0, *, sampled: bool = False) -> Moments:
    """Return the sums of no rows; of a sample, with what `by_their_part_in_the_ranks` takes."""
    coarse = _COARSE if sampled else 0
    return Moments(np.zeros(_FIELDS), np.zeros((places, 2)), np.zeros((2, 2, coarse)))


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


def add_distances(moments: Moments, given: Block, found: Block, half: bool) -> None:
    """Add the distances of some rows.

    Parameters
    ----------
    moments : Moments
        Added to in place.
    given, found : Block
        The rows in the reference and in the embedding.
    half : bool
        Whether the rows are all there are, so that each pair is met from both ends and counted
        from one.
    """
    _add_distances(given.rows, given.distances, found.distances, half, moments.sums)


def add_pair_ranks(
    moments: Moments,
    given: Block,
    found: Block,
    half: bool,
    given_ranks: PairRanks,
    found_ranks: PairRanks,
) -> None:
    """Add the ranks of some rows among all pairs; as `add_distances`.

    Parameters
    ----------
    moments, given, found, half
        As in `add_distances`.
    given_ranks, found_ranks : PairRanks
        Of the reference and of the embedding.
    """
    of_given = given.lengths.view(np.uint64), tuple(given_ranks.scale), given_ranks.ranks
    of_found = found.lengths.view(np.uint64), tuple(found_ranks.scale), found_ranks.ranks
    sums = moments.sums, moments.places, moments.ranked
    _add_pair_ranks(given.rows, of_given, of_found, found.distances, half, sums)


def add_triplets(moments: Moments, given: Block, found: Block) -> None:
    """Draw pairs of other points for each row, and see whether the nearer is still nearer.

    A triplet that is tied on one side counts half, one that is tied on both is kept.
    """
    bits = given.lengths.view(np.uint64), found.lengths.view(np.uint64)
    _add_triplets(given.rows, *bits, TRIPLETS, moments.sums)


@njit(cache=True, nogil=True)
def _pool(values, weights):
    n, pools = len(values), 0
    level, weight, ends = np.empty(n), np.empty(n), np.empty(n, np.int64)
    for i in range(n):
        level[pools], weight[pools], ends[pools] = values[i], weights[i], i + 1
        while pools and level[pools - 1] >= level[pools]:
            both = weight[pools - 1] + weight[pools]
            moved = (level[pools] - level[pools - 1]) * (weight[pools] / both)
            level[pools - 1], weight[pools - 1] = level[pools - 1] + moved, both
            ends[pools - 1] = i + 1
            pools -= 1
        pools += 1
    fitted, start = np.empty(n), 0
    for pool in range(pools):
        fitted[start : ends[pool]] = level[pool]
        start = ends[pool]
    return fitted


@njit(cache=True, nogil=True)
def _add_distances(rows, given, found, half, sums):
    for i in range(given.shape[0]):
        d_sum = e_sum = dd = ee = de = 0.0
        infinite, first = 0, rows[i] + 1 if half else 0
        for j in range(first, given.shape[1]):  # its distance from itself, 0, adds nothing
            d, e = given[i, j], found[i, j]
            e = e if d < np.inf else 0.0
            d = d if d < np.inf else 0.0
            infinite += given[i, j] == np.inf
            d_sum += d
            e_sum += e
            dd += d * d
            ee += e * e
            de += d * e
        sums[0] += given.shape[1] - (first if half else 1) - infinite
        sums[1] += d_sum
        sums[2] += e_sum
        sums[3] += dd
        sums[4] += ee
        sums[5] += de


@njit(cache=True, nogil=True)
def _add_pair_ranks(rows, of_given, of_found, distances, half, sums):
    given, given_scale, given_ranks = of_given
    found, found_scale, found_ranks = of_found
    totals, places, ranked = sums
    n, sampled = given.shape[1], ranked.shape[2] > 0
    at, found_at = np.empty(n, np.int32), np.empty(n, np.int32)
    for i in range(given.shape[0]):
        start = rows[i] + 1 if half else 0
        find_places(given[i, start:], given_scale, at)
        find_places(found[i, start:], found_scale, found_at)
        rr = ss = rs = ee = 0.0
        for j in range(start, n):
            if j == rows[i]:
                continue
            place, found_place = at[j - start], found_at[j - start]
            e, r, s = distances[i, j], given_ranks[place], found_ranks[found_place]
            rr += r * r
            ss += s * s
            rs += r * s
            ee += e * e
            places[place, 0] += 1
            places[place, 1] += e
            if sampled:
                bin_ = place * _COARSE // max(len(given_ranks), _COARSE)
                ranked[0, 0, bin_] += 1
                ranked[0, 1, bin_] += s
                bin_ = found_place * _COARSE // max(len(found_ranks), _COARSE)
                ranked[1, 0, bin_] += 1
                ranked[1, 1, bin_] += r
        totals[6] += rr
        totals[7] += ss
        totals[8] += rs
        totals[11] += ee


@njit(cache=True, nogil=True)
def _add_triplets(rows, given, found, draws, sums):
    n = np.uint64(given.shape[1])
    for i in range(given.shape[0]):
        drawn = np.uint64(0)
        for _ in range(draws):
            j = k = rows[i]
            while j == rows[i] or k in (rows[i], j):
                drawn += np.uint64(1)
                bits = scramble(np.uint64(rows[i]), drawn)
                j = np.int64((bits >> np.uint64(32)) * n >> np.uint64(32))
                k = np.int64((bits & np.uint64(0xFFFFFFFF)) * n >> np.uint64(32))
            before = _order(given[i, j], given[i, k])
            after = _order(found[i, j], found[i, k])
            sums[9] += 1
            sums[10] += 1 - abs(before - after) / 2


@njit(cache=True, nogil=True)
def _order(one, other):
    """Return 1 if one is farther, -1 if the other is, 0 if they are tied."""
    one, other = rounded(one), rounded(other)
    return np.int64(one > other) - np.int64(one < other)
