"""Circle: the simplest manifold that no single line keeps whole.

Geodesic
    The radius times the smaller angle between two points.
Status
    Closed form. With noise, it is that of the points before noise was added.
Source
    Classical; drawn uniformly. Choose ``dimensions`` to hide it in a larger space.
"""

import numpy as np

from bench.dataset import Dataset, require_points
from bench.manifolds.ambient import place
from bench.manifolds.geodesics import CircularGeodesics
from bench.seeds import stream


def dataset(
    *,
    n: int = 1500,
    radius: float = 1.0,
    dimensions: int | None = None,
    noise: float = 0.0,
    seed: int = 0,
) -> Dataset:
    """Draw points on a circle.

    Parameters
    ----------
    n : int
        Number of points.
    radius : float
        Of the circle, above 0.
    dimensions : int, optional
        Dimensions to embed into by a random isometry, 2 or more; left out, the native 2.
    noise : float
        Standard deviation of the Gaussian noise on each final coordinate.
    seed : int
        Draws the points, the isometry and the noise.

    Returns
    -------
    Dataset
        In 2 dimensions unless told; the chart is the circle in the plane, whose chords order the
        points as its arcs do.

    Raises
    ------
    ValueError
        If the radius is not above 0.
    """
    require_points(n)
    if not radius > 0:
        raise ValueError(f"radius must be above 0, got {radius}.")
    angle = stream(seed, "circle").uniform(0, 2 * np.pi, n)
    points = radius * np.column_stack([np.cos(angle), np.sin(angle)])
    return Dataset(
        X=place(points, "circle", seed, dimensions=dimensions, noise=noise),
        geodesics=CircularGeodesics(radius * angle, 2 * np.pi * radius),
        chart=points,
        isometric=True,
        color=angle,
        source="drawn here",
        licence="generated",
        intrinsic_dimension=1,
        reach=radius,
    )
