"""Images of two round bumps, each moved over a square of its own: a flat manifold of dimension 4.

Geodesic
    The bumps never meet, so image distances add in squares and the manifold is the product of
    two squares. Translating a round Gaussian bump has the metric tensor pi / 2 times the
    identity; the geodesic is ``sqrt(pi / 2)`` times the Euclidean distance of the four
    coordinates of the two centres, in pixels. The reach of a product is the smallest of its
    factors': ``w sqrt(pi / 3)`` for bumps of standard deviation w, as of one bump.
Status
    Closed form (the metric is measured on the pixels). Parameters are refused where lengths would
    be off by more than 1e-4 somewhere. With noise, it is that of the clean images.
Source
    Donoho & Grimes, J. Math. Imaging Vis. 23, 2005 (several objects that do not overlap).
"""

import numpy as np
from numpy.typing import NDArray

from bench.dataset import Dataset, require_points
from bench.manifolds.blobs import render_blobs
from bench.manifolds.geodesics import FlatGeodesics
from bench.manifolds.images import (
    constant_metric,
    flat_chart,
    render_images,
    require_positive,
)
from bench.seeds import stream


def dataset(
    *,
    n: int = 1500,
    size: int = 32,
    width: float = 3.0,
    travel: float = 10.0,
    noise: float = 0.0,
    seed: int = 0,
) -> Dataset:
    """Draw images of two bumps at random places, one in the left half and one in the right.

    Parameters
    ----------
    n : int
        Number of images.
    size : int
        Height of an image in pixels; it is twice as wide.
    width : float
        Standard deviation of the bumps in pixels.
    travel : float
        Side of the two squares over which the centres move, in pixels.
    noise : float
        Standard deviation of the Gaussian noise on each pixel; the bumps are 1 high.
    seed : int
        Draws the places and the noise.

    Returns
    -------
    Dataset
        In 2 * size * size dimensions, with a chart of 4 coordinates in units of image distance.

    Raises
    ------
    ValueError
        If a bump would touch the frame or the other half, or is too narrow for the pixels.
    """
    require_points(n)
    require_positive(width=width, travel=travel)
    if travel / 2 + 3.5 * width > size / 2:
        raise ValueError(
            f"a bump leaves its half: travel / 2 + 3.5 * width must be at most size / 2 = "
            f"{size / 2:g}, got {travel / 2 + 3.5 * width:g}"
        )

    def render(centres: NDArray[np.float64]) -> NDArray[np.float64]:
        halves = [
            render_blobs(centre[:, None], np.ones(1), width, size).reshape(-1, size, size)
            for centre in (centres[:, :2], centres[:, 2:])
        ]
        return np.concatenate(halves, axis=2).reshape(len(centres), -1)

    centres = stream(seed, "two_bumps").uniform(-travel / 2, travel / 2, size=(n, 4))
    farthest = np.full(4, travel / 2)
    chart = flat_chart(centres, constant_metric(render, -farthest, farthest))
    pixel_noise = stream(seed, "two_bumps:noise")
    return Dataset(
        X=render_images(render, centres, noise=noise, generator=pixel_noise),
        geodesics=FlatGeodesics(chart),
        chart=chart,
        isometric=True,
        color=centres[:, 0],
        image_shape=(size, 2 * size),
        intrinsic_dimension=4,
        reach=width * float(np.sqrt(np.pi / 3)),
        source="rendered here, after Donoho & Grimes 2005",
        licence="generated",
    )
