"""Ranks of points by distance, row by row."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

DROPPED = 12  # of the 52 binary digits of a distance
_HALF, _KEPT = np.uint64(1 << (DROPPED - 1)), ~np.uint64((1 << DROPPED) - 1)
_CROWD = 32  # so many alike in their high bits, and insertion takes too long
_OCTAVES = np.uint64(32 << 52)  # in the bits of float64: 32 doublings
INFINITE = np.uint64(0x7FF << 52)
_CHUNK = 32  # places that are looked at together for keys that are alike
_SHORT_KEYS = 2**13  # points; beyond, 32 bits leave too few to the distance, and many are alike


def rank_rows(
    distances: NDArray[np.float64],
    rows: NDArray[np.intp],
    tie_keys: NDArray[np.uint64] | None = None,
) -> NDArray[np.uint32]:
    """Rank every other point by its distance from each of some rows.

    A point is left out of its own ranking by its index, not by its position, so that duplicates
    of it are ranked. Distances that are equal but for rounding (see `without_rounding`) are tied,
    and ties are ordered at random, by keys of the points: an order by index would give a collapsed
    embedding a score that depends on the order of the file. The order is the same for the
    reference and the embedding, so a pair that is tied in both is in the same order in both, and
    the identity is perfect whatever the ties. (The price: where the reference itself has many
    ties, a collapsed embedding scores a little above chance.)

    A row is sorted as integers that hold the distance, scaled to its range, in their high bits and
    the column in their low ones: integers sort several times faster than indices. What then
    shares its high bits is put in order by the distances themselves. Where many do, because
    another point is far out, the row is sorted again by the bits of float64, which follow the
    logarithm. So the order is exact.

    Parameters
    ----------
    distances : ndarray of shape (m, n)
        Distances from each of ``rows`` to all points, or their squares; not negative, and infinite
        where no path leads.
    rows : ndarray of shape (m,)
        The index of each row's own point.
    tie_keys : ndarray of shape (n,), uint64, optional
        What the order among ties is drawn from, as `bench.geometry.tie_keys.tie_keys` makes them;
        the index of each point if not given.

    Returns
    -------
    ndarray of shape (m, n), uint32
        Ranks 1 ... n - 1; 0 for the point itself.
    """
    given, n = np.ascontiguousarray(distances, dtype=np.float64), distances.shape[1]
    width = max(1, (n - 1).bit_length())
    ranks = np.empty(distances.shape, dtype=np.uint32)
    ties = keys_or_index(tie_keys, n)
    left = np.arange(len(rows))
    for pack in (_pack_evenly, _pack_by_octaves):
        keys = np.empty((len(left), n), dtype=np.uint32 if n <= _SHORT_KEYS else np.uint64)
        pack(given.view(np.uint64), rows, left, width, keys)
        keys.sort(axis=1)
        is_last = pack is _pack_by_octaves
        left = left[_unpack(keys, given, rows, left, width, ties, is_last, ranks)]
        if not len(left):
            break
    return ranks


def keys_or_index(tie_keys: NDArray[np.uint64] | None, n: int) -> NDArray[np.uint64]:
    """Return the keys of n points, or their indices if they have none."""
    return np.arange(n, dtype=np.uint64) if tie_keys is None else tie_keys


def without_rounding(distances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Keep 40 of the 52 binary digits, so that distances equal but for rounding are tied.

    The points of a grid are at equal distances; of the same grid times 0.1 they are so only to
    some 16 decimal digits, and an order among them would be read out of rounding errors.
    """
    given = np.ascontiguousarray(distances, dtype=np.float64)
    kept = np.empty_like(given)
    _round(given.view(np.uint64).ravel(), kept.view(np.uint64).ravel())
    return kept


@njit(cache=True, nogil=True)
def _round(bits, kept):
    for j in range(len(bits)):
        kept[j] = rounded(bits[j])


@njit(cache=True, nogil=True)
def rounded(bits):
    """Do as `without_rounding` with a single distance, given and returned as bits of float64."""
    return (bits + _HALF) & _KEPT


@njit(cache=True, nogil=True)
def spread(bits):
    """Return the least and the largest length that are tied with this one, all as bits."""
    kept = rounded(bits)
    if kept >= INFINITE:
        return kept, kept
    return kept - min(kept, _HALF), kept + (_HALF - np.uint64(1))


