"""Ranks of points by distance, row by row, and of all pairs."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

_DROPPED = 12  # of the 52 binary digits of a distance
_HALF, _KEPT = np.uint64(1 << (_DROPPED - 1)), ~np.uint64((1 << _DROPPED) - 1)


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

    Each row is sorted as integers that hold the distance in their high bits and the column,
    scrambled by the seed, in their low ones: integers sort several times faster than indices,
    and the same comparison decides the ties.

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
    rounded = without_rounding(distances).view(np.uint64)
    width = np.uint64(max(1, (distances.shape[1] - 1).bit_length()))
    keys = np.empty(distances.shape, dtype=np.uint64)
    _pack(rounded, rows, np.uint64(tie_seed), width, keys)
    keys.sort(axis=1)
    ranks = np.empty(distances.shape, dtype=np.uint32)
    _unpack(keys, rounded, rows, np.uint64(tie_seed), width, ranks)
    return ranks


def without_rounding(distances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Keep 40 of the 52 binary digits, so that distances equal but for rounding are tied.

    The points of a grid are at equal distances; of the same grid times 0.1 they are so only to
    some 16 decimal digits, and an order among them would be read out of rounding errors.
    """
    bits = np.ascontiguousarray(distances, dtype=np.float64).view(np.uint64)
    return ((bits + _HALF) & _KEPT).view(np.float64)


@njit(cache=True, nogil=True)
def _scrambling(seed, row):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    """Draw for a row what `_scramble` needs: the bits of splitmix64 (Steele et al. 2014)."""
    x = seed + (row + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    x = x ^ (x >> np.uint64(31))
    return x | np.uint64(1), (x >> np.uint64(32)) | np.uint64(1)


@njit(cache=True, nogil=True)
def _scramble(column, a, c, half, low):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    """Map columns one to one, modulo a power of 2, to what looks like a random order."""
    x = (column + c) * a & low
    x = (x ^ (x >> half)) * c & low
    return x ^ (x >> half)


@njit(cache=True, nogil=True)
def _unscramble(x, a_inverse, c, c_inverse, half, low):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    """Undo `_scramble`: a shift by half of the digits or more is its own inverse."""
    x = (x ^ (x >> half)) * c_inverse & low
    return np.int64(((x ^ (x >> half)) * a_inverse - c) & low)


@njit(cache=True, nogil=True)
def _inverse(odd):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    """Invert an odd number modulo 2 ** 64: Newton's iteration doubles its correct digits from 3."""
    x = odd
    for _ in range(5):
        x *= np.uint64(2) - odd * x
    return x


@njit(cache=True, nogil=True)
def _pack(rounded, rows, seed, width, keys):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    low = (np.uint64(1) << width) - np.uint64(1)
    half = (width + np.uint64(1)) >> np.uint64(1)
    for i in range(rounded.shape[0]):
        a, c = _scrambling(seed, np.uint64(rows[i]))
        for j in range(rounded.shape[1]):
            keys[i, j] = (rounded[i, j] & ~low) | _scramble(np.uint64(j), a, c, half, low)
        keys[i, rows[i]] = np.uint64(0xFFFFFFFFFFFFFFFF)  # sorts last, whatever the distances


@njit(cache=True, nogil=True)
def _unpack(keys, rounded, rows, seed, width, ranks):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    n = keys.shape[1]
    low = (np.uint64(1) << width) - np.uint64(1)
    half = (width + np.uint64(1)) >> np.uint64(1)
    columns = np.empty(n - 1, dtype=np.int64)
    for i in range(keys.shape[0]):
        a, c = _scrambling(seed, np.uint64(rows[i]))
        a_inverse, c_inverse = _inverse(a), _inverse(c)
        for place in range(n - 1):
            columns[place] = _unscramble(keys[i, place] & low, a_inverse, c, c_inverse, half, low)
        if width > np.uint64(_DROPPED):
            _order_by_lost_digits(keys[i], columns, rounded[i], low)
        for place in range(n - 1):
            ranks[i, columns[place]] = place + 1
        ranks[i, rows[i]] = 0


@njit(cache=True, nogil=True)
def _order_by_lost_digits(keys, columns, rounded, low):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    """Mend the order of columns whose keys agree in the kept digits though distances do not.

    With more than 4,096 points the column takes digits that `without_rounding` keeps. Such runs
    are short and rare, and insertion leaves true ties, which are in order, as they are.
    """
    for start in range(1, len(columns)):
        column, place = columns[start], start
        while place > 0 and not (keys[place] ^ keys[place - 1]) & ~low:
            if rounded[columns[place - 1]] <= rounded[column]:
                break
            columns[place] = columns[place - 1]
            place -= 1
        columns[place] = column
