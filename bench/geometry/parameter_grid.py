"""Geodesics of a family with few parameters from its metric tensor, by shortest paths on a grid."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from bench.errors import UnsupportedError
from bench.geometry.blocks import Rows
from bench.geometry.geodesics import Status
from bench.geometry.shortest_paths import ShortestPaths

Array = NDArray[np.float64]
Metric = Callable[[Array], Array]

_LINES = 2**17  # whose lengths are worked out at once
# Points are joined to each other over more than the reach of the grid: just beyond it a path has
# two lines at least, and where these run along the grid, nodes that lie beside their way bend
# them most. (On the images of `rendered_face` this halves the largest error.)
_FARTHER = 1.5
_MOST_LINES = 2**26  # some 10 GB
_COUNTED = 1000  # points whose lines are counted before any are drawn


@dataclass(frozen=True, eq=False)
class ParameterGrid:
    """Nodes all over a box of parameters, and straight lines between those near each other.

    Parameters
    ----------
    metric : callable
        From parameters of shape (m, d) to metric tensors of shape (m, d, d).
    lower, upper : ndarray of shape (d,)
        Opposite corners of the box.
    cells : int
        Along the longest side of the box in the metric of its middle; along the others as many
        as make the cells about square.
    reach : float
        Length of the longest lines, in cells.
    """

    metric: Metric
    lower: Array
    upper: Array
    cells: int = 80
    reach: float = 12.0

    @cached_property
    def shape(self) -> Rows:
        """Numbers of cells along each parameter."""
        middle = self.metric((self.lower + self.upper)[None] / 2)[0]
        sides = (self.upper - self.lower) * np.sqrt(np.diag(middle))
        shape: Rows = np.maximum(np.rint(self.cells * sides / sides.max()), 2).astype(np.intp)
        return shape

    @cached_property
    def nodes(self) -> Array:
        """Parameters of the nodes, in units of cells."""
        axes = np.meshgrid(*(np.arange(cells + 1.0) for cells in self.shape), indexing="ij")
        return np.column_stack([axis.ravel() for axis in axes])

    @cached_property
    def tree(self) -> cKDTree:
        """The nodes, for search."""
        return cKDTree(self.nodes)

    @cached_property
    def lines(self) -> tuple[Rows, Array]:
        """Pairs of nodes within reach with no other node between them, and their distances."""
        pairs = self.tree.query_pairs(self.reach, output_type="ndarray")
        steps = np.diff(self.nodes[pairs], axis=1)[:, 0].astype(int)
        pairs = pairs[np.gcd.reduce(steps, axis=1) == 1]
        return pairs, self.lengths(self.nodes, pairs)

    def places(self, parameters: Array) -> Array:
        """Turn parameters into units of cells."""
        return (parameters - self.lower) / (self.upper - self.lower) * self.shape

    def lengths(self, places: Array, pairs: Rows) -> Array:
        """Lengths of straight lines in the metric: integrals of ``sqrt(du' G du)``.

        Parameters
        ----------
        places : ndarray of shape (m, d)
            Ends of lines, in units of cells.
        pairs : ndarray of shape (l, 2)
            Which two are the ends of each line.

        Returns
        -------
        ndarray of shape (l,)
            By Simpson's rule.
        """
        cell = (self.upper - self.lower) / self.shape
        parameters = self.lower + places * cell
        at_ends = self.metric(parameters)
        found = np.empty(len(pairs))
        for first in range(0, len(pairs), _LINES):
            start, end = pairs[first : first + _LINES].T
            line = parameters[end] - parameters[start]
            halfway = self.metric((parameters[end] + parameters[start]) / 2)
            speed = [
                np.sqrt(np.einsum("mi,mij,mj->m", line, metric, line))
                for metric in (at_ends[start], halfway, at_ends[end])
            ]
            found[first : first + _LINES] = (speed[0] + 4 * speed[1] + speed[2]) / 6
        return found


@dataclass(frozen=True, eq=False)
class GridGeodesics:
    """Shortest paths over a box of parameters in which the metric varies.

    The points are joined to the nodes of a grid by straight lines wherever they are within its
    reach, and to each other over half as much again. Every path is one that stays in the box, so
    that a distance is never too short (but for the error of Simpson's rule). It is too long where
    the geodesic bends between nodes or runs between the directions of the lines; more cells and
    more reach mend both. As lengths of shortest paths in one graph the distances are a metric,
    however coarse the grid.

    Parameters
    ----------
    grid : ParameterGrid
        May be shared by several draws.
    parameters : ndarray of shape (n, d)
        Of the points, inside the box.
    relative_error : float
        The bound of the error of any distance, as a share of it, that the dataset's author
        measured by refinement, and states.

    Raises
    ------
    UnsupportedError
        When a distance is asked for and there are too many points for the lines, which take some
        150 kB for each.
    """

    grid: ParameterGrid
    parameters: Array
    relative_error: float
    status: Status = "numerical"

    @property
    def notes(self) -> dict[str, float]:
        """The bound of the error."""
        return {"relative_error": self.relative_error}

    @property
    def order(self) -> Rows:
        """All points, in an order in which their rows are found fastest."""
        order = self._paths.order
        return order[order < len(self.parameters)]

    def distances(self, rows: Rows) -> Array:
        """Return lengths of shortest paths, of shape (len(rows), n)."""
        return np.ascontiguousarray(self._paths.distances(rows)[:, : len(self.parameters)])

    @cached_property
    def _paths(self) -> ShortestPaths:
        """The graph of points, which come first, and nodes."""
        points = self.grid.places(self.parameters)
        tree = cKDTree(points)
        self._check_size(points, tree)
        n, (between_nodes, node_lengths) = len(points), self.grid.lines
        near = tree.sparse_distance_matrix(self.grid.tree, self.grid.reach, output_type="ndarray")
        to_nodes = np.column_stack([near["i"], near["j"] + n])
        farther = _FARTHER * self.grid.reach
        between_points = tree.query_pairs(farther, output_type="ndarray")
        pairs = np.concatenate([between_points, to_nodes])
        lengths = self.grid.lengths(np.concatenate([points, self.grid.nodes]), pairs)
        pairs = np.concatenate([pairs, between_nodes + n])
        both = np.concatenate([pairs, pairs[:, ::-1]]).T
        size = n + len(self.grid.nodes)
        weights = np.tile(np.concatenate([lengths, node_lengths]), 2)
        return ShortestPaths(csr_array((weights, (both[0], both[1])), shape=(size, size)))

    def _check_size(self, points: Array, tree: cKDTree) -> None:
        """Refuse what no memory holds, before it is tried."""
        n, reach = len(points), self.grid.reach
        some = points[:: -(-n // _COUNTED)]
        to_nodes = self.grid.tree.query_ball_point(some, reach, return_length=True).mean()
        to_points = tree.query_ball_point(some, _FARTHER * reach, return_length=True).mean()
        lines = n * (to_nodes + to_points / 2)
        if lines > _MOST_LINES:
            most = float(f"{n * _MOST_LINES / lines:.1g}")
            raise UnsupportedError(
                f"geodesics of {n:,} points are shortest paths along {lines / 1e6:,.0f} million "
                f"lines, and no more than {_MOST_LINES / 1e6:.0f} million are kept in memory: "
                f"ask for some {most:,.0f} points"
            )
