"""Curves over k as they are stored: at some k only, and without those that follow from another."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]
KS = "ks"  # the array that says where every curve beside it is given
_ALL_UP_TO = 30
_BEYOND = 50  # values of k, evenly spaced on a logarithmic scale
_ROUND = np.array([40, 50, 60, 70, 80, 90, 100, 150, 200, 250, 300, 400, 500])
_FOLLOWS = ("r_nx", "lcmc")  # from Q_NX


def stored_ks(n: int) -> NDArray[np.int64]:
    """Return the k at which curves over n points are stored.

    Parameters
    ----------
    n : int
        Number of points, 2 or more.

    Returns
    -------
    ndarray of int
        Rising: 1 ... 30, n / 10, round numbers up to 1,000, 50 values evenly spaced on a
        logarithmic scale, and the last three that a curve may reach.

    Examples
    --------
    >>> stored_ks(20)
    array([ 1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15, 16, 17,
           18, 19])
    """
    last = n - 1
    spaced = np.geomspace(_ALL_UP_TO, max(last, _ALL_UP_TO), _BEYOND).round()
    near = np.arange(1, _ALL_UP_TO + 1)
    wanted = np.concatenate([near, [n // 10, 1000], _ROUND, spaced, [last - 2, last - 1, last]])
    ks = np.unique(wanted.astype(np.int64))
    return ks[(ks >= 1) & (ks <= last)]


def thin(curves: Mapping[str, NDArray[np.floating]], n: int) -> Arrays:
    """Keep of whole curves what is stored.

    Parameters
    ----------
    curves : mapping of str to ndarray
        ``"reference/metric"`` to the values at k = 1, 2, ...
    n : int
        Number of points.

    Returns
    -------
    dict of str to ndarray
        `KS`, and beside it each curve that does not follow from another, float32, at those k
        that it reaches.
    """
    if not curves:
        return {}
    ks = stored_ks(n)
    kept = {name: curve for name, curve in curves.items() if _metric(name) not in _FOLLOWS}
    return {KS: ks.astype(np.int32)} | {
        name: curve[ks[ks <= len(curve)] - 1].astype(np.float32) for name, curve in kept.items()
    }


def with_what_follows(arrays: Arrays) -> Arrays:
    """Add to stored curves those that follow from Q_NX.

    Parameters
    ----------
    arrays : dict of str to ndarray
        What `thin` returned, and any other arrays.

    Returns
    -------
    dict of str to ndarray
        The same with R_NX and LCMC, each where it is defined.
    """
    found = dict(arrays)
    for name, q in arrays.items():
        if _metric(name) == "q_nx":
            reference, n = name.partition("/")[0], int(arrays[KS][-1]) + 1
            k = arrays[KS][: len(q)].astype(np.float64)
            inner = k <= n - 2
            found[f"{reference}/r_nx"] = ((n - 1) * q[inner] - k[inner]) / (n - 1 - k[inner])
            found[f"{reference}/lcmc"] = q - k / (n - 1)
    return found


def value_at(arrays: Mapping[str, NDArray[Any]], name: str, k: int) -> float | None:
    """Return a stored curve's value at k, or None if it is not stored there."""
    place = int(np.searchsorted(arrays[KS], k))
    curve = arrays.get(name, np.empty(0))
    return float(curve[place]) if place < len(curve) and arrays[KS][place] == k else None


def _metric(name: str) -> str:
    return name.partition("/")[2]
