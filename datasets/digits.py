"""Handwritten digits, 8 x 8 pixels: real images, whose geodesics can only be estimated.

Geodesic
    Shortest paths on the symmetrised graph of the ``n_neighbors`` nearest neighbours; pieces are
    joined by their shortest edges, and how many were is recorded.
Status
    Graph: an estimate from the points, not a truth. There is no oracle.
Source
    Alpaydin & Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning
    Repository, 1998 (CC BY 4.0); the 1,797 images that ship with scikit-learn.
"""

from bench.data.real_images import choose, estimated
from bench.dataset import Dataset
from bench.manifolds.default_graph import DEFAULT_NEIGHBORS


def most(**_: object) -> int:
    """Say how many images there are."""
    return 1797


def dataset(
    *, n: int = 1500, n_neighbors: int = DEFAULT_NEIGHBORS, noise: float = 0.0, seed: int = 0
) -> Dataset:
    """Draw a subsample of the digits.

    Parameters
    ----------
    n : int
        Number of images, at most 1,797.
    n_neighbors : int
        Of the graph that the geodesics are estimated on.
    noise : float
        Standard deviation of the Gaussian noise on each pixel; pixels go from 0 to 1.
    seed : int
        Draws the subsample and the noise.

    Returns
    -------
    Dataset
        In 64 dimensions, with labels 0 ... 9.
    """
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    chosen = choose("digits", n, of=len(images), seed=seed)
    return estimated(
        "digits",
        images[chosen].reshape(-1, 8, 8) / 16,
        labels[chosen],
        n_neighbors=n_neighbors,
        noise=noise,
        seed=seed,
        source="UCI Optical Recognition of Handwritten Digits, through scikit-learn",
        licence="CC BY 4.0",
    )
