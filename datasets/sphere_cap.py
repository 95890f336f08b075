"""Cap of a sphere: curved, but without a hole, so it can be flattened with some loss.

Geodesic
    The great circle, as long as it stays in the cap. A cap up to a hemisphere is convex, and all
    do. In a larger one the great circle may cross what was cut off; the path then follows a
    great circle to the rim, the rim, and a great circle from it
    (`bench.manifolds.sphere.RimmedSphereGeodesics` has the formula).
Status
    Closed form. With noise, it is that of the points before noise was added.
Source
    Classical spherical trigonometry (Todhunter, Spherical Trigonometry, 1886, on Napier's rules);
    drawn uniformly on the surface.
"""

import numpy as np
from numpy.typing import NDArray

from bench.dataset import Dataset, require_points
from bench.manifolds.ambient import place
from bench.manifolds.sphere import RimmedSphereGeodesics, from_angles
from bench.seeds import stream


def dataset(
    *,
    n: int = 1500,
    opening: float = 90.0,
    dimensions: int | None = None,
    noise: float = 0.0,
    seed: int = 0,
) -> Dataset:
    """Draw points on a cap of the unit sphere.

    Parameters
    ----------
    n : int
        Number of points.
    opening : float
        Angle from the pole to the rim in degrees, above 0 and below 180; 90 is a hemisphere.
    dimensions : int, optional
        Dimensions to embed into by a random isometry, 3 or more; left out, the native 3.
    noise : float
        Standard deviation of the Gaussian noise on each final coordinate.
    seed : int
        Draws the points, the isometry and the noise.

    Returns
    -------
    Dataset
        In 3 dimensions unless told; the chart is the azimuthal equidistant projection, which is not
        isometric.

    Raises
    ------
    ValueError
        If ``opening`` is out of range.
    """
    require_points(n)
    if not 0 < opening < 180:
        raise ValueError(f"opening must be above 0 and below 180 degrees, got {opening}.")
    rim = np.deg2rad(opening)
    generator = stream(seed, "sphere_cap")
    colatitude = _colatitude(generator.uniform(size=n), rim)
    azimuth = generator.uniform(0, 2 * np.pi, n)
    points = from_angles(colatitude, azimuth)
    # What was cut off hinders paths only if it is less than a hemisphere.
    removed = np.pi - rim if rim > np.pi / 2 else 0.0
    return Dataset(
        X=place(points, "sphere_cap", seed, dimensions=dimensions, noise=noise),
        geodesics=RimmedSphereGeodesics(colatitude, azimuth, south=removed),
        chart=colatitude[:, None] * np.column_stack([np.cos(azimuth), np.sin(azimuth)]),
        color=colatitude,
        source="drawn here",
        licence="generated",
        intrinsic_dimension=2,
        reach=float(np.sin(rim)) if rim > np.pi / 2 else 1.0,
    )


def _colatitude(share: NDArray[np.float64], rim: float) -> NDArray[np.float64]:
    """Return the angles within which lie so many shares of the cap's area."""
    return np.asarray(2 * np.arcsin(np.sqrt(share) * np.sin(rim / 2)))
