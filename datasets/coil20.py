"""COIL-20, twenty objects on a turntable, 72 views of each, one every 5 degrees (12 MB download).

Geodesic
    Of all objects: shortest paths on the symmetrised graph of the ``n_neighbors`` nearest
    neighbours; pieces are joined by their shortest edges, and how many were is recorded.
    Of one object (``object=1`` ... ``20``): the shorter way round the closed polygon through its
    72 views in the order in which the turntable took them. Each step is as long as the straight
    line between the two views.
Status
    Graph, both times. Of one object only the order round the circle is true, and so is, for each
    view, which of two others is farther on the same side. How fast the image changes between two
    views is not known: the polygon's steps are the least it can be, so lengths, and the comparison
    of views on opposite sides, are estimates. Unlike the neighbour graph it never takes a short
    cut between two sides of an object that look alike. The chart is a circle of that length, and
    isometric to this reference. With noise, lengths are those of the clean images.
Source
    Nene, Nayar & Murase, Columbia Object Image Library (COIL-20), Technical Report CUCS-005-96,
    1996; the processed images. The address is the publisher's. The publisher gives no checksum;
    the one here is an MD5 that dm_nevis (DeepMind) states, since no SHA-256 was found. It finds
    damage, not a forgery.
"""

from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from bench.data.downloads import Source, fetch
from bench.data.images import average_squares, read_grey, read_zip
from bench.data.real_images import choose, estimated
from bench.dataset import Dataset
from bench.manifolds.default_graph import DEFAULT_NEIGHBORS
from bench.manifolds.geodesics import CircularGeodesics
from bench.manifolds.images import add_pixel_noise
from bench.seeds import stream

SOURCES = {
    "views": Source(
        "coil-20-proc.zip",
        "https://www.cs.columbia.edu/CAVE/databases/SLAM_coil-20_coil-100/coil-20/coil-20-proc.zip",
        "md5:464dec76a6abfcd00e8de6cf1e7d0acc",
        12.1,
    )
}
OBJECTS, VIEWS = 20, 72
_SIDE = 128
_SOURCE = "Columbia Object Image Library (COIL-20), Nene, Nayar & Murase 1996"
_LICENCE = "none stated; for research purposes"


def downloads(**_: object) -> list[Source]:
    """Name the file that the images are read from."""
    return list(SOURCES.values())


def most(*, object: int | None = None, **_: object) -> int:  # noqa: A002 - what COIL calls it
    """Say how many images there are."""
    return VIEWS if object else OBJECTS * VIEWS


def dataset(
    *,
    n: int = 1440,
    object: int | None = None,  # noqa: A002 - what COIL calls it
    shrink: int = 4,
    n_neighbors: int = DEFAULT_NEIGHBORS,
    noise: float = 0.0,
    seed: int = 0,
) -> Dataset:
    """Draw a subsample of the views.

    Parameters
    ----------
    n : int
        Number of images, at most 1,440, or 72 of one object.
    object : int, optional
        Only this one, 1 ... 20; all if not given.
    shrink : int
        Side of the squares of pixels that are averaged into one; divides 128.
    n_neighbors : int
        Of the graph that the geodesics of all objects are estimated on.
    noise : float
        Standard deviation of the Gaussian noise on each pixel; pixels go from 0 to 1.
    seed : int
        Draws the subsample and the noise.

    Returns
    -------
    Dataset
        In (128 / shrink)^2 dimensions, 1,024 by default. Of all objects, the object, 0 ... 19, is
        the label; of one, the angle of the turntable in radians is the colour.

    Raises
    ------
    UnavailableError
        If the file cannot be downloaded.
    ValueError
        If there is no such object, or the archive does not hold every view.
    """
    if object is not None and not 1 <= object <= OBJECTS:
        raise ValueError(f"object must be in 1 ... {OBJECTS}, got {object}")
    shown = range(1, OBJECTS + 1) if object is None else [object]
    images = average_squares(_read(fetch(SOURCES["views"]), shown), shrink)
    chosen = choose("coil20", n, of=len(images), seed=seed)
    if object is not None:
        return _one_object(images, chosen, noise, seed)
    return estimated(
        "coil20",
        images[chosen],
        chosen // VIEWS,
        n_neighbors=n_neighbors,
        noise=noise,
        seed=seed,
        intrinsic_dimension=1,
        source=_SOURCE,
        licence=_LICENCE,
    )


def _one_object(
    views: NDArray[np.float32], chosen: NDArray[np.intp], noise: float, seed: int
) -> Dataset:
    flat = views.reshape(VIEWS, -1).astype(np.float64)
    step = np.linalg.norm(np.roll(flat, -1, axis=0) - flat, axis=1)
    around = (np.cumsum(step) - step)[chosen]
    radius = step.sum() / (2 * np.pi)
    turn = around / radius
    noisy = add_pixel_noise(flat[chosen], noise, stream(seed, "coil20:noise"))
    return Dataset(
        X=noisy.astype(np.float32),
        geodesics=CircularGeodesics(around, step.sum(), status="graph"),
        chart=radius * np.column_stack([np.cos(turn), np.sin(turn)]),
        isometric=True,
        color=chosen.astype(np.float64) * (2 * np.pi / VIEWS),
        image_shape=views.shape[1:],
        intrinsic_dimension=1,
        source=_SOURCE,
        licence=_LICENCE,
    )


def _read(path: Path, shown: range | list[int]) -> NDArray[np.float32]:
    """Read the views of some objects, object by object in the order of the turn."""
    names = [f"obj{number}__{view}.png" for number in shown for view in range(VIEWS)]
    found: dict[str, NDArray[np.float32] | None] = dict.fromkeys(names)
    for name, content in read_zip(path):
        own = PurePosixPath(name).name
        if own in found:
            view = read_grey(content, name)
            if view.shape != (_SIDE, _SIDE):
                raise ValueError(f"'{name}' has {view.shape} pixels, not {_SIDE} x {_SIDE}")
            found[own] = view
    lacking = [name for name, view in found.items() if view is None]
    if lacking:
        raise ValueError(f"'{path.name}' lacks {len(lacking)} views, the first is {lacking[0]}")
    return np.stack([view for view in found.values() if view is not None])
