"""Gaussian noise: points around one place in all directions alike (negative control).

Geodesic
    Shortest paths on the symmetrised graph of the ``n_neighbors`` nearest neighbours, as for
    real data. The points come from all of space, where the shortest path is the straight line:
    the graph stands for what would be taken for a geodesic by one who did not know.
Status
    Graph: an estimate of a manifold that is not there. There is no oracle. What a reducer scores
    here is the floor to read its other scores against. In many dimensions all distances are
    nearly the same, and a few points (hubs) are neighbours of many.
Source
    Radovanović, Nanopoulos & Ivanović, J. Mach. Learn. Res. 11, 2010, for the hubs.
"""

import numpy as np

from bench.dataset import Dataset, require_points
from bench.manifolds.default_graph import DEFAULT_NEIGHBORS, neighbors_among
from bench.manifolds.graph import graph_geodesics
from bench.manifolds.images import add_pixel_noise
from bench.seeds import stream


def dataset(
    *,
    n: int = 1500,
    dimensions: int = 50,
    n_neighbors: int = DEFAULT_NEIGHBORS,
    noise: float = 0.0,
    seed: int = 0,
) -> Dataset:
    """Draw points from the standard normal distribution.

    Parameters
    ----------
    n : int
        Number of points, at least one more than ``n_neighbors``.
    dimensions : int
        Number of coordinates; choose those of the dataset to compare with.
    n_neighbors : int
        Of the graph that the geodesics are estimated on.
    noise : float
        Standard deviation of Gaussian noise on each coordinate, beside the noise that they are;
        their own is 1.
    seed : int
        Draws the points and the noise.

    Returns
    -------
    Dataset
        Without an image shape, labels or a chart.

    Raises
    ------
    ValueError
        If ``dimensions`` is not positive.
    """
    require_points(n)
    if dimensions < 1:
        raise ValueError(f"dimensions must be at least 1, got {dimensions}")
    points = stream(seed, "gaussian_noise").standard_normal((n, dimensions), dtype=np.float32)
    more_noise = stream(seed, "gaussian_noise:noise")
    X = add_pixel_noise(points, noise, more_noise).astype(np.float32, copy=False)
    return Dataset(
        X=X,
        geodesics=graph_geodesics(X, n_neighbors=neighbors_among(len(X), n_neighbors)),
        intrinsic_dimension=dimensions,
        reach=float("inf"),
        source="drawn here",
        licence="generated",
    )
