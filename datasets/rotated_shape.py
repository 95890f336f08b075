"""Images of one smooth shape turned about its centre: a circle in image space.

Geodesic
    Turning a shape that stays inside the frame changes the image at a constant speed
    ``v = ||dI / d(angle)||``; the images are isometric to a circle of radius v, and the geodesic
    is v times the smaller angle between them. The reach is measured on images all around.
Status
    Closed form (v is measured on the pixels, and the same within 1e-4 all around). With noise, it
    is that of the clean images.
Source
    Donoho & Grimes, J. Math. Imaging Vis. 23, 2005.
"""

import numpy as np
from numpy.typing import NDArray

from bench.dataset import Dataset, require_points
from bench.manifolds.geodesics import CircularGeodesics
from bench.manifolds.images import Render, constant_metric, pixel_positions, render_images
from bench.manifolds.reach import orbit_reach
from bench.seeds import stream

# Three arms of unlike length and brightness around a centre, as round blobs: a third of a turn
# nearly maps the shape to itself, so pixels mislead there. Columns: radius and width in
# units of half the frame, angle in thirds of a turn, brightness.
_BLOBS = np.array(
    [
        [0.22, 0.10, 0.0, 1.0],
        [0.44, 0.10, 0.0, 1.0],
        [0.22, 0.10, 1.0, 1.0],
        [0.44, 0.10, 1.0, 0.6],
        [0.22, 0.10, 2.0, 0.7],
        [0.44, 0.10, 2.0, 0.9],
    ]
)


def dataset(*, n: int = 1500, size: int = 32, noise: float = 0.0, seed: int = 0) -> Dataset:
    """Draw images of the shape at random angles.

    Parameters
    ----------
    n : int
        Number of images.
    size : int
        Height and width of an image in pixels.
    noise : float
        Standard deviation of the Gaussian noise on each pixel; a blob is up to 1 high.
    seed : int
        Draws the angles and the noise.

    Returns
    -------
    Dataset
        In size * size dimensions; the chart is the circle in the plane.

    Raises
    ------
    ValueError
        If the blobs would be too small for the pixels.
    """
    require_points(n)
    if size < 30:
        raise ValueError(f"size must be at least 30 pixels for a smooth shape, got {size}")
    place = pixel_positions(size)
    radius, width = _BLOBS[:, 0] * size / 2, _BLOBS[:, 1] * size / 2

    def render(angle: NDArray[np.float64]) -> NDArray[np.float64]:
        # A round blob is the product of what it is across and what it is up the image.
        turned = angle[:, :1] + 2 * np.pi / 3 * _BLOBS[:, 2]
        across, up = (
            np.exp(-((place - (radius * turn(turned))[..., None]) ** 2) / (2 * width[:, None] ** 2))
            for turn in (np.cos, np.sin)
        )
        images = (_BLOBS[:, 3:] * up).transpose(0, 2, 1) @ across
        return images.reshape(len(angle), -1)

    angle = stream(seed, "rotated_shape").uniform(0, 2 * np.pi, size=(n, 1))
    around = np.full(1, np.pi)
    speed = float(np.sqrt(constant_metric(render, -around, around)[0, 0]))
    pixel_noise = stream(seed, "rotated_shape:noise")
    return Dataset(
        X=render_images(render, angle, noise=noise, generator=pixel_noise),
        geodesics=CircularGeodesics(speed * angle[:, 0], 2 * np.pi * speed),
        chart=speed * np.column_stack([np.cos(angle[:, 0]), np.sin(angle[:, 0])]),
        isometric=True,
        color=angle[:, 0],
        image_shape=(size, size),
        intrinsic_dimension=1,
        reach=_reach(render),
        source="rendered here, after Donoho & Grimes 2005",
        licence="generated",
    )


def _reach(render: Render) -> float:
    angle = np.linspace(0, 2 * np.pi, 361)[:-1, None]
    ahead, behind = render(np.array([[1e-4], [-1e-4]]))
    return orbit_reach(render(angle), ahead - behind)
