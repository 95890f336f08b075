"""Sphere: closed and curved everywhere, so no flat picture is right.

Geodesic
    The great circle: the angle between two points times the radius.
Status
    Closed form. With noise, it is that of the points before noise was added.
Source
    Classical; drawn uniformly, as normalised Gaussian vectors (Muller, Commun. ACM 2, 1959).
"""

import numpy as np

from bench.dataset import Dataset, require_points
from bench.manifolds.ambient import place
from bench.manifolds.sphere import SphereGeodesics
from bench.seeds import stream


def dataset(
    *,
    n: int = 1500,
    intrinsic_dimension: int = 2,
    radius: float = 1.0,
    dimensions: int | None = None,
    noise: float = 0.0,
    seed: int = 0,
) -> Dataset:
    """Draw points on a sphere of any dimension.

    Parameters
    ----------
    n : int
        Number of points.
    intrinsic_dimension : int
        Of the sphere, 1 or more; it lies in one dimension more.
    radius : float
        Of the sphere, above 0.
    dimensions : int, optional
        Dimensions to embed into by a random isometry, more than ``intrinsic_dimension``; left out,
        one more.
    noise : float
        Standard deviation of the Gaussian noise on each final coordinate.
    seed : int
        Draws the points, the isometry and the noise.

    Returns
    -------
    Dataset
        In one dimension more than its own unless told. The chart is the sphere itself, whose
        chords order the points as its geodesics do.

    Raises
    ------
    ValueError
        If the radius is not above 0, or the dimension below 1.
    """
    require_points(n)
    if intrinsic_dimension < 1:
        raise ValueError(f"intrinsic_dimension must be 1 or more, got {intrinsic_dimension}.")
    if not radius > 0:
        raise ValueError(f"radius must be above 0, got {radius}.")
    direction = stream(seed, "sphere").standard_normal((n, intrinsic_dimension + 1))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    return Dataset(
        X=place(radius * direction, "sphere", seed, dimensions=dimensions, noise=noise),
        geodesics=SphereGeodesics(direction, radius),
        chart=radius * direction,
        isometric=True,
        color=direction[:, -1],
        source="drawn here",
        licence="generated",
        intrinsic_dimension=intrinsic_dimension,
        reach=radius,
    )
