"""Graph geodesics by other libraries, where points are doubled or the graph falls into pieces."""

import warnings
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from peer_cases import Points, roll

K = 6
Distances = Callable[[Points], NDArray[np.float64]]


def graph_table() -> str:
    """Return a table of what becomes of copies of a point, and of two pieces far apart."""
    X = roll(150)[0]
    twice, apart = np.repeat(X, 2, axis=0), np.vstack([X, X + 1000])
    lines = [
        f"| graph of {K} neighbours | of two copies, the largest | of two pieces, the largest |"
    ]
    lines.append("|---|---|---|")
    for name, distances in {
        "manifold-bench": _bench,
        "scikit-learn, `Isomap`": _isomap,
        "dr-diagnostics": _dr_diagnostics,
    }.items():
        copies = distances(twice)[range(0, 300, 2), range(1, 300, 2)].max()
        lines.append(f"| {name} | {copies:.3f} | {_largest(distances, apart)} |")
    return "\n".join(lines)


def _largest(distances: Distances, points: Points) -> str:
    try:
        return f"{distances(points).max():.0f}"
    except ValueError:
        return "refused"


def _bench(X: Points) -> NDArray[np.float64]:
    from bench.manifolds.graph import graph_geodesics

    return graph_geodesics(X, n_neighbors=K).distances(np.arange(len(X)))


def _isomap(X: Points) -> NDArray[np.float64]:
    from sklearn.manifold import Isomap

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of joining pieces, which is what is looked at
        return np.asarray(Isomap(n_neighbors=K).fit(X).dist_matrix_)


def _dr_diagnostics(X: Points) -> NDArray[np.float64]:
    from dr_diagnostics import geodesic_distances

    return np.asarray(geodesic_distances(X, n_neighbors=K))
