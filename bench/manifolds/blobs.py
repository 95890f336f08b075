"""Images drawn as sums of round Gaussian blobs: smooth, and with a metric in closed form."""

import numpy as np
from numpy.typing import NDArray

from bench.manifolds.images import pixel_positions

Array = NDArray[np.float64]


def render_blobs(centres: Array, weights: Array, width: float, size: int) -> Array:
    """Render square images, each a sum of blobs ``weight * exp(-r^2 / (2 width^2))``.

    A blob is a part in x times a part in y, so that an image is a product of two small matrices.

    Parameters
    ----------
    centres : ndarray of shape (n, m, 2)
        The (x, y) of m blobs in each of n images, in pixels from the middle.
    weights : ndarray of shape (m,)
        Heights of the blobs.
    width : float
        Standard deviation of all blobs, in pixels.
    size : int
        Height and width of the images in pixels.

    Returns
    -------
    ndarray of shape (n, size * size)
        Row by row.
    """
    offset = pixel_positions(size) - centres[:, :, :, None]
    across, down = np.moveaxis(np.exp(-(offset**2) / (2 * width**2)), 2, 0)
    images = (down * weights[:, None]).transpose(0, 2, 1) @ across
    return np.asarray(images.reshape(len(centres), -1))


def stroke(points: Array, spacing: float) -> Array:
    """Place dots along a polygonal line at (nearly) equal distances, its ends included.

    Round blobs at distances up to their standard deviation add up to a line that is smooth: its
    ripple is 2 exp(-2 pi^2), less than single precision can hold.

    Parameters
    ----------
    points : ndarray of shape (k, 2)
        Corners of the line.
    spacing : float
        Largest distance between dots along the line.

    Returns
    -------
    ndarray of shape (m, 2)
    """
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    dots = np.linspace(0, along[-1], 1 + int(np.ceil(along[-1] / spacing - 1e-9)))
    return np.column_stack([np.interp(dots, along, coordinate) for coordinate in points.T])
