"""Tables and arrays in files: the points, and the column that holds their labels."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bench.data.csv_files import read_csv
from bench.data.paths import missing_path
from bench.data.real_numbers import real_array
from bench.errors import BenchError, unknown_name

if TYPE_CHECKING:
    import pandas as pd

FORMATS = (".npy", ".npz", ".csv", ".parquet")
_SEVERAL = (".npz", ".csv", ".parquet")  # formats with names inside


@dataclass(frozen=True, eq=False)
class Table:
    """Points that were read from a file.

    Parameters
    ----------
    points : ndarray of shape (n, D), or of any other shape that the file holds
        Numbers of the type that they have in the file.
    columns : tuple of str
        The names of the D columns; empty where the file gives none.
    labels : ndarray of shape (n,) or None
        The column that was named as such, of any type.
    layout : str
        How a CSV file was understood; empty where that is plain, and for other formats.
    """

    points: NDArray[Any]
    columns: tuple[str, ...] = ()
    labels: NDArray[Any] | None = None
    layout: str = ""


@dataclass(frozen=True)
class _Parts:
    """What a file holds: one array, named arrays, or a frame of named columns."""

    array: NDArray[Any] | None = None
    arrays: dict[str, NDArray[Any]] = field(default_factory=dict)
    frame: "pd.DataFrame | None" = None
    layout: str = ""


def read_table(path: Path, *, labels: str | None = None, drop: Sequence[str] = ()) -> Table:
    r"""Read points from a file, without the columns that are not coordinates.

    Nothing in the file is ever executed.

    Parameters
    ----------
    path : Path
        ``.npy``, ``.npz``, ``.csv`` (see `bench.data.csv_files.read_csv`), or ``.parquet`` (which
        takes the package pyarrow).
    labels : str, optional
        The column that holds labels or colours; in an ``.npz`` file the name of the array. Columns
        of a CSV file without names are called 1, 2, ...
    drop : sequence of str
        Columns, or arrays of an ``.npz`` file, to leave out.

    Returns
    -------
    Table

    Raises
    ------
    BenchError
        If the file cannot be read, a name is not in it, or what is left is not numbers.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "iris.csv"
    >>> _ = path.write_text("length;width;species\n5,1;3,5;setosa\n5,9;3,0;virginica\n")
    >>> table = read_table(path, labels="species")
    >>> table.points
    array([[5.1, 3.5],
           [5.9, 3. ]])
    >>> table.labels
    array(['setosa', 'virginica'], dtype=object)
    >>> table.layout
    'semicolons between columns, decimal commas, a line of names'
    """
    parts = _read(path)
    names = [*parts.arrays] if parts.frame is None else [*map(str, parts.frame.columns)]
    left_out = [*drop] if labels is None else [labels, *drop]
    _check_left_out(left_out, names, path)
    if parts.frame is None:
        one = _only({k: a for k, a in parts.arrays.items() if k not in left_out}, parts, path)
        found = None if labels is None else parts.arrays[labels]
        return _checked(Table(one, labels=found), path)
    kept = parts.frame.loc[:, [name not in left_out for name in names]]
    found = None if labels is None else _values_of(parts.frame, names.index(labels))
    values = _numbers(kept, path, hint=True)
    return _checked(Table(values, tuple(map(str, kept.columns)), found, parts.layout), path)


def read_array(path: Path) -> NDArray[Any]:
    """Read all numbers of a file; formats and errors are those of `read_table`.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.npy"
    >>> np.save(path, [[1, 2], [3, 4]])
    >>> read_array(path).shape
    (2, 2)
    """
    parts = _read(path)
    if parts.frame is not None:
        return _numbers(parts.frame, path)
    return _only(parts.arrays, parts, path)


def _check_left_out(left_out: Sequence[str], names: Sequence[str], path: Path) -> None:
    if left_out and path.suffix.lower() not in _SEVERAL:
        raise BenchError(
            f"--labels and --drop name columns of a table, and '{path.name}' has no names: "
            f"give a {', '.join(_SEVERAL[:-1])} or {_SEVERAL[-1]} file."
        )
    for name in left_out:
        if name not in names:
            kind = "array" if path.suffix.lower() == ".npz" else "column"
            raise unknown_name(f"{kind} of '{path.name}':", name, names)
        if names.count(name) > 1 or left_out.count(name) > 1:
            what = "is there twice" if names.count(name) > 1 else "is named twice"
            raise BenchError(f"Column '{name}' of '{path.name}' {what}: rename or name one.")


def _checked(table: Table, path: Path) -> Table:
    """Refuse labels that do not belong to the points."""
    labels, n = table.labels, len(table.points)
    if labels is not None and labels.shape != (n,):
        raise BenchError(
            f"The labels in '{path.name}' must have shape ({n},), one for each point, got "
            f"{labels.shape}."
        )
    return table


def _values_of(frame: "pd.DataFrame", column: int) -> NDArray[Any]:
    return np.asarray(frame.iloc[:, column].to_numpy())


def _only(arrays: dict[str, NDArray[Any]], parts: _Parts, path: Path) -> NDArray[Any]:
    if parts.array is not None:
        return parts.array
    if len(arrays) != 1:
        names = ", ".join(arrays) or "none"
        raise BenchError(f"'{path}' must hold one array, it holds {len(arrays)}: {names}.")
    return next(iter(arrays.values()))


def _numbers(frame: "pd.DataFrame", path: Path, *, hint: bool = False) -> NDArray[Any]:
    try:
        return real_array(frame)
    except ValueError as error:
        raise BenchError(f"'{path}' {error}{_hint(frame) if hint else ''}") from error


def _hint(frame: "pd.DataFrame") -> str:
    """Say how to name the first column that is not numbers."""
    for name, column in frame.items():
        if not _is_real(column):
            return f" Or name it: --labels {name} for classes or colours, --drop {name} for others."
    return " Or leave it out: --drop COLUMN."


def _is_real(column: "pd.Series[Any]") -> bool:
    try:
        real_array(column)
    except ValueError:
        return False
    return column.dtype != "category"


def _read(path: Path) -> _Parts:
    try:
        return _reader(path)(path)
    except BenchError:
        raise
    except ImportError as error:
        raise BenchError(f"Reading '{path}' takes pyarrow: pip install pyarrow.") from error
    # Each library has errors of its own for a file that is not what its name says.
    except Exception as error:
        if "pickle" in str(error).lower() or "Python objects" in str(error):
            message = f"'{path}' holds no array of numbers; Python objects are never loaded."
            raise BenchError(message) from error
        raise BenchError(f"Cannot read '{path}': {' '.join(str(error).split())}") from error


def _reader(path: Path) -> Callable[[Path], _Parts]:
    if not path.is_file():
        raise missing_path(path, "file")
    readers = {".npy": _read_npy, ".npz": _read_npz, ".csv": _read_csv, ".parquet": _read_parquet}
    if path.suffix.lower() not in readers:
        raise BenchError(f"Cannot read '{path}': it must end in {', '.join(FORMATS)}.")
    return readers[path.suffix.lower()]


def _read_npy(path: Path) -> _Parts:
    found = np.load(path, mmap_mode="r", allow_pickle=False)
    if not isinstance(found, np.ndarray):
        raise BenchError(f"'{path}' is not a .npy file.")
    return _Parts(array=found)


def _read_npz(path: Path) -> _Parts:
    with np.load(path, allow_pickle=False) as file:
        if {"format", "shape", "data"} <= set(file.files):
            raise BenchError(f"'{path}' holds a sparse matrix: save it dense, by .toarray().")
        return _Parts(arrays={name: np.asarray(file[name]) for name in file.files})


def _read_csv(path: Path) -> _Parts:
    frame, layout = read_csv(path)
    return _Parts(frame=frame, layout=layout.description)


def _read_parquet(path: Path) -> _Parts:
    import pandas as pd

    return _Parts(frame=pd.read_parquet(path, engine="pyarrow"))
