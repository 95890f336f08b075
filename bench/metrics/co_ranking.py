"""The co-ranking counts, from which every rank score follows for all k.

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
