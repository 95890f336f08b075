"""Reach of curves, by Federer's formula."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def orbit_reach(points: Array, tangent: Array, *, end: bool = False) -> float:
    """Measure the reach of a curve that looks the same from each of its points, seen from one.

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
    end : bool
        Whether the curve begins at p. There only half of the tangent counts, which brings what
        lies behind nearer; what is seen from an end bounds what is seen from within.

    Returns
    -------
    float
        In the units of the points; too large by a share of the order of the square of the gap
        between points.
    """
    chords = points[1:] - points[0]
    direction = tangent / np.linalg.norm(tangent)
    along = chords @ direction
    if end:
        along = np.maximum(along, 0)
    off = np.linalg.norm(chords - np.outer(along, direction), axis=1)
    squared = np.einsum("ij,ij->i", chords, chords)
    return float((squared[off > 0] / (2 * off[off > 0])).min())


def curve_reach(points: Array, tangents: Array, *, closed: bool) -> float:
    """Measure the reach of a curve, seen from each of its points.

    Times a flat box the curve makes a surface of the same reach.

    Parameters
    ----------
    points : ndarray of shape (m, D)
        Dense on the curve, in order.
    tangents : ndarray of shape (m, D)
        Its directions there, of any length.
    closed : bool
        Whether it has no ends.

    Returns
    -------
    float
        As by `orbit_reach`.
    """
    last = len(points) - 1
    found = []
    for i, tangent in enumerate(tangents):
        seen = np.vstack([points[i], points[:i], points[i + 1 :]])
        end = not closed and i in (0, last)
        found.append(orbit_reach(seen, -tangent if i == last else tangent, end=end))
    return min(found)
