"""Points of the user's own: read from a file or a folder of images, and checked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.data.folders import read_folder
from bench.data.own_options import Scale
from bench.errors import BenchError

if TYPE_CHECKING:  # numpy comes when data are read
    import numpy as np
    from numpy.typing import NDArray

MIN_POINTS = 10


@dataclass(frozen=True, eq=False)
class OwnPoints:
    """Points of the user's own.

    Parameters
    ----------
    name : str
        The last part of the path.
    points : ndarray of shape (n, D)
        Finite numbers of the type that they have in the file.
    labels : ndarray of shape (n,), int64, or None
        Classes: of the column of labels, or the subfolder of each image.
    color : ndarray of shape (n,), float64, or None
        The column of labels, if that holds a quantity.
    image_shape : tuple of (int, int) or None
        Height and width, where the points are images.
    columns : tuple of str
        The names of the columns, where there are any.
    layout : str
        How a CSV file was understood, if that is not plain.
    """

    name: str
    points: "NDArray[Any]"
    labels: "NDArray[np.int64] | None" = None
    color: "NDArray[np.float64] | None" = None
    image_shape: tuple[int, int] | None = None
    columns: tuple[str, ...] = ()
    layout: str = ""

    def scaled(self, scale: Scale) -> "NDArray[np.float32]":
        """Return the points as reducers are given them: scaled, then rounded to float32.

        Raises
        ------
        BenchError
            If float32 cannot tell them apart, see `bench.data.single_precision.to_float32`.
        """
        from bench.data.columns import rescale
        from bench.data.single_precision import to_float32

        try:
            return to_float32(rescale(self.points, scale), centre=self.image_shape is None)
        except ValueError as error:
            raise BenchError(f"'{self.name}' {error}") from error

    def doubts(self, scale: Scale) -> Iterator[str]:
        """Yield what about the columns may mislead, if they are not scaled."""
        from bench.data.columns import find_doubts

        if self.image_shape is None and scale == "none":
            yield from (
                f"'{self.name}': {doubt}" for doubt in find_doubts(self.points, self.columns)
            )


def read_points(path: Path, *, labels: str | None = None, drop: Sequence[str] = ()) -> OwnPoints:
    r"""Read data of the user's own, and check them.

    Parameters
    ----------
    path : Path
        A folder of images, or a file that `bench.data.table_files.read_table` reads.
    labels : str, optional
        The column of labels or colours.
    drop : sequence of str
        Columns to leave out.

    Raises
    ------
    BenchError
        Naming the first file or column that does not fit, and what would.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.csv"
    >>> _ = path.write_text("x,kind\n" + "0.5,b\n0.7,a\n" * 5)
    >>> own = read_points(path, labels="kind")
    >>> own.points.shape, own.labels[:2]
    ((10, 1), array([1, 0]))
    >>> own.scaled("minmax")[:2].tolist()
    [[0.0], [1.0]]
    """
    from bench.data.arrays import check_points
    from bench.data.table_files import Table, read_table

    if path.is_dir():
        if labels is not None or drop:
            raise BenchError(
                f"--labels and --drop name columns, and '{path.name}' is a folder of images: put "
                "the images of each class into a subfolder."
            )
        images, classes = read_folder(path)
        table = Table(images)
    else:
        table, classes = read_table(path, labels=labels, drop=drop), None
    points, image_shape = table.points, None
    if points.ndim == 3:
        image_shape = points.shape[1], points.shape[2]
        points = points.reshape(len(points), -1)
    points = check_points(points, f"'{path.name}'")
    if len(points) < MIN_POINTS:
        raise BenchError(
            f"'{path.name}' has {len(points)} points; {MIN_POINTS} or more are needed."
        )
    color = None
    if table.labels is not None:
        classes, color = _labels(table.labels, f"Column '{labels}' of '{path.name}'")
    return OwnPoints(path.name, points, classes, color, image_shape, table.columns, table.layout)


def _labels(
    values: "NDArray[Any]", what: str
) -> "tuple[NDArray[np.int64] | None, NDArray[np.float64] | None]":
    from bench.data.columns import as_labels

    try:
        return as_labels(values)
    except ValueError as error:
        raise BenchError(f"{what} {error}") from error
