"""S curve with a rectangular hole: shortest paths must go around it.

Geodesic
    The surface unrolls onto the flat rectangle of (t, h) as in ``s_curve``, with the middle ninth
    cut out. The geodesic is the straight line there, or the shortest path around the corners of
    the hole.
Status
    Closed form. With noise, it is that of the points before noise was added. The flat chart
    is *not* isometric here: straight lines cross the hole.
Source
    Saul & Roweis, J. Mach. Learn. Res. 4, 2003 (the curve); Donoho & Grimes, PNAS 100, 2003 (the
    failure of Isomap on non-convex domains); drawn uniformly on the surface.
"""

import numpy as np

from bench.dataset import Dataset, require_points
from bench.manifolds.ambient import place
from bench.manifolds.hole import HoleGeodesics
from bench.seeds import stream


def dataset(
    *,
    n: int = 1500,
    height: float = 2.0,
    dimensions: int | None = None,
    noise: float = 0.0,
    seed: int = 0,
) -> Dataset:
    """Draw points on the S curve outside of its hole.

    Parameters
    ----------
    n : int
        Number of points.
    height : float
        Of the sheet, above 0; each arc has radius 1 and the sheet is 9.4 long.
    dimensions : int, optional
        Dimensions to embed into by a random isometry, 3 or more; left out, the native 3.
    noise : float
        Standard deviation of the Gaussian noise on each final coordinate.
    seed : int
        Draws the points, the isometry and the noise.

    Returns
    -------
    Dataset
        In 3 dimensions unless told, with a chart of (arc length, height) that is not isometric.

    Raises
    ------
    ValueError
        If the height is not above 0.
    """
    require_points(n)
    if not height > 0:
        raise ValueError(f"height must be above 0, got {height}.")
    generator = stream(seed, "s_curve_hole")
    column, row = np.divmod(generator.choice(np.delete(np.arange(9), 4), n), 3)
    within = generator.uniform(size=(n, 2))
    share = (np.column_stack([column, row]) + within) / 3
    lower, size = np.array([-1.5 * np.pi, 0.0]), np.array([3 * np.pi, height])
    chart = lower + share * size
    t = chart[:, 0]
    points = np.column_stack([np.sin(t), chart[:, 1], np.sign(t) * (np.cos(t) - 1)])
    return Dataset(
        X=place(points, "s_curve_hole", seed, dimensions=dimensions, noise=noise),
        geodesics=HoleGeodesics(chart, lower + size / 3, lower + 2 * size / 3),
        chart=chart,
        color=t,
        source="drawn here",
        licence="generated",
        intrinsic_dimension=2,
        reach=0.0,  # at the corners of the hole: both sides are near what lies between them
    )
