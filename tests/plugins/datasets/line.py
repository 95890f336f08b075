"""A straight line in the plane: small and quick."""

import numpy as np

from bench import Dataset
from bench.manifolds.geodesics import FlatGeodesics


def dataset(*, n=120, seed=0):
    if n < 10:
        raise ValueError(f"n must be 10 or more, got {n}.")
    x = np.random.default_rng(seed).uniform(size=(n, 1))
    X = np.hstack([x, np.zeros_like(x), 0.1 * x]).astype(np.float32)
    chart = x * np.hypot(1, 0.1)
    return Dataset(X, FlatGeodesics(chart), "made here", "none", chart=chart, isometric=True)
