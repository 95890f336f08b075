"""Geodesics estimated from the points alone: shortest paths on the neighbour graph."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from threading import Lock
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from bench.geometry.base import Geometry
from bench.geometry.blocks import Rows, row_blocks
from bench.geometry.euclidean import EuclideanDistances
from bench.geometry.reference import LiveReference
from bench.geometry.tie_keys import tie_keys
from bench.manifolds.default_graph import DEFAULT_NEIGHBORS
from bench.manifolds.geodesics import Status
from bench.manifolds.shortest_paths import GROUP, ShortestPaths


class NeighborGraph(NamedTuple):
    """A neighbour graph in one piece.

    Parameters
    ----------
    edges : sparse array of shape (n, n)
        Symmetric edge lengths; one connected component.
    paths : ShortestPaths
        Along the edges.
    components, bridges : int
        How many pieces the graph fell into, and how many edges were added to join them.
    """

    edges: csr_array
    paths: ShortestPaths
    components: int
    bridges: int


@dataclass(frozen=True, eq=False)
class GraphGeodesics(Geometry):
    """Shortest paths on the symmetrised k-nearest-neighbour graph (Tenenbaum et al. 2000).

    An estimate, not a truth: it cuts corners where the manifold comes close to itself. The graph
    is built when it is first asked for, so that points can be drawn that no one looks at all
    neighbours of; threads wait for each other then.

    Parameters
    ----------
    n_neighbors : int
        The k of the graph.
    build : callable
        Takes nothing and makes the graph.
    """

    n_neighbors: int
    build: Callable[[], NeighborGraph]
    status: Status = "graph"
    _building: Lock = field(default_factory=Lock, init=False, repr=False)

    @property
    def graph(self) -> csr_array:
        """Symmetric edge lengths, a sparse array of shape (n, n); one connected component."""
        return self._built.edges

    @property
    def components(self) -> int:
        """How many pieces the graph fell into."""
        return self._built.components

    @property
    def bridges(self) -> int:
        """How many edges were added to join the pieces."""
        return self._built.bridges

    @property
    def notes(self) -> dict[str, float]:
        """The k of the graph, its components before bridging, and the bridges."""
        return {
            "n_neighbors": self.n_neighbors,
            "components": self.components,
            "bridges": self.bridges,
        }

    @property
    def order(self) -> Rows:
        """All points, in an order in which their rows are found fastest."""
        return self._built.paths.order

    @property
    def rows_together(self) -> int:
        """How many rows are best asked for at once."""
        return GROUP

    def distances(self, rows: Rows) -> NDArray[np.float64]:
        """Return shortest path lengths, of shape (len(rows), n)."""
        return self._built.paths.distances(rows)

    @property
    def _built(self) -> NeighborGraph:
        with self._building:
            return self._once

    @cached_property
    def _once(self) -> NeighborGraph:
        return self.build()

    def __reduce__(self) -> tuple[type, tuple[int, Callable[[], NeighborGraph]]]:
        """Copy the way to the graph: it comes out the same, and a lock cannot be copied."""
        return type(self), (self.n_neighbors, self.build)


def graph_geodesics(
    X: NDArray[np.floating], *, n_neighbors: int = DEFAULT_NEIGHBORS
) -> GraphGeodesics:
    """Build the neighbour graph of ``X`` and join its pieces, once a distance is asked for.

    Pieces are joined one after another by the shortest edge between the piece of one point and
    the rest, so the bridges are a minimum spanning tree of the pieces. Where points are equally
    near, which are neighbours does not depend on the order of the rows.

    Parameters
    ----------
    X : ndarray of shape (n, D)
        The points; not to be changed before the graph is built.
    n_neighbors : int
        Neighbours of each point, itself not counted.

    Returns
    -------
    GraphGeodesics

    Raises
    ------
    ValueError
        If ``n_neighbors`` is not in 1 ... n - 1.

    Examples
    --------
    >>> import numpy as np
    >>> line = np.arange(12.0)[:, None]
    >>> graph_geodesics(line, n_neighbors=2).distances(np.array([0]))[0, -1]
    np.float64(11.0)
    """
    _check(n_neighbors, len(X))
    return GraphGeodesics(n_neighbors, partial(_build, X, n_neighbors))


def neighbor_graphs(X: NDArray[np.floating], ks: Sequence[int]) -> dict[int, GraphGeodesics]:
    """Build `graph_geodesics` for several k, looking for neighbours once.

    Parameters
    ----------
    X : ndarray of shape (n, D)
        The points.
    ks : sequence of int
        Neighbours of each point, itself not counted.

    Returns
    -------
    dict of int to GraphGeodesics
        By their k.

    Raises
    ------
    ValueError
        If a k is not in 1 ... n - 1.
    """
    for k in ks:
        _check(k, len(X))
    points = np.asarray(X, dtype=np.float64)
    length, neighbor = _nearest(points, max(ks))
    return {
        k: GraphGeodesics(k, partial(_joined, points, length[:, :k], neighbor[:, :k])) for k in ks
    }


def _build(X: NDArray[np.floating], n_neighbors: int) -> NeighborGraph:
    points = np.asarray(X, dtype=np.float64)
    return _joined(points, *_nearest(points, n_neighbors))


def _check(k: int, n: int) -> None:
    if not 1 <= k < n:
        raise ValueError(f"n_neighbors must be in 1 ... {n - 1} for {n} points, got {k}.")


def _joined(
    points: NDArray[np.float64], length: NDArray[np.float64], neighbor: NDArray[np.intp]
) -> NeighborGraph:
    """Make a graph of the neighbours of each point, and join its pieces."""
    n, n_neighbors = length.shape
    start, end, edge = np.repeat(np.arange(n), n_neighbors), neighbor.ravel(), length.ravel()
    components, label = connected_components(_symmetric(n, start, end, edge), directed=False)
    # In an order that is not that of the rows: edges of the same length may join two pieces.
    order = np.argsort(tie_keys(points))
    bridges = _bridges(points[order], label[order], components)
    start, end = np.append(start, order[bridges.start]), np.append(end, order[bridges.end])
    edge = np.append(edge, bridges.length)
    edges = _symmetric(n, start, end, edge)
    return NeighborGraph(edges, ShortestPaths(edges), int(components), int(components) - 1)


def _nearest(
    points: NDArray[np.float64], n_neighbors: int
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return distances and indices of the nearest of each point, of shape (n, n_neighbors).

    Which of several at the same distance are among them does not depend on the order of the rows.
    """
    n, keys = len(points), tie_keys(points)
    geometry = LiveReference(EuclideanDistances(points), n, tie_keys=keys)
    neighbor, length = geometry.nearest(np.arange(n), n_neighbors), np.empty((n, n_neighbors))
    for rows in row_blocks(np.arange(n), points[0].size * n_neighbors, bytes_per_pair=16):
        steps = points[neighbor[rows]] - points[rows, None]
        length[rows] = np.sqrt(np.square(steps).sum(axis=-1))
    return length, neighbor.astype(np.intp)


