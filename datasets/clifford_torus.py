"""Clifford torus: flat although it closes both ways, which takes four dimensions.

Geodesic
    The product of two circles, ``(r cos u, r sin u, q cos v, q sin v)``, is flat: the geodesic is
    ``sqrt(a**2 + b**2)`` for the arcs a and b on either circle, the shorter way round on each.
Status
    Closed form. With noise, it is that of the points before noise was added.
Source
    Clifford, Proc. London Math. Soc. 4, 1873; do Carmo, Riemannian Geometry, 1992, chapter 6.
"""

import numpy as np

from bench.dataset import Dataset, require_points
from bench.manifolds.ambient import place
from bench.manifolds.wrapped import WrappedGeodesics
from bench.seeds import stream


def dataset(
    *,
    n: int = 1500,
    ratio: float = 1.0,
    dimensions: int | None = None,
    noise: float = 0.0,
    seed: int = 0,
) -> Dataset:
    """Draw points uniformly on a flat torus in four dimensions.

    Parameters
    ----------
    n : int
        Number of points.
    ratio : float
        Radius of the second circle, above 0; that of the first is 1.
    dimensions : int, optional
        Dimensions to embed into by a random isometry, 4 or more; left out, the native 4.
    noise : float
        Standard deviation of the Gaussian noise on each final coordinate.
    seed : int
        Draws the points, the isometry and the noise.

    Returns
    -------
    Dataset
        In 4 dimensions unless told; the chart is the unrolled sheet, cut open, so not isometric.

    Raises
    ------
    ValueError
        If the ratio is not above 0.
    """
    require_points(n)
    if not ratio > 0:
        raise ValueError(f"ratio must be above 0, got {ratio}.")
    u, v = stream(seed, "clifford_torus").uniform(0, 2 * np.pi, (2, n))
    points = np.column_stack([np.cos(u), np.sin(u), ratio * np.cos(v), ratio * np.sin(v)])
    chart = np.column_stack([u, ratio * v])
    return Dataset(
        X=place(points, "clifford_torus", seed, dimensions=dimensions, noise=noise),
        geodesics=WrappedGeodesics(chart, (2 * np.pi, 2 * np.pi * ratio)),
        chart=chart,
        color=u,
        source="drawn here",
        licence="generated",
        intrinsic_dimension=2,
        reach=min(1.0, ratio),
    )
