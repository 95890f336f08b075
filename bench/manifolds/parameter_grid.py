"""Geodesics of a family with few parameters from its metric tensor, by shortest paths on a grid."""

from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from bench.geometry.blocks import Rows
from bench.manifolds.geodesics import Status
from bench.manifolds.near_lines import ParameterBox, Places
from bench.manifolds.shortest_paths import ShortestPaths

Array = NDArray[np.float64]

_SOURCES = 2**10  # from which paths are found at once
# Points are joined by one line over more than the reach of the grid: just beyond it a path has
# two lines, and where these run along the grid, the nodes on their way let them bend least. (On
# 500 images of `rendered_face` this takes the largest error from 0.30 to 0.19 %.)
_FARTHER = 1.5


@dataclass(frozen=True, eq=False)
class ParameterGrid:
    """Nodes all over a box of parameters, and shortest paths between them.

    Parameters
    ----------
    box : ParameterBox
    cells : int
        Along the longest side of the box in the metric of its middle; along the others as many
        as make the cells about square.
    reach : float
        Length in cells of the longest lines that paths are made of.
    """

    box: ParameterBox
    cells: int = 72
    reach: float = 12.0

    @cached_property
    def shape(self) -> Rows:
        """Numbers of cells along each parameter."""
        lower, upper = self.box.lower, self.box.upper
        middle = self.box.metric((lower + upper)[None] / 2)[0]
        sides = (upper - lower) * np.sqrt(np.diag(middle))
        shape: Rows = np.maximum(np.rint(self.cells * sides / sides.max()), 2).astype(np.intp)
        return shape

    @property
    def cell(self) -> Array:
        """Sides of a cell, in units of the parameters."""
        return np.asarray((self.box.upper - self.box.lower) / self.shape)

    @cached_property
    def nodes(self) -> Rows:
        """Where the nodes are, in cells from the lower corner, the last parameter fastest."""
        return np.indices(tuple(self.shape + 1)).reshape(len(self.shape), -1).T

    @cached_property
    def lines(self) -> tuple[Rows, Array]:
        """Pairs of nodes within reach with no other node between them, and their distances."""
        pairs = cKDTree(self.nodes).query_pairs(self.reach, output_type="ndarray")
        steps = np.diff(self.nodes[pairs], axis=1)[:, 0]
        pairs = pairs[np.gcd.reduce(steps, axis=1) == 1]
        places = self.box.places(self.box.lower + self.nodes * self.cell)
        return pairs, self.box.lengths(places[pairs[:, 0]], places[pairs[:, 1]])

    @cached_property
    def squares(self) -> Array:
        """Squared lengths of the shortest paths between all nodes."""
        (start, end), lengths = self.lines[0].T, self.lines[1]
        size = len(self.nodes)
        one_way = csr_array((lengths, (start, end)), shape=(size, size))
        paths = ShortestPaths(csr_array(one_way + one_way.T))
        squares = np.empty((size, size))
        for first in range(0, size, _SOURCES):
            sources = paths.order[first : first + _SOURCES]
            squares[sources] = paths.distances(sources) ** 2
        return squares


@dataclass(frozen=True, eq=False)
class GridGeodesics:
    """Shortest paths over a box of parameters in which the metric varies.

    Points near each other are joined by one line. For others the squares of the distances
    between nodes are interpolated, linearly in each parameter, over the cells of both ends.
    Squares, since those of distances in a plane are quadratic, so that what linear interpolation
    adds to them is known, and taken off: a share of the fourth order is left. A path is too long
    where it runs between the directions of the grid's lines; more reach mends that.

    A distance is a function of two parameters, whatever other points there are. Distances are
    symmetric, keep the triangle inequality within the error, and jump within it where points
    come near enough for one line. Beside the grid, whose squares
    take 8 bytes for each pair of nodes, memory grows with the number of points.

    Parameters
    ----------
    grid : ParameterGrid
        May be shared by several draws.
    parameters : ndarray of shape (n, d)
        Of the points, inside the box.
    relative_error : float
        The bound of the error of any distance, as a share of it, that the dataset's author
        measured by refinement, and states.
    """

    grid: ParameterGrid
    parameters: Array
    relative_error: float
    status: Status = "numerical"

    @property
    def notes(self) -> dict[str, float]:
        """The bound of the error."""
        return {"relative_error": self.relative_error}

    def distances(self, rows: Rows) -> Array:
        """Return lengths of shortest paths, of shape (len(rows), n)."""
        found = np.empty((len(rows), len(self.parameters)))
        for row, into in zip(rows, found, strict=True):
            into[:] = self._far(row)
            cells = (self.parameters - self.parameters[row]) / self.grid.cell
            near = np.flatnonzero((cells**2).sum(axis=1) <= (_FARTHER * self.grid.reach) ** 2)
            into[near] = self.grid.box.lengths(self._places[row : row + 1], self._places[near])
        return found

    def _far(self, row: int) -> Array:
        """Return the distances from a point to all that are more than some cells away."""
        nodes, weights, added = self._corners
        from_here = weights[row] @ self.grid.squares[nodes[row]]
        squares = np.einsum("nc,nc->n", weights, from_here[nodes]) - added - added[row]
        return np.asarray(np.sqrt(np.maximum(squares, 0)))  # less than 0 only near by

    @cached_property
    def _places(self) -> Places:
        return self.grid.box.places(self.parameters)

    @cached_property
    def _corners(self) -> tuple[Rows, Array, Array]:
        """The nodes of each point's cell, their weights, and what these add to a square."""
        shape = self.grid.shape
        at = (self.parameters - self.grid.box.lower) / self.grid.cell
        cell = np.clip(np.floor(at).astype(np.intp), 0, shape - 1)
        part = at - cell
        corners = np.array(list(product((0, 1), repeat=len(shape))))
        nodes = np.ravel_multi_index(np.moveaxis(cell[:, None] + corners, -1, 0), shape + 1)
        weights = np.where(corners, part[:, None], 1 - part[:, None]).prod(axis=-1)
        lengths = np.einsum("nii->ni", self._places.metric) * self.grid.cell**2
        return nodes, weights, (part * (1 - part) * lengths).sum(axis=1)
