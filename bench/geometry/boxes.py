"""Boxes: points halved where they are widest, and the halves again, down to some sixty points.

Box 1 holds all points; the halves of box b are 2 b and 2 b + 1; the last boxes are the leaves.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

LEAF = 64  # points of the smallest boxes at most


class Boxes(NamedTuple):
    """Points in boxes within boxes.

    Parameters
    ----------
    points : ndarray of shape (n, D), float64
    leaves : ndarray of shape (leaves, D, 64)
        Coordinates of the points of each leaf, filled up by points that are infinitely far away:
        loops over them have a fixed length.
    indices : ndarray of shape (leaves, 64), int32
        Which points these are; -1 for those that fill up.
    leaf_of : ndarray of shape (n,), int32
        In which leaf each point is.
    bounds : ndarray of shape (2 * leaves, 2, D)
        The least and the largest coordinates in each box.
    """

    points: NDArray[np.float64]
    leaves: NDArray[np.float64]
    indices: NDArray[np.int32]
    leaf_of: NDArray[np.int32]
    bounds: NDArray[np.float64]

    @classmethod
    def of(cls, points: NDArray[np.float64]) -> "Boxes":
        """Put points into boxes."""
        n, dimensions = points.shape
        count = 1 << (-(-n // LEAF) - 1).bit_length()
        leaves = np.full((count, dimensions, LEAF), np.inf)
        indices = np.full((count, LEAF), -1, dtype=np.int32)
        bounds = np.empty((2 * count, 2, dimensions))
        _grow(points.copy(), np.arange(n, dtype=np.int32), leaves, indices, bounds)
        leaf_of = np.empty(n, dtype=np.int32)
        leaf, column = np.nonzero(indices >= 0)
        leaf_of[indices[leaf, column]] = leaf
        return cls(points, leaves, indices, leaf_of, bounds)


@njit(cache=True, nogil=True)
def _grow(points, order, leaves, indices, boxes):
    """Halve the points where they are widest, and the halves again; then find all boxes."""
    n, last_box = len(points), len(leaves)
    for box in range(1, last_box):
        begin, end = places(box, last_box, n)
        middle = places(2 * box, last_box, n)[1]
        _halve(points, order, begin, middle, end)
    for leaf in range(last_box):
        begin, end = places(last_box + leaf, last_box, n)
        for j in range(end - begin):
            indices[leaf, j], leaves[leaf, :, j] = order[begin + j], points[begin + j]
        boxes[last_box + leaf] = _bounds(points[begin:end])
    for box in range(last_box - 1, 0, -1):
        for k in range(points.shape[1]):
            boxes[box, 0, k] = min(boxes[2 * box, 0, k], boxes[2 * box + 1, 0, k])
            boxes[box, 1, k] = max(boxes[2 * box, 1, k], boxes[2 * box + 1, 1, k])


@njit(cache=True, nogil=True)
def places(box, last_box, n):
    """Return where the points of a box begin and end; all leaves hold as many, or one more."""
    first, end = box, box + 1
    while first < last_box:
        first, end = 2 * first, 2 * end
    return (first - last_box) * n // last_box, (end - last_box) * n // last_box


@njit(cache=True, nogil=True)
def _bounds(points):
    bounds = np.empty((2, points.shape[1]))
    bounds[0], bounds[1] = np.inf, -np.inf
    for j in range(len(points)):
        for k in range(points.shape[1]):
            bounds[0, k] = min(bounds[0, k], points[j, k])
            bounds[1, k] = max(bounds[1, k], points[j, k])
    return bounds


@njit(cache=True, nogil=True)
def _halve(points, order, begin, middle, end):
    """Put the least in front of the middle, along where they are widest (Hoare's FIND, 1961)."""
    bounds = _bounds(points[begin:end])
    k, low, high = np.argmax(bounds[1] - bounds[0]), begin, end - 1
    while low < high:
        pivot, i, j = points[middle, k], low, high
        while i <= j:
            while points[i, k] < pivot:
                i += 1
            while points[j, k] > pivot:
                j -= 1
            if i <= j:
                order[i], order[j] = order[j], order[i]
                for d in range(points.shape[1]):
                    points[i, d], points[j, d] = points[j, d], points[i, d]
                i, j = i + 1, j - 1
        low, high = (low if j >= middle else i), (high if i <= middle else j)


@njit(cache=True, nogil=True)
def span(point, box):
    """Return the squares of the least and the largest distance that a box allows.

    They are summed as those of its points are, and rounding keeps order: no point lies outside.
    """
    near, far = 0.0, 0.0
    for k in range(len(point)):
        below, above = box[0, k] - point[k], point[k] - box[1, k]
        near += max(below, above, 0.0) ** 2
        far += max(-below, -above) ** 2
    return near, far


@njit(cache=True, nogil=True)
def measure(point, leaf, squares):
    """Set the squares of the distances from a point to those of a leaf."""
    for j in range(LEAF):
        squares[j] = (point[0] - leaf[0, j]) ** 2
    for k in range(1, len(point)):
        for j in range(LEAF):
            squares[j] += (point[k] - leaf[k, j]) ** 2
