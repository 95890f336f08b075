"""Estimates of the intrinsic dimension of a cloud of points, from its distances or its spread.

Beside `bench.manifolds.traits.two_nn`. They agree where the cloud is a smooth manifold that is
sampled densely, and where they do not, that says something.
"""

import numpy as np
from numpy.typing import NDArray

Distances = NDArray[np.floating]


def maximum_likelihood(nearest: Distances) -> float:
    """Estimate by maximum likelihood of the distances to the nearest neighbours.

    Levina & Bickel, Maximum likelihood estimation of intrinsic dimension, NeurIPS 2004, equation
    8, with inverses averaged over points as MacKay & Ghahramani (Comments on it, 2005) correct it.

    Parameters
    ----------
    nearest : ndarray of shape (n, k)
        Of each point to its k nearest others, in order, all above 0.
    """
    k = nearest.shape[1]
    logarithms = np.log(nearest[:, -1:] / nearest[:, :-1])
    return float(nearest.shape[0] * (k - 1) / logarithms.sum())


def correlation_dimension(lengths: Distances, *, low: float = 0.001, high: float = 0.01) -> float:
    """Estimate by how the number of pairs grows with their distance.

    The slope of the correlation integral C(r), the share of pairs nearer than r, against r on
    logarithmic scales (Grassberger & Procaccia, Physica D 9, 1983), by least squares over where C
    goes from ``low`` to ``high``.

    Parameters
    ----------
    lengths : ndarray of shape (p,)
        Distances of all pairs.
    low, high : float
        Shares of the pairs.
    """
    shares = np.geomspace(low, high, 20)
    radii = np.quantile(lengths, shares)
    return float(np.polyfit(np.log(radii), np.log(shares), 1)[0])


def participation_ratio(X: NDArray[np.floating]) -> float:
    """Count the directions that share the variance, (Σλ)² / Σλ² over those of the covariance.

    Of all estimates here the one that sees linear structure only (Gao & Ganguli, Curr. Opin.
    Neurobiol. 32, 2015).

    Parameters
    ----------
    X : ndarray of shape (n, D)
    """
    centred = X.astype(np.float64) - X.mean(axis=0, dtype=np.float64)
    variances = np.linalg.svd(centred, compute_uv=False) ** 2
    return float(variances.sum() ** 2 / (variances**2).sum())
