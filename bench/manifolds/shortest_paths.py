"""Shortest paths in a graph from many of its nodes."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.sparse import csr_array

from bench.geometry.blocks import Rows

GROUP = 64  # sources near each other, worked on side by side
# Sources are near if they lie within so many times their number of places of each other.
_NEAR = 8


@dataclass(frozen=True, eq=False)
class ShortestPaths:
    """Lengths of the shortest paths in an undirected graph.

    The lengths are those of Dijkstra's algorithm, to the same bit: both find the smallest numbers
    for which no edge offers a shorter way, where a path is summed up from its source.

    From sources scattered over the graph, Dijkstra's algorithm on a heap is run for each. For
    sources near each other, the distances of all of them to one node are kept side by side, and a
    node offers its neighbours the way through it for all sources at once. Nodes are visited in
    the order in which a search from one of the sources met them, which is nearly right for the
    others, then backwards, and so on, those alone whose distances have changed, until nothing
    changes: one or two visits for each node.

    Parameters
    ----------
    graph : sparse array of shape (n, n)
        Symmetric edge lengths, not negative; a stored 0 is an edge.
    """

    graph: csr_array

    @cached_property
    def order(self) -> Rows:
        """All nodes, those that are near each other side by side."""
        return np.asarray(_halve(self.graph.indptr, self.graph.indices, GROUP))

    def distances(self, sources: Rows) -> NDArray[np.float64]:
        """Return path lengths from some nodes to all, of shape (len(sources), n).

        It is fast for sources that follow each other in `order`. Where there is no path the
        length is infinite.
        """
        found = np.empty((len(sources), len(self.order)))
        places = self._places[sources]
        by_place = np.argsort(places, kind="stable")
        _fill(*self._edges, self._places, places[by_place], by_place, found)
        return found

    @cached_property
    def _places(self) -> Rows:
        places = np.empty_like(self.order)
        places[self.order] = np.arange(len(self.order))
        return places

    @cached_property
    def _edges(self) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]:
        """The edges between places, so that what is near in the graph is near in memory."""
        counts = np.diff(self.graph.indptr)[self.order]
        starts = np.concatenate([[0], np.cumsum(counts)])
        # Of each place in turn, the positions of its edges in the graph's own list.
        first = np.repeat(self.graph.indptr[self.order] - starts[:-1], counts)
        positions = first + np.arange(starts[-1])
        ends = self._places[self.graph.indices[positions]].astype(np.int32)
        return starts.astype(np.int64), ends, self.graph.data[positions]


@njit(cache=True, nogil=True)
def _halve(starts, ends, size):
    """Halve the nodes again and again, each time into those near one end and the rest."""
    n = len(starts) - 1
    order, asked_for = np.arange(n), np.zeros(n, np.bool_)
    left = [(0, n)]
    while left:
        first, last = left.pop()
        if last - first > size:
            for _ in range(2):  # from any node to an end, and from there
                _walk(starts, ends, order[first:last], asked_for)
                order[first:last] = order[first:last][::-1].copy()
            middle = (first + last) // 2
            left.append((middle, last))
            left.append((first, middle))
    return order


@njit(cache=True, nogil=True)
def _walk(starts, ends, nodes, asked_for):
    """Put some nodes in the order of a breadth-first search among them from the first."""
    found, came, gone = np.empty_like(nodes), 0, 0
    asked_for[nodes] = True
    for node in nodes:
        if asked_for[node]:  # the first node, or one of a piece not found from it
            asked_for[node] = False
            found[came] = node
            came += 1
        while gone < came:
            for e in range(starts[found[gone]], starts[found[gone] + 1]):
                if asked_for[ends[e]]:
                    asked_for[ends[e]] = False
                    found[came] = ends[e]
                    came += 1
            gone += 1
    nodes[:] = found


@njit(cache=True, nogil=True)
def _fill(starts, ends, lengths, places, sources, rows, found):
    n = len(places)
    distances, visits = np.empty(n), np.empty(n, np.int32)
    heap, at = np.empty(n, np.int32), np.empty(n, np.int32)
    changed = np.empty(n, np.bool_)
    for first in range(0, len(sources), GROUP):
        group = sources[first : first + GROUP]
        if group[-1] - group[0] < _NEAR * len(group) and len(group) > 1:
            _search(starts, ends, lengths, group[len(group) // 2], distances, heap, at, visits)
            labels = np.empty((n, len(group)))
            _sweep(starts, ends, lengths, group, visits, labels, changed)
            for node in range(n):
                for i in range(len(group)):
                    found[rows[first + i], node] = labels[places[node], i]
        else:
            for i in range(first, first + len(group)):
                _search(starts, ends, lengths, sources[i], distances, heap, at, visits)
                for node in range(n):
                    found[rows[i], node] = distances[places[node]]


@njit(cache=True, nogil=True)
def _sweep(starts, ends, lengths, sources, visits, labels, changed):
    """Let nodes offer ways through them: the nearest until they are settled, then twice as many.

    So what changes near the sources does so before it is carried through the whole graph.
    """
    labels[:] = np.inf
    changed[:] = False
    for i in range(len(sources)):
        labels[sources[i], i] = 0.0
        changed[sources[i]] = True
    most = 0
    while most < len(visits):
        most = min(2 * max(most, len(sources)), len(visits))
        _settle(starts, ends, lengths, visits[:most], labels, changed)


@njit(cache=True, nogil=True)
def _settle(starts, ends, lengths, visits, labels, changed):
    """Let nodes offer their neighbours a way through them until nobody here gains by it."""
    left, forward = True, True
    while left:
        left = False
        for visit in range(len(visits)):
            node = visits[visit if forward else len(visits) - 1 - visit]
            if changed[node]:
                changed[node], left = False, True
                _offer(starts, ends, lengths, node, labels, changed)
        forward = not forward


@njit(cache=True, nogil=True, inline="always")
def _offer(starts, ends, lengths, node, labels, changed):
    """Offer all neighbours a way through this node; note those that gain by it."""
    own = labels[node]
    for e in range(starts[node], starts[node + 1]):
        length, other, gains = lengths[e], labels[ends[e]], 0
        for i in range(len(own)):
            gains += own[i] + length < other[i]
        if gains:
            changed[ends[e]] = True
            for i in range(len(own)):
                distance = own[i] + length
                other[i] = distance if distance < other[i] else other[i]


@njit(cache=True, nogil=True)
def _search(starts, ends, lengths, source, distances, heap, at, visits):
    """Run Dijkstra's algorithm on a heap of four children each; tell in which order nodes are met.

    Those that it does not meet, because they are in another piece, come last.
    """
    distances[:] = np.inf
    at[:] = -1
    distances[source], heap[0], at[source] = 0.0, source, 0
    size, met = 1, 0
    while size:
        node = heap[0]
        visits[met] = node
        met += 1
        size -= 1
        if size:
            last = heap[size]
            _sink(last, distances[last], size, distances, heap, at)
        for e in range(starts[node], starts[node + 1]):
            other, distance = ends[e], distances[node] + lengths[e]
            if distance < distances[other]:
                distances[other] = distance
                place = at[other]
                if place < 0:
                    place = size
                    size += 1
                _rise(other, place, distance, distances, heap, at)
    for node in range(len(at)):
        if at[node] < 0:
            visits[met] = node
            met += 1


@njit(cache=True, nogil=True, inline="always")
def _sink(node, own, size, distances, heap, at):
    """Put a node at the top of the heap, and let it down to where it belongs."""
    place = 0
    while True:
        child = 4 * place + 1
        if child >= size:
            break
        least, shortest = child, distances[heap[child]]
        for other in range(child + 1, min(child + 4, size)):
            distance = distances[heap[other]]
            if distance < shortest:
                least, shortest = other, distance
        if shortest >= own:
            break
        heap[place] = heap[least]
        at[heap[place]] = place
        place = least
    heap[place], at[node] = node, place


@njit(cache=True, nogil=True, inline="always")
def _rise(node, place, own, distances, heap, at):
    """Let a node up from its place to where it belongs."""
    while place > 0:
        parent = (place - 1) // 4
        if distances[heap[parent]] <= own:
            break
        heap[place] = heap[parent]
        at[heap[place]] = place
        place = parent
    heap[place], at[node] = node, place
