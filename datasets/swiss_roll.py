"""Swiss roll: a flat sheet rolled up, so that near through space is not near along the sheet.

Geodesic
    The roll ``(t cos t, h, t sin t)`` is isometric to the flat rectangle of ``(s(t), h)`` with
    arc length ``s(t) = (t * sqrt(1 + t**2) + asinh(t)) / 2``; the geodesic is the Euclidean
    distance there. (The raw ``(t, h)`` is not isometric: the spiral widens.)
Status
    Closed form. With noise, it is that of the points before noise was added.
Source
    Tenenbaum, de Silva & Langford, Science 290, 2000; the points of scikit-learn's
    ``make_swiss_roll``, uniform in (t, h), unless another density is asked for.
"""

import numpy as np
from numpy.typing import NDArray

from bench.dataset import Dataset, require_points
from bench.manifolds.ambient import place
from bench.manifolds.geodesics import FlatGeodesics
from bench.manifolds.spiral import spiral_angle, spiral_length, spiral_reach
from bench.seeds import stream


def dataset(
    *,
    n: int = 1500,
    density: str = "angle",
    dimensions: int | None = None,
    noise: float = 0.0,
    seed: int = 0,
) -> Dataset:
    """Draw points on the Swiss roll.

    Parameters
    ----------
    n : int
        Number of points.
    density : {"angle", "surface", "inner"}
        Uniform in (t, h), as scikit-learn draws; uniform on the surface; or on the surface ten
        times as dense at the inner edge as at the outer, falling geometrically.
    dimensions : int, optional
        Dimensions to embed into by a random isometry, 3 or more; left out, the native 3.
    noise : float
        Standard deviation of the Gaussian noise on each final coordinate; the layers are 6.3 apart.
    seed : int
        Draws the points, the isometry and the noise.

    Returns
    -------
    Dataset
        In 3 dimensions unless told, with a chart of (arc length, height).

    Raises
    ------
    ValueError
        If ``density`` is none of these.
    """
    require_points(n)
    t, height = _draw(n, density, seed)
    X = np.column_stack([t * np.cos(t), height, t * np.sin(t)])
    chart = np.column_stack([spiral_length(t), height])
    return Dataset(
        X=place(X, "swiss_roll", seed, dimensions=dimensions, noise=noise),
        geodesics=FlatGeodesics(chart),
        chart=chart,
        isometric=True,
        color=t,
        source="drawn here, as by scikit-learn's make_swiss_roll",
        licence="generated",
        intrinsic_dimension=2,
        reach=spiral_reach(1.5 * np.pi, 4.5 * np.pi),
    )


def _draw(n: int, density: str, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Draw the parameter t and the height of points."""
    if density == "angle":
        from sklearn.datasets import make_swiss_roll

        X, t = make_swiss_roll(n, random_state=seed)
        return t, X[:, 1]
    if density not in ("surface", "inner"):
        raise ValueError(f"density must be 'angle', 'surface' or 'inner', got {density!r}.")
    share, height = stream(seed, "swiss_roll").uniform(size=(2, n))
    if density == "inner":
        share = -np.log10(1 - 0.9 * share)
    first, last = spiral_length(np.array([1.5 * np.pi, 4.5 * np.pi]))
    return spiral_angle(first + (last - first) * share), 21 * height
