"""Images of one round bump moved over a square: the null case, where both references agree.

Geodesic
    Translating a smooth pattern inside the frame has a constant metric tensor G; for a round
    Gaussian bump it is pi / 2 times the identity, whatever its width. The images are isometric
    to a square and the geodesic is ``sqrt(pi / 2)`` times the travel in pixels. The Euclidean
    distance of two bumps grows with the travel, so it orders the points as the geodesic does:
    no reducer can show a gap here, and a suite that reports one is wrong. A bump of standard
    deviation w bends most tightly on the spot, so the reach is its radius of curvature,
    ``w sqrt(pi / 3)``.
Status
    Closed form (G is measured on the pixels). Parameters are refused where lengths would be off by
    more than 1e-4 somewhere. With noise, it is that of the clean images.
Source
    Donoho & Grimes, J. Math. Imaging Vis. 23, 2005.
"""

import numpy as np
from numpy.typing import NDArray

from bench.dataset import Dataset, require_points
from bench.manifolds.geodesics import FlatGeodesics
from bench.manifolds.images import (
    constant_metric,
    flat_chart,
    pixel_grid,
    render_images,
    require_positive,
)
from bench.seeds import stream


def dataset(
    *,
    n: int = 1500,
    size: int = 40,
    width: float = 3.5,
    travel: float = 12.0,
    noise: float = 0.0,
    seed: int = 0,
) -> Dataset:
    """Draw images of a bump at random places.

    Parameters
    ----------
    n : int
        Number of images.
    size : int
        Height and width of an image in pixels.
    width : float
        Standard deviation of the bump in pixels.
    travel : float
        Side of the square over which the centre moves, in pixels.
    noise : float
        Standard deviation of the Gaussian noise on each pixel; the bump is 1 high.
    seed : int
        Draws the places and the noise.

    Returns
    -------
    Dataset
        In size * size dimensions, with a chart in units of image distance.

    Raises
    ------
    ValueError
        If the bump would touch the frame, or is too narrow for the pixels.
    """
    require_points(n)
    require_positive(width=width, travel=travel)
    if travel / 2 + 3.5 * width > size / 2:
        raise ValueError(
            f"the bump touches the frame: travel / 2 + 3.5 * width must be at most size / 2 = "
            f"{size / 2:g}, got {travel / 2 + 3.5 * width:g}"
        )
    x, y = pixel_grid(size)

    def render(centre: NDArray[np.float64]) -> NDArray[np.float64]:
        squared = (x - centre[:, :1]) ** 2 + (y - centre[:, 1:]) ** 2
        return np.exp(-squared / (2 * width**2))

    centre = stream(seed, "translated_bump").uniform(-travel / 2, travel / 2, size=(n, 2))
    farthest = np.full(2, travel / 2)
    chart = flat_chart(centre, constant_metric(render, -farthest, farthest))
    pixel_noise = stream(seed, "translated_bump:noise")
    return Dataset(
        X=render_images(render, centre, noise=noise, generator=pixel_noise),
        geodesics=FlatGeodesics(chart),
        chart=chart,
        isometric=True,
        color=centre[:, 0],
        image_shape=(size, size),
        intrinsic_dimension=2,
        reach=width * float(np.sqrt(np.pi / 3)),
        source="rendered here, after Donoho & Grimes 2005",
        licence="generated",
    )
