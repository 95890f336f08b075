"""Shortest paths by brute force: a fine lattice on a surface, edges in many directions."""

from math import gcd

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

# A path on the lattice is longer than the geodesic by up to so much, more where cells are oblong.
SLACK = 0.02


def lattice(lower, upper, cells, periodic=(False, False)):
    """Return the parameters of the nodes, of shape (m, 2), and the numbers of nodes each way."""
    shape = [c if p else c + 1 for c, p in zip(cells, periodic, strict=True)]
    axes = [
        low + (high - low) / c * np.arange(s)
        for low, high, c, s in zip(lower, upper, cells, shape, strict=True)
    ]
    return np.column_stack([a.ravel() for a in np.meshgrid(*axes, indexing="ij")]), shape


def shortest_paths(points, shape, sources, periodic=(False, False), removed=None, reach=5):
    """Return path lengths over straight edges of up to `reach` cells each way.

    Parameters
    ----------
    points : ndarray of shape (m, D)
        Positions of the nodes in space.
    removed : callable, optional
        From positions on the lattice, in cells, to whether the surface has a hole there.
    """
    i, j = (c.ravel() for c in np.meshgrid(*map(np.arange, shape), indexing="ij"))
    ends = []
    for a in range(reach + 1):
        for b in range(-reach, reach + 1):
            if gcd(a, b) == 1 and (a, b) > (0, 0):
                u, v = (i + a, j + b)
                inside = np.ones(len(i), bool)
                u, v = (x % s if p else x for x, s, p in zip((u, v), shape, periodic, strict=True))
                for x, s in ((u, shape[0]), (v, shape[1])):
                    inside &= (x >= 0) & (x < s)
                for part in np.linspace(0, 1, 21) if removed else ():
                    inside &= ~removed(i + part * a, j + part * b)
                start = np.flatnonzero(inside)
                ends.append(np.column_stack([start, (u * shape[1] + v)[inside]]))
    start, end = np.vstack(ends).T
    length = np.linalg.norm(points[start] - points[end], axis=1)
    graph = csr_array((length, (start, end)), shape=(len(points),) * 2)
    return dijkstra(graph, directed=False, indices=sources)
