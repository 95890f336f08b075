"""Arrays that users hand in, checked before anything is computed."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bench.data.real_numbers import real_array
from bench.errors import BenchError

_FEWEST_POINTS = 3
_ROWS_AT_ONCE = 256


def _real(given: object, what: str) -> NDArray[Any]:
    try:
        return real_array(given)
    except ValueError as error:
        raise BenchError(f"{what} {error}") from error


def check_whole(given: object, what: str) -> int:
    """Return a whole number of any type as an int.

    Raises
    ------
    BenchError
        If it is something else, such as 5.0 or True.
    """
    if not isinstance(given, int | np.integer) or isinstance(given, bool):
        raise BenchError(f"{what} must be a whole number, got {given!r}.")
    return int(given)


def check_points(given: ArrayLike, what: str, rows: int | None = None) -> NDArray[Any]:
    """Return coordinates as an array of real, finite numbers, or say what is wrong.

    Parameters
    ----------
    given : array-like of shape (n, D)
        Numbers of any real type, see `bench.data.real_numbers.real_array`.
    what : str
        What the message calls them.
    rows : int, optional
        How many rows there must be.

    Raises
    ------
    BenchError
        If they are something else, or fewer than three.
    """
    points = _real(given, what)
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
    matrix = _real(given, what)
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
        finite = np.isfinite(array[start : start + _ROWS_AT_ONCE]).all(axis=1)
        if not finite.all():
            row = start + int(finite.argmin()) + 1
            raise BenchError(
                f"{what} must be finite; it holds NaN or infinity (or a gap), first in row {row}: "
                "fill or drop such rows."
            )
