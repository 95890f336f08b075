"""The nearest points in many dimensions: screened in float32, decided in float64."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from bench.geometry.blocks import Rows, row_blocks
from bench.geometry.nearest import GROUPS, within
from bench.geometry.ranks import keys_or_index, put_in_order, rounded

_ROUNDING = 2.0**-24  # of float32: half of the distance from 1 to the next number
_SLACK = 1.01  # for what is of second order, and for the rounding of the bound itself
_LEAST = 2.0**-100  # more than products lose that are too small for float32
_BYTES_PER_PAIR = 8
_MOST_ROWS = 128
_CHUNK = 64  # columns that are looked at together, most in vain
_LANES = 8  # sums that do not wait for each other


class ScreenedSearch:
    """Nearest points by Euclidean distance, in half the time of a matrix product in float64.

    Products in float32 tell squares of distances to a bound: n products of D numbers, added up in
    any order, are off by at most about D 2^-24 times the norms of the two points (Higham, Accuracy
    and Stability of Numerical Algorithms, 2002, section 3.1). Those that may be among the nearest
    by this bound are measured in float64.

    Parameters
    ----------
    points : ndarray of shape (n, D), float32 or float64
    centred : ndarray of shape (n, D), float64
        The points moved to the origin, for the bound goes by the norms.
    """

    def __init__(self, points: NDArray[np.floating], centred: NDArray[np.float64]) -> None:
        self._points = points
        # Near 1, whatever their scale, so that no product is too large or too small.
        _, exponent = np.frexp(max(centred.max(), -centred.min()))
        scale = 2.0**-exponent
        squares = np.einsum("ij,ij->i", centred, centred) * scale**2
        norms = np.sqrt(squares)
        self._halves = np.empty(centred.shape, dtype=np.float32)
        np.multiply(centred, scale, out=self._halves, casting="same_kind")
        self._squares, self._norms = squares.astype(np.float32), norms.astype(np.float32)
        lost = points.shape[1] * _ROUNDING
        lost = 2 * (lost / (1 - lost) + 4 * _ROUNDING)
        self._own = (_SLACK * lost * norms).astype(np.float32)
        self._other = (_SLACK * 4 * _ROUNDING * squares + _LEAST).astype(np.float32)

    def nearest(
        self, rows: Rows, k: int, tie_keys: NDArray[np.uint64] | None = None
    ) -> NDArray[np.int32]:
        """Return the k nearest of some rows, the nearest first, of shape (len(rows), k).

        A row is -1 where so many may be among the nearest that screening does not pay.
        """
        found = np.full((len(rows), k), -1, dtype=np.int32)
        n, start = len(self._points), 0
        ties = keys_or_index(tie_keys, n)
        for some in row_blocks(rows, n, most=_MOST_ROWS, bytes_per_pair=_BYTES_PER_PAIR):
            products = self._halves[some] @ self._halves.T
            bounds = self._squares, self._norms, self._own, self._other
            part = found[start : start + len(some)]
            _search(products, bounds, self._points, some, ties, part)
            start += len(some)
        return found


@njit(cache=True, nogil=True)
def _search(products, bounds, points, rows, ties, found):
    n, k = products.shape[1], found.shape[1]
    most = 4 * k + 32
    values, columns = np.empty(most), np.empty(most, np.int32)
    least = np.empty(min(GROUPS * (k + 1), n), np.float32)
    for i in range(len(rows)):
        limit = _screen(products[i], bounds, rows[i], k, least)
        candidates = _collect(products[i], limit, rows[i], columns)
        if candidates < 0:
            continue
        bits = values.view(np.uint64)
        for q in range(candidates):
            values[q] = square_between(points[rows[i]], points[columns[q]])
            bits[q] = rounded(bits[q])
        put_in_order(values[:candidates], columns[:candidates], ties, rows[i])
        found[i] = columns[:k]


@njit(cache=True, nogil=True)
def _screen(products, bounds, own, k, least):
    """Replace products by the least square there may be; return what k + 1 squares are within."""
    squares, norms, owns, others = bounds
    groups, square, part = len(least), squares[own], owns[own]
    least[:] = np.float32(np.inf)
    for start in range(0, len(products), groups):
        dealt = products[start : start + groups]
        for g in range(len(dealt)):
            j = start + g
            estimate = squares[j] + square - np.float32(2) * dealt[g]
            bound = part * norms[j] + others[j] + others[own]
            most = max(estimate + bound, np.float32(0))
            least[g] = min(least[g], most)
            dealt[g] = estimate - bound
    limit = np.empty(1, np.uint64)
    limit[0] = within(least.astype(np.float64).view(np.uint64), k + 1)
    return limit.view(np.float64)[0]


@njit(cache=True, nogil=True)
def _collect(lowest, limit, own, columns):
    """Note all that may be within the limit but the point itself; -1 if they are too many."""
    found = 0
    for start in range(0, len(lowest), _CHUNK):
        part, some = lowest[start : start + _CHUNK], 0
        for j in range(len(part)):
            some += part[j] <= limit
        if some:
            if found + some > len(columns):
                return -1
            for j in range(len(part)):
                if part[j] <= limit and start + j != own:
                    columns[found] = start + j
                    found += 1
    return found


@njit(cache=True, nogil=True)
def square_between(one, other):
    """Return the square of the distance of two points, by their differences in float64."""
    sums, whole = np.zeros(_LANES), len(one) - len(one) % _LANES
    for start in range(0, whole, _LANES):
        for lane in range(_LANES):
            sums[lane] += (np.float64(one[start + lane]) - np.float64(other[start + lane])) ** 2
    square = sums.sum()
    for k in range(whole, len(one)):
        square += (np.float64(one[k]) - np.float64(other[k])) ** 2
    return square
