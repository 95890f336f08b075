"""The nearest points of some rows in two geometries, and how far down the other list they are.

Scores at a small k need no order of all n points: only the k nearest on either side, and the rank
of these few on the other side, which takes counting and no sorting.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numba import njit
from numpy.typing import NDArray

from bench.geometry.ranks import keys_or_index, put_in_order, rounded, scramble, spread

GROUPS = 8  # for each of the nearest that are looked for
TILE = 2048  # lengths, which the processor keeps at hand while they are counted
UPPER = np.uint64(32)  # binary digits that are not in the upper half of a float64


@dataclass(frozen=True, eq=False)
class Ranking:
    """The nearest points of some rows in one geometry, and the way to rank others.

    Parameters
    ----------
    nearest : ndarray of shape (m, k), int32
        The nearest first.
    fill_in : callable
        Takes targets and their ranks, both of shape (m, k), and sets the ranks that are n.
    """

    nearest: NDArray[np.int32]
    fill_in: Callable[[NDArray[np.int32], NDArray[np.int32]], None]

    @classmethod
    def among(
        cls,
        lengths: NDArray[np.float64],
        rows: NDArray[np.intp],
        k: int,
        tie_keys: NDArray[np.uint64] | None = None,
    ) -> "Ranking":
        """Rank by lengths to all points, as `find_nearest` takes them."""
        fill_in = partial(rank_among, lengths, rows, tie_keys=tie_keys)
        return cls(find_nearest(lengths, rows, k, tie_keys), fill_in)


def find_nearest(
    lengths: NDArray[np.float64],
    rows: NDArray[np.intp],
    k: int,
    tie_keys: NDArray[np.uint64] | None = None,
) -> NDArray[np.int32]:
    """Return the k nearest of each of some rows, the nearest first, of shape (m, k).

    Parameters
    ----------
    lengths : ndarray of shape (m, n)
        From each of ``rows`` to all points: distances or their squares.
    rows : ndarray of shape (m,)
        The index of each row's own point, which is left out.
    k : int
        How many, 1 ... n - 1.
    tie_keys : ndarray of shape (n,), uint64, optional
        As in `bench.geometry.ranks.rank_rows`.
    """
    found = np.empty((len(rows), k), dtype=np.int32)
    _find_nearest(lengths, rows, keys_or_index(tie_keys, lengths.shape[1]), found)
    return found


def rank_among(
    lengths: NDArray[np.float64],
    rows: NDArray[np.intp],
    targets: NDArray[np.int32],
    ranks: NDArray[np.int32],
    tie_keys: NDArray[np.uint64] | None = None,
) -> None:
    """Fill in ranks that are not known, by counting who is nearer.

    Ties and rounding are treated as by `bench.geometry.ranks.rank_rows`, so these are its ranks.

    Parameters
    ----------
    lengths, rows, tie_keys
        As in `find_nearest`.
    targets : ndarray of shape (m, k)
        Whom to rank as seen from each of ``rows``.
    ranks : ndarray of shape (m, k), int32
        Of the targets; where it is n the rank is not known, and set.
    """
    _rank_among(lengths, rows, targets, keys_or_index(tie_keys, lengths.shape[1]), ranks)


def place_nearest(
    one: NDArray[np.int32], other: NDArray[np.int32], n: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the place of each of the nearest in the other list; n where it is not there.

    Parameters
    ----------
    one, other : ndarray of shape (m, k)
        The nearest points of the same rows in two geometries.
    n : int
        Number of points.
    """
    in_other, in_one = np.full_like(one, n), np.full_like(other, n)
    _place_nearest(one, other, np.zeros(n, np.int32), in_other, in_one)
    return in_other, in_one


@njit(cache=True, nogil=True)
def _find_nearest(lengths, rows, ties, found):
    n, k = lengths.shape[1], found.shape[1]
    work = np.empty(n), np.empty(n, np.int32)
    nearest = np.empty(min(GROUPS * (k + 1), n))
    for i in range(len(rows)):
        found[i] = _nearest(lengths[i], rows[i], k, ties, nearest, work)


@njit(cache=True, nogil=True)
def _rank_among(lengths, rows, targets, ties, ranks):
    k = targets.shape[1]
    counts, limits, words = np.empty((2, k), np.int32), np.empty((2, k)), np.empty(TILE, np.uint32)
    for i in range(len(rows)):
        own = rows[i]
        _count_before(targets[i], lengths[i], own, ties, ranks[i], counts, limits, words)


@njit(cache=True, nogil=True)
def _place_nearest(one, other, place, in_other, in_one):
    for i in range(one.shape[0]):
        for q in range(one.shape[1]):
            place[one[i, q]] = q + 1
        for q in range(one.shape[1]):
            p = place[other[i, q]]
            if p:
                in_one[i, q], in_other[i, p - 1] = p, q + 1
        for q in range(one.shape[1]):
            place[one[i, q]] = 0


