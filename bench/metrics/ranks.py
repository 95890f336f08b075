"""Ranks by row, and the co-ranking counts from which every rank score follows for all k.

A pair (i, j) has rank ``a`` by embedding distance and ``b`` by reference distance, both counted
from i over the other n - 1 points, 1 for the nearest. The co-ranking matrix (Lee & Verleysen,
Neurocomputing 72, 2009) counts the pairs of each (a, b); it is never built. Each score needs only
how many pairs, and with what sum of ranks, satisfy an inequality at k, and those follow for all k
at once from arrays of differences: a pair with a <= k < b is added at a and taken away at b.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.stats import rankdata


def rank_rows(
    distances: NDArray[np.float64], rows: NDArray[np.intp], tie_seed: int = 0
) -> NDArray[np.uint32]:
    """Rank every other point by its distance from each of some rows.

    A point is left out of its own ranking by its index, not by its position, so that duplicates
    of it are ranked. Ties are ordered at random, by a hash of (seed, row, column): never by
    index, which would give a collapsed embedding a score that depends on the order of the file.
    The hash is the same for the reference and the embedding, so a pair that is tied in both is
    in the same order in both, and the identity is perfect whatever the ties. (The price: where
    the reference itself has many ties, a collapsed embedding scores a little above chance.)

    Parameters
    ----------
    distances : ndarray of shape (m, n)
        Distances from each of ``rows`` to all points.
    rows : ndarray of shape (m,)
        The index of each row's own point.
    tie_seed : int
        Seed of the order among ties.

    Returns
    -------
    ndarray of shape (m, n), uint32
        Ranks 1 ... n - 1; 0 for the point itself.
    """
    distances = without_rounding(distances)
    order = np.argsort(distances, axis=1)
    ranks = np.empty(distances.shape, dtype=np.uint32)
    _rank_sorted(distances, order, rows, np.uint64(tie_seed), ranks)
    return ranks


@njit(cache=True, nogil=True)
def _hash(seed, row, column):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    """Mix three integers into 64 random-looking bits (splitmix64; Steele et al. 2014)."""
    x = seed + row * np.uint64(0x9E3779B97F4A7C15) + column * np.uint64(0xD1B54A32D192ED03)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@njit(cache=True, nogil=True)
def _rank_sorted(distances, order, rows, seed, ranks):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    m, n = distances.shape
    keys = np.empty(n, dtype=np.uint64)
    for i in range(m):
        own = rows[i]
        row = np.uint64(own)
        rank = 0
        begin = 0
        while begin < n:
            end = begin + 1
            while end < n and distances[i, order[i, end]] == distances[i, order[i, begin]]:
                end += 1
            tied = order[i, begin:end]
            if end - begin > 1:
                for t in range(end - begin):
                    keys[t] = _hash(seed, row, np.uint64(tied[t]))
                tied = tied[np.argsort(keys[: end - begin])]
            for j in tied:
                if j != own:
                    rank += 1
                    ranks[i, j] = rank
            begin = end
        ranks[i, own] = 0


@njit(cache=True, nogil=True)
def _count(embedded, reference, counts):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    for i in range(embedded.shape[0]):
        for j in range(embedded.shape[1]):
            a = np.int64(embedded[i, j])
            b = np.int64(reference[i, j])
            if a == 0:  # the point itself
                continue
            if a < b:
                counts[0, b] += 1
                counts[1, a] += 1
                counts[1, b] -= 1
                counts[2, a] += b
                counts[2, b] -= b
            else:
                counts[0, a] += 1
                if b < a:
                    counts[3, b] += 1
                    counts[3, a] -= 1
                    counts[4, b] += a
                    counts[4, a] -= a


@dataclass(frozen=True, eq=False)
class CoRanking:
    """What is left of the co-ranking matrix of m rows of n points: five integers for each k.

    Parameters
    ----------
    n : int
        Number of points.
    m : int
        Number of rows counted; n when all are.
    counts : ndarray of shape (5, n), int64
        For k = 0 ... n - 1: pairs with max(a, b) <= k; pairs with a <= k < b and their sum of
        b; pairs with b <= k < a and their sum of a.
    """

    n: int
    m: int
    counts: NDArray[np.int64]

    @cached_property
    def _k(self) -> NDArray[np.int64]:
        return np.arange(1, self.n)

    @cached_property
    def q_nx(self) -> NDArray[np.float64]:
        """Q_NX(k), k = 1 ... n - 1: share of the k nearest kept (Lee & Verleysen 2009)."""
        return self.counts[0, 1:] / (self.m * self._k)

    @cached_property
    def r_nx(self) -> NDArray[np.float64]:
        """R_NX(k), k = 1 ... n - 2: Q_NX rescaled to 0 at chance (Lee et al. 2013)."""
        k = self._k[:-1]
        return ((self.n - 1) * self.q_nx[:-1] - k) / (self.n - 1 - k)

    @cached_property
    def auc(self) -> float:
        """Mean of R_NX(k) weighted by 1 / k (Lee et al. 2015)."""
        return float(np.average(self.r_nx, weights=1 / self._k[:-1]))

    @cached_property
    def trustworthiness(self) -> NDArray[np.float64]:
        """T(k) for every k < n / 2: intruders, by how far they came (Venna & Kaski 2001)."""
        return self._penalised(1)

    @cached_property
    def continuity(self) -> NDArray[np.float64]:
        """C(k) for every k < n / 2: neighbours lost, by how far they went."""
        return self._penalised(3)

    def _penalised(self, row: int) -> NDArray[np.float64]:
        k = np.arange(1, (self.n + 1) // 2)
        pairs, ranks = self.counts[row, k], self.counts[row + 1, k]
        worst = self.m * k * (2 * self.n - 3 * k - 1) / 2
        return np.asarray(1 - (ranks - k * pairs) / worst)


def empty_counts(n: int) -> NDArray[np.int64]:
    """Return counters for `add_ranks`, to be made a `CoRanking` by `finish`."""
    return np.zeros((5, n), dtype=np.int64)


def add_ranks(
    counts: NDArray[np.int64], embedded: NDArray[np.uint32], reference: NDArray[np.uint32]
) -> None:
    """Count the pairs of some rows, given their ranks in the embedding and in the reference."""
    _count(embedded, reference, counts)


def finish(counts: NDArray[np.int64], m: int) -> CoRanking:
    """Sum the differences up, after ``m`` rows were counted."""
    return CoRanking(counts.shape[1], m, np.cumsum(counts, axis=1))


def average_ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rank values, the tied by their average, and centre the ranks on 0 for correlations."""
    ranks = rankdata(without_rounding(values))
    return np.asarray(ranks - ranks.mean())


def without_rounding(distances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Keep 40 of the 52 binary digits, so that distances equal but for rounding are tied.

    The points of a grid are at equal distances; of the same grid times 0.1 they are so only to
    some 16 decimal digits, and an order among them would be read out of rounding errors.
    """
    dropped = 12
    bits = np.ascontiguousarray(distances, dtype=np.float64).view(np.int64)
    rounded = (bits + (1 << (dropped - 1))) >> dropped << dropped
    return rounded.view(np.float64)
