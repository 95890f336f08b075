"""Images of a patch of crossed stripes moved over a square: pixels mislead in two directions.

Geodesic
    Translating a smooth pattern inside the frame has a constant metric tensor
    ``G = sum over pixels of (grad I)(grad I)'``; the images are isometric to a parallelogram and
    the geodesic is ``sqrt(d' G d)`` for a travel d. For stripes of wave vectors p and q under a
    Gaussian envelope of standard deviation w, G is ``pi w^2 / 16`` times the sum of
    ``exp(-w^2 |a - b|^2 / 4) (m m' + 1 / (2 w^2))`` over all a and b among p, -p, q and -q, with
    ``m = (a + b) / 2``. Where these are far apart beside 1 / w only the terms of a = b are left,
    ``pi / 8 (w^2 (p p' + q q') + 1)``; slanted stripes bring two of them near each other.
    Moved by one wavelength across either stripes, they fall on stripes again, so there is a
    whole lattice of places that are far along the manifold and near in pixels. The reach is
    measured on images all over the square.
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
    pixel_positions,
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
    angle: float = 90.0,
    travel: float = 12.0,
    noise: float = 0.0,
    seed: int = 0,
) -> Dataset:
    """Draw images of a crossed grating at random places.

    Parameters
    ----------
    n : int
        Number of images.
    size : int
        Height and width of an image in pixels.
    width : float
        Standard deviation of the patch's envelope in pixels.
    wavelength : float
        Distance of the stripes in pixels, in both directions.
    angle : float
        Between the two directions of stripes, in degrees; one of them runs down the image.
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
        If the patch would touch the frame, it or its stripes are too fine for the pixels, or
        these are (nearly) the same in both directions.
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
    if not 15 <= angle <= 165:
        raise ValueError(f"angle must be 15 to 165 degrees for stripes that cross, got {angle:g}")
    position = pixel_positions(size)
    turns = np.radians([0.0, angle])
    waves = 2 * np.pi / wavelength * np.column_stack([np.cos(turns), np.sin(turns)])

    def render(centre: NDArray[np.float64]) -> NDArray[np.float64]:
        # Envelope and waves are products of a part in x and a part in y: few exponentials.
        offset = position - centre[:, :, None]
        images = np.zeros((len(centre), size, size))
        for wave in waves:
            across, down = np.moveaxis(
                np.exp(-(offset**2) / (2 * width**2) + 1j * wave[:, None] * offset), 1, 0
            )
            images += np.einsum("ni,nj->nij", down.real, across.real) / 2
            images -= np.einsum("ni,nj->nij", down.imag, across.imag) / 2
        return images.reshape(len(centre), -1)

    centre = stream(seed, "translated_grating").uniform(-travel / 2, travel / 2, size=(n, 2))
    farthest = np.full(2, travel / 2)
    chart = flat_chart(centre, constant_metric(render, -farthest, farthest))
    pixel_noise = stream(seed, "translated_grating:noise")
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
