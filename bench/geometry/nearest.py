"""The nearest points of some rows in two geometries, and how far down the other list they are.

Scores at a small k need no order of all n points: only the k nearest on either side, and the rank
of these few on the other side, which takes counting and no sorting.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from bench.geometry.ranks import put_in_order, scramble, without_rounding

_BINS = 8  # of the look-up table, for each target
_SAMPLE = 256


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
    _rank_nearest(*given, rows, np.uint64(tie_seed), in_other, in_one)
    return in_other, in_one


@njit(cache=True, nogil=True)
def _rank_nearest(one, other, rows, seed, in_other, in_one):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    n, k = one.shape[1], in_one.shape[1]
    work = np.empty(n), np.empty(n, np.int32)
    for i in range(len(rows)):
        own = np.uint64(rows[i])
        first = _nearest(one[i], own, k, seed, work).copy()
        second = _nearest(other[i], own, k, seed, work).copy()
        _ranks_of(first, other[i], own, seed, in_other[i], work)
        _ranks_of(second, one[i], own, seed, in_one[i], work)


@njit(cache=True, nogil=True)
def _before(value, column, mark, marked, seed, row):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    """Say whether a distance comes before a mark; ties are as the seed draws them."""
    if value != mark:
        return value < mark
    return scramble(seed, row, np.uint64(column)) < scramble(seed, row, np.uint64(marked))


@njit(cache=True, nogil=True)
def _nearest(distances, own, k, seed, work):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    """Find the nearest, in order: sort only what may be one."""
    limit = _limit(distances, k, work[0])
    found = _candidates(distances, own, limit, work)
    if found < k:
        found = _candidates(distances, own, np.inf, work)
    put_in_order(work[0][:found], work[1][:found], seed, own)
    return work[1][:k]


@njit(cache=True, nogil=True)
def _candidates(distances, own, limit, work):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    values, columns, found = work[0], work[1], 0
    for j in range(len(distances)):
        if distances[j] <= limit and j != own:
            values[found], columns[found] = distances[j], j
            found += 1
    return found


@njit(cache=True, nogil=True)
def _limit(distances, k, sample):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    """Guess from a sample a distance that more than k are within, at odds of some 1,000 to 1."""
    n = len(distances)
    size = min(n, _SAMPLE)
    expected = size * k / n
    place = np.int64(expected + 3 * np.sqrt(expected)) + 3
    if place >= size:
        return np.inf
    for j in range(size):
        sample[j] = distances[j * n // size]
    return np.partition(sample[:size], place)[place]


@njit(cache=True, nogil=True)
def _ranks_of(targets, distances, own, seed, ranks, work):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    """Count for each target how many points come before it.

    A table tells for each distance which targets may be next; what is farther than all is passed
    over.
    """
    k = len(targets)
    values, order = work[0][:k], work[1][:k]
    for q in range(k):
        values[q], order[q] = distances[targets[q]], targets[q]
    put_in_order(values, order, seed, own)
    counts = np.zeros(k, np.int32)
    far = values[k - 1]
    scale = _BINS * k / far if far > 0 else 0.0
    starts = _starts(values, scale)
    for j in range(len(distances)):
        if distances[j] > far or j == own:
            continue
        b = np.int64(distances[j] * scale)
        low = _bisect(values, order, starts[b], starts[b + 1], distances[j], j, seed, own)
        if low < k:
            counts[low] += 1
    for q in range(k):
        counts[q] += counts[q - 1] if q else 0
    by_column = np.argsort(order)
    ranks[np.argsort(targets)] = counts[by_column]


@njit(cache=True, nogil=True)
def _bisect(values, order, low, high, value, column, seed, row):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    """Find the first of the sorted values between low and high that is not before this one."""
    while low < high:
        middle = (low + high) // 2
        if _before(values[middle], order[middle], value, column, seed, row):
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, nogil=True)
def _starts(values, scale):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    """Count the values that lie in nearer bins than each."""
    starts = np.zeros(_BINS * len(values) + 2, np.int32)
    for value in values:
        starts[np.int64(value * scale) + 1] += 1
    for b in range(1, len(starts)):
        starts[b] += starts[b - 1]
    return starts
