"""Real numbers of any type that users and plugins hand in, as an array; the rest is refused."""

import re
import sys
from decimal import Decimal
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from bench.errors import one_line

if TYPE_CHECKING:
    import pandas as pd

_MOST_WHOLE = 2**53  # float64 holds every whole number up to here, and not beyond
_UNNAMED = re.compile(r"|unnamed: \d+(\.\d+)*")  # as pandas writes and reads an index
_INDEX_NAMES = {"index", "id", "row", "row_id", "rownames", "level_0"}
_MOST_NAMED = 5  # columns, in a message
_FEWEST_COUNTED = 4  # fewer rows may count by chance


def real_array(given: object) -> NDArray[Any]:
    """Return numbers of any real type as an array that float64 can hold.

    Parameters
    ----------
    given : array-like
        An array, nested sequences, or a pandas DataFrame, of numbers or booleans; also Decimal,
        Fraction and the nullable types of pandas. Missing values become NaN.

    Returns
    -------
    ndarray
        Booleans, integers or floating-point numbers of at most 64 bits; not a copy where the
        type is one of these already.

    Raises
    ------
    ValueError
        If they are masked, sparse, complex, text, times, ragged or something else, if a column
        numbers the rows, or if integers are too large for float64. The message continues a
        sentence whose subject is what was given.
    """
    if _is_frame(given):
        return _from_frame(given)
    _refuse_masked(given)
    if hasattr(given, "nnz"):
        raise ValueError(f"must not be sparse ({_type(given)}): give it dense, by .toarray().")
    try:
        array = np.asarray(given)
    except Exception as error:  # any library may own the object
        ragged = "rows of unequal lengths" if "inhomogeneous" in str(error) else one_line(error)
        raise ValueError(f"must be an array of real numbers, got {ragged:.200}.") from error
    if array.dtype.kind == "O":
        return _from_objects(array, given)
    if not _is_real(array.dtype):
        raise _not_real(_kind(array))
    return _as_float64_holds(array)


def _is_frame(given: object) -> "TypeGuard[pd.DataFrame]":
    pandas = sys.modules.get("pandas")  # without it there are no frames
    return pandas is not None and isinstance(given, pandas.DataFrame)


def _refuse_masked(given: object) -> None:
    """Look into sequences too: numpy drops the masks of arrays in a list."""
    if isinstance(given, list | tuple):
        for one in given:
            _refuse_masked(one)
    elif isinstance(given, np.ma.MaskedArray):
        masked = int(np.ma.getmaskarray(given).sum())
        if masked:
            raise ValueError(
                f"must have no masked values, {masked} of {given.size} are: fill them, or drop "
                "their rows."
            )


def _is_real(kind: np.dtype[Any]) -> bool:
    """Say whether numbers are real; bfloat16 and its like call themselves void."""
    return kind.kind in "biuf" or (kind.kind == "V" and np.can_cast(kind, np.float64))


def _as_float64_holds(array: NDArray[Any]) -> NDArray[Any]:
    if array.dtype.kind in "iu" and array.dtype.itemsize == 8 and array.size:
        largest = max(int(array.max()), -int(array.min()))
        if largest > _MOST_WHOLE:
            raise _too_large(largest)
    if array.dtype.kind == "V" or (array.dtype.kind == "f" and array.dtype.itemsize > 8):
        with np.errstate(over="ignore"):  # infinite, and refused as such
            return array.astype(np.float64)
    return array


def _not_real(what: str) -> ValueError:
    return ValueError(f"must be real numbers, got {what}: remove it, or write it as numbers.")


def _too_large(number: int) -> ValueError:
    return ValueError(
        f"must be at most 2^53 where whole, which float64 tells apart, got {Decimal(number):.6g}: "
        "subtract the smallest of each column first."
    )


def _from_objects(array: NDArray[Any], given: object) -> NDArray[np.float64]:
    if array.ndim == 0:
        raise ValueError(f"must be an array of real numbers, got {_type(given)}.")
    numbers = np.empty(array.shape)
    for i, value in enumerate(array.flat):
        numbers.flat[i] = _number(value)
    return numbers


def _number(value: object) -> float:
    if value is None or type(value).__name__ == "NAType":  # of pandas, which may not be there
        return float("nan")
    if not isinstance(value, Real | Decimal | np.bool_):
        raise _not_real(_describe(value))
    if isinstance(value, Integral) and abs(int(value)) > _MOST_WHOLE:
        raise _too_large(int(value))
    try:
        return float(value)
    except (OverflowError, ValueError) as error:
        raise ValueError(f"must be numbers that float64 can hold, got {value!r:.40}.") from error


def _from_frame(frame: "pd.DataFrame") -> NDArray[Any]:
    columns, wrong = [], {}
    for i, (name, column) in enumerate(frame.items()):
        try:
            columns.append(_from_column(column))
        except ValueError as error:
            wrong[str(name) if isinstance(name, int) else repr(str(name))] = str(error)
        else:
            if frame.shape[1] > 1:
                _refuse_row_numbers(str(name), columns[-1], first=i == 0, square=_square(frame))
    if wrong:
        names, reasons = list(wrong), list(wrong.values())
        said = ", ".join(names[:_MOST_NAMED]) + ", ..." * (len(names) > _MOST_NAMED)
        raise ValueError(f"({'column' if len(names) == 1 else 'columns'} {said}) {reasons[0]}")
    return np.column_stack(columns) if columns else np.empty(frame.shape)


def _from_column(column: "pd.Series[Any]") -> NDArray[Any]:
    if column.dtype == "category":
        raise _not_real("categories")
    return real_array(column)


def _square(frame: "pd.DataFrame") -> bool:
    """Say whether a frame may hold distances, whose first column may well be 0, 1, 2, ..."""
    return frame.shape[0] == frame.shape[1]


def _refuse_row_numbers(name: str, column: NDArray[Any], *, first: bool, square: bool) -> None:
    """Refuse a column that numbers the rows: it would be taken for a coordinate."""
    label = name.strip().casefold()
    whole = len(column) >= _FEWEST_COUNTED and bool((column == np.floor(column)).all())
    steps = np.diff(column.astype(np.float64))
    counts = first and not square and whole and column[0] in (0, 1) and bool((steps == 1).all())
    numbered = label in _INDEX_NAMES and whole and len(np.unique(column)) == len(column)
    if counts or numbered or _UNNAMED.fullmatch(label):
        raise ValueError(
            f"must hold coordinates only, but column '{name}' looks like the numbers of the rows: "
            "remove it (pandas: index=False), or give an array (.npy) if it is a coordinate."
        )


def _kind(array: NDArray[Any]) -> str:
    kinds = {"U": "text", "S": "text", "T": "text", "M": "times", "m": "times", "V": "records"}
    if array.dtype.kind not in kinds:
        return f"an array of {array.dtype}"
    sample = f" ({str(array.flat[0])[:20]!r})" if array.size and array.dtype.kind != "V" else ""
    return f"{kinds[array.dtype.kind]}{sample}"


def _describe(value: object) -> str:
    return f"text ({value[:20]!r})" if isinstance(value, str) else _type(value)


def _type(given: object) -> str:
    return "nothing (None)" if given is None else f"{type(given).__module__}.{type(given).__name__}"
