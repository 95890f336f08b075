"""Data of the user's own: a folder of images, or a table of numbers in a file.

Geodesic
    Shortest paths on the symmetrised graph of the ``n_neighbors`` nearest neighbours; pieces are
    joined by their shortest edges, and how many were is recorded.
Status
    Graph: an estimate from the points, not a truth. There is no oracle.
Source
    The path that the user gave. The dataset's name is the last part of it and the first digits of
    the SHA-256 of the content: changed data are another dataset, moved data the same.
"""

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.data.folders import files_of, read_folder
from bench.errors import BenchError, one_line
from bench.manifolds.default_graph import DEFAULT_NEIGHBORS, neighbors_among

if TYPE_CHECKING:  # names are resolved in every command: numpy comes when data are read
    import numpy as np
    from numpy.typing import NDArray

    from bench.dataset import Dataset

_FEWEST = 10
_DIGITS = 12
_TABLES = (".csv", ".npy", ".npz", ".parquet")


def looks_like_data(name: str) -> bool:
    """Say whether a dataset's name is a path: it has a separator or a suffix, or is a folder."""
    separators = {os.sep, os.altsep or os.sep}
    if any(separator in name for separator in separators) or Path(name).suffix.lower() in _TABLES:
        return True
    try:
        return ":" not in name and Path(name).is_dir()
    except OSError:  # longer than a file's name may be
        return False


def name_of(path: Path) -> str:
    """Return what the data are called: the last part of the path, and a digest of the content.

    Raises
    ------
    BenchError
        If they are not there, or cannot be read.
    """
    digest = hashlib.sha256()
    try:
        if not path.exists():
            raise BenchError(f"There is no file or folder '{path}'.")
        for file in files_of(path):
            inside = file.relative_to(path).as_posix() if path.is_dir() else ""
            with file.open("rb") as opened:
                content = hashlib.file_digest(opened, "sha256").hexdigest()
            digest.update(f"{inside}\0{content}\n".encode())
    except OSError as error:
        raise BenchError(f"Cannot read '{path}': {one_line(error)}.") from error
    # A colon would make the name a dotted path.
    return f"{path.name.replace(':', '_')}-{digest.hexdigest()[:_DIGITS]}"


def dataset(
    path: str, /, *, n: int | None = None, n_neighbors: int = DEFAULT_NEIGHBORS, seed: int = 0
) -> "Dataset":
    """Read the data, or draw a subsample of them.

    Parameters
    ----------
    path : str
        A folder of images of one size, grey or in colours, which are made grey, from 0 to 1, in
        the order of their names; in subfolders, each is a class. Or a ``.csv``, ``.npy``,
        ``.npz`` or ``.parquet`` file of numbers: a row for each point, or, in the binary formats,
        images of shape (n, height, width). Columns that float32 would round too much are centred,
        see `bench.data.single_precision.to_float32`.
    n : int, optional
        Number of points; all if not given.
    n_neighbors : int
        Of the graph that the geodesics are estimated on.
    seed : int
        Draws the subsample.

    Returns
    -------
    Dataset

    Raises
    ------
    BenchError
        If the data cannot be read.
    ValueError
        If ``n`` is below 10, or there are fewer.
    """
    import numpy as np

    from bench.dataset import Dataset, require_points
    from bench.manifolds.graph import graph_geodesics
    from bench.seeds import stream

    points, labels, image_shape = read(Path(path))
    chosen = np.arange(len(points))
    if n is not None:
        require_points(n, most=len(points))
        chosen = np.sort(stream(seed, "own_data").choice(len(points), n, replace=False))
    X = np.ascontiguousarray(points[chosen])
    return Dataset(
        X=X,
        geodesics=graph_geodesics(X, n_neighbors=neighbors_among(len(X), n_neighbors)),
        labels=None if labels is None else labels[chosen],
        image_shape=image_shape,
        source=f"the user's own: {Path(path).name}",
        licence="the user's own",
    )


def most(path: str, /, **_: object) -> int:
    """Say how many points there are."""
    from bench.data.arrays import read_array

    data = Path(path)
    return len(files_of(data)) if data.is_dir() else len(read_array(data))


def read(
    path: Path,
) -> tuple["NDArray[Any]", "NDArray[np.int64] | None", tuple[int, int] | None]:
    """Read data of the user's own, and check them.

    Returns
    -------
    points : ndarray of shape (n, D), float32
        Columns whose digits float32 could not hold are centred.
    labels : ndarray of shape (n,) or None
        The subfolder of each image, numbered in the order of their names.
    image_shape : tuple of (int, int) or None
        Height and width, where the points are images.

    Raises
    ------
    BenchError
        Naming the first file that does not fit, and what would.
    """
    from bench.data.arrays import check_points, read_array
    from bench.data.single_precision import to_float32

    points, labels = read_folder(path) if path.is_dir() else (read_array(path), None)
    image_shape = None
    if points.ndim == 3:
        image_shape = points.shape[1], points.shape[2]
        points = points.reshape(len(points), -1)
    points = check_points(points, f"'{path.name}'")
    if len(points) < _FEWEST:
        raise BenchError(f"'{path.name}' has {len(points)} points; {_FEWEST} or more are needed.")
    try:
        return to_float32(points, centre=image_shape is None), labels, image_shape
    except ValueError as error:
        raise BenchError(f"'{path.name}' {error}") from error
