"""Distance carried over a grid of a surface, from near to far.

Places are rows of six numbers: position and unit normal. Grids are given by their places row by
row, their shape, and whether each direction closes on itself.
"""

from heapq import heapify, heappop, heappush

import numpy as np
from numba import njit
from numpy.typing import NDArray

_FAR, _GIVEN, _DONE = 0, 1, 2


def ring(reach: int) -> NDArray[np.int64]:
    """Return the offsets of the nodes on a square around a node, in order; (8 reach, 2)."""
    return _square(-reach, reach)


def ring_of_cell(reach: int) -> NDArray[np.int64]:
    """Return offsets, from a cell's first node, of the square of nodes around it, in order."""
    return _square(1 - reach, reach)


def _square(first: int, last: int) -> NDArray[np.int64]:
    side = np.arange(first, last)
    edge = np.full_like(side, last)
    back = first + last - side
    other = np.full_like(side, first)
    rows, columns = [side, edge, back, other], [other, side, edge, back]
    return np.column_stack([np.concatenate(rows), np.concatenate(columns)])


@njit(cache=True, nogil=True, inline="always")
def _length(one, other):
    """Estimate the length of the geodesic between two places from the chord and the normals.

    A geodesic bends in the direction of the normal only. The cubic that leaves the chord at the
    slopes a and b has the length ``chord (1 + (2 a² - a b + 2 b²) / 30)``; the second term of the
    series is that of a circular arc. What is left is of fourth order.
    """
    x, y, z = other[0] - one[0], other[1] - one[1], other[2] - one[2]
    chord = np.sqrt(x * x + y * y + z * z)
    if chord == 0.0:
        return 0.0
    a = (x * one[3] + y * one[4] + z * one[5]) / chord
    b = (x * other[3] + y * other[4] + z * other[5]) / chord
    if one[3] * other[3] + one[4] * other[4] + one[5] * other[5] < 0.0:
        b = -b
    bend = (2 * a * a - a * b + 2 * b * b) / 5
    return chord * (1 + bend / 6 + 3 * bend * bend / 40)


@njit(cache=True, nogil=True, inline="always")
def _node(i, j, shape, periodic):
    """Return the number of a node, or -1 beyond the edge."""
    if periodic[0]:
        i %= shape[0]
    if periodic[1]:
        j %= shape[1]
    if i < 0 or j < 0 or i >= shape[0] or j >= shape[1]:
        return -1
    return i * shape[1] + j


@njit(cache=True, nogil=True, inline="always")
def _through(one, other, to_one, to_other, side):
    """Return the distance of a triangle's apex from the virtual source behind its base.

    The source is at distances `one` and `other` from the ends of the base of length `side`. If the
    straight line does not cross the base, the answer is infinite.
    """
    x = (to_one * to_one - to_other * to_other + side * side) / (2 * side)
    y = to_one * to_one - x * x
    u = ((one - other) * (one + other) + side * side) / (2 * side)
    v = one * one - u * u
    if y <= 0.0:
        return np.inf
    # A source on the base itself may seem a little less than nowhere behind it.
    y, v = np.sqrt(y), np.sqrt(max(v, 0.0))
    crossing = (u * y + x * v) / (y + v)
    if crossing < 0.0 or crossing > side:
        return np.inf
    return np.sqrt((x - u) ** 2 + (y + v) ** 2)


@njit(cache=True, nogil=True)
def rings(places, shape, periodic, offsets):
    """Return the ring of each node, lengths to its nodes, and from each of them to the next."""
    count = len(offsets)
    nodes = np.empty((len(places), count), np.int32)
    spokes = np.full((len(places), count), np.inf)
    sides = np.full((len(places), count), np.inf)
    for node in range(len(places)):
        i, j = node // shape[1], node % shape[1]
        for p in range(count):
            other = _node(i + offsets[p, 0], j + offsets[p, 1], shape, periodic)
            nodes[node, p] = other
            if other >= 0:
                spokes[node, p] = _length(places[node], places[other])
        for p in range(count):
            one, other = nodes[node, p], nodes[node, (p + 1) % count]
            if one >= 0 and other >= 0:
                sides[node, p] = _length(places[one], places[other])
    return nodes, spokes, sides


