"""Swiss roll with a rectangular hole: shortest paths must go around it.

Geodesic
    The roll unrolls onto the flat rectangle of (arc length, height) as in ``swiss_roll``, with
    the middle ninth of the (t, h) square cut out. The geodesic is the straight line there, or
    the shortest path around the corners of the hole.
Status
    Closed form. With noise, it is that of the points before noise was added. The flat chart is
    *not* isometric here: straight lines cross the hole.
Source
    Donoho & Grimes, PNAS 100, 2003 (the failure of Isomap on non-convex domains); drawn by
    scikit-learn's ``make_swiss_roll(hole=True)``, uniformly in (t, h).
"""

import numpy as np

from bench.dataset import Dataset, require_points
from bench.manifolds.ambient import place
from bench.manifolds.hole import HoleGeodesics
from bench.manifolds.spiral import spiral_length


def dataset(
    *,
    n: int = 1500,
    dimensions: int | None = None,
    noise: float = 0.0,
    seed: int = 0,
) -> Dataset:
    """Draw points on the Swiss roll outside of its hole.

    Parameters
    ----------
    n : int
        Number of points.
    dimensions : int, optional
        Dimensions to embed into by a random isometry, 3 or more; left out, the native 3.
    noise : float
        Standard deviation of the Gaussian noise on each final coordinate; the layers are 6.3 apart.
    seed : int
        Draws the points, the isometry and the noise.

    Returns
    -------
    Dataset
        In 3 dimensions unless told, with a chart of (arc length, height) that is not isometric.
    """
    from sklearn.datasets import make_swiss_roll

    require_points(n)
    X, t = make_swiss_roll(n, random_state=seed, hole=True)
    chart = np.column_stack([spiral_length(t), X[:, 1]])
    near, far = spiral_length(np.array([2.5 * np.pi, 3.5 * np.pi]))
    return Dataset(
        X=place(X, "swiss_roll_hole", seed, dimensions=dimensions, noise=noise),
        geodesics=HoleGeodesics(chart, np.array([near, 7.0]), np.array([far, 14.0])),
        chart=chart,
        color=t,
        source="scikit-learn, make_swiss_roll(hole=True)",
        licence="generated",
        intrinsic_dimension=2,
        reach=0.0,  # at the corners of the hole: both sides are near what lies between them
    )
