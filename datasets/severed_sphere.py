"""Severed sphere: both poles and a slice cut away, so paths must go the long way round.

Geodesic
    The shortest path in what remains: the great circle where it stays there; otherwise a great
    circle that touches the rim of a removed pole, a part of the rim, and a great circle
    away from it, by the shorter of the two rims
    (`bench.manifolds.sphere.RimmedSphereGeodesics` has the formula).
Status
    Closed form. With noise, it is that of the points before noise was added.
Source
    scikit-learn's example "Manifold learning methods on a severed sphere" (slice of 0.55 radians,
    poles of pi / 8), which draws uniformly in the angles; here uniformly on the surface.
"""

import numpy as np

from bench.dataset import Dataset, require_points
from bench.manifolds.ambient import place
from bench.manifolds.sphere import RimmedSphereGeodesics, from_angles
from bench.seeds import stream


def dataset(
    *,
    n: int = 1500,
    pole: float = 22.5,
    opening: float = 31.5,
    dimensions: int | None = None,
    noise: float = 0.0,
    seed: int = 0,
) -> Dataset:
    """Draw points on what remains of the unit sphere.

    Parameters
    ----------
    n : int
        Number of points.
    pole : float
        Angular radius of each removed pole in degrees, above 0 and below 90.
    opening : float
        Width of the removed slice in degrees of azimuth, above 0 and below 360.
    dimensions : int, optional
        Dimensions to embed into by a random isometry, 3 or more; left out, the native 3.
    noise : float
        Standard deviation of the Gaussian noise on each final coordinate.
    seed : int
        Draws the points, the isometry and the noise.

    Returns
    -------
    Dataset
        In 3 dimensions unless told; the chart is Lambert's equal-area cylinder projection, which is
        not isometric.

    Raises
    ------
    ValueError
        If an angle is out of range.
    """
    require_points(n)
    if not 0 < pole < 90:
        raise ValueError(f"pole must be above 0 and below 90 degrees, got {pole}.")
    if not 0 < opening < 360:
        raise ValueError(f"opening must be above 0 and below 360 degrees, got {opening}.")
    cap = np.deg2rad(pole)
    generator = stream(seed, "severed_sphere")
    azimuth = generator.uniform(0, np.deg2rad(360 - opening), n)
    # The area between two latitudes is proportional to the height between them (Archimedes).
    height = generator.uniform(-np.cos(cap), np.cos(cap), n)
    colatitude = np.arccos(height)
    points = from_angles(colatitude, azimuth)
    return Dataset(
        X=place(points, "severed_sphere", seed, dimensions=dimensions, noise=noise),
        geodesics=RimmedSphereGeodesics(colatitude, azimuth, north=cap, south=cap, sliced=True),
        chart=np.column_stack([azimuth, height]),
        color=azimuth,
        source="drawn here, after scikit-learn's example",
        licence="generated",
        intrinsic_dimension=2,
        # Half of the slice where it is narrowest; beyond half a turn, the radius of the rims.
        reach=float(np.sin(cap) * np.sin(np.deg2rad(min(opening, 180) / 2))),
    )
