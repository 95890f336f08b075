"""Digits with the pixels of each image in an order of its own: images undone (negative control).

Geodesic
    Shortest paths on the symmetrised graph of the ``n_neighbors`` nearest neighbours, as for
    ``digits``.
Status
    Graph: an estimate of a manifold that is not there any more. There is no oracle. Each image
    keeps its pixel values and loses where they were (one order for all images would lose
    nothing: every distance would stay). What a reducer scores here is the floor to read its
    scores on ``digits`` against; the labels stay, and the values alone still tell a little of
    them.
Source
    Alpaydin & Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning
    Repository, 1998 (CC BY 4.0); the 1,797 images that ship with scikit-learn.
"""

import numpy as np

from bench.dataset import Dataset, require_points
from bench.manifolds.default_graph import DEFAULT_NEIGHBORS, neighbors_among
from bench.manifolds.graph import graph_geodesics
from bench.manifolds.images import add_pixel_noise
from bench.seeds import stream


def most(**_: object) -> int:
    """Say how many images there are."""
    return 1797


def dataset(
    *, n: int = 1500, n_neighbors: int = DEFAULT_NEIGHBORS, noise: float = 0.0, seed: int = 0
) -> Dataset:
    """Draw a subsample of the digits and shuffle the pixels of each.

    Parameters
    ----------
    n : int
        Number of images, at most 1,797.
    n_neighbors : int
        Of the graph that the geodesics are estimated on.
    noise : float
        Standard deviation of the Gaussian noise on each pixel; pixels go from 0 to 1.
    seed : int
        Draws the subsample, the orders of the pixels and the noise.

    Returns
    -------
    Dataset
        In 64 dimensions, with labels 0 ... 9.
    """
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    require_points(n, most=len(images))
    chosen = stream(seed, "shuffled_digits").choice(len(images), n, replace=False)
    shuffled = stream(seed, "shuffled_digits:pixels").permuted(images[chosen] / 16, axis=1)
    pixel_noise = stream(seed, "shuffled_digits:noise")
    X = add_pixel_noise(shuffled, noise, pixel_noise).astype(np.float32)
    return Dataset(
        X=X,
        geodesics=graph_geodesics(X, n_neighbors=neighbors_among(len(X), n_neighbors)),
        labels=labels[chosen].astype(np.int64),
        image_shape=(8, 8),
        source="UCI Optical Recognition of Handwritten Digits, through scikit-learn",
        licence="CC BY 4.0",
    )
