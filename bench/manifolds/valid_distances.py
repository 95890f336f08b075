"""Checks of the distances that a dataset states, before anything is made of them."""

import numpy as np
from numpy.typing import NDArray

from bench.geometry.blocks import Rows, row_blocks
from bench.manifolds.geodesics import Geodesics

_FEW = 8  # rows
_ROUNDED = 1e-6  # what rounding may do, as a share of the largest distance


def require_distances(found: object, rows: Rows, n: int) -> None:
    """Refuse what is not distances from some points to all.

    Distances are real floats of 0 or more, 0 from a point to itself; infinite where nothing joins
    two points.

    Parameters
    ----------
    found : object
        What a geometry returned; an ndarray of shape (len(rows), n) if it is right.
    rows : ndarray of shape (m,)
        The points that were asked for.
    n : int
        Number of points.

    Raises
    ------
    TypeError, ValueError
        Saying what is wrong and where.
    """
    shape = (len(rows), n)
    if not isinstance(found, np.ndarray) or isinstance(found, np.ma.MaskedArray):
        raise TypeError(f"geodesics must be a NumPy array, got {type(found).__name__}")
    if found.dtype.kind != "f" or found.shape != shape:
        raise ValueError(
            f"geodesics of {len(rows)} rows must be real floats of shape {shape}, "
            f"got {found.dtype} of shape {found.shape}"
        )
    if not (found >= 0).all():  # nor is NaN
        row, column = np.argwhere(~(found >= 0))[0]
        raise ValueError(
            f"geodesics must be 0 or more (infinite between pieces), "
            f"got {found[row, column]:g} from point {rows[row]} to {column}"
        )
    own = found[np.arange(len(rows)), rows]
    if (own > _ROUNDED * _largest(found)).any():
        at = own.argmax()
        raise ValueError(
            f"the geodesic of a point to itself must be 0, got {own[at]:g} for point {rows[at]}"
        )


def require_metric(distances: NDArray[np.floating], relative_error: float = 0.0) -> None:
    """Refuse a square matrix that does not hold distances, the same both ways.

    Parameters
    ----------
    distances : ndarray of shape (n, n)
        It is read in blocks of rows, so that it may lie on disk.
    relative_error : float
        Of each distance, at most; by twice as much the two ways may differ.

    Raises
    ------
    ValueError
        Naming two points.
    """
    n = len(distances)
    for rows in row_blocks(np.arange(n), n):
        there = np.asarray(distances[rows[0] : rows[-1] + 1])
        require_distances(there, rows, n)
        back = np.asarray(distances[:, rows[0] : rows[-1] + 1]).T
        with np.errstate(invalid="ignore"):  # of infinite ones
            allowed = 2 * relative_error * there + _ROUNDED * _largest(there)
            differs = (there != back) & ~(np.abs(there - back) <= allowed)
        if differs.any():
            row, column = np.argwhere(differs)[0]
            raise ValueError(
                f"geodesics must be the same both ways, got {there[row, column]:g} from point "
                f"{rows[row]} to {column} and {back[row, column]:g} back"
            )


def require_geodesics(geodesics: Geodesics, n: int) -> None:
    """Refuse geodesics between n points that some of their rows show not to be distances.

    Raises
    ------
    TypeError, ValueError
        As `require_distances` and `require_metric` do.
    """
    rows = np.unique(np.linspace(0, n - 1, _FEW).astype(np.intp))
    found = geodesics.distances(rows)
    require_distances(found, rows, n)
    require_metric(found[:, rows], stated_error(geodesics))


def stated_error(geodesics: Geodesics) -> float:
    """Return the bound of the error that geodesics state, 0 if they state none."""
    return geodesics.notes.get("relative_error", 0.0)


def _largest(distances: NDArray[np.floating]) -> float:
    return float(distances[np.isfinite(distances)].max(initial=0.0))
