"""Shortest paths on a flat sheet with a rectangular hole."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bench.geometry.blocks import Rows
from bench.manifolds.geodesics import Status

_CORNERS = ((0, 0), (1, 0), (1, 1), (0, 1))


@dataclass(frozen=True, eq=False)
class HoleGeodesics:
    """Geodesics of a flat convex sheet with a rectangle cut out of it.

    A shortest path is the straight line where the hole does not block it; otherwise it is taut
    around the hole and so turns at corners only (the visibility graph; Lozano-Pérez & Wesley,
    Commun. ACM 22, 1979). With one rectangle the paths between corners run along its edges.

    Parameters
    ----------
    chart : ndarray of shape (n, 2)
        Isometric coordinates of the points, none of them inside the hole.
    lower, upper : ndarray of shape (2,)
        Opposite corners of the hole.
    """

    chart: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    status: Status = "closed-form"

    @property
    def notes(self) -> dict[str, float]:
        """Nothing to add to a closed form."""
        return {}

    @cached_property
    def _corners(self) -> NDArray[np.float64]:
        return np.where(_CORNERS, self.upper, self.lower)

    @cached_property
    def _seen(self) -> NDArray[np.float64]:
        """Distances from each point to each corner in sight of it, else infinite: (n, 4)."""
        offsets = self._corners - self.chart[:, None, :]
        length = np.linalg.norm(offsets, axis=-1)
        hidden = crosses_rectangle(self.chart[:, None, :], offsets, self.lower, self.upper)
        return np.where(hidden, np.inf, length)

    @cached_property
    def _reached(self) -> NDArray[np.float64]:
        """Shortest distances from each point to each corner, along the edges if need be: (n, 4)."""
        width, height = self.upper - self.lower
        opposite = width + height
        edges = np.array(
            [
                [0, width, opposite, height],
                [width, 0, height, opposite],
                [opposite, height, 0, width],
                [height, opposite, width, 0],
            ]
        )
        return np.asarray((self._seen[:, :, None] + edges).min(axis=1))

    def distances(self, rows: Rows) -> NDArray[np.float64]:
        """Return shortest distances around the hole, of shape (len(rows), n)."""
        offsets = self.chart[None, :, :] - self.chart[rows, None, :]
        straight = np.linalg.norm(offsets, axis=-1)
        around = np.full_like(straight, np.inf)
        for corner in range(4):
            np.minimum(
                around, self._reached[rows, corner, None] + self._seen[:, corner], out=around
            )
        start = self.chart[rows, None, :]
        blocked = crosses_rectangle(start, offsets, self.lower, self.upper)
        return np.asarray(np.where(blocked, around, straight))


def crosses_rectangle(
    start: NDArray[np.float64],
    offset: NDArray[np.float64],
    lower: NDArray[np.float64],
    upper: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Say which segments pass through the interior of a rectangle; touching it is no crossing.

    The part of a segment inside the rectangle is the overlap of its parts inside two strips
    (Liang & Barsky, ACM Trans. Graph. 3, 1984); it crosses if that part has a length.

    Parameters
    ----------
    start, offset : ndarray of shape (..., 2)
        Segments from ``start`` to ``start + offset``; the two broadcast.
    lower, upper : ndarray of shape (2,)
        Opposite corners of the rectangle.

    Returns
    -------
    ndarray of bool, of the broadcast shape without its last axis
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        first, second = (lower - start) / offset, (upper - start) / offset
    inside = (start > lower) & (start < upper)
    still = offset == 0  # parallel to a strip: in it for all of the segment or for none of it
    enter = np.where(still, np.where(inside, -np.inf, np.inf), np.minimum(first, second))
    leave = np.where(still, np.where(inside, np.inf, -np.inf), np.maximum(first, second))
    begin = np.maximum(enter.max(axis=-1), 0.0)
    end = np.minimum(leave.min(axis=-1), 1.0)
    # A path that turns at a corner touches the rectangle there; rounding must not make it cross.
    return np.asarray(end - begin > 1e-12)
