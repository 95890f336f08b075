"""Real images: a seeded subsample of what there is, with geodesics estimated on a graph."""

import numpy as np
from numpy.typing import NDArray

from bench.dataset import Dataset, require_points
from bench.manifolds.default_graph import neighbors_among
from bench.manifolds.graph import graph_geodesics
from bench.manifolds.images import add_pixel_noise
from bench.seeds import stream


def choose(name: str, n: int, *, of: int, seed: int) -> NDArray[np.intp]:
    """Draw which images of a dataset are used, each once.

    Raises
    ------
    ValueError
        If there are fewer than ``n``, or ``n`` is below 10.
    """
    require_points(n, most=of)
    return stream(seed, name).choice(of, n, replace=False)


def estimated(  # one argument for each thing that is said of a dataset
    name: str,
    images: NDArray[np.floating],
    labels: NDArray[np.integer] | None,
    *,
    n_neighbors: int,
    noise: float,
    seed: int,
    source: str,
    licence: str,
    intrinsic_dimension: int | None = None,
) -> Dataset:
    """Make a dataset of images whose geodesics are shortest paths on the neighbour graph.

    Parameters
    ----------
    name : str
        Of the dataset; names the stream that draws the noise.
    images : ndarray of shape (n, height, width)
        From 0, black, to 1, white.
    labels : ndarray of shape (n,) or None
        Classes.
    n_neighbors : int
        Of the graph.
    noise : float
        Standard deviation of the Gaussian noise on each pixel.
    seed : int
        Draws the noise.
    source, licence : str
        Where the images come from and on what terms.
    intrinsic_dimension : int, optional
        Where it is known.

    Returns
    -------
    Dataset
    """
    flat = images.reshape(len(images), -1).astype(np.float64)
    X = add_pixel_noise(flat, noise, stream(seed, f"{name}:noise")).astype(np.float32)
    return Dataset(
        X=X,
        geodesics=graph_geodesics(X, n_neighbors=neighbors_among(len(X), n_neighbors)),
        labels=None if labels is None else labels.astype(np.int64),
        image_shape=(images.shape[1], images.shape[2]),
        source=source,
        licence=licence,
        intrinsic_dimension=intrinsic_dimension,
    )
