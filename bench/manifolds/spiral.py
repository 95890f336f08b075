"""Arc length of the Archimedean spiral ``(t cos t, t sin t)``, which a Swiss roll is rolled on."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from bench.manifolds.reach import curve_reach

_STEPS = 4  # of Newton's method; it doubles the digits, and starts with three


def spiral_length(t: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the length from 0 to t: ``(t * sqrt(1 + t**2) + asinh(t)) / 2``."""
    return np.asarray((t * np.sqrt(1 + np.square(t)) + np.arcsinh(t)) / 2)


def spiral_angle(length: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the t at which the spiral is so long, by Newton's method.

    Parameters
    ----------
    length : ndarray
        Arc length from the centre, 1 or more.

    Returns
    -------
    ndarray of the same shape
    """
    t = np.sqrt(2 * length)  # what the length is for large t
    for _ in range(_STEPS):
        t = t - (spiral_length(t) - length) / np.sqrt(1 + t**2)
    return t


@cache
def spiral_reach(first: float, last: float) -> float:
    """Return the reach of the spiral from one t to another: half the gap of its layers, about pi.

    It is measured on points some 0.1 apart, to a share of 1e-3.
    """
    begin, stop = spiral_length(np.array([first, last]))
    t = spiral_angle(np.linspace(begin, stop, round((stop - begin) / 0.1)))
    cos, sin = np.cos(t), np.sin(t)
    points = np.column_stack([t * cos, t * sin])
    return curve_reach(points, np.column_stack([cos - t * sin, sin + t * cos]), closed=False)
