"""Twin peaks: a sheet with two hills and two hollows, curved both ways.

Geodesic
    The shortest path in the surface ``z = amplitude * sin(pi x) * tanh(3 y)`` over the square from
    -1 to 1, edges included. There is no closed form; it is solved on a fine grid
    (`bench.manifolds.surface`).
Status
    Numerical, to a relative error of at most 0.005, a bound that is measured and not proven.
    Against grids of four times as many cells each way, distances were found to differ by up to
    0.0018, at the amplitude 1. With noise, it is that of the points before noise was added.
Source
    The "twin peaks" of van der Maaten, Postma & van den Herik, Dimensionality Reduction: A
    Comparative Review, Tilburg University TiCC TR 2009-005; drawn uniformly in (x, y).
"""

import numpy as np
from numpy.typing import NDArray

from bench.dataset import Dataset, require_points
from bench.manifolds.ambient import place
from bench.manifolds.surface import Surface, SurfaceGeodesics
from bench.seeds import stream

_CELLS = (128, 128)  # of the grid that geodesics are solved on


def dataset(
    *,
    n: int = 1500,
    amplitude: float = 1.0,
    dimensions: int | None = None,
    noise: float = 0.0,
    seed: int = 0,
) -> Dataset:
    """Draw points on the twin peaks.

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
        return np.column_stack([x, y, amplitude * np.sin(np.pi * x) * np.tanh(3 * y)])

    chart = stream(seed, "twin_peaks").uniform(-1, 1, (n, 2))
    surface = Surface(position, (-1.0, -1.0), (1.0, 1.0))
    return Dataset(
        X=place(position(chart), "twin_peaks", seed, dimensions=dimensions, noise=noise),
        geodesics=SurfaceGeodesics(surface, chart, _CELLS, relative_error=0.005),
        chart=chart,
        color=position(chart)[:, 2],
        source="drawn here",
        licence="generated",
        intrinsic_dimension=2,
        reach=_reach(abs(amplitude)),
    )


def _reach(height: float) -> float:
    """Return the radius of curvature where the hills run out at the edge, at x = 1/2, y = 1."""
    if not height:
        return float("inf")
    slope = 3 * height / np.cosh(3) ** 2
    return float(np.sqrt(1 + slope**2) / (np.pi**2 * height * np.tanh(3)))
