"""Reach of curves and of images that are moved, by Federer's formula."""

import numpy as np
from numpy.typing import NDArray

from bench.geometry.images import Render

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


def curve_reach(points: Array, tangents: Array, *, closed: bool, pieces: int = 1) -> float:
    """Measure the reach of a curve, or of several, seen from each of their points.

    Times a flat box a curve makes a surface of the same reach.

    Parameters
    ----------
    points : ndarray of shape (m, D)
        Dense on the curve, in order.
    tangents : ndarray of shape (m, D)
        Its directions there, of any length.
    closed : bool
        Whether it has no ends.
    pieces : int
        How many curves follow each other in `points`, all of the same number.

    Returns
    -------
    float
        As by `orbit_reach`.
    """
    last = len(points) // pieces - 1
    found = []
    for i, tangent in enumerate(tangents):
        seen, place = np.vstack([points[i], points[:i], points[i + 1 :]]), i % (last + 1)
        end = not closed and place in (0, last)
        found.append(orbit_reach(seen, -tangent if place == last else tangent, end=end))
    return min(found)


def sheet_reach(render: Render, low: Array, high: Array, *, cells: int = 24) -> float:
    """Measure the reach of images that are moved over a rectangle, inside their frame.

    Moving all images is an isometry, so that only the way from one to another counts, and every
    way begins in one of the corners. There only what leads into the rectangle is tangent (see
    ``end`` of `orbit_reach`); seen from elsewhere, more is, and nothing is nearer.

    Parameters
    ----------
    render : callable
        From parameters of shape (m, d) to images of shape (m, D).
    low, high : ndarray of shape (d,)
        The ends of the rectangle.
    cells : int
        Along each side, of the grid on whose corners images are looked at.

    Returns
    -------
    float
        In the units of the images; too large by a share of the order of the square of a cell.
    """
    sides = [np.linspace(*ends, cells + 1) for ends in zip(low, high, strict=True)]
    places = np.stack(np.meshgrid(*sides, indexing="ij"), axis=-1).reshape(-1, len(sides))
    images = render(places)
    corners = ((places == low) | (places == high)).all(axis=1)
    return min(_seen_from(images, p, render, places) for p in np.flatnonzero(corners))


def _seen_from(images: Array, p: np.intp, render: Render, places: Array) -> float:
    from scipy.optimize import nnls  # a tenth of a second that most datasets do without

    inward = np.sign(places.mean(axis=0) - places[p])
    steps = 1e-4 * np.diag(inward)
    tangents = (render(places[p] + steps) - render(places[p] - steps)) / 2e-4
    chords = np.delete(images, p, axis=0) - images[p]
    squared = np.einsum("ij,ij->i", chords, chords)
    # In coordinates along the tangents: the nearest of their combinations that lead inward.
    basis = np.linalg.cholesky(tangents @ tangents.T)
    seen = np.linalg.solve(basis, tangents @ chords.T).T
    along = np.array([np.square(basis.T @ nnls(basis.T, one)[0]).sum() for one in seen])
    off = np.sqrt(np.maximum(squared - along, np.finfo(float).tiny))
    return float((squared / (2 * off)).min())
