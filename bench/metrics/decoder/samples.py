"""How a cloud of samples lies against a cloud of real points."""

import numpy as np
from numpy.typing import NDArray

NEIGHBORS = 5
Points = NDArray[np.floating]


def coverage(real: Points, samples: Points, k: int = NEIGHBORS) -> float:
    """Return the share of real points that a sample is as near to as their k-th neighbour.

    Naeem, Oh, Uh, Choi & Yoo, Reliable fidelity and diversity metrics for generative models,
    ICML 2020, equation 6. In 0 … 1, higher is better.

    Parameters
    ----------
    real : ndarray of shape (n, D)
    samples : ndarray of shape (m, D)
    k : int
        Less than n.
    """
    from scipy.spatial.distance import cdist

    nearest = cdist(real, samples).min(axis=1)
    return float((nearest <= _reach(real, k)).mean())


def precision(real: Points, samples: Points, k: int = NEIGHBORS) -> float:
    """Return the share of samples that are as near to a real point as its k-th neighbour.

    Kynkäänniemi, Karras, Laine, Lehtinen & Aila, Improved precision and recall metric for
    assessing generative models, NeurIPS 2019, equation 2. In 0 … 1, higher is better; with real
    points and samples exchanged it is their recall.

    Parameters
    ----------
    real : ndarray of shape (n, D)
    samples : ndarray of shape (m, D)
    k : int
        Less than n.
    """
    from scipy.spatial.distance import cdist

    return float((cdist(samples, real) <= _reach(real, k)).any(axis=1).mean())


def _reach(points: Points, k: int) -> Points:
    """Return the distance of each point from its k-th neighbour."""
    from sklearn.neighbors import NearestNeighbors

    k = min(k, len(points) - 1)
    return np.asarray(NearestNeighbors(n_neighbors=k).fit(points).kneighbors()[0][:, -1])
