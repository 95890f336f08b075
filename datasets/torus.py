"""Ring torus: a tube closed to a ring, curved outwards outside and inwards inside.

Geodesic
    The shortest path in the surface ``((R + r cos v) cos u, (R + r cos v) sin u, r sin v)``. There
    is no closed form; it is solved on a fine grid (`bench.manifolds.surface`). (The formula of the
    flat torus is wrong by a factor of R / (R - r) for neighbours on the inner equator.)
Status
    Numerical, to a relative error of at most 0.005. The largest difference found from a grid of
    four times as many cells each way is 0.0026, over all tubes that can be asked for. With noise,
    it is that of the points before noise was added.
Source
    Classical (do Carmo, Differential Geometry of Curves and Surfaces, 1976, section 2-2); drawn
    uniformly on the surface.
"""

import numpy as np
from numpy.typing import NDArray

from bench.dataset import Dataset, require_points
from bench.manifolds.ambient import place
from bench.manifolds.surface import Surface, SurfaceGeodesics
from bench.seeds import stream

_CELLS = (96, 32)  # of the grid that geodesics are solved on, and more around a thick tube


def dataset(
    *,
    n: int = 1500,
    minor: float = 0.5,
    dimensions: int | None = None,
    noise: float = 0.0,
    seed: int = 0,
) -> Dataset:
    """Draw points on a ring torus whose ring has radius 1.

    Parameters
    ----------
    n : int
        Number of points.
    minor : float
        Radius of the tube, in 0.2 ... 0.8.
    dimensions : int, optional
        Dimensions to embed into by a random isometry, 3 or more; left out, the native 3.
    noise : float
        Standard deviation of the Gaussian noise on each final coordinate.
    seed : int
        Draws the points, the isometry and the noise.

    Returns
    -------
    Dataset
        In 3 dimensions unless told; the chart is the unrolled rectangle, cut open, so not
        isometric.

    Raises
    ------
    ValueError
        If ``minor`` is out of range.
    """
    require_points(n)
    if not 0.2 <= minor <= 0.8:
        raise ValueError(f"minor must be in 0.2 ... 0.8, got {minor}.")

    def position(parameters: NDArray[np.float64]) -> NDArray[np.float64]:
        u, v = parameters.T
        ring = 1 + minor * np.cos(v)
        return np.column_stack([ring * np.cos(u), ring * np.sin(u), minor * np.sin(v)])

    angles = _draw(n, minor, seed)
    surface = Surface(position, (0.0, 0.0), (2 * np.pi, 2 * np.pi), (True, True))
    # As many around the tube as make cells that are neither long nor wide in the mean.
    cells = (_CELLS[0], max(_CELLS[1], round(_CELLS[0] * minor / np.sqrt(1 - minor**2))))
    return Dataset(
        X=place(position(angles), "torus", seed, dimensions=dimensions, noise=noise),
        geodesics=SurfaceGeodesics(surface, angles, cells, relative_error=0.005),
        chart=angles * [1.0, minor],
        color=angles[:, 0],
        source="drawn here",
        licence="generated",
        intrinsic_dimension=2,
        reach=min(minor, 1 - minor),
    )


def _draw(n: int, minor: float, seed: int) -> NDArray[np.float64]:
    """Draw angles so that points are uniform on the surface."""
    u, v, share = stream(seed, "torus").uniform(size=(3, n)) * [[2 * np.pi], [2 * np.pi], [1.0]]
    # The area at v is proportional to 1 + minor cos v; what one side has too much goes to pi - v.
    inside = 2 * share > 1 + minor * np.cos(v)
    return np.column_stack([u, np.where(inside, np.pi - v, v) % (2 * np.pi)])
