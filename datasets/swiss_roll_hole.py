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
from bench.geometry.hole import HoleGeodesics


def dataset(*, n: int = 1500, noise: float = 0.0, seed: int = 0) -> Dataset:
    """Draw points on the Swiss roll outside of its hole.

    Parameters
    ----------
    n : int
        Number of points.
    noise : float
        Standard deviation of the Gaussian noise on each coordinate; the layers are 6.3 apart.
    seed : int
        Draws the points and the noise.

    Returns
    -------
    Dataset
        In 3 dimensions, with a chart of (arc length, height) that is not isometric.
    """
    from sklearn.datasets import make_swiss_roll

    require_points(n)
    X, t = make_swiss_roll(n, noise=noise, random_state=seed, hole=True)
    height = make_swiss_roll(n, noise=0.0, random_state=seed, hole=True)[0][:, 1]
    chart = np.column_stack([_arc_length(t), height])
    lower = np.array([_arc_length(2.5 * np.pi), 7.0])
    upper = np.array([_arc_length(3.5 * np.pi), 14.0])
    return Dataset(
        X=X.astype(np.float32),
        geodesics=HoleGeodesics(chart, lower, upper),
        chart=chart,
        color=t,
        source="scikit-learn, make_swiss_roll(hole=True)",
        licence="generated",
    )


def _arc_length(t: float | np.ndarray) -> np.ndarray:
    return np.asarray((t * np.sqrt(1 + np.square(t)) + np.arcsinh(t)) / 2)
