"""The nearest points of some rows in two geometries, and how far down the other list they are.

Scores at a small k need no order of all n points: only the k nearest on either side, and the rank
of these few on the other side, which takes counting and no sorting.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from bench.geometry.ranks import put_in_order, scramble, without_rounding

_GROUPS = 8  # for each of the nearest that are looked for
_TILE = 1024  # distances, which the processor keeps at hand while they are counted


def rank_nearest(
    one: NDArray[np.float64],
    other: NDArray[np.float64],
    rows: NDArray[np.intp],
    k: int,
    tie_seed: int = 0,
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Rank the k nearest of each side on the other side.

    Ties and rounding are treated as by `bench.geometry.ranks.rank_rows`, so these are its ranks.

    Parameters
    ----------
    one, other : ndarray of shape (m, n)
        Distances from each of ``rows`` to all points in two geometries; not negative.
    rows : ndarray of shape (m,)
        The index of each row's own point, which is left out.
    k : int
        How many of the nearest, 1 ... n - 1.
    tie_seed : int
        Seed of the order among ties.

    Returns
    -------
    in_other : ndarray of shape (m, k), int32
        The rank by ``other`` of the nearest, second nearest, ... by ``one``.
    in_one : ndarray of shape (m, k), int32
        The rank by ``one`` of the nearest, second nearest, ... by ``other``.
    """
    in_other = np.empty((len(rows), k), dtype=np.int32)
    in_one = np.empty((len(rows), k), dtype=np.int32)
    given = without_rounding(one), without_rounding(other)
    for kept in given:
        kept[np.arange(len(rows)), rows] = np.inf
    _rank_nearest(*given, rows, np.uint64(tie_seed), in_other, in_one)
    return in_other, in_one


@njit(cache=True, nogil=True)
def _rank_nearest(one, other, rows, seed, in_other, in_one):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    n, k = one.shape[1], in_one.shape[1]
    values, columns = np.empty(n), np.empty(n, np.int32)
    nearest = np.empty(min(_GROUPS * k, n))
    for i in range(len(rows)):
        own = np.uint64(rows[i])
        _nearest(one[i], own, k, seed, nearest, values, columns)
        _count_before(columns[:k], other[i], own, seed, in_other[i])
        _nearest(other[i], own, k, seed, nearest, values, columns)
        _count_before(columns[:k], one[i], own, seed, in_one[i])


@njit(cache=True, nogil=True)
def _nearest(distances, own, k, seed, nearest, values, columns):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    """Find the nearest, in order.

    Points are dealt out to groups, and the nearest of each group found. If k groups have somebody
    within some distance, so many points are within it, and only these groups are looked at again.
    """
    n, groups, found = len(distances), len(nearest), 0
    nearest[:] = np.inf
    for start in range(0, n, groups):
        dealt = distances[start : start + groups]
        for g in range(len(dealt)):
            nearest[g] = dealt[g] if dealt[g] < nearest[g] else nearest[g]
    limit = np.partition(nearest, k - 1)[k - 1]
    for g in range(groups):
        if nearest[g] <= limit:
            for j in range(g, n, groups):
                if distances[j] <= limit:
                    values[found], columns[found] = distances[j], j
                    found += 1
    put_in_order(values[:found], columns[:found], seed, own)


@njit(cache=True, nogil=True)
def _count_before(targets, distances, own, seed, ranks):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    """Rank each target: count the points that come before it, and itself."""
    tied = np.zeros(len(targets), np.int32)
    ranks[:] = 1
    for start in range(0, len(distances), _TILE):
        tile = distances[start : start + _TILE]
        for q in range(len(targets)):
            target, nearer, equal = distances[targets[q]], 0, 0
            for j in range(len(tile)):
                nearer += tile[j] < target
                equal += tile[j] == target
            ranks[q] += nearer
            tied[q] += equal
    for q in range(len(targets)):
        if tied[q] > 1:
            ranks[q] += _tied_before(targets[q], distances, own, seed)


@njit(cache=True, nogil=True)
def _tied_before(target, distances, own, seed):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    """Count the points as far as the target that the seed puts before it."""
    mark, before = scramble(seed, own, np.uint64(target)), 0
    for j in range(len(distances)):
        if distances[j] == distances[target]:
            before += scramble(seed, own, np.uint64(j)) < mark
    return before
