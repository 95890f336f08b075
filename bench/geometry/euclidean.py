"""Euclidean distances through the ambient space, by rows."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from bench.geometry.base import Geometry
from bench.geometry.blocks import MOST_ROWS, Rows
from bench.geometry.point_tree import PointTree
from bench.geometry.screened import ScreenedSearch, square_between

# Up to here differences are as fast as a matrix product, and exact for points that nearly touch.
_FEW_DIMENSIONS = 24
# Up to here spheres cross only some of a tree's boxes.
_TREE_DIMENSIONS = 8
# Squares and their sums stay far from the ends of float64 up to here, as a power of two.
_MODERATE = 200
# Larger clouds are not copied to float64 whole but a part at a time.
_COPIED_BYTES = 2**26
_PART_BYTES = 2**23
_MOST_ROWS_OF_PRODUCT = 128
# Squares of distances below this share of those from the origin are measured by differences: a
# product loses some of their digits, or all.
_CLOSE, _CHUNK = 1 / 8, 64
_COMPILED = (np.float32, np.float64)
_TILE = 2048  # columns, which the processor keeps at hand from one dimension to the next


@dataclass(frozen=True, eq=False)
class EuclideanDistances(Geometry):
    """Straight-line distances between the rows of ``X``, in float64 whatever its type.

    Parameters
    ----------
    X : ndarray of shape (n, D)
        The points.
    """

    X: NDArray[Any]

    @property
    def rows_together(self) -> int:
        """How many rows are best asked for at once: a matrix product reads all points each time."""
        return MOST_ROWS if self.X.shape[1] <= _FEW_DIMENSIONS else _MOST_ROWS_OF_PRODUCT

    def distances(self, rows: Rows) -> NDArray[np.float64]:
        """Return the distances from ``rows`` to every point, of shape (len(rows), n)."""
        squares = self.lengths(rows)
        return np.sqrt(squares, out=squares)

    @property
    def squared(self) -> bool:
        """Squares order the points as well, and cost no root."""
        return True

    def lengths(self, rows: Rows) -> NDArray[np.float64]:
        """Return the squares of `distances`."""
        found = np.empty((len(rows), len(self.X)))
        if self.X.shape[1] <= _FEW_DIMENSIONS:
            _add_up(self._columns, self._columns[:, rows].T.copy(), found)
            return found
        own = -2 * self._moved(rows)
        for part in self._parts:
            points = self._centred[part] if self._centred is not None else self._moved(part)
            products = np.matmul(own, points.T, out=found[:, part])
            squares = self._squares[rows], self._squares[part]
            given = self._given if self._centred is not None else self._plain(part)
            _add_squares(*squares, products, self._plain(rows), given)
        return found

    def nearest(
        self, rows: Rows, k: int, tie_keys: NDArray[np.uint64] | None = None
    ) -> NDArray[np.int32]:
        """Return the k nearest of some rows, the nearest first, of shape (len(rows), k).

        A row is -1 where neither a tree nor a screening tells who they are.
        """
        search = self.tree or self._screened
        unknown = np.full((len(rows), k), -1, dtype=np.int32)
        return unknown if search is None else search.nearest(rows, k, tie_keys)

    @cached_property
    def tree(self) -> PointTree | None:
        """A tree of the points, where they have few dimensions."""
        if self.X.shape[1] > _TREE_DIMENSIONS:
            return None
        return PointTree(np.ascontiguousarray(self.X, dtype=np.float64))

    @cached_property
    def _screened(self) -> ScreenedSearch | None:
        if self.X.shape[1] <= _FEW_DIMENSIONS or self._centred is None:
            return None
        return ScreenedSearch(self._given, self._centred)

    @cached_property
    def _columns(self) -> NDArray[np.float64]:
        return np.ascontiguousarray(self.X.T, dtype=np.float64)

    @cached_property
    def _parts(self) -> list[slice]:
        n, size = len(self.X), max(1, _PART_BYTES // (8 * self.X.shape[1]))
        if self._centred is not None:
            return [slice(0, n)]
        return [slice(start, min(start + size, n)) for start in range(0, n, size)]

    @cached_property
    def _centred(self) -> NDArray[np.float64] | None:
        fits = 8 * self.X.size <= _COPIED_BYTES
        return self._moved(slice(None)) if fits else None

    @cached_property
    def _given(self) -> NDArray[np.floating]:
        return self._plain(slice(None))

    def _plain(self, chosen: Rows | slice) -> NDArray[np.floating]:
        """Return some points as they are, of a type that is compiled for."""
        points = self.X[chosen]
        return np.ascontiguousarray(
            points, points.dtype if points.dtype in _COMPILED else np.float64
        )

    def _moved(self, chosen: Rows | slice) -> NDArray[np.float64]:
        return np.asarray(self.X[chosen].astype(np.float64) - self._shift)

    @cached_property
    def _shift(self) -> NDArray[np.float64]:
        """What moves the points near the origin, where ``a² + b² - 2ab`` loses fewer digits.

        A multiple of a power of two of about their own spread, so that pixels and other numbers
        of few digits stay exact and equal distances stay equal.
        """
        spread = float((self.X.max(axis=0).astype(float) - self.X.min(axis=0).astype(float)).max())
        unit = 2.0 ** np.floor(np.log2(spread)) if spread > 0 else 1.0
        return np.asarray(unit * np.rint(self.X.mean(axis=0, dtype=np.float64) / unit))

    @cached_property
    def _squares(self) -> NDArray[np.float64]:
        squares = np.empty(len(self.X))
        for part in self._parts:
            points = self._moved(part)
            np.einsum("ij,ij->i", points, points, out=squares[part])
        return squares


def of_moderate_size(points: NDArray[Any]) -> NDArray[Any]:
    """Bring coordinates whose squares would overflow near 1, by a power of two: nothing is rounded.

    No score depends on the scale. Points that need nothing are not copied.
    """
    _, exponent = np.frexp(max(float(points.max()), -float(points.min())))
    if abs(exponent) <= _MODERATE:
        return points
    return np.asarray(np.ldexp(np.asarray(points, dtype=np.float64), -exponent))


@njit(cache=True, nogil=True)
def _add_up(columns, points, squares):
    """Sum squares one dimension after another, as scipy's cdist does, and to the same bit."""
    for start in range(0, squares.shape[1], _TILE):
        for i in range(points.shape[0]):
            row = squares[i, start : start + _TILE]
            row[:] = 0.0
            for k in range(points.shape[1]):
                column, coordinate = columns[k, start : start + _TILE], points[i, k]
                for j in range(len(row)):
                    row[j] += (coordinate - column[j]) ** 2


@njit(cache=True, nogil=True)
def _add_squares(own, others, products, rows, points):
    """Make squares of distances of -2 times products; where digits cancel, of differences."""
    for i in range(len(own)):
        for start in range(0, len(others), _CHUNK):
            row, square = products[i, start : start + _CHUNK], others[start : start + _CHUNK]
            close = 0
            for j in range(len(row)):
                row[j] += own[i] + square[j]
                close += row[j] < _CLOSE * (own[i] + square[j])
            if close:
                for j in range(len(row)):
                    if row[j] < _CLOSE * (own[i] + square[j]):
                        row[j] = square_between(rows[i], points[start + j])
