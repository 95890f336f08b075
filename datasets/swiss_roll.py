"""Swiss roll: a flat sheet rolled up, so that near through space is not near along the sheet.

Geodesic
    The roll ``(t cos t, h, t sin t)`` is isometric to the flat rectangle of ``(s(t), h)`` with
    arc length ``s(t) = (t * sqrt(1 + t**2) + asinh(t)) / 2``; the geodesic is the Euclidean
    distance there. (The raw ``(t, h)`` is not isometric: the spiral widens.)
Status
    Closed form. With noise, it is that of the points before noise was added.
Source
    Tenenbaum, de Silva & Langford, Science 290, 2000; drawn by scikit-learn's
    ``make_swiss_roll``, uniformly in (t, h).
"""

import numpy as np

from bench.dataset import Dataset, require_points
from bench.geometry.geodesics import FlatGeodesics


def dataset(*, n: int = 1500, noise: float = 0.0, seed: int = 0) -> Dataset:
    """Draw points on the Swiss roll.

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
        In 3 dimensions, with a chart of (arc length, height).
    """
    from sklearn.datasets import make_swiss_roll

    require_points(n)
    X, t = make_swiss_roll(n, noise=noise, random_state=seed)
    # scikit-learn adds the noise to all three coordinates; without it the height is the chart's.
    height = make_swiss_roll(n, noise=0.0, random_state=seed)[0][:, 1]
    chart = np.column_stack([(t * np.sqrt(1 + t**2) + np.arcsinh(t)) / 2, height])
    return Dataset(
        X=X.astype(np.float32),
        geodesics=FlatGeodesics(chart),
        chart=chart,
        isometric=True,
        color=t,
        source="scikit-learn, make_swiss_roll",
        licence="generated",
    )
