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
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bench.console import note, warn
from bench.data.folders import files_of
from bench.data.own_options import Scale
from bench.data.own_points import read_points
from bench.data.paths import missing_path
from bench.errors import BenchError, one_line
from bench.manifolds.default_graph import DEFAULT_NEIGHBORS, neighbors_among

if TYPE_CHECKING:  # names are resolved in every command: numpy comes when data are read
    from bench.dataset import Dataset

_DIGITS = 12
_OWNER = "the user's own"
_TABLES = (".npy", ".npz", ".csv", ".parquet")


def looks_like_data(name: str) -> bool:
    """Say whether a dataset's name is a path: it has a separator or a suffix, or is a folder.

    Examples
    --------
    >>> looks_like_data("iris.csv"), looks_like_data("swiss_roll")
    (True, False)
    """
    separators = {os.sep, os.altsep or os.sep}
    if any(separator in name for separator in separators) or Path(name).suffix.lower() in _TABLES:
        return True
    try:
        return ":" not in name and Path(name).is_dir()
    except OSError:  # longer than a file's name may be
        return False


def is_own(source: str) -> bool:
    """Say whether the source that a dataset states is that of data of the user's own.

    Examples
    --------
    >>> is_own("the user's own: iris.csv"), is_own("sklearn.datasets.load_digits")
    (True, False)
    """
    return source.startswith(f"{_OWNER}: ")


def name_of(path: Path) -> str:
    r"""Return what the data are called: the last part of the path, and a digest of the content.

    Raises
    ------
    BenchError
        If they are not there, or cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.csv"
    >>> _ = path.write_text("x,y\n1,2\n")
    >>> name_of(path)
    'a.csv-7a0ec10cc5b7'
    """
    digest = hashlib.sha256()
    try:
        if not path.exists():
            raise missing_path(path, "file or folder")
        if path.is_file() and path.suffix.lower() not in _TABLES:
            raise BenchError(
                f"Cannot read '{path}': it must end in {', '.join(_TABLES)}, or be a folder."
            )
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
    path: str,
    /,
    *,
    n: int | None = None,
    n_neighbors: int = DEFAULT_NEIGHBORS,
    labels: str | None = None,
    drop: tuple[str, ...] = (),
    scale: Scale = "none",
    seed: int = 0,
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
    labels : str, optional
        The column that holds classes or colours (`bench.data.columns.as_labels`); it is not among
        the coordinates.
    drop : tuple of str
        Columns to leave out.
    scale : {"none", "standard", "minmax"}
        How columns are scaled, see `bench.data.columns.rescale`.
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

    Examples
    --------
    >>> import tempfile, numpy as np
    >>> path = Path(tempfile.mkdtemp()) / "a.npy"
    >>> np.save(path, np.random.default_rng(0).normal(size=(40, 3)))
    >>> dataset(str(path), n=20, scale="standard").X.shape
    (20, 3)
    """
    import numpy as np

    from bench.dataset import Dataset, require_points
    from bench.manifolds.graph import graph_geodesics
    from bench.seeds import stream

    own = read_points(Path(path), labels=labels, drop=drop)
    points = own.scaled(scale)
    chosen = np.arange(len(points))
    if n is not None:
        require_points(n, most=len(points))
        chosen = np.sort(stream(seed, "own_data").choice(len(points), n, replace=False))
    X = np.ascontiguousarray(points[chosen])
    return Dataset(
        X=X,
        geodesics=graph_geodesics(X, n_neighbors=neighbors_among(len(X), n_neighbors)),
        color=None if own.color is None else own.color[chosen],
        labels=None if own.labels is None else own.labels[chosen],
        image_shape=own.image_shape,
        source=f"{_OWNER}: {Path(path).name}",
        licence=_OWNER,
    )


def most(path: str, /, *, labels: str | None = None, drop: Sequence[str] = (), **_: object) -> int:
    """Say how many points there are.

    Examples
    --------
    >>> import tempfile, numpy as np
    >>> path = Path(tempfile.mkdtemp()) / "a.npy"
    >>> np.save(path, np.ones((40, 3)))
    >>> most(str(path))
    40
    """
    data = Path(path)
    if data.is_dir():
        return len(files_of(data))
    return len(read_points(data, labels=labels, drop=drop).points)


def check(
    path: str,
    /,
    *,
    labels: str | None = None,
    drop: Sequence[str] = (),
    scale: Scale = "none",
    **_: object,
) -> None:
    r"""Read the data once before any job does; say what was found and what may mislead.

    Raises
    ------
    BenchError
        If they cannot be used, saying what to do.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.csv"
    >>> _ = path.write_text("x,kind\n" + "0.5,b\n0.7,a\n" * 5)
    >>> check(str(path), labels="kind")
    >>> check(str(path), drop=["z"])
    Traceback (most recent call last):
    bench.errors.BenchError: Unknown column of 'a.csv': 'z'. Allowed: kind, x.
    """
    own = read_points(Path(path), labels=labels, drop=drop)
    own.scaled(scale)
    if own.layout:
        note(f"Read '{own.name}' as a table: {own.layout}.")
    warn(own.doubts(scale))
