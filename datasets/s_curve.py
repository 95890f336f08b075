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
from bench.manifolds.ambient import place
from bench.manifolds.geodesics import FlatGeodesics


def dataset(
    *,
    n: int = 1500,
    dimensions: int | None = None,
    noise: float = 0.0,
    seed: int = 0,
) -> Dataset:
    """Draw points on the S curve.

    Parameters
    ----------
    n : int
        Number of points.
    dimensions : int, optional
        Dimensions to embed into by a random isometry, 3 or more; left out, the native 3.
    noise : float
        Standard deviation of the Gaussian noise on each final coordinate; each arc has radius 1.
    seed : int
        Draws the points, the isometry and the noise.

    Returns
    -------
    Dataset
        In 3 dimensions unless told, with a chart of (arc length, height).
    """
    from sklearn.datasets import make_s_curve

    require_points(n)
    X, t = make_s_curve(n, random_state=seed)
    chart = np.column_stack([t, X[:, 1]])
    return Dataset(
        X=place(X, "s_curve", seed, dimensions=dimensions, noise=noise),
        geodesics=FlatGeodesics(chart),
        chart=chart,
        isometric=True,
        color=t,
        source="scikit-learn, make_s_curve",
        licence="generated",
        intrinsic_dimension=2,
        # Each end of the S looks at the other arc: half of sqrt(1 + 2**2) - 1.
        reach=(np.sqrt(5) - 1) / 2,
    )
