"""Points in few dimensions, in boxes within boxes: who is nearest, and how many are nearer yet.

To rank a point, those before it need only be counted. A box that lies wholly nearer counts as a
whole and one that lies wholly beyond not at all: only the boxes are opened that the sphere through
the point crosses.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from bench.geometry.blocks import Rows
from bench.geometry.boxes import LEAF, Boxes, measure, places, span
from bench.geometry.nearest import TILE, UPPER, count_words, within
from bench.geometry.ranks import (
    keys_or_index,
    put_in_order,
    rounded,
    scramble,
    sort_together,
    spread,
)

_BRANCH = 256  # leaves
# What a look at all points costs, for each of them and each dimension or target, in units of
# counting one target in one leaf.
_OF_DIMENSION, _OF_TARGET = 0.02, 0.003
_PATIENCE = 16  # rows for which all points are looked at before boxes are tried again
_LEVELS = 64  # more than 2**32 points have
_FARTHEST = np.finfo(np.float64).max


class PointTree:
    """Nearest points and ranks by Euclidean distance, without a look at all points.

    Lengths are those of `bench.geometry.euclidean.EuclideanDistances` to the bit, and ties are
    treated as by `bench.geometry.ranks.rank_rows`, so these are its ranks.

    Parameters
    ----------
    points : ndarray of shape (n, D), float64
        With few dimensions: with many, spheres cross nearly every box.
    """

    def __init__(self, points: NDArray[np.float64]) -> None:
        self._boxes = Boxes.of(points)

    def nearest(
        self, rows: Rows, k: int, tie_keys: NDArray[np.uint64] | None = None
    ) -> NDArray[np.int32]:
        """Return the k nearest of some rows, the nearest first, of shape (len(rows), k).

        Parameters
        ----------
        rows : ndarray of shape (m,)
            Whose; each is left out of its own.
        k : int
            How many, 1 ... n - 1.
        tie_keys : ndarray of shape (n,), uint64, optional
            As in `bench.geometry.ranks.rank_rows`.
        """
        found = np.empty((len(rows), k), dtype=np.int32)
        _find_nearest(*self._boxes, rows, self._keys(tie_keys), found)
        return found

    def rank(
        self,
        rows: Rows,
        targets: NDArray[np.int32],
        ranks: NDArray[np.int32],
        tie_keys: NDArray[np.uint64] | None = None,
    ) -> None:
        """Fill in the ranks that are not known yet.

        Parameters
        ----------
        rows : ndarray of shape (m,)
            From which points.
        targets : ndarray of shape (m, k)
            Whom to rank, for each row.
        ranks : ndarray of shape (m, k), int32
            n where the rank is not known; those are replaced.
        tie_keys : ndarray of shape (n,), uint64, optional
            As in `bench.geometry.ranks.rank_rows`.
        """
        _rank(*self._boxes, rows, targets, self._keys(tie_keys), ranks)

    def _keys(self, tie_keys: NDArray[np.uint64] | None) -> NDArray[np.uint64]:
        return keys_or_index(tie_keys, len(self._boxes.points))


@njit(cache=True, nogil=True)
def _find_nearest(points, leaves, indices, _, boxes, rows, ties, found):
    n, k = len(points), found.shape[1]
    work = np.empty((_LEVELS,), np.int64), np.empty(_LEVELS), np.empty(LEAF)
    values, columns = np.empty(n), np.empty(n, np.int32)
    bits = values.view(np.uint64)
    for i in range(len(rows)):
        kept = _look_around(
            points[rows[i]], rows[i], k, leaves, indices, boxes, work, values, columns
        )
        for q in range(kept):
            bits[q] = rounded(bits[q])
        put_in_order(values[:kept], columns[:kept], ties, rows[i])
        found[i] = columns[:k]


@njit(cache=True, nogil=True)
def _look_around(point, own, k, leaves, indices, boxes, work, values, columns):
    """Keep the nearest and all that are tied with the last of them; return how many these are."""
    stack, nears, squares = work
    last_box, kept, limit, most = len(leaves), 0, _FARTHEST, k + k // 4
    stack[0], nears[0], top = 1, 0.0, 1
    while top:
        top -= 1
        box, near = stack[top], nears[top]
        if near > limit:
            continue
        if box < last_box:
            one, other = span(point, boxes[2 * box])[0], span(point, boxes[2 * box + 1])[0]
            swap = one < other  # the nearer half is on top
            stack[top + swap], nears[top + swap] = 2 * box, one
            stack[top + 1 - swap], nears[top + 1 - swap] = 2 * box + 1, other
            top += 2
            continue
        leaf = box - last_box
        measure(point, leaves[leaf], squares)
        if not _count(squares, limit, limit)[1]:
            continue
        for j in range(LEAF):
            if squares[j] <= limit and indices[leaf, j] != own:
                values[kept], columns[kept] = squares[j], indices[leaf, j]
                kept += 1
        if kept > most:
            limit, kept = _keep(values, columns, kept, k)
            most = max(most, 2 * kept)  # where many are tied
    return kept


@njit(cache=True, nogil=True)
def _keep(values, columns, found, k):
    """Drop what is farther than k others; return the limit of what is kept, and how many."""
    bits, kept = values.view(np.uint64), 0
    # Its last place is free, as no point is its own neighbour: the limit's bits are read there.
    bits[-1] = spread(within(bits[:found], k))[1]
    most = values[-1]
    for q in range(found):
        if values[q] <= most:
            values[kept], columns[kept] = values[q], columns[q]
            kept += 1
    return most, kept


@njit(cache=True, nogil=True)
def _square(one, other):
    """Sum one dimension after another, as distances by rows are, and to the same bit."""
    square = 0.0
    for k in range(len(one)):
        square += (one[k] - other[k]) ** 2
    return square


@njit(cache=True, nogil=True)
def _rank(points, leaves, indices, leaf_of, boxes, rows, targets, ties, ranks):
    (n, k), m = (len(points), targets.shape[1]), len(rows)
    sought, whom, unknown = (
        np.empty((m, k), np.int32),
        np.empty((m, k), np.int64),
        np.empty(m, np.int64),
    )
    limits, before = np.empty((m, 2, k)), np.zeros((m, k + 1), np.int64)
    for i in range(m):
        unknown[i] = _sort_unknown(points, rows[i], targets[i], n, ranks[i], whom[i], limits[i])
        for q in range(unknown[i]):
            sought[i, q] = targets[i, whom[i, q]]
    work = np.empty((_LEVELS, 3), np.int64), np.empty(TILE), np.empty(TILE, np.uint32)
    tree, trial, whole = (n, leaves, indices, leaf_of, boxes), np.empty(k + 1, np.int64), 0
    branches = max(1, len(leaves) // _BRANCH)
    size = len(leaves) // branches
    for branch in range(branches):  # stays at hand from one row to the next
        ends = branch * size, (branch + 1) * size
        for i in range(m):
            point, theirs = points[rows[i]], sought[i, : unknown[i]]
            trial[:] = 0
            if whole or not _count_before(
                point, rows[i], theirs, limits[i], branches + branch, tree, ties, work, trial
            ):
                whole = whole - 1 if whole else _PATIENCE
                trial[:] = 0
                _count_all(point, rows[i], theirs, limits[i], ends, tree, ties, work, trial)
            before[i] += trial
    for i in range(m):
        counted = 0
        for q in range(unknown[i]):
            counted += before[i, q]
            # The point itself is nearer than all but its duplicates, and was counted too.
            ranks[i, whom[i, q]] = counted + 1 - (limits[i, 0, q] > 0)


@njit(cache=True, nogil=True)
def _sort_unknown(points, own, targets, n, ranks, whom, limits):
    """Note whose ranks are not known, from near to far, and which squares are tied with theirs."""
    squares, unknown = limits[0], 0
    for q in range(len(targets)):
        if ranks[q] == n:
            squares[unknown], whom[unknown] = _square(points[own], points[targets[q]]), q
            unknown += 1
    sort_together(squares[:unknown], whom[:unknown])
    bits = limits.view(np.uint64)
    for q in range(unknown):
        bits[0, q], bits[1, q] = spread(bits[0, q])
    return unknown


@njit(cache=True, nogil=True)
def _count_before(point, own, targets, limits, branch, tree, ties, work, before):
    """Count who of a branch comes before each target; they go from near to far.

    The counts are the sums of ``before`` from the front: what comes before a target comes before
    all that are farther, unless it is taken away there. Given up, and False, if so many targets
    are counted in so many leaves that a look at all points is faster.
    """
    n, leaves, indices, _, boxes = tree
    (low, high), (stack, tile, _) = limits, work
    last_box, squares = len(leaves), tile[:LEAF]
    first, last = places(branch, last_box, n)
    left = (last - first) * (_OF_DIMENSION * len(point) + _OF_TARGET * len(targets)) + len(targets)
    stack[0], top = (branch, 0, len(targets)), 1
    while top:
        top -= 1
        box, begin, end = stack[top]
        near, far = span(point, boxes[box])
        while begin < end and high[begin] < near:
            begin += 1
        every = end
        while begin < end and low[end - 1] > far:
            end -= 1
        if end < every:
            first, last = places(box, last_box, n)
            before[end] += last - first
            before[every] -= last - first
        if begin == end:
            continue
        if box < last_box:
            stack[top], stack[top + 1] = (2 * box + 1, begin, end), (2 * box, begin, end)
            top += 2
            continue
        leaf, left = box - last_box, left - (end - begin)
        if left < 0:
            return False
        measure(point, leaves[leaf], squares)
        for q in range(begin, end):
            nearer, within = _count(squares, low[q], high[q])
            if within > nearer:
                part, ends = indices[leaf], (low[q], high[q])
                nearer += _tied_before(targets[q], own, part, squares, ends, ties)
            before[q] += nearer
            before[q + 1] -= nearer
    return True


@njit(cache=True, nogil=True)
def _count_all(point, own, targets, limits, ends, tree, ties, work, before):
    """Count as `_count_before` does, by a look at all points of some leaves."""
    _, leaves, indices, leaf_of, _ = tree
    (low, high), (_, tile, words) = limits, work
    bits, low_bits, high_bits = (
        tile.view(np.uint64),
        limits[0].view(np.uint64),
        limits[1].view(np.uint64),
    )
    for first in range(ends[0], ends[1], TILE // LEAF):
        last = min(first + TILE // LEAF, ends[1])
        for leaf in range(first, last):
            start = (leaf - first) * LEAF
            measure(point, leaves[leaf], tile[start : start + LEAF])
        squares = tile[: (last - first) * LEAF]
        for j in range(len(squares)):
            words[j] = bits[j] >> UPPER
        for q in range(len(targets)):
            nearer, within = count_words(words[: len(squares)], low_bits[q], high_bits[q])
            if within > nearer + (first <= leaf_of[targets[q]] < last):
                nearer = 0
                for leaf in range(first, last):
                    part = squares[(leaf - first) * LEAF : (leaf - first + 1) * LEAF]
                    nearer += _count(part, low[q], high[q])[0]
                    nearer += _tied_before(
                        targets[q], own, indices[leaf], part, (low[q], high[q]), ties
                    )
            before[q] += nearer
            before[q + 1] -= nearer


@njit(cache=True, nogil=True)
def _count(squares, low, high):
    """Count the squares below one limit, and those up to another."""
    below, up_to = 0, 0
    for j in range(LEAF):
        below += squares[j] < low
        up_to += squares[j] <= high
    return below, up_to


@njit(cache=True, nogil=True)
def _tied_before(target, own, part, squares, ends, ties):
    """Count the points of a leaf as far as the target that the keys put before it."""
    mark, before = scramble(ties[own], ties[target]), 0
    for j in range(len(part)):
        if ends[0] <= squares[j] <= ends[1] and part[j] != own:
            before += scramble(ties[own], ties[part[j]]) < mark
    return before
