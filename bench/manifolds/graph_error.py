"""How far graph geodesics are from geodesics that are known."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from bench.geometry.blocks import Rows
from bench.manifolds.geodesics import Geodesics
from bench.manifolds.graph import GraphGeodesics

Array = NDArray[np.float64]
# On a circle the arc is 1.5 times its chord at 171 degrees: an edge that saves more than that does
# not cut a bend, it leaps from one part of the manifold to another.
SHORT_CIRCUIT = 1.5


@dataclass(frozen=True)
class GraphError:
    """How far the shortest paths of one graph are from the truth, on pairs of points.

    Pairs without a finite and positive true distance have no relative error and are left out.

    Parameters
    ----------
    k : int
        Neighbours of each point in the graph.
    bias : float
        Median of (estimate - truth) / truth; below 0 where paths are too short.
    median_error, p95_error : float
        Median and 95th percentile of its absolute value.
    spearman : float
        Rank correlation of estimate and truth.
    infinite : int
        Pairs that no path joins, left out.
    pairs : int
        Pairs that were looked at, those left out included.
    edges : int
        Edges of the graph at the points that were looked at, bridges included.
    short_circuits : int
        Those whose true geodesic is more than `SHORT_CIRCUIT` times as long as they are.
    components, bridges : int
        How many pieces the graph fell into, and the edges added to join them.
    """

    k: int
    bias: float
    median_error: float
    p95_error: float
    spearman: float
    infinite: int
    pairs: int
    edges: int
    short_circuits: int
    components: int
    bridges: int


def graph_errors(
    truth: Geodesics, graphs: Mapping[int, GraphGeodesics], rows: Rows
) -> list[GraphError]:
    """Hold graphs of several k against the truth, on all pairs of some points with any other.

    Parameters
    ----------
    truth : Geodesics
        Distances that are known.
    graphs : mapping of int to GraphGeodesics
        By their k, on the same points.
    rows : ndarray of shape (m,)
        Points to start from, each once; of the n x n distances only these rows are held.

    Returns
    -------
    list of GraphError
        One for each graph.

    Raises
    ------
    ValueError
        If no pair has a finite and positive true distance.
    """
    known = truth.distances(rows)
    other = np.ones(known.shape, bool)
    other[np.arange(len(rows)), rows] = False
    compared = other & np.isfinite(known) & (known > 0)
    if not compared.any():
        raise ValueError(f"none of the pairs of {len(rows)} points has a finite true distance.")
    finite, order = known[compared], rankdata(known[compared])
    infinite, pairs = int((other & np.isinf(known)).sum()), int(other.sum())
    return [
        GraphError(
            k,
            *_errors(finite, order, graph.distances(rows)[compared]),
            infinite,
            pairs,
            *_short_circuits(known, graph, rows),
            graph.components,
            graph.bridges,
        )
        for k, graph in graphs.items()
    ]


def _errors(known: Array, order: Array, estimated: Array) -> tuple[float, float, float, float]:
    """Return bias, median and 95th percentile of the relative error, and the rank correlation."""
    error = (estimated - known) / known
    middle, high = np.percentile(np.abs(error), [50, 95])
    correlation = np.corrcoef(order, rankdata(estimated))[0, 1]
    return float(np.median(error)), float(middle), float(high), float(correlation)


def _short_circuits(known: Array, graph: GraphGeodesics, rows: Rows) -> tuple[int, int]:
    """Count the edges at some points, each once, and those that leap."""
    at = graph.graph[rows].tocoo()
    start, end = at.coords
    chosen = np.zeros(known.shape[1], bool)
    chosen[rows] = True
    once = ~chosen[end] | (rows[start] < end)  # an edge between two of them is met from both
    start, end, length = start[once], end[once], at.data[once]
    return len(length), int((known[start, end] > SHORT_CIRCUIT * length).sum())
