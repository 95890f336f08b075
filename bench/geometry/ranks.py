"""Ranks of points by distance, row by row."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

_DROPPED = 12  # of the 52 binary digits of a distance
_HALF, _KEPT = np.uint64(1 << (_DROPPED - 1)), ~np.uint64((1 << _DROPPED) - 1)
_CROWD = 32  # so many alike in their high bits, and insertion takes too long
_OCTAVES = np.uint64(32 << 52)  # in the bits of float64: 32 doublings
_SHORT_KEYS = 2**14  # points; beyond, 32 bits leave too few to the distance


def rank_rows(
    distances: NDArray[np.float64], rows: NDArray[np.intp], tie_seed: int = 0
) -> NDArray[np.uint32]:
    """Rank every other point by its distance from each of some rows.

    A point is left out of its own ranking by its index, not by its position, so that duplicates
    of it are ranked. Distances that are equal but for rounding (see `without_rounding`) are tied,
    and ties are ordered at random, by a seed and never by index: an order by index would give a
    collapsed embedding a score that depends on the order of the file. The order is the same for
    the reference and the embedding, so a pair that is tied in both is in the same order in both,
    and the identity is perfect whatever the ties. (The price: where the reference itself has many
    ties, a collapsed embedding scores a little above chance.)

    A row is sorted as integers that hold the distance, scaled to its range, in their high bits and
    the column in their low ones: integers sort several times faster than indices. What then
    shares its high bits is put in order by the distances themselves. Where many do, because
    another point is far out, the row is sorted again by the bits of float64, which follow the
    logarithm. So the order is exact.

    Parameters
    ----------
    distances : ndarray of shape (m, n)
        Distances from each of ``rows`` to all points; not negative.
    rows : ndarray of shape (m,)
        The index of each row's own point.
    tie_seed : int
        Seed of the order among ties.

    Returns
    -------
    ndarray of shape (m, n), uint32
        Ranks 1 ... n - 1; 0 for the point itself.
    """
    kept, n = without_rounding(distances), distances.shape[1]
    width = max(1, (n - 1).bit_length())
    ranks = np.empty(distances.shape, dtype=np.uint32)
    left = np.arange(len(rows))
    for pack in (_pack_evenly, _pack_by_octaves):
        keys = np.empty((len(left), n), dtype=np.uint32 if n <= _SHORT_KEYS else np.uint64)
        pack(kept, rows, left, width, keys)
        keys.sort(axis=1)
        is_last = pack is _pack_by_octaves
        left = left[_unpack(keys, kept, rows, left, width, np.uint64(tie_seed), is_last, ranks)]
    return ranks


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
def _round(bits, kept):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    for j in range(len(bits)):
        kept[j] = rounded(bits[j])


@njit(cache=True, nogil=True)
def rounded(bits):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201 - compiled
    """Do as `without_rounding` with a single distance, given and returned as bits of float64."""
    return (bits + _HALF) & _KEPT


@njit(cache=True, nogil=True)
def scramble(seed, row, column):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201 - compiled
    """Draw the place of a column among those tied with it in a row (splitmix64, Steele 2014)."""
    x = seed + (row + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x += (column + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@njit(cache=True, nogil=True)
def _pack_evenly(distances, rows, left, width, keys):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    highest = 2.0 ** (8 * keys.itemsize - width) - 2
    for i in range(len(left)):
        row, own = distances[left[i]], rows[left[i]]
        low, high = np.inf, 0.0
        for others in (row[:own], row[own + 1 :]):
            for j in range(len(others)):
                low, high = min(low, others[j]), max(high, others[j])
        scale = highest / (high - low) if high > low else 0.0
        for j in range(len(row)):
            keys[i, j] = (np.int64((row[j] - low) * scale) << width) | j
        keys[i, own] = ~keys.dtype.type(0)  # sorts last, whatever the distances


@njit(cache=True, nogil=True)
def _pack_by_octaves(distances, rows, left, width, keys):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    highest = 2.0 ** (8 * keys.itemsize - width) - 2
    for i in range(len(left)):
        bits, own = distances[left[i]].view(np.uint64), rows[left[i]]
        high = np.uint64(0)
        for others in (bits[:own], bits[own + 1 :]):
            for j in range(len(others)):
                high = max(high, others[j])
        low = high - min(high, _OCTAVES)
        scale = highest / max(1.0, np.float64(high - low))
        for j in range(len(bits)):
            above = max(min(bits[j], high), low) - low
            keys[i, j] = (np.int64(np.float64(above) * scale) << width) | j
        keys[i, own] = ~keys.dtype.type(0)


@njit(cache=True, nogil=True)
def _unpack(keys, distances, rows, left, width, seed, is_last, ranks):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    """Rank rows by their sorted keys; tell which are so crowded that they should be packed anew."""
    others = keys.shape[1] - 1
    crowded = np.zeros(len(left), np.bool_)
    order, values = np.empty(others, np.int32), np.empty(others)
    column = keys.dtype.type((1 << width) - 1)
    for i in range(len(left)):
        row, own = distances[left[i]], rows[left[i]]
        for place in range(others):
            order[place] = keys[i, place] & column
        start = 0
        for end in range(1, others + 1):
            if end < others and keys[i, end] <= keys[i, start] | column:
                continue
            if end - start > 1:
                if end - start > _CROWD and not is_last:
                    crowded[i] = True
                    break
                for place in range(start, end):
                    values[place] = row[order[place]]
                put_in_order(values[start:end], order[start:end], seed, np.uint64(own))
            start = end
        for place in range(others):
            ranks[left[i], order[place]] = place + 1
        ranks[left[i], own] = 0
    return crowded


@njit(cache=True, nogil=True)
def put_in_order(values, columns, seed, row):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201 - compiled
    """Sort distances and the columns they belong to; ties are as the seed draws them."""
    _sort(values, columns)
    start = 0
    for end in range(1, len(values) + 1):
        if end < len(values) and values[end] == values[start]:
            continue
        if end - start > 1:
            marks = np.empty(end - start)
            for j in range(end - start):
                marks[j] = np.float64(scramble(seed, row, np.uint64(columns[start + j])))
            _sort(marks, columns[start:end])
        start = end


@njit(cache=True, nogil=True)
def _sort(values, columns):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
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
