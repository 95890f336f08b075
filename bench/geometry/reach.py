"""Reach of a curve that looks the same from each of its points."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def orbit_reach(points: Array, tangent: Array) -> float:
    """Measure the reach of a closed curve, seen from one of its points.

    By Federer (Trans. Amer. Math. Soc. 93, 1959, theorem 4.18) the reach of a set is the smallest
    ``|q - p|^2 / (2 d)`` over its points p and q, with d the distance of q from the tangent at p:
    the radius of the ball that touches at p and passes through q. On the orbit of one point under
    isometries (a shape that is turned, for instance) any p will do.

    Parameters
    ----------
    points : ndarray of shape (m, D)
        Dense on the curve. The first is p and the others should not be so near to it that their
        difference is rounded.
    tangent : ndarray of shape (D,)
        Direction of the curve at p, of any length.

    Returns
    -------
    float
        In the units of the points; too large by a share of the order of the square of the gap
        between points.
    """
    chords = points[1:] - points[0]
    direction = tangent / np.linalg.norm(tangent)
    off = np.linalg.norm(chords - np.outer(chords @ direction, direction), axis=1)
    squared = np.einsum("ij,ij->i", chords, chords)
    return float((squared[off > 0] / (2 * off[off > 0])).min())
