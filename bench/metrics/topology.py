"""Persistent homology: whether components and loops of the points survive in an embedding."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

SUBSAMPLE = 200  # points; the cost of H1 grows with the cube


def topology_distances(given: NDArray[np.float64], found: NDArray[np.float64]) -> dict[str, float]:
    """Compare the persistence diagrams of two sets of distances between the same points.

    The diagrams are those of the Vietoris-Rips filtration, by ripser (Bauer, J. Appl. Comput.
    Topol. 5, 2021). Each matrix is divided by its mean distance first, so that scale is nothing; an
    infinite distance joins nothing.

    Parameters
    ----------
    given, found : ndarray of shape (m, m)
        Symmetric distances in the reference and in the embedding.

    Returns
    -------
    dict of str to float
        ``h0_bottleneck``, ``h0_wasserstein``, ``h1_bottleneck`` and ``h1_wasserstein`` in units of
        the mean distance; 0 is best.
    """
    distances = {}
    for degree, (one, other) in enumerate(zip(diagrams(given), diagrams(found), strict=True)):
        distances[f"h{degree}_bottleneck"] = bottleneck(one, other)
        distances[f"h{degree}_wasserstein"] = wasserstein(one, other)
    return distances


def diagrams(distances: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Return the finite (birth, death) pairs of H0 and of H1, each of shape (any, 2)."""
    from ripser import ripser

    pairs = distances[np.triu_indices(len(distances), 1)]
    joined = pairs[np.isfinite(pairs)]
    scaled = distances / ((joined.mean() if len(joined) else 0) or 1)
    found = ripser((scaled + scaled.T) / 2, distance_matrix=True, maxdim=1)["dgms"]
    return [np.asarray(one[np.isfinite(one[:, 1])], dtype=np.float64) for one in found]


def bottleneck(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Return the smallest worst move that turns one diagram into the other.

    Moves are measured by the larger change of birth and death; a pair may move to the diagonal
    (Cohen-Steiner, Edelsbrunner & Harer, Discrete Comput. Geom. 37, 2007).
    """
    costs = _costs(one, other)
    allowed = np.unique(costs)
    low, high = 0, len(allowed) - 1
    while low < high:
        middle = (low + high) // 2
        if _can_match(costs <= allowed[middle]):
            high = middle
        else:
            low = middle + 1
    return float(allowed[low]) if len(allowed) else 0.0


def wasserstein(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Return the smallest sum of moves that turn one diagram into the other.

    Moves as in `bottleneck`, order 1 (Cohen-Steiner, Edelsbrunner, Harer & Mileyko, Found.
    Comput. Math. 10, 2010).
    """
    costs = _costs(one, other)
    return float(costs[linear_sum_assignment(costs)].sum())


def _costs(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the cost of each move, every pair having a place on the diagonal besides."""
    m, n = len(one), len(other)
    costs = np.zeros((m + n, m + n))
    costs[:m, :n] = np.abs(one[:, None] - other).max(axis=2)
    costs[:m, n:] = ((one[:, 1] - one[:, 0]) / 2)[:, None]
    costs[m:, :n] = (other[:, 1] - other[:, 0]) / 2
    return costs


def _can_match(allowed: NDArray[np.bool_]) -> bool:
    match = maximum_bipartite_matching(csr_array(allowed), perm_type="column")
    return bool((match >= 0).all())
