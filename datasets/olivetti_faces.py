"""Olivetti faces, ten pictures of each of 40 people, 64 x 64 pixels (4 MB download).

Geodesic
    Shortest paths on the symmetrised graph of the ``n_neighbors`` nearest neighbours; pieces are
    joined by their shortest edges, and how many were is recorded.
Status
    Graph: an estimate from the points, not a truth. There is no oracle. With ten pictures of a
    person the graph is sparse: read its bridges.
Source
    Samaria & Harter, Parameterisation of a stochastic model for human face identification, Proc.
    2nd IEEE Workshop on Applications of Computer Vision, 1994; AT&T Laboratories Cambridge. The
    file is S. Roweis's, the address and the checksum (SHA-256) are those of scikit-learn, whose
    reading (pixels, order, labels) is followed.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.data.downloads import Source, fetch
from bench.data.real_images import choose, estimated
from bench.dataset import Dataset
from bench.manifolds.default_graph import DEFAULT_NEIGHBORS

SOURCES = {
    "faces": Source(
        "olivettifaces.mat",
        "https://ndownloader.figshare.com/files/5976027",
        "sha256:b612fb967f2dc77c9c62d3e1266e0c73d5fca46a4b8906c18e454d41af987794",
        4,
    )
}
_SIDE, _OF_EACH = 64, 10


def downloads(**_: object) -> list[Source]:
    """Name the file that the images are read from."""
    return list(SOURCES.values())


def most(**_: object) -> int:
    """Say how many images there are."""
    return 400


def dataset(
    *, n: int = 400, n_neighbors: int = DEFAULT_NEIGHBORS, noise: float = 0.0, seed: int = 0
) -> Dataset:
    """Draw a subsample of the faces.

    Parameters
    ----------
    n : int
        Number of images, at most 400.
    n_neighbors : int
        Of the graph that the geodesics are estimated on.
    noise : float
        Standard deviation of the Gaussian noise on each pixel; pixels go from 0 to 1.
    seed : int
        Draws the subsample and the noise.

    Returns
    -------
    Dataset
        In 4,096 dimensions, with the person, 0 ... 39, as label.

    Raises
    ------
    UnavailableError
        If the file cannot be downloaded.
    """
    faces = _read(fetch(SOURCES["faces"]))
    chosen = choose("olivetti_faces", n, of=len(faces), seed=seed)
    return estimated(
        "olivetti_faces",
        faces[chosen],
        chosen // _OF_EACH,
        n_neighbors=n_neighbors,
        noise=noise,
        seed=seed,
        source="AT&T Laboratories Cambridge, Samaria & Harter 1994, through S. Roweis",
        licence="none stated; give credit to AT&T Laboratories Cambridge",
    )


def _read(path: Path) -> NDArray[np.float64]:
    """Read the faces: in the file each is a column, and each image column by column."""
    from scipy.io import loadmat

    columns = loadmat(str(path), variable_names=["faces"]).get("faces")
    if columns is None or columns.ndim != 2 or len(columns) != _SIDE**2:
        raise ValueError(f"'{path.name}' has no matrix 'faces' of {_SIDE**2} rows")
    faces: NDArray[np.float64] = columns.T.astype(np.float64)
    faces = (faces - faces.min()) / max(np.ptp(faces), 1)
    return faces.reshape(-1, _SIDE, _SIDE).transpose(0, 2, 1)
