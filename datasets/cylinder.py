"""Cylinder: a flat sheet closed into a tube, so that no flat picture keeps it whole.

Geodesic
    Unrolled, the cylinder is flat: the geodesic is ``sqrt(a**2 + h**2)`` for the height h between
    two points and the arc a between them, the shorter way round.
Status
    Closed form. With noise, it is that of the points before noise was added.
Source
    Classical (do Carmo, Differential Geometry of Curves and Surfaces, 1976, section 4-2); drawn
    uniformly on the surface.
"""

import numpy as np

from bench.dataset import Dataset, require_points
from bench.manifolds.ambient import place
from bench.manifolds.wrapped import WrappedGeodesics
from bench.seeds import stream


def dataset(
    *,
    n: int = 1500,
    radius: float = 1.0,
    height: float = 4.0,
    dimensions: int | None = None,
    noise: float = 0.0,
    seed: int = 0,
) -> Dataset:
    """Draw points on the side of a cylinder.

    Parameters
    ----------
    n : int
        Number of points.
    radius, height : float
        Of the cylinder, above 0.
    dimensions : int, optional
        Dimensions to embed into by a random isometry, 3 or more; left out, the native 3.
    noise : float
        Standard deviation of the Gaussian noise on each final coordinate.
    seed : int
        Draws the points, the isometry and the noise.

    Returns
    -------
    Dataset
        In 3 dimensions unless told; the chart is the unrolled sheet, cut open, so not isometric.

    Raises
    ------
    ValueError
        If radius or height is not above 0.
    """
    require_points(n)
    if not (radius > 0 and height > 0):
        raise ValueError(f"radius and height must be above 0, got {radius} and {height}.")
    azimuth, level = stream(seed, "cylinder").uniform(size=(2, n)) * [[2 * np.pi], [height]]
    points = np.column_stack([radius * np.cos(azimuth), radius * np.sin(azimuth), level])
    chart = np.column_stack([radius * azimuth, level])
    return Dataset(
        X=place(points, "cylinder", seed, dimensions=dimensions, noise=noise),
        geodesics=WrappedGeodesics(chart, (2 * np.pi * radius, np.inf)),
        chart=chart,
        color=azimuth,
        source="drawn here",
        licence="generated",
        intrinsic_dimension=2,
        reach=radius,
    )
