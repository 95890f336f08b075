"""Images of a striped patch moved over a square: near in pixels is not near in travel.

Geodesic
    Translating a smooth pattern inside the frame has a constant metric tensor
    ``G = sum over pixels of (grad I)(grad I)'``; the images are isometric to a parallelogram and
    the geodesic is ``sqrt(d' G d)`` for a travel d. Moved by one wavelength the stripes fall on
    stripes again, so the Euclidean distance misleads: it falls and rises along a straight path.
    The reach is measured on images all over the square.
Status
    Closed form (G is measured on the pixels). Parameters are refused where lengths would be off by
    more than 1e-4 somewhere. With noise, it is that of the clean images.
Source
    Donoho & Grimes, J. Math. Imaging Vis. 23, 2005, for the isometry.
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
from bench.manifolds.reach import sheet_reach
from bench.seeds import stream


def dataset(
    *,
    n: int = 1500,
    size: int = 40,
    width: float = 3.75,
    wavelength: float = 4.5,
    travel: float = 12.0,
    noise: float = 0.0,
    seed: int = 0,
) -> Dataset:
    """Draw images of a Gabor patch at random places.

    Parameters
    ----------
    n : int
        Number of images.
    size : int
        Height and width of an image in pixels.
    width : float
        Standard deviation of the patch's envelope in pixels.
    wavelength : float
        Distance of the stripes in pixels.
    travel : float
        Side of the square over which the centre moves, in pixels.
    noise : float
        Standard deviation of the Gaussian noise on each pixel; the patch goes from -1 to 1.
    seed : int
        Draws the places and the noise.

    Returns
    -------
    Dataset
        In size * size dimensions, with a chart in units of image distance.

    Raises
    ------
    ValueError
        If the patch would touch the frame, or it or its stripes are too fine for the pixels.
    """
    require_points(n)
    require_positive(width=width, travel=travel)
    if travel / 2 + 3.5 * width > size / 2:
        raise ValueError(
            f"the patch touches the frame: travel / 2 + 3.5 * width must be at most size / 2 = "
            f"{size / 2:g}, got {travel / 2 + 3.5 * width:g}"
        )
    if wavelength < 3:
        raise ValueError(f"wavelength must be at least 3 pixels, got {wavelength:g}")
    x, y = pixel_grid(size)

    def render(centre: NDArray[np.float64]) -> NDArray[np.float64]:
        across, down = x - centre[:, :1], y - centre[:, 1:]
        envelope = np.exp(-(across**2 + down**2) / (2 * width**2))
        return np.asarray(envelope * np.cos(2 * np.pi * across / wavelength))

    centre = stream(seed, "translated_gabor").uniform(-travel / 2, travel / 2, size=(n, 2))
    farthest = np.full(2, travel / 2)
    chart = flat_chart(centre, constant_metric(render, -farthest, farthest))
    pixel_noise = stream(seed, "translated_gabor:noise")
    return Dataset(
        X=render_images(render, centre, noise=noise, generator=pixel_noise),
        geodesics=FlatGeodesics(chart),
        chart=chart,
        isometric=True,
        color=centre[:, 0],
        image_shape=(size, size),
        intrinsic_dimension=2,
        reach=sheet_reach(render, -farthest, farthest, cell=wavelength / 9, extent=7 * width),
        source="rendered here, after Donoho & Grimes 2005",
        licence="generated",
    )
