"""Rolled sheet: a flat box of any dimension, rolled up along its first side.

Geodesic
    The first coordinate is arc length on the spiral ``(t cos t, t sin t)``, with
    ``s(t) = (t * sqrt(1 + t**2) + asinh(t)) / 2``; the others stay straight. The product is
    isometric to the flat box, and the geodesic is the Euclidean distance there.
Status
    Closed form. With noise, it is that of the points before noise was added.
Source
    The Swiss roll of Tenenbaum, de Silva & Langford, Science 290, 2000, times a flat box; drawn
    uniformly on the manifold.
"""

import numpy as np

from bench.dataset import Dataset, require_points
from bench.manifolds.ambient import place
from bench.manifolds.geodesics import FlatGeodesics
from bench.manifolds.spiral import spiral_angle, spiral_length, spiral_reach
from bench.seeds import stream


def dataset(
    *,
    n: int = 1500,
    intrinsic_dimension: int = 3,
    width: float = 21.0,
    dimensions: int | None = None,
    noise: float = 0.0,
    seed: int = 0,
) -> Dataset:
    """Draw points on a rolled-up flat box.

    Parameters
    ----------
    n : int
        Number of points.
    intrinsic_dimension : int
        Of the box, 1 or more; it lies in one dimension more.
    width : float
        Length of each side that stays straight, above 0; the layers are 6.3 apart.
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
        With a chart of arc length and the straight coordinates.

    Raises
    ------
    ValueError
        If the width is not above 0, or the dimension below 1.
    """
    require_points(n)
    if intrinsic_dimension < 1:
        raise ValueError(f"intrinsic_dimension must be 1 or more, got {intrinsic_dimension}.")
    if not width > 0:
        raise ValueError(f"width must be above 0, got {width}.")
    generator = stream(seed, "rolled_sheet")
    first, last = spiral_length(np.array([1.5 * np.pi, 4.5 * np.pi]))
    arc = generator.uniform(first, last, n)
    straight = generator.uniform(0, width, (n, intrinsic_dimension - 1))
    t = spiral_angle(arc)
    chart = np.column_stack([spiral_length(t), straight])
    points = np.column_stack([t * np.cos(t), t * np.sin(t), straight])
    return Dataset(
        X=place(points, "rolled_sheet", seed, dimensions=dimensions, noise=noise),
        geodesics=FlatGeodesics(chart),
        chart=chart,
        isometric=True,
        color=t,
        source="drawn here",
        licence="generated",
        intrinsic_dimension=intrinsic_dimension,
        reach=spiral_reach(1.5 * np.pi, 4.5 * np.pi),
    )
