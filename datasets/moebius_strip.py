"""Moebius strip: a band with a half twist, which has one side and cannot be flattened.

Geodesic
    The shortest path in the surface ``((1 + v cos(u / 2)) cos u, (1 + v cos(u / 2)) sin u,
    v sin(u / 2))``, edge included. There is no closed form; it is solved on a fine grid of the
    band that covers it twice (`bench.manifolds.surface`, `bench.manifolds.cover`). The reach is the
    radius where it is bent most, by its mean and Gaussian curvatures (Weisstein, MathWorld,
    "Moebius Strip").
Status
    Numerical, to a relative error of at most 0.005. The largest difference found from a grid of
    four times as many cells each way is 0.0016, over widths from 0.01 to 1. With noise, it is that
    of the points before noise was added.
Source
    Classical (do Carmo, Differential Geometry of Curves and Surfaces, 1976, section 2-6); drawn
    uniformly in (u, v).
"""

import numpy as np
from numpy.typing import NDArray

from bench.dataset import Dataset, require_points
from bench.manifolds.ambient import place
from bench.manifolds.cover import CoverGeodesics
from bench.manifolds.surface import Surface, SurfaceGeodesics
from bench.seeds import stream

_CELLS = 256  # along the band, of the grid that geodesics are solved on; about square ones


def dataset(
    *,
    n: int = 1500,
    width: float = 0.8,
    dimensions: int | None = None,
    noise: float = 0.0,
    seed: int = 0,
) -> Dataset:
    """Draw points on a Moebius strip whose middle is a circle of radius 1.

    Parameters
    ----------
    n : int
        Number of points.
    width : float
        Of the band, above 0 and at most 1.
    dimensions : int, optional
        Dimensions to embed into by a random isometry, 3 or more; left out, the native 3.
    noise : float
        Standard deviation of the Gaussian noise on each final coordinate.
    seed : int
        Draws the points, the isometry and the noise.

    Returns
    -------
    Dataset
        In 3 dimensions unless told; the chart is the strip (u, v), cut open, so not isometric.

    Raises
    ------
    ValueError
        If the width is out of range.
    """
    require_points(n)
    if not 0 < width <= 1:
        raise ValueError(f"width must be above 0 and at most 1, got {width}.")
    chart = stream(seed, "moebius_strip").uniform(size=(n, 2)) * [2 * np.pi, width]
    chart[:, 1] -= width / 2
    above = np.vstack([chart, chart * [1, -1] + [2 * np.pi, 0]])
    band = Surface(_position, (0.0, -width / 2), (4 * np.pi, width / 2), (True, False))
    cells = (_CELLS, max(2, round(_CELLS * width / (4 * np.pi))))
    return Dataset(
        X=place(_position(chart), "moebius_strip", seed, dimensions=dimensions, noise=noise),
        geodesics=CoverGeodesics(SurfaceGeodesics(band, above, cells, relative_error=0.005)),
        chart=chart,
        color=chart[:, 0],
        source="drawn here",
        licence="generated",
        intrinsic_dimension=2,
        reach=_reach(width),
    )


def _position(parameters: NDArray[np.float64]) -> NDArray[np.float64]:
    u, v = parameters.T
    ring = 1 + v * np.cos(u / 2)
    return np.column_stack([ring * np.cos(u), ring * np.sin(u), v * np.sin(u / 2)])


def _reach(width: float) -> float:
    u, v = np.meshgrid(np.linspace(0, 2 * np.pi, 1001), np.linspace(-width / 2, width / 2, 33))
    speed = 1 + 2 * v * np.cos(u / 2) + v**2 * (3 + 2 * np.cos(u)) / 4  # squared, along u
    mean = (1 + v**2 + 2 * v * np.cos(u / 2) + v**2 * np.cos(u) / 2) * np.sin(u / 2)
    mean /= 2 * speed**1.5
    gaussian = -1 / (4 * speed**2)
    return float(1 / (np.abs(mean) + np.sqrt(mean**2 - gaussian)).max())
