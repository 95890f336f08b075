"""Labeled Faces in the Wild, 13,233 photographs of 5,749 people, aligned (243 MB download).

Geodesic
    Shortest paths on the symmetrised graph of the ``n_neighbors`` nearest neighbours; pieces are
    joined by their shortest edges, and how many were is recorded.
Status
    Graph: an estimate from the points, not a truth. There is no oracle.
Source
    Huang, Ramesh, Berg & Learned-Miller, Labeled Faces in the Wild, University of Massachusetts
    Amherst, Technical Report 07-49, 2007; aligned by funneling, Huang, Jain & Learned-Miller, Proc.
    ICCV, 2007. Address and checksum (SHA-256) are those of scikit-learn.
"""

from pathlib import PurePosixPath

import numpy as np

from bench.data.downloads import Source, fetch
from bench.data.images import average_squares, read_grey, read_tar, tar_names
from bench.data.real_images import choose, estimated
from bench.dataset import Dataset
from bench.manifolds.default_graph import DEFAULT_NEIGHBORS

SOURCES = {
    "faces": Source(
        "lfw-funneled.tgz",
        "https://ndownloader.figshare.com/files/5976015",
        "sha256:b47c8422c8cded889dc5a13418c4bc2abbda121092b3533a83306f90d900100a",
        243.346528,
    )
}
_SIDE = 250
# The middle of the photograph, where the face is; the rest is background.
_ROWS, _COLUMNS = slice(61, 189), slice(77, 173)


def downloads(**_: object) -> list[Source]:
    """Name the file that the images are read from."""
    return list(SOURCES.values())


def most(**_: object) -> int:
    """Say how many images there are."""
    return 13_233


def dataset(
    *,
    n: int = 1500,
    shrink: int = 2,
    n_neighbors: int = DEFAULT_NEIGHBORS,
    noise: float = 0.0,
    seed: int = 0,
) -> Dataset:
    """Draw a subsample of the photographs, grey, cut to the middle 128 x 96 pixels.

    Parameters
    ----------
    n : int
        Number of images, at most 13,233.
    shrink : int
        Side of the squares of pixels that are averaged into one; divides 128 and 96.
    n_neighbors : int
        Of the graph that the geodesics are estimated on.
    noise : float
        Standard deviation of the Gaussian noise on each pixel; pixels go from 0 to 1.
    seed : int
        Draws the subsample and the noise.

    Returns
    -------
    Dataset
        In 128 * 96 / shrink^2 dimensions, 3,072 by default; the person as label, numbered in
        the order of all names.

    Raises
    ------
    UnavailableError
        If the file cannot be downloaded.
    ValueError
        If an image is not of 250 x 250 pixels.
    """
    archive = fetch(SOURCES["faces"])
    names = tar_names(archive, ".jpg")
    people = [PurePosixPath(name).parent.name for name in names]
    number = {person: i for i, person in enumerate(sorted(set(people)))}
    chosen = choose("lfw", n, of=len(names), seed=seed)
    pictures = {}
    for name, content in read_tar(archive, [names[i] for i in chosen]):
        picture = read_grey(content, name)
        if picture.shape != (_SIDE, _SIDE):
            raise ValueError(f"'{name}' has {picture.shape} pixels, not {_SIDE} x {_SIDE}")
        pictures[name] = picture[_ROWS, _COLUMNS]
    return estimated(
        "lfw",
        average_squares(np.stack([pictures[names[i]] for i in chosen]), shrink),
        np.array([number[people[i]] for i in chosen]),
        n_neighbors=n_neighbors,
        noise=noise,
        seed=seed,
        source="Labeled Faces in the Wild, funneled, Huang et al. 2007",
        licence="none stated by the publisher",
    )
