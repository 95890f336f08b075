"""Sums over pairs of distances, from which correlations and stress follow."""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from bench.geometry.pair_ranks import PairRanks, rank_of
from bench.geometry.ranks import without_rounding


@dataclass(frozen=True)
class Moments:
    """Sums over the pairs (i, j), j other than i, of some rows i.

    ``d`` is a distance of the reference, ``e`` the same pair's in the embedding, ``r`` and ``s``
    their ranks among all pairs, centred.

    Parameters
    ----------
    pairs, d, e, dd, ee, de, rr, ss, rs : float
        The number of pairs, and the sums of what the names multiply.
    """

    pairs: float
    d: float
    e: float
    dd: float
    ee: float
    de: float
    rr: float
    ss: float
    rs: float

    @property
    def pearson(self) -> float:
        """Correlation of the distances; 0 by convention if either are all equal."""
        covariance = self.de - self.d * self.e / self.pairs
        d, e = self.dd - self.d**2 / self.pairs, self.ee - self.e**2 / self.pairs
        # What is left of equal numbers by rounding is no variance.
        rounding = 1e-13
        if d <= rounding * self.dd or e <= rounding * self.ee:
            return 0.0
        return float(np.clip(covariance / np.sqrt(d * e), -1, 1))

    @property
    def cosine(self) -> float:
        """Cosine of the angle between the two lists of distances."""
        return _ratio(self.de, self.dd, self.ee)

    @property
    def spearman(self) -> float:
        """Correlation of the ranks; 0 by convention if either are all tied."""
        return _ratio(self.rs, self.rr, self.ss)


def _ratio(both: float, one: float, other: float) -> float:
    return float(np.clip(both / np.sqrt(one * other), -1, 1)) if one > 0 and other > 0 else 0.0


def sum_pairs(
    rows: NDArray[np.intp],
    given: NDArray[np.float64],
    found: NDArray[np.float64],
    given_ranks: PairRanks,
    found_ranks: PairRanks,
) -> NDArray[np.float64]:
    """Sum over the pairs of some rows.

    Parameters
    ----------
    rows : ndarray of shape (m,)
        The index of each row's own point, which is left out.
    given, found : ndarray of shape (m, n)
        Distances in the reference and in the embedding.
    given_ranks, found_ranks : PairRanks
        Of each.

    Returns
    -------
    ndarray of shape (9,)
        In the order of the fields of `Moments`.
    """
    total = _sum_distances(rows, given, found)
    total[6:] = _sum_ranks(
        rows,
        without_rounding(given).view(np.uint64),
        without_rounding(found).view(np.uint64),
        _arrays(given_ranks),
        _arrays(found_ranks),
    )
    return np.asarray(total)


def _arrays(ranks: PairRanks) -> tuple[object, ...]:
    return ranks.first, ranks.starts, ranks.values, ranks.ranks


@njit(cache=True, nogil=True)
def _sum_distances(rows, given, found):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    total = np.zeros(9)
    for i in range(given.shape[0]):
        d_sum = e_sum = dd = ee = de = 0.0
        for j in range(given.shape[1]):
            if j != rows[i]:
                d, e = given[i, j], found[i, j]
                d_sum += d
                e_sum += e
                dd += d * d
                ee += e * e
                de += d * e
        total[:6] += np.array([given.shape[1] - 1.0, d_sum, e_sum, dd, ee, de])
    return total


@njit(cache=True, nogil=True)
def _sum_ranks(rows, given, found, given_ranks, found_ranks):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    rr = ss = rs = 0.0
    for i in range(given.shape[0]):
        for j in range(given.shape[1]):
            if j != rows[i]:
                r = rank_of(given[i, j], *given_ranks)
                s = rank_of(found[i, j], *found_ranks)
                rr += r * r
                ss += s * s
                rs += r * s
    return np.array([rr, ss, rs])
