"""Fashion-MNIST, pictures of clothes, 28 x 28 pixels, ten kinds (31 MB download).

Geodesic
    Shortest paths on the symmetrised graph of the ``n_neighbors`` nearest neighbours; pieces are
    joined by their shortest edges, and how many were is recorded.
Status
    Graph: an estimate from the points, not a truth. There is no oracle.
Source
    Xiao, Rasul & Vollgraf, Fashion-MNIST, arXiv:1708.07747, 2017. The address is the publisher's,
    checksums (SHA-256) are those of torchvision's prototype datasets.
"""

import numpy as np

from bench.data.downloads import Source, fetch
from bench.data.images import read_idx
from bench.data.real_images import choose, estimated
from bench.dataset import Dataset
from bench.manifolds.default_graph import DEFAULT_NEIGHBORS

_URL = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com"
# Images and labels, training and test.
SOURCES = {
    "train-images": Source(
        "fashion-mnist-train-images-idx3-ubyte.gz",
        f"{_URL}/train-images-idx3-ubyte.gz",
        "sha256:3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        26.421880,
    ),
    "train-labels": Source(
        "fashion-mnist-train-labels-idx1-ubyte.gz",
        f"{_URL}/train-labels-idx1-ubyte.gz",
        "sha256:a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        0.029515,
    ),
    "test-images": Source(
        "fashion-mnist-t10k-images-idx3-ubyte.gz",
        f"{_URL}/t10k-images-idx3-ubyte.gz",
        "sha256:346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        4.422102,
    ),
    "test-labels": Source(
        "fashion-mnist-t10k-labels-idx1-ubyte.gz",
        f"{_URL}/t10k-labels-idx1-ubyte.gz",
        "sha256:67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
        0.005148,
    ),
}


def downloads(**_: object) -> list[Source]:
    """Name the files that the images are read from."""
    return list(SOURCES.values())


def most(**_: object) -> int:
    """Say how many images there are."""
    return 70_000


def dataset(
    *, n: int = 1500, n_neighbors: int = DEFAULT_NEIGHBORS, noise: float = 0.0, seed: int = 0
) -> Dataset:
    """Draw a subsample of all images, training and test together.

    Parameters
    ----------
    n : int
        Number of images, at most 70,000.
    n_neighbors : int
        Of the graph that the geodesics are estimated on.
    noise : float
        Standard deviation of the Gaussian noise on each pixel; pixels go from 0 to 1.
    seed : int
        Draws the subsample and the noise.

    Returns
    -------
    Dataset
        In 784 dimensions, with labels 0 ... 9.

    Raises
    ------
    UnavailableError
        If the files cannot be downloaded.
    """
    read = {part: read_idx(fetch(source)) for part, source in SOURCES.items()}
    images = np.concatenate([read["train-images"], read["test-images"]])
    labels = np.concatenate([read["train-labels"], read["test-labels"]])
    chosen = choose("fashion_mnist", n, of=len(images), seed=seed)
    return estimated(
        "fashion_mnist",
        images[chosen] / 255,
        labels[chosen],
        n_neighbors=n_neighbors,
        noise=noise,
        seed=seed,
        source="Fashion-MNIST, Xiao, Rasul & Vollgraf 2017",
        licence="MIT",
    )
