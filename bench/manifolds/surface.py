"""Geodesics of curved surfaces without a closed form, solved on a fine grid of the surface."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bench.geometry.blocks import Rows
from bench.manifolds import march
from bench.manifolds.geodesics import Status

Array = NDArray[np.float64]
_STEP = 1e-5  # of the differences that give the normals; their error is of the order of its square


@dataclass(frozen=True, eq=False)
class Surface:
    """A surface in three dimensions over a rectangle of two parameters.

    Parameters
    ----------
    position : callable
        From parameters of shape (m, 2) to points of shape (m, 3); smooth, also a little beyond the
        rectangle.
    lower, upper : tuple of (float, float)
        Opposite corners of the rectangle.
    periodic : tuple of (bool, bool)
        Which parameters close on themselves.
    """

    position: Callable[[Array], Array]
    lower: tuple[float, float]
    upper: tuple[float, float]
    periodic: tuple[bool, bool] = (False, False)

    def place(self, parameters: Array) -> Array:
        """Return positions and unit normals side by side, of shape (m, 6)."""
        across, along = (
            self.position(parameters + step) - self.position(parameters - step)
            for step in _STEP * np.eye(2)
        )
        normal = np.cross(across, along)
        normal /= np.linalg.norm(normal, axis=1, keepdims=True)
        return np.hstack([self.position(parameters), normal])


@dataclass(frozen=True, eq=False)
class SurfaceGeodesics:
    """Lengths of shortest paths within a surface, its boundary included.

    The distance from a point is carried over the grid from near to far, as in fast marching
    (Kimmel & Sethian, PNAS 95, 1998), with two differences that make it accurate: a node is
    reached from the ring of nodes ``reach`` cells around it and not from its neighbours, so
    that the directions of a path are many; and in each triangle of a node and two neighbours on
    its ring the distance is that from a point, the *virtual source*, and not from a line (Novotni
    & Klein, WSCG 2002), so that flat surfaces come out exact. The error left is that of flattening
    triangles of this size, which refining the grid makes visible; ``relative_error`` is what the
    dataset's author measured so and states.

    The sides of triangles are estimated from the chord and the normals at both ends
    (`bench.manifolds.march`). No row depends on another, so distances are symmetric and keep the
    triangle inequality only within the error.

    Parameters
    ----------
    surface : Surface
        What the points lie on.
    parameters : ndarray of shape (n, 2)
        Of the points.
    cells : tuple of (int, int)
        Of the grid, in each parameter.
    relative_error : float
        The bound of the error of any distance, as a share of it.
    reach : int
        Radius of the rings in cells, 2 or more.
    """

    surface: Surface
    parameters: Array
    cells: tuple[int, int]
    relative_error: float
    reach: int = 4
    status: Status = "numerical"

    @property
    def notes(self) -> dict[str, float]:
        """The bound of the error."""
        return {"relative_error": self.relative_error}

    def distances(self, rows: Rows) -> Array:
        """Return lengths of shortest paths, of shape (len(rows), n)."""
        found = np.empty((len(rows), len(self.parameters)))
        arrived = np.empty((len(rows), len(self._nodes)))
        for row, arrival in zip(rows, arrived, strict=True):
            march.spread(
                *self._grid, self._points[row], self._at[row], self.reach, self._sides, arrival
            )
        march.collect(
            *self._grid, self._points, self._at, rows, self.reach, self._steps, arrived, found
        )
        return found

    @cached_property
    def _shape(self) -> NDArray[np.int64]:
        """Numbers of nodes in each parameter."""
        return np.add(self.cells, np.logical_not(self.surface.periodic)).astype(np.int64)

    @cached_property
    def _nodes(self) -> Array:
        spacing = np.subtract(self.surface.upper, self.surface.lower) / self.cells
        first, second = (
            low + step * np.arange(size)
            for low, step, size in zip(self.surface.lower, spacing, self._shape, strict=True)
        )
        grid = np.meshgrid(first, second, indexing="ij")
        return self.surface.place(np.column_stack([axis.ravel() for axis in grid]))

    @cached_property
    def _points(self) -> Array:
        return self.surface.place(self.parameters)

    @cached_property
    def _at(self) -> NDArray[np.int32]:
        """The cell that each point lies in."""
        size = np.subtract(self.surface.upper, self.surface.lower)
        cell = np.floor((self.parameters - self.surface.lower) / size * self.cells)
        return np.clip(cell, 0, np.subtract(self.cells, 1)).astype(np.int32)

    @cached_property
    def _grid(self) -> tuple[Array, NDArray[np.int64], NDArray[np.bool_]]:
        return self._nodes, self._shape, np.array(self.surface.periodic)

    @cached_property
    def _sides(self) -> tuple[NDArray[np.int32], Array, Array]:
        """The ring of each node, the distances to it, and those along it."""
        return march.rings(*self._grid, march.ring(self.reach))  # type: ignore[no-any-return]

    @cached_property
    def _steps(self) -> NDArray[np.int64]:
        """The square of nodes around a cell that is reached from."""
        return march.ring_of_cell(self.reach)