@njit(cache=True, nogil=True)
def spread(places, shape, periodic, source, cell, reach, net, arrival):
    """Carry the distance from one place to all nodes.

    Nodes within `reach` cells and one more get the direct length, so that no ring has the source on
    it: a triangle cannot tell on which side of its base a source is. The others are reached in the
    order of their distance (Dijkstra's), each from triangles whose base lies on its ring.
    """
    nodes = net[0]
    count = nodes.shape[1]
    state = np.zeros(len(places), np.int8)
    arrival[:] = np.inf
    heap = [(0.0, np.int64(0))]
    heap.pop()
    for i in range(cell[0] - reach, cell[0] + 2 + reach):
        for j in range(cell[1] - reach, cell[1] + 2 + reach):
            node = _node(i, j, shape, periodic)
            if node >= 0:
                arrival[node] = _length(source, places[node])
                state[node] = _GIVEN
                heap.append((arrival[node], np.int64(node)))
    heapify(heap)
    while heap:
        _, node = heappop(heap)
        if state[node] == _DONE:
            continue
        state[node] = _DONE
        for q in range(count):
            other = nodes[node, q]
            if other >= 0 and state[other] == _FAR:
                # The node lies on the other's ring where the other lies on its own, turned half.
                best = _offer(other, (q + count // 2) % count, net, state, arrival)
                if best < arrival[other]:
                    arrival[other] = best
                    heappush(heap, (best, np.int64(other)))


@njit(cache=True, nogil=True, inline="always")
def _offer(node, p, net, state, arrival):
    """Return the distance of a node through one node of its ring, or the sides that end there."""
    nodes, spokes, sides = net
    count = nodes.shape[1]
    best = arrival[nodes[node, p]] + spokes[node, p]
    for left, right in ((p, (p + 1) % count), ((p - 1) % count, p)):
        one, two = nodes[node, left], nodes[node, right]
        if one >= 0 and two >= 0 and state[one] == _DONE and state[two] == _DONE:
            distance = _through(
                arrival[one],
                arrival[two],
                spokes[node, left],
                spokes[node, right],
                sides[node, left],
            )
            best = min(best, distance)
    return best


@njit(cache=True, nogil=True)
def collect(places, shape, periodic, points, cells, rows, reach, offsets, arrived, found):
    """Read the distances at points off those at the nodes around the cells that they lie in."""
    count = len(offsets)
    nodes = np.empty(count, np.int64)
    spokes, sides = np.empty(count), np.empty(count)
    for j in range(len(points)):
        for p in range(count):
            nodes[p] = _node(
                cells[j, 0] + offsets[p, 0], cells[j, 1] + offsets[p, 1], shape, periodic
            )
            if nodes[p] >= 0:
                spokes[p] = _length(points[j], places[nodes[p]])
        for p in range(count):
            one, two = nodes[p], nodes[(p + 1) % count]
            if one >= 0 and two >= 0:
                sides[p] = _length(places[one], places[two])
        for r in range(len(rows)):
            if _near(cells[j], cells[rows[r]], shape, periodic, reach):
                found[r, j] = _length(points[j], points[rows[r]])
            else:
                found[r, j] = _arrive(nodes, spokes, sides, arrived[r])


@njit(cache=True, nogil=True)
def _near(one, other, shape, periodic, reach):
    """Say whether two cells are `reach` apart or less in both directions."""
    for axis in range(2):
        gap = abs(one[axis] - other[axis])
        if periodic[axis]:
            gap = min(gap, shape[axis] - gap)
        if gap > reach:
            return False
    return True


@njit(cache=True, nogil=True)
def _arrive(nodes, spokes, sides, arrival):
    count = len(nodes)
    best = np.inf
    for p in range(count):
        one, two = nodes[p], nodes[(p + 1) % count]
        if one >= 0:
            best = min(best, arrival[one] + spokes[p])
            if two >= 0:
                distance = _through(
                    arrival[one], arrival[two], spokes[p], spokes[(p + 1) % count], sides[p]
                )
                best = min(best, distance)
    return best