def _symmetric(
    n: int, start: NDArray[np.intp], end: NDArray[np.intp], length: NDArray[np.float64]
) -> csr_array:
    """Join both directions of each edge; a stored length of 0, between duplicates, is an edge."""
    low, high = np.minimum(start, end), np.maximum(start, end)
    _, first = np.unique(low * n + high, return_index=True)
    low, high, length = low[first], high[first], length[first]
    both = (np.concatenate([low, high]), np.concatenate([high, low]))
    return csr_array((np.concatenate([length, length]), both), shape=(n, n))


class _Edges(NamedTuple):
    start: NDArray[np.intp]
    end: NDArray[np.intp]
    length: NDArray[np.float64]


def _bridges(points: NDArray[np.float64], label: NDArray[np.int32], components: int) -> _Edges:
    """Join the piece of the first point with the nearest other one, and so on (Prim's rule).

    Of every point outside it is kept which point inside is nearest, so that each piece is looked
    at once, when it comes in.
    """
    geometry, n = EuclideanDistances(points), len(points)
    square, via = np.full(n, np.inf), np.zeros(n, np.intp)
    outside, piece = np.ones(n, bool), label[0]
    start, end, length = (np.empty(components - 1, kind) for kind in (np.intp, np.intp, float))
    for bridge in range(components - 1):
        came = label == piece
        outside &= ~came
        _look_from(geometry, np.flatnonzero(came), np.flatnonzero(outside), square, via)
        nearest = int(np.where(outside, square, np.inf).argmin())
        start[bridge], end[bridge] = via[nearest], nearest
        length[bridge] = np.sqrt(square[nearest])
        piece = label[nearest]
    return _Edges(start, end, length)


def _look_from(
    geometry: EuclideanDistances,
    came: Rows,
    outside: Rows,
    square: NDArray[np.float64],
    via: Rows,
) -> None:
    """Note for each point outside whether one that came is nearer than any before."""
    few = came if len(came) <= len(outside) else outside
    for rows in row_blocks(few, len(square)):
        squares = geometry.lengths(rows)
        if few is came:
            found, nearest = squares.min(axis=0), rows[squares.argmin(axis=0)]
            better = found < square
            square[better], via[better] = found[better], nearest[better]
        else:
            among = squares[:, came]
            found, nearest = among.min(axis=1), came[among.argmin(axis=1)]
            better = found < square[rows]
            square[rows[better]], via[rows[better]] = found[better], nearest[better]
