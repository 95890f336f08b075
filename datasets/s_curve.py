"""S curve: a flat sheet bent into an S, the gentler sister of the Swiss roll.

Geodesic
    The curve ``(sin t, sign(t) (cos t - 1))`` has unit speed, so the surface is isometric to the
    flat rectangle of (t, h); the geodesic is the Euclidean distance there.
Status
    Closed form. With noise, it is that of the points before noise was added.
Source
    Saul & Roweis, J. Mach. Learn. Res. 4, 2003; drawn by scikit-learn's ``make_s_curve``,
    uniformly on the surface.
"""

import numpy as np

from bench.dataset import Dataset, require_points
from bench.geometry.geodesics import FlatGeodesics


def dataset(*, n: int = 1500, noise: float = 0.0, seed: int = 0) -> Dataset:
    """Draw points on the S curve.

    Parameters
    ----------
    n : int
        Number of points.
    noise : float
        Standard deviation of the Gaussian noise on each coordinate; each arc has radius 1.
    seed : int
        Draws the points and the noise.

    Returns
    -------
    Dataset
        In 3 dimensions, with a chart of (arc length, height).
    """
    from sklearn.datasets import make_s_curve

    require_points(n)
    X, t = make_s_curve(n, noise=noise, random_state=seed)
    height = make_s_curve(n, noise=0.0, random_state=seed)[0][:, 1]
    chart = np.column_stack([t, height])
    return Dataset(
        X=X.astype(np.float32),
        geodesics=FlatGeodesics(chart),
        chart=chart,
        isometric=True,
        color=t,
        source="scikit-learn, make_s_curve",
        licence="generated",
    )
