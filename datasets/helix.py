"""Helix: a line wound up, whose turns lie near each other through space.

Geodesic
    The curve ``(cos t, sin t, c t)`` with c the pitch over 2 pi has the constant speed
    ``sqrt(1 + c**2)``, so the geodesic is that times the difference of t.
Status
    Closed form. With noise, it is that of the points before noise was added.
Source
    Classical (do Carmo, Differential Geometry of Curves and Surfaces, 1976, section 1-2); drawn
    uniformly.
"""

import numpy as np

from bench.dataset import Dataset, require_points
from bench.manifolds.ambient import place
from bench.manifolds.geodesics import FlatGeodesics
from bench.manifolds.reach import orbit_reach
from bench.seeds import stream


def dataset(
    *,
    n: int = 1500,
    turns: float = 4.0,
    pitch: float = 1.0,
    dimensions: int | None = None,
    noise: float = 0.0,
    seed: int = 0,
) -> Dataset:
    """Draw points on a helix of radius 1.

    Parameters
    ----------
    n : int
        Number of points.
    turns : float
        How often it winds, above 0.
    pitch : float
        Its rise in one turn, above 0.
    dimensions : int, optional
        Dimensions to embed into by a random isometry, 3 or more; left out, the native 3.
    noise : float
        Standard deviation of the Gaussian noise on each final coordinate.
    seed : int
        Draws the points, the isometry and the noise.

    Returns
    -------
    Dataset
        In 3 dimensions unless told, with a chart of arc length alone.

    Raises
    ------
    ValueError
        If turns or pitch is not above 0.
    """
    require_points(n)
    if not (turns > 0 and pitch > 0):
        raise ValueError(f"turns and pitch must be above 0, got {turns} and {pitch}.")
    rise = pitch / (2 * np.pi)
    t = stream(seed, "helix").uniform(0, 2 * np.pi * turns, n)
    chart = np.sqrt(1 + rise**2) * t[:, None]
    points = np.column_stack([np.cos(t), np.sin(t), rise * t])
    return Dataset(
        X=place(points, "helix", seed, dimensions=dimensions, noise=noise),
        geodesics=FlatGeodesics(chart),
        chart=chart,
        isometric=True,
        color=t,
        source="drawn here",
        licence="generated",
        intrinsic_dimension=1,
        reach=_reach(turns, rise),
    )


def _reach(turns: float, rise: float) -> float:
    """Return how tightly it bends, or half the gap between turns; one or two of them tell."""
    t = np.linspace(0, 2 * np.pi * min(turns, 2), 4000)
    points = np.column_stack([np.cos(t), np.sin(t), rise * t])
    return orbit_reach(points, np.array([0, 1, rise]), end=True)
