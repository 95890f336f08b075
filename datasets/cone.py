"""Cone: flat everywhere but at its apex, around which nothing unrolls.

Geodesic
    Unrolled, the cone is a sector whose angle is ``2 pi`` times the sine of the half-opening; the
    geodesic is the straight line on it, ``sqrt(r**2 + q**2 - 2 r q cos(g))`` for distances r and q
    from the apex and the unrolled angle g between them, the shorter way round. As g is below pi,
    no geodesic leads through the apex.
Status
    Closed form. With noise, it is that of the points before noise was added.
Source
    Classical (do Carmo, Differential Geometry of Curves and Surfaces, 1976, section 4-2); drawn
    uniformly on the surface.
"""

import numpy as np

from bench.dataset import Dataset, require_points
from bench.manifolds.ambient import place
from bench.manifolds.cone import ConeGeodesics
from bench.seeds import stream


def dataset(
    *,
    n: int = 1500,
    half_opening: float = 30.0,
    slant: float = 2.0,
    dimensions: int | None = None,
    noise: float = 0.0,
    seed: int = 0,
) -> Dataset:
    """Draw points on a cone, apex included.

    Parameters
    ----------
    n : int
        Number of points.
    half_opening : float
        Angle between axis and side in degrees, above 0 and below 90.
    slant : float
        Length of the side, above 0.
    dimensions : int, optional
        Dimensions to embed into by a random isometry, 3 or more; left out, the native 3.
    noise : float
        Standard deviation of the Gaussian noise on each final coordinate.
    seed : int
        Draws the points, the isometry and the noise.

    Returns
    -------
    Dataset
        In 3 dimensions unless told; the chart is the unrolled sector, cut open, so not isometric.

    Raises
    ------
    ValueError
        If an angle or length is out of range.
    """
    require_points(n)
    if not 0 < half_opening < 90:
        raise ValueError(f"half_opening must be above 0 and below 90 degrees, got {half_opening}.")
    if not slant > 0:
        raise ValueError(f"slant must be above 0, got {slant}.")
    sine, cosine = np.sin(np.deg2rad(half_opening)), np.cos(np.deg2rad(half_opening))
    generator = stream(seed, "cone")
    azimuth, r = generator.uniform(0, 2 * np.pi, n), slant * np.sqrt(generator.uniform(size=n))
    ring, unrolled = r * sine, azimuth * sine
    points = np.column_stack([ring * np.cos(azimuth), ring * np.sin(azimuth), -r * cosine])
    return Dataset(
        X=place(points, "cone", seed, dimensions=dimensions, noise=noise),
        geodesics=ConeGeodesics(r, azimuth, 2 * np.pi * sine),
        chart=np.column_stack([r * np.cos(unrolled), r * np.sin(unrolled)]),
        color=r,
        source="drawn here",
        licence="generated",
        intrinsic_dimension=2,
        reach=0.0,
    )