@njit(cache=True, nogil=True)
def scramble(row, column):
    """Draw the place of a column among those tied with it in a row (splitmix64, Steele 2014)."""
    x = (row + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x += (column + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@njit(cache=True, nogil=True)
def _pack_evenly(bits, rows, left, width, keys):
    most = 2.0 ** (8 * keys.itemsize - width) - 2
    kept, ends = np.empty(bits.shape[1], np.uint64), np.empty(2, np.uint64)
    lengths = kept.view(np.float64)
    for i in range(len(left)):
        own = rows[left[i]]
        ends[:] = _range(bits[left[i]], own, kept)
        nearest, farthest = ends.view(np.float64)
        scale = most / (farthest - nearest) if farthest > nearest else 1.0
        for j in range(len(kept)):
            above = (lengths[j] - nearest) * scale
            keys[i, j] = (np.int64(above if above < most else most) << width) | j
        keys[i, own] = ~keys.dtype.type(0)  # sorts last, whatever the distances


@njit(cache=True, nogil=True)
def _pack_by_octaves(bits, rows, left, width, keys):
    most = 2.0 ** (8 * keys.itemsize - width) - 2
    kept = np.empty(bits.shape[1], np.uint64)
    for i in range(len(left)):
        own = rows[left[i]]
        _, high = _range(bits[left[i]], own, kept)
        low = high - min(high, _OCTAVES)
        scale = most / max(1.0, np.float64(high - low))
        for j in range(len(kept)):
            above = np.float64(max(kept[j], low) - low) * scale
            keys[i, j] = (np.int64(above if above < most else most) << width) | j
        keys[i, own] = ~keys.dtype.type(0)


@njit(cache=True, nogil=True)
def _range(bits, own, kept):
    """Round a row, and return its least and its largest finite length, as bits of float64."""
    low, high = INFINITE, np.uint64(0)
    for j in range(len(bits)):
        kept[j] = rounded(bits[j])
    for others in (kept[:own], kept[own + 1 :]):
        for j in range(len(others)):
            low = min(low, others[j])
            high = max(high, others[j] if others[j] < INFINITE else np.uint64(0))
    return min(low, high), high


@njit(cache=True, nogil=True)
def _unpack(keys, lengths, rows, left, width, ties, is_last, ranks):
    """Rank rows by their sorted keys; tell which are so crowded that they should be packed anew."""
    others = keys.shape[1] - 1
    crowded = np.zeros(len(left), np.bool_)
    work = np.empty(others), np.empty(others, np.int32)
    column = keys.dtype.type((1 << width) - 1)
    for i in range(len(left)):
        sorted_, ranked = keys[i, :others], ranks[left[i]]
        bits = lengths[left[i]].view(np.uint64)
        for place in range(others):
            ranked[sorted_[place] & column] = place + 1
        ranked[rows[left[i]]] = 0
        begun = 0
        for begin in range(1, others, _CHUNK):
            alike, end = 0, min(begin + _CHUNK, others)
            for place in range(begin, end):
                alike += sorted_[place] <= sorted_[place - 1] | column
            if alike:
                for place in range(max(begin, begun), end):
                    if place >= begun and sorted_[place] <= sorted_[place - 1] | column:
                        begun = _order_alike(
                            sorted_, place - 1, column, bits, rows[left[i]], ties, work, ranked
                        )
                        crowded[i] |= begun - place >= _CROWD
            if crowded[i] and not is_last:
                break
    return crowded & (not is_last)


@njit(cache=True, nogil=True)
def _order_alike(keys, start, column, bits, own, ties, work, ranked):
    """Put those that share their high bits in order; return where they end."""
    end = start + 1
    while end < len(keys) and keys[end] <= keys[start] | column:
        end += 1
    if end == start + 2:  # as most are
        one, other = np.int64(keys[start] & column), np.int64(keys[start + 1] & column)
        if rounded(bits[one]) < rounded(bits[other]):
            return end
        if rounded(bits[one]) > rounded(bits[other]):
            ranked[one], ranked[other] = start + 2, start + 1
            return end
    values, columns = work[0][: end - start], work[1][: end - start]
    kept = values.view(np.uint64)
    for q in range(len(columns)):
        columns[q] = keys[start + q] & column
        kept[q] = rounded(bits[columns[q]])
    put_in_order(values, columns, ties, own)
    for q in range(len(columns)):
        ranked[columns[q]] = start + q + 1
    return end


@njit(cache=True, nogil=True)
def put_in_order(values, columns, ties, own):
    """Sort distances and the columns they belong to; ties are in the order that their keys draw."""
    sort_together(values, columns)
    start = 0
    for end in range(1, len(values) + 1):
        if end < len(values) and values[end] == values[start]:
            continue
        if end - start > 1:
            marks = np.empty(end - start)
            for j in range(end - start):
                marks[j] = np.float64(scramble(ties[own], ties[columns[start + j]]))
            sort_together(marks, columns[start:end])
        start = end


@njit(cache=True, nogil=True)
def sort_together(values, columns):
    """Sort values, and what belongs to them along with them."""
    if len(values) > _CROWD:
        order = np.argsort(values)
        values[:], columns[:] = values[order], columns[order]
        return
    for following in range(1, len(values)):
        value, column, place = values[following], columns[following], following
        while place > 0 and values[place - 1] > value:
            values[place], columns[place] = values[place - 1], columns[place - 1]
            place -= 1
        values[place], columns[place] = value, column
