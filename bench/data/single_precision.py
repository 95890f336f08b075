"""Coordinates in float32, as reducers take them, without the loss of what tells points apart."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

# A column is centred if rounding moves a value by more than this share of its spread.
_LOSS = 1e-6
# Points that become the same as another one: a few do by chance, where there are many points.
_MOST_MERGED = 0.01


def to_float32(points: NDArray[Any], *, centre: bool = True) -> NDArray[np.float32]:
    """Cast coordinates to float32; where that would lose digits, centre the column before.

    Time stamps and map coordinates have a large offset and a small spread, and float32 has seven
    digits. Distances do not depend on an offset. Whatever float32 holds, such as pixels and
    counts, is left as it is.

    Parameters
    ----------
    points : ndarray of shape (n, D)
        Finite numbers of any real type.
    centre : bool
        Whether columns may be centred: False for images, whose black stays 0.

    Returns
    -------
    ndarray of shape (n, D), float32

    Raises
    ------
    ValueError
        If values are beyond the largest of float32, or more than 1 % of the points that differ
        would become the same. The message continues a sentence whose subject is the data.
    """
    largest = max(float(points.max()), -float(points.min()))
    if largest > float(np.finfo(np.float32).max):
        raise ValueError("has values beyond 3.4e38, the most of float32.")
    cast = points.astype(np.float32)
    changed = [i for i in range(points.shape[1]) if (cast[:, i] != points[:, i]).any()]
    for i in changed if centre else ():
        column = points[:, i].astype(np.float64)
        low, middle, high = np.quantile(column, [0.25, 0.5, 0.75])
        spread = high - low or np.ptp(column)
        if np.abs(cast[:, i] - column).max() > _LOSS * spread > 0:
            cast[:, i] = column - middle
    different = _count_different(points) if changed else 0
    merged = different - _count_different(cast) if changed else 0
    if merged > _MOST_MERGED * different:
        raise ValueError(
            f"has {merged} points that differ from others by less than float32 tells apart: "
            "rescale the columns, or split what is far apart."
        )
    return cast


def _count_different(points: NDArray[Any]) -> int:
    """Count different rows by their bytes; adding 0 makes -0 the same as 0."""
    return len({hash((row + 0).tobytes()) for row in points})
