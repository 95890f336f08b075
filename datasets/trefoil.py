"""Trefoil: a closed curve tied in a knot, which only three dimensions can hold.

Geodesic
    The curve ``(sin t + 2 sin 2t, cos t - 2 cos 2t, -sin 3t)``, along itself: the difference in
    arc length, the shorter way round. Arc length is the integral of the speed; its Fourier series
    converges geometrically, as the speed is smooth and periodic (Trefethen & Weideman, SIAM
    Review 56, 2014).
Status
    Numerical, to a relative error of 1e-10. With noise, it is that of the points before noise was
    added.
Source
    Rolfsen, Knots and Links, 1976 (the knot); drawn uniformly along the curve.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from bench.dataset import Dataset, require_points
from bench.manifolds.ambient import place
from bench.manifolds.curves import closed_arc_length
from bench.manifolds.geodesics import CircularGeodesics
from bench.manifolds.reach import curve_reach
from bench.seeds import stream


def dataset(
    *,
    n: int = 1500,
    dimensions: int | None = None,
    noise: float = 0.0,
    seed: int = 0,
) -> Dataset:
    """Draw points on a trefoil knot.

    Parameters
    ----------
    n : int
        Number of points.
    dimensions : int, optional
        Dimensions to embed into by a random isometry, 3 or more; left out, the native 3.
    noise : float
        Standard deviation of the Gaussian noise on each final coordinate.
    seed : int
        Draws the points, the isometry and the noise.

    Returns
    -------
    Dataset
        In 3 dimensions unless told; the chart is the circle of the same length, whose chords order
        the points as arcs of the knot do.
    """
    require_points(n)
    arc_length, length = closed_arc_length(_velocity)
    nodes = np.linspace(0, 2 * np.pi, 4097)
    drawn = stream(seed, "trefoil").uniform(0, length, n)
    # Where between two nodes a point lands is the draw's matter; how far along it lies is not.
    t = np.interp(drawn, arc_length(nodes), nodes)
    position = arc_length(t)
    angle, radius = 2 * np.pi * position / length, length / (2 * np.pi)
    return Dataset(
        X=place(_position(t), "trefoil", seed, dimensions=dimensions, noise=noise),
        geodesics=CircularGeodesics(
            position, length, status="numerical", notes={"relative_error": 1e-10}
        ),
        chart=radius * np.column_stack([np.cos(angle), np.sin(angle)]),
        isometric=True,
        color=position,
        source="drawn here",
        licence="generated",
        intrinsic_dimension=1,
        reach=_reach(),
    )


@cache
def _reach() -> float:
    t = np.linspace(0, 2 * np.pi, 1501)[:-1]
    return curve_reach(_position(t), _velocity(t), closed=True)


def _position(t: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack(
        [np.sin(t) + 2 * np.sin(2 * t), np.cos(t) - 2 * np.cos(2 * t), -np.sin(3 * t)]
    )


def _velocity(t: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack(
        [np.cos(t) + 4 * np.cos(2 * t), -np.sin(t) + 4 * np.sin(2 * t), -3 * np.cos(3 * t)]
    )
