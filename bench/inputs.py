"""Arrays that users hand in: read from files, and checked before anything is computed."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bench.errors import BenchError

FORMATS = (".npy", ".npz", ".csv", ".parquet")
_FEWEST_POINTS = 3
_ROWS_AT_ONCE = 256


def read_array(path: Path) -> NDArray[Any]:
    """Read a table of numbers; nothing in the file is ever executed.

    Parameters
    ----------
    path : Path
        ``.npy``, ``.npz`` with one array in it, ``.csv`` with or without a line of names, or
        ``.parquet`` (which takes the package pyarrow).

    Raises
    ------
    BenchError
        If the file cannot be read as such.
    """
    if not path.is_file():
        raise BenchError(f"There is no file '{path}'.")
    readers = {".npy": _read_npy, ".npz": _read_npz, ".csv": _read_csv, ".parquet": _read_parquet}
    if path.suffix.lower() not in readers:
        raise BenchError(f"Cannot read '{path}': it must end in {', '.join(FORMATS)}.")
    try:
        return readers[path.suffix.lower()](path)
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


def _read_npy(path: Path) -> NDArray[Any]:
    found = np.load(path, mmap_mode="r", allow_pickle=False)
    if not isinstance(found, np.ndarray):
        raise BenchError(f"'{path}' is no .npy file.")
    return found


def _read_npz(path: Path) -> NDArray[Any]:
    with np.load(path, allow_pickle=False) as file:
        if len(file.files) != 1:
            names = ", ".join(file.files) or "none"
            raise BenchError(f"'{path}' must hold one array, it holds {len(file.files)}: {names}.")
        return np.asarray(file[file.files[0]])


def _read_csv(path: Path) -> NDArray[Any]:
    import pandas as pd

    first, *second = pd.read_csv(path, header=None, nrows=2, dtype=str).to_numpy().tolist()
    if not isinstance(first[0], str):
        raise BenchError(f"'{path}' begins with a column of row names: write it without them.")
    numeric = pd.to_numeric(pd.Series(first), errors="coerce").notna().all()
    # pandas itself names columns 0, 1, 2 and writes that as the first line. Among whole numbers
    # it may as well be a point.
    counted = first == [str(i) for i in range(len(first))]
    whole = all(str(number).isdigit() for row in second for number in row)
    has_names = not numeric or (counted and not whole)
    frame = pd.read_csv(path, header=0 if has_names else None)
    text = [name for name, kind in frame.dtypes.items() if not pd.api.types.is_numeric_dtype(kind)]
    if text:
        raise BenchError(f"'{path}' must be real numbers and commas; column {text[0]!r} is text.")
    return frame.to_numpy()


def _read_parquet(path: Path) -> NDArray[Any]:
    import pandas as pd

    return pd.read_parquet(path, engine="pyarrow").to_numpy()


def check_points(given: ArrayLike, what: str, rows: int | None = None) -> NDArray[Any]:
    """Return coordinates as an array of real, finite numbers, or say what is wrong.

    Parameters
    ----------
    given : array-like of shape (n, D)
        Numbers of any real type; they are not converted.
    what : str
        What the message calls them.
    rows : int, optional
        How many rows there must be.

    Raises
    ------
    BenchError
        If they are something else, or fewer than three.
    """
    points = np.asarray(given)
    if points.dtype.kind not in "biuf":
        raise BenchError(f"{what} must be real numbers, got an array of {points.dtype}.")
    if points.ndim != 2 or not points.shape[1]:
        raise BenchError(f"{what} must have shape (n, dimensions), got {points.shape}.")
    if len(points) < _FEWEST_POINTS:
        raise BenchError(f"{what} must have {_FEWEST_POINTS} rows or more, got {len(points)}.")
    if rows is not None and len(points) != rows:
        raise BenchError(f"{what} has {len(points)} rows, but there are {rows} points.")
    _check_finite(points, what)
    return points


def check_distances(given: ArrayLike, what: str, n: int) -> NDArray[Any]:
    """Return a matrix of distances as an array, or say what is wrong with it.

    Raises
    ------
    BenchError
        If it is not square with a row for each of the n points, finite, not negative, zero on its
        diagonal and symmetric (to a millionth of its largest entry).
    """
    matrix = np.asarray(given)
    if matrix.dtype.kind not in "biuf":
        raise BenchError(f"{what} must be real numbers, got an array of {matrix.dtype}.")
    if matrix.shape != (n, n):
        raise BenchError(f"{what} must have shape ({n}, {n}) for {n} points, got {matrix.shape}.")
    _check_finite(matrix, what)
    if np.diagonal(matrix).any():
        raise BenchError(f"{what} must be 0 on the diagonal: the distance of a point from itself.")
    tolerance = 1e-6 * float(matrix.max())
    for start in range(0, n, _ROWS_AT_ONCE):
        block = matrix[start : start + _ROWS_AT_ONCE].astype(np.float64)
        if (block < 0).any():
            raise BenchError(f"{what} must not be negative.")
        turned = matrix[:, start : start + _ROWS_AT_ONCE].T
        if (np.abs(block - turned) > tolerance).any():
            raise BenchError(f"{what} must be symmetric: d(i, j) = d(j, i).")
    return matrix


def _check_finite(array: NDArray[Any], what: str) -> None:
    """Look at a few rows at a time: the array may be larger than memory."""
    for start in range(0, len(array), _ROWS_AT_ONCE):
        if not np.isfinite(array[start : start + _ROWS_AT_ONCE]).all():
            raise BenchError(f"{what} must be finite; it holds NaN or infinity.")
