"""Reach of curves and of images that are moved, by Federer's formula."""

from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray

from bench.manifolds.images import Render

Array = NDArray[np.float64]

_ROUNDED = 1e-8  # squared chords, as a share of an image's square, that are too short to measure
_PROMISING = 1.25  # times the smallest radius on a grid: what may lie beside a smaller one


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


def sheet_reach(
    render: Render, low: Array, high: Array, *, cell: float, extent: float = np.inf
) -> float:
    """Measure the reach of images that are moved over a box, inside their frame.

    Moving all images is an isometry, so that only the way from one to another counts, and every
    way begins in one of the corners. There only what leads into the box is tangent (see ``end`` of
    `orbit_reach`); seen from elsewhere, more is, and nothing is nearer. Seen from either end a way
    is the same, so that the corners of one side will do. From the best ways to the corners of a
    grid, others are sought that are better.

    Parameters
    ----------
    render : callable
        From parameters of shape (m, d) to images of shape (m, D).
    low, high : ndarray of shape (d,)
        Opposite corners of the box.
    cell : float
        Side of the cells of the grid, in units of the parameters: small beside the period of what
        repeats itself in an image.
    extent : float
        Size of what is moved, in the same units: farther than that, images have nothing in common.

    Returns
    -------
    float
        In the units of the images, to about a thousandth.
    """
    high = np.minimum(high, low + extent)
    first, *rest = zip(low, high, strict=True)
    corners = np.array(list(product(first[:1], *rest)))
    return min(_View(render, corner, low + high - corner).nearest_ball(cell) for corner in corners)


@dataclass(frozen=True, eq=False)
class _View:
    """What is seen from a corner of a box of parameters, up to the opposite one."""

    render: Render
    corner: Array
    opposite: Array

    @cached_property
    def image(self) -> Array:
        """The image in the corner."""
        return np.asarray(self.render(self.corner[None])[0])

    @cached_property
    def tangents(self) -> Array:
        """Those that lead inward, shape (d, D)."""
        steps = 1e-4 * np.diag(np.sign(self.opposite - self.corner))
        there, back = self.render(self.corner + steps), self.render(self.corner - steps)
        return np.asarray((there - back) / 2e-4)

    @cached_property
    def basis(self) -> Array:
        """The tangents in coordinates of their own, lower triangular."""
        return np.asarray(np.linalg.cholesky(self.tangents @ self.tangents.T), np.float64)

    def radius(self, place: Array) -> float:
        """Return the radius of the ball that touches here and passes through another image."""
        from scipy.optimize import nnls  # a tenth of a second that most datasets do without

        chord = self.render(place[None])[0] - self.image
        squared = chord @ chord
        if squared < _ROUNDED * (self.image @ self.image):
            return np.inf
        # In coordinates along the tangents: the nearest of their combinations that lead inward.
        seen = np.linalg.solve(self.basis, self.tangents @ chord)
        along = np.square(self.basis.T @ nnls(self.basis.T, seen)[0]).sum()
        return float(squared / (2 * np.sqrt(max(squared - along, np.finfo(float).tiny))))

    def nearest_ball(self, cell: float) -> float:
        """Return the smallest radius over all places."""
        from scipy.ndimage import minimum_filter
        from scipy.optimize import minimize

        steps = np.maximum(np.ceil(np.abs(self.opposite - self.corner) / cell), 1).astype(int)
        sides = [
            np.linspace(start, stop, count + 1)
            for start, stop, count in zip(self.corner, self.opposite, steps, strict=True)
        ]
        places = np.stack(np.meshgrid(*sides, indexing="ij"), axis=-1)
        radii = np.apply_along_axis(self.radius, -1, places)
        starts = (radii == minimum_filter(radii, 3)) & (radii < _PROMISING * radii.min())
        bounds = list(zip(*np.sort([self.corner, self.opposite], axis=0), strict=True))
        found = [
            minimize(self.radius, start, method="Nelder-Mead", bounds=bounds).fun
            for start in places[starts]
        ]
        return float(min(found))