@njit(cache=True, nogil=True)
def _nearest(lengths, own, k, ties, nearest, work):
    """Find the nearest, in order.

    Points are dealt out to groups, and the nearest of each group found. If k + 1 groups have
    somebody within some length, so many points are within it, one of them perhaps the point
    itself, and only these groups are looked at again.
    """
    n, groups, found = len(lengths), len(nearest), 0
    values, columns = work
    nearest[:] = np.inf
    for start in range(0, n, groups):
        dealt = lengths[start : start + groups]
        for g in range(len(dealt)):
            nearest[g] = dealt[g] if dealt[g] < nearest[g] else nearest[g]
    bits = values.view(np.uint64)
    bits[0] = spread(within(nearest.view(np.uint64), k + 1))[1]
    limit = values[0]
    for g in range(groups):
        if nearest[g] <= limit:
            for j in range(g, n, groups):
                if lengths[j] <= limit and j != own:
                    values[found], columns[found] = lengths[j], j
                    found += 1
    for q in range(found):
        bits[q] = rounded(bits[q])
    put_in_order(values[:found], columns[:found], ties, own)
    return columns[:k]


@njit(cache=True, nogil=True)
def within(bits, least):
    """Return a limit that so many lengths, given as bits, are within, but not many more.

    It is found by halving: to count is faster than to keep the smallest in order.
    """
    low, high, found = bits.min(), bits.max(), np.int64(len(bits))
    while found > least + least // 4 and low < high:
        middle = low + ((high - low) >> np.uint64(1))
        within = np.uint64(0)
        for j in range(len(bits)):  # the sign of a difference: lengths are not negative
            within += (bits[j] - middle - np.uint64(1)) >> np.uint64(63)
        if within >= least:
            high, found = middle, np.int64(within)
        else:
            low = middle + np.uint64(1)
    return high


@njit(cache=True, nogil=True)
def _count_before(targets, lengths, own, ties, ranks, counts, limits, words):
    """Rank each target whose rank is not known, which n stands for: count who comes before it."""
    n, bits = len(lengths), lengths.view(np.uint64)
    (before, up_to), (low, high) = counts, limits
    low_bits, high_bits = low.view(np.uint64), high.view(np.uint64)
    for q in range(len(targets)):
        low_bits[q], high_bits[q] = spread(bits[targets[q]])
        # The point itself is not to be among those that are counted below.
        before[q], up_to[q] = -(lengths[own] < low[q]), -(lengths[own] <= high[q])
    for start in range(0, n, TILE):
        tile, part = lengths[start : start + TILE], bits[start : start + TILE]
        for j in range(len(part)):
            words[j] = part[j] >> UPPER
        for q in range(len(targets)):
            if ranks[q] == n:
                nearer, within = count_words(words[: len(tile)], low_bits[q], high_bits[q])
                if within > nearer + (start <= targets[q] < start + len(tile)):
                    nearer, within = _count(tile, low[q], high[q])
                before[q] += nearer
                up_to[q] += within
    for q in range(len(targets)):
        if ranks[q] == n:
            ranks[q] = before[q] + 1
            if up_to[q] > before[q] + 1:
                ranks[q] += _tied_before(targets[q], bits, own, ties)


@njit(cache=True, nogil=True)
def count_words(words, low, high):
    """Count as `_count` does, by the upper halves of the numbers' bits alone.

    They order all lengths but those that share them, and twice as many fit into a register. If
    nobody but the target shares the halves of its limits, the counts are exact.
    """
    least, most = np.uint32(low >> UPPER), np.uint32((high >> UPPER) + np.uint64(1))
    below, up_to = np.uint32(0), np.uint32(0)
    for j in range(len(words)):  # the sign of a difference, which is faster than a comparison
        below = np.uint32(below + np.uint32(np.uint32(words[j] - least) >> np.uint32(31)))
        up_to = np.uint32(up_to + np.uint32(np.uint32(words[j] - most) >> np.uint32(31)))
    return np.int64(below), np.int64(up_to)


@njit(cache=True, nogil=True)
def _count(lengths, low, high):
    """Count the lengths below one limit, and those up to another."""
    below, up_to = 0, 0
    for j in range(len(lengths)):
        below += lengths[j] < low
        up_to += lengths[j] <= high
    return below, up_to


@njit(cache=True, nogil=True)
def _tied_before(target, bits, own, ties):
    """Count the points as far as the target that the keys put before it."""
    mark, before = scramble(ties[own], ties[target]), 0
    for j in range(len(bits)):
        if rounded(bits[j]) == rounded(bits[target]) and j != own:
            before += scramble(ties[own], ties[j]) < mark
    return before
