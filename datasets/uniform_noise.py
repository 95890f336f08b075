"""Uniform noise: all pixels drawn at random, and no manifold to find (negative control).

Geodesic
    Shortest paths on the symmetrised graph of the ``n_neighbors`` nearest neighbours, as for
    real images. The points fill a cube, where the shortest path is the straight line: the graph
    stands for what would be taken for a geodesic by one who did not know.
Status
    Graph: an estimate of a manifold that is not there. There is no oracle. What a reducer scores
    here is the floor to read its other scores against: one that looks for neighbours finds some
    in noise too. Draw it with the n and the dimensions of the dataset to compare with.
Source
    Sampled uniformly, pixels hardly ever make an image: the case for the manifold hypothesis in
    Goodfellow, Bengio & Courville, Deep Learning, MIT Press, 2016, section 5.11.3.
"""

from math import isqrt

import numpy as np

from bench.dataset import Dataset, require_points
from bench.manifolds.default_graph import DEFAULT_NEIGHBORS, neighbors_among
from bench.manifolds.graph import graph_geodesics
from bench.manifolds.images import add_pixel_noise
from bench.seeds import stream


def dataset(
    *,
    n: int = 1500,
    dimensions: int = 784,
    n_neighbors: int = DEFAULT_NEIGHBORS,
    noise: float = 0.0,
    seed: int = 0,
) -> Dataset:
    """Draw points uniformly from a cube.

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
        they go from 0 to 1.
    seed : int
        Draws the points and the noise.

    Returns
    -------
    Dataset
        Images, if ``dimensions`` is a square number.

    Raises
    ------
    ValueError
        If ``dimensions`` is not positive.
    """
    require_points(n)
    if dimensions < 1:
        raise ValueError(f"dimensions must be at least 1, got {dimensions}")
    pixels = stream(seed, "uniform_noise").random((n, dimensions), dtype=np.float32)
    pixel_noise = stream(seed, "uniform_noise:noise")
    X = add_pixel_noise(pixels, noise, pixel_noise).astype(np.float32, copy=False)
    size = isqrt(dimensions)
    return Dataset(
        X=X,
        geodesics=graph_geodesics(X, n_neighbors=neighbors_among(len(X), n_neighbors)),
        image_shape=(size, size) if size * size == dimensions else None,
        intrinsic_dimension=dimensions,
        reach=float("inf"),
        source="drawn here",
        licence="generated",
    )
