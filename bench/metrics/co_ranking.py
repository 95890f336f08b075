"""The co-ranking counts, from which every rank score follows for all k.

A pair (i, j) has rank ``a`` by embedding distance and ``b`` by reference distance, both counted
from i over the other n - 1 points, 1 for the nearest. The co-ranking matrix (Lee & Verleysen,
Neurocomputing 72, 2009) counts the pairs of each (a, b); it is never built. In every row each a
and each b occurs once. So all that is summed at a row's a-th place in the embedding, and at its
b-th in the reference, are six numbers for each place, and sums of these up to k give every score.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numba import njit
from numpy.typing import NDArray

_SUMS = 6


@dataclass(frozen=True, eq=False)
class CoRanking:
    """What is left of the co-ranking matrix of some rows of n points.

    Parameters
    ----------
    n : int
        Number of points.
    m : int
        Number of rows counted; n when all are.
    sums : ndarray of shape (6, K), int64
        Over the rows, for each place 1 ... K. Of the neighbour at that place in the embedding:
        its b, whether b <= a, and b if so. Of the one at that place in the reference: its a,
        whether a < b, and a if so. K is n - 1, or where only nearer neighbours were looked at
        their number, and then every curve ends there.
    """

    n: int
    m: int
    sums: NDArray[np.int64]

    @cached_property
    def _k(self) -> NDArray[np.int64]:
        return np.arange(1, self.sums.shape[1] + 1)

    @cached_property
    def _kept(self) -> NDArray[np.int64]:
        """Pairs with max(a, b) <= k."""
        return np.cumsum(self.sums[1] + self.sums[4])

    @cached_property
    def q_nx(self) -> NDArray[np.float64]:
        """Q_NX(k), k = 1 ... n - 1: share of the k nearest kept (Lee & Verleysen 2009)."""
        return self._kept / (self.m * self._k)

    @cached_property
    def r_nx(self) -> NDArray[np.float64]:
        """R_NX(k), k = 1 ... n - 2: Q_NX rescaled to 0 at chance (Lee et al. 2013)."""
        k = self._k[: self.n - 2]
        return ((self.n - 1) * self.q_nx[: self.n - 2] - k) / (self.n - 1 - k)

    @cached_property
    def lcmc(self) -> NDArray[np.float64]:
        """Q_NX(k) less what chance keeps, k = 1 ... n - 1 (Chen & Buja 2009)."""
        return self.q_nx - self._k / (self.n - 1)

    @cached_property
    def auc(self) -> float:
        """Mean of R_NX(k) weighted by 1 / k (Lee et al. 2015)."""
        return float(np.average(self.r_nx, weights=1 / self._k[: self.n - 2]))

    @cached_property
    def trustworthiness(self) -> NDArray[np.float64]:
        """T(k) for every k < n / 2: intruders, by how far they came (Venna & Kaski 2001)."""
        total, _, kept = self.sums[:3]
        return self._penalised(np.cumsum(total - kept - self._k * self.sums[4]))

    @cached_property
    def continuity(self) -> NDArray[np.float64]:
        """C(k) for every k < n / 2: neighbours lost, by how far they went."""
        total, _, kept = self.sums[3:]
        return self._penalised(np.cumsum(total - kept - self._k * self.sums[1]))

    def _penalised(self, ranks: NDArray[np.int64]) -> NDArray[np.float64]:
        """Score by the sum of the ranks of the pairs that are inside k on one side only."""
        k = self._k[: (self.n - 1) // 2]
        beyond = ranks[: len(k)] - k * (self.m * k - self._kept[: len(k)])
        return np.asarray(1 - 2 * beyond / (self.m * k * (2 * self.n - 3 * k - 1)))

    @cached_property
    def mrre_false(self) -> NDArray[np.float64]:
        """Mean relative rank error of the k nearest in the embedding (Lee & Verleysen 2007)."""
        return self._relative_errors(*self.sums[:3])

    @cached_property
    def mrre_missing(self) -> NDArray[np.float64]:
        """Mean relative rank error of the k nearest in the reference (Lee & Verleysen 2007)."""
        return self._relative_errors(*self.sums[3:])

    def _relative_errors(
        self, total: NDArray[np.int64], count: NDArray[np.int64], kept: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Sum |a - b| over the place, and divide by the published normaliser."""
        errors = (total - 2 * kept + self._k * (2 * count - self.m)) / self._k
        worst = np.abs(self.n - 2 * self._k + 1) / self._k
        return np.asarray(np.cumsum(errors) / (self.m * np.cumsum(worst)))


def empty_sums(k: int) -> NDArray[np.int64]:
    """Return the sums of no rows, for the first k places."""
    return np.zeros((_SUMS, k), dtype=np.int64)


def add_ranks(
    sums: NDArray[np.int64], embedded: NDArray[np.uint32], reference: NDArray[np.uint32]
) -> None:
    """Add some rows, given every point's rank in the embedding and in the reference.

    Parameters
    ----------
    sums : ndarray of shape (6, n - 1), int64
        Of `CoRanking`; added to in place.
    embedded, reference : ndarray of shape (rows, n), uint32
        0 for each row's own point.
    """
    _add_ranks(embedded, reference, sums)


def add_nearest(
    sums: NDArray[np.int64], in_reference: NDArray[np.int32], in_embedding: NDArray[np.int32]
) -> None:
    """Add some rows, given how the nearest of each side rank on the other.

    Parameters
    ----------
    sums : ndarray of shape (6, K), int64
        Of `CoRanking`; added to in place.
    in_reference, in_embedding : ndarray of shape (rows, K), int32
        The b of the K nearest in the embedding and the a of those in the reference.
    """
    _add_nearest(in_reference, in_embedding, sums)


@njit(cache=True, nogil=True)
def _add_nearest(b_at, a_at, sums):
    for i in range(b_at.shape[0]):
        _add_row(b_at[i], a_at[i], sums)


@njit(cache=True, nogil=True)
def _add_ranks(embedded, reference, sums):
    n = embedded.shape[1]
    b_at, a_at = np.empty(n, np.int32), np.empty(n, np.int32)
    for i in range(embedded.shape[0]):
        for j in range(n):
            a, b = embedded[i, j], reference[i, j]
            b_at[a], a_at[b] = b, a  # the point itself comes to lie at 0
        _add_row(b_at[1:], a_at[1:], sums)


@njit(cache=True, nogil=True)
def _add_row(b_at, a_at, sums):
    """Add one row: the b of the a-th neighbour and the a of the b-th, from the nearest on."""
    for place in range(len(b_at)):
        b, is_kept = b_at[place], b_at[place] <= place + 1
        sums[0, place] += b
        sums[1, place] += is_kept
        sums[2, place] += b if is_kept else 0
    for place in range(len(a_at)):
        a, is_kept = a_at[place], a_at[place] < place + 1
        sums[3, place] += a
        sums[4, place] += is_kept
        sums[5, place] += a if is_kept else 0
