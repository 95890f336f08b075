"""Columns of a table: labels of any type as classes or colours, scaling, and what may mislead."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.data.own_options import Scale
from bench.data.real_numbers import real_array

MAX_CLASSES = 100  # more whole numbers than this are a quantity
_DOMINANT = 0.95  # share of the variance
_CODES = range(3, 11)  # different values; two have no order that could mislead
_FIRST_ROWS = 1000
_ROWS_PER_CODE = 5
_MAX_NAMED = 5  # columns, in a message


def as_labels(
    values: NDArray[Any],
) -> tuple[NDArray[np.int64] | None, NDArray[np.float64] | None]:
    """Turn a column of labels into classes or, if it holds a quantity, into colours.

    Parameters
    ----------
    values : ndarray of shape (n,)
        Text, booleans, numbers or times.

    Returns
    -------
    classes : ndarray of shape (n,), int64, or None
        Of text, booleans and up to 100 different whole numbers, numbered in their order.
    color : ndarray of shape (n,), float64, or None
        Of any other numbers, and of times.

    Raises
    ------
    ValueError
        If a value is missing or infinite. The message continues a sentence whose subject is the
        column.

    Examples
    --------
    >>> import numpy as np
    >>> as_labels(np.array(["cat", "ant", "cat"]))
    (array([1, 0, 1]), None)
    >>> as_labels(np.array([0.5, 1.25]))
    (None, array([0.5 , 1.25]))
    """
    import pandas as pd

    if (gaps := pd.isna(values)).any():
        raise ValueError(f"has a gap, first in row {gaps.argmax() + 1}: fill or drop such rows.")
    if values.dtype.kind in "mM":
        return None, values.astype(np.int64).astype(np.float64)
    try:
        numbers = real_array(values)
    except ValueError:
        return _classes(values.astype(str)), None
    if not np.isfinite(numbers).all():
        raise ValueError("holds infinity: give finite numbers or text.")
    whole = bool((numbers == np.floor(numbers)).all())
    if whole and len(np.unique(numbers)) <= MAX_CLASSES:
        return _classes(numbers), None
    return None, numbers.astype(np.float64)


def _classes(values: NDArray[Any]) -> NDArray[np.int64]:
    return np.unique(values, return_inverse=True)[1].astype(np.int64)


def rescale(points: NDArray[Any], scale: Scale) -> NDArray[Any]:
    """Give the columns of a table the same weight.

    Parameters
    ----------
    points : ndarray of shape (n, D)
        Finite numbers.
    scale : {"none", "standard", "minmax"}
        ``"standard"``: mean 0 and standard deviation 1; ``"minmax"``: from 0 to 1. Constant columns
        become 0.

    Returns
    -------
    ndarray of shape (n, D)
        Float64, or the points themselves for ``"none"``.

    Examples
    --------
    >>> import numpy as np
    >>> rescale(np.array([[1, 500], [2, 900], [3, 700]]), "minmax")
    array([[0. , 0. ],
           [0.5, 1. ],
           [1. , 0.5]])
    """
    if scale == "none":
        return points
    from sklearn.preprocessing import MinMaxScaler, StandardScaler

    scaler = StandardScaler() if scale == "standard" else MinMaxScaler()
    return np.asarray(scaler.fit_transform(points.astype(np.float64)))


def find_doubts(points: NDArray[Any], columns: Sequence[str]) -> Iterator[str]:
    """Yield a sentence for each thing about the columns of a table that is likely a mistake.

    Parameters
    ----------
    points : ndarray of shape (n, D)
        Finite numbers, before any scaling.
    columns : sequence of str
        Their names; ``1``, ``2``, ... if empty.

    Examples
    --------
    >>> import numpy as np
    >>> points = np.random.default_rng(0).normal(size=(100, 2)) * [1, 10]
    >>> [doubt[:40] for doubt in find_doubts(points, ["height", "income"])]
    ['Column income holds 98 % of the variance']
    """
    names = columns or [str(i + 1) for i in range(points.shape[1])]
    if len(names) < 2:
        return
    variances = np.array([np.var(column, dtype=np.float64) for column in points.T])
    share = variances.max() / max(variances.sum(), np.finfo(float).tiny)
    if share >= _DOMINANT:
        yield (
            f"Column {names[int(variances.argmax())]} holds {math.floor(100 * share)} % of the "
            "variance, and decides nearly all distances: --scale standard gives all columns the "
            "same weight."
        )
    codes = [name for name, column in zip(names, points.T, strict=True) if _is_coded(column)]
    if codes and len(codes) < len(names):  # if all are so, they are pixels, counts or answers
        said = ", ".join(codes[:_MAX_NAMED]) + ", ..." * (len(codes) > _MAX_NAMED)
        yield (
            f"{'Column' if len(codes) == 1 else 'Columns'} {said}: few different whole numbers. If "
            "these are codes of categories, their distances mean nothing: --labels or --drop."
        )


def _is_coded(column: NDArray[Any]) -> bool:
    """Say whether a column holds few different whole numbers."""
    if column.dtype.kind == "b" or len(np.unique(column[:_FIRST_ROWS])) > max(_CODES):
        return False  # most columns end here, without a look at all rows
    if (column != np.floor(column)).any():
        return False
    different = len(np.unique(column))
    return different in _CODES and len(column) >= _ROWS_PER_CODE * different
