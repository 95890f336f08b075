"""Ranks of points by distance, row by row, and of all pairs."""

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
