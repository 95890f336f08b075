"""Arc length of closed curves, from their velocity."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicHermiteSpline

Array = NDArray[np.float64]


def closed_arc_length(
    velocity: Callable[[Array], Array], *, terms: int = 1024, nodes: int = 2**14
) -> tuple[Callable[[Array], Array], float]:
    """Integrate the speed of a smooth closed curve.

    The speed is expanded in a Fourier series, which is integrated term by term at equidistant
    nodes; between nodes the length is interpolated by cubics that have the right speed.

    Parameters
    ----------
    velocity : callable
        From parameters of shape (m,), of period 2 pi, to velocities of shape (m, D).
    terms : int
        Samples of the speed that the series is made of.
    nodes : int
        Intervals of the interpolation.

    Returns
    -------
    arc_length : callable
        From parameters in [0, 2 pi] to the length from 0 to there.
    length : float
        Of the whole curve.
    """
    samples = np.linspace(0, 2 * np.pi, terms, endpoint=False)
    coefficient = np.fft.rfft(np.linalg.norm(velocity(samples), axis=1)) / terms
    frequency = np.arange(1, terms // 2)
    padded = np.zeros(nodes // 2 + 1, dtype=complex)
    padded[frequency] = coefficient[frequency] / (1j * frequency) * nodes
    waves = np.fft.irfft(padded, nodes)
    t = np.linspace(0, 2 * np.pi, nodes + 1)
    mean = float(coefficient[0].real)
    length = mean * t + np.append(waves, waves[0]) - waves[0]
    spline = CubicHermiteSpline(t, length, np.linalg.norm(velocity(t), axis=1))
    return spline, 2 * np.pi * mean
