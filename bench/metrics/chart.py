"""Chart recovery: how much of the true coordinates an embedding holds.

It tells *not unrolled* from *unrolled but squashed*: a method that whitens its coordinates loses
rank scores on a long sheet, and still recovers the chart by an affine map.
"""

import numpy as np
from numpy.typing import NDArray

from bench.geometry.euclidean import of_moderate_size


def similarity_recovery(chart: NDArray[np.floating], embedding: NDArray[np.floating]) -> float:
    """Return the share of the chart's variance explained by turning, mirroring and scaling.

    The best similarity map leaves ``1 - (sum of singular values of UᵀY)² / (‖U‖² ‖Y‖²)`` of the
    variance, for centred U and Y (Gower, Psychometrika 40, 1975; Procrustes analysis).

    Parameters
    ----------
    chart : ndarray of shape (n, d)
        The true coordinates U.
    embedding : ndarray of shape (n, n_components)
        Y; the smaller of the two is taken as lying in a subspace of the larger.

    Returns
    -------
    float
        In [0, 1], higher is better; 0 for an embedding that is a single point.
    """
    U, Y = _centred(chart), _centred(embedding)
    norms = np.square(U).sum() * np.square(Y).sum()
    if norms == 0:
        return 0.0
    shared = np.linalg.svd(U.T @ Y, compute_uv=False).sum() ** 2
    return float(min(1.0, shared / norms))


def affine_recovery(chart: NDArray[np.floating], embedding: NDArray[np.floating]) -> float:
    """Return the share of the chart's variance explained by any affine map of the embedding.

    Parameters
    ----------
    chart : ndarray of shape (n, d)
        The true coordinates U.
    embedding : ndarray of shape (n, n_components)
        Y, whose columns may depend on each other.

    Returns
    -------
    float
        R² of the least-squares fit of all coordinates together, in [0, 1]; higher is better, and
        never below `similarity_recovery`. Points at random explain n_components / (n - 1).
    """
    U, Y = _centred(chart), _centred(embedding)
    total = np.square(U).sum()
    if total == 0:
        return 0.0
    basis, sizes, _ = np.linalg.svd(Y, full_matrices=False)
    smallest = max(Y.shape) * np.finfo(np.float64).eps * sizes.max(initial=0)
    explained = np.square(basis[:, sizes > smallest].T @ U).sum()
    return float(min(1.0, explained / total))


def _centred(points: NDArray[np.floating]) -> NDArray[np.float64]:
    moderate = np.asarray(of_moderate_size(points), dtype=np.float64)
    return of_moderate_size(moderate - moderate.mean(axis=0))
