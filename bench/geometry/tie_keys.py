"""Keys of points that follow from what the points are, and not from the order of the rows."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.geometry.blocks import row_blocks
from bench.geometry.euclidean import of_moderate_size

_EQUAL = 1e-10  # squares that differ by less, relative to the largest, may differ by rounding
_ROWS = 4096


def tie_keys(
    points: NDArray[Any], embedding: NDArray[np.floating] | None = None
) -> NDArray[np.uint64]:
    """Give points numbers by their distance from a center, then by their coordinates.

    Keys stand for the points where the order among ties is drawn, so that the scores of tied
    points do not depend on the order of the rows. They do not change if the points are moved or
    scaled; nor, unless points are equally far from the center as those of a lattice are, if they
    are turned or mirrored.

    Parameters
    ----------
    points : ndarray of shape (n, D)
        The data.
    embedding : ndarray of shape (n, n_components), optional
        Of the data: tells points apart that coincide. Without it their index does.

    Returns
    -------
    ndarray of shape (n,), uint64
        0 ... n - 1, each once.
    """
    given = [of_moderate_size(cloud) for cloud in (points, embedding) if cloud is not None]
    levels = [_levels(cloud) for cloud in given]
    order = np.argsort(levels[0], kind="stable")
    is_tied = np.bincount(levels[0])[levels[0][order]] > 1
    tied = order[is_tied]
    by_rank: list[NDArray[Any]] = []
    for cloud, level in zip(given, levels, strict=True):
        by_rank += [level[tied], *cloud[tied].T]
    order[is_tied] = tied[np.lexsort(by_rank[::-1])]
    keys = np.empty(len(order), np.uint64)
    keys[order] = np.arange(len(order), dtype=np.uint64)
    return keys


def _levels(points: NDArray[Any]) -> NDArray[np.intp]:
    """Count for each point how many distances from the center, not equal to its own, are less."""
    squares = _from_center(points, np.ones(len(points)))
    # Of integers many are equally far from the mean; from a mean with other weights few are.
    squares = _from_center(points, 1 + np.sqrt(squares / (squares.max() or 1.0)))
    order = np.argsort(squares)
    steps = np.diff(squares[order], prepend=squares.min()) > _EQUAL * squares.max()
    levels = np.empty(len(points), np.intp)
    levels[order] = np.cumsum(steps)
    return levels


def _from_center(points: NDArray[Any], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the squares of the distances from a weighted mean."""
    low = points.min(axis=0).astype(np.float64)  # so that a large offset takes no digits
    blocks = list(row_blocks(np.arange(len(points)), 1, most=_ROWS))
    center = sum(weights[rows] @ (points[rows] - low) for rows in blocks) / weights.sum()
    squares = [np.square(points[rows] - low - center).sum(axis=1) for rows in blocks]
    return np.concatenate(squares)
