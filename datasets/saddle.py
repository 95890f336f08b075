"""Saddle: a sheet bent up one way and down the other, negatively curved everywhere.

Geodesic
    The shortest path in the surface ``z = amplitude * (x**2 - y**2)`` over the square from -1 to 1,
    edges included. There is no closed form; it is solved on a fine grid
    (`bench.manifolds.surface`).
Status
    Numerical, to a relative error of at most 0.005. The largest difference found from a grid of
    four times as many cells each way is 0.0004, at the amplitude 1. With noise, it is that of the
    points before noise was added.
Source
    Classical (do Carmo, Differential Geometry of Curves and Surfaces, 1976, chapter 3: the
    hyperbolic paraboloid); drawn uniformly in (x, y).
"""

import numpy as np
from numpy.typing import NDArray

from bench.dataset import Dataset, require_points
from bench.manifolds.ambient import place
from bench.manifolds.surface import Surface, SurfaceGeodesics
from bench.seeds import stream

_CELLS = (64, 64)  # of the grid that geodesics are solved on


def dataset(
    *,
    n: int = 1500,
    amplitude: float = 1.0,
    dimensions: int | None = None,
    noise: float = 0.0,
    seed: int = 0,
) -> Dataset:
    """Draw points on the saddle.

    Parameters
    ----------
    n : int
        Number of points.
    amplitude : float
        Height of the surface over the square of side 2, in -1 ... 1; 0 is flat.
    dimensions : int, optional
        Dimensions to embed into by a random isometry, 3 or more; left out, the native 3.
    noise : float
        Standard deviation of the Gaussian noise on each final coordinate.
    seed : int
        Draws the points, the isometry and the noise.

    Returns
    -------
    Dataset
        In 3 dimensions unless told; the chart is (x, y), which is not isometric.

    Raises
    ------
    ValueError
        If the amplitude is out of range.
    """
    require_points(n)
    if not -1 <= amplitude <= 1:
        raise ValueError(f"amplitude must be in -1 ... 1, got {amplitude}.")

    def position(parameters: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = parameters.T
        return np.column_stack([x, y, amplitude * (x**2 - y**2)])

    chart = stream(seed, "saddle").uniform(-1, 1, (n, 2))
    surface = Surface(position, (-1.0, -1.0), (1.0, 1.0))
    return Dataset(
        X=place(position(chart), "saddle", seed, dimensions=dimensions, noise=noise),
        geodesics=SurfaceGeodesics(surface, chart, _CELLS, relative_error=0.005),
        chart=chart,
        color=position(chart)[:, 2],
        source="drawn here",
        licence="generated",
        intrinsic_dimension=2,
        reach=1 / (2 * abs(amplitude)) if amplitude else float("inf"),  # bent most in the middle
    )
