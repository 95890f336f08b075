"""Rendered images whose manifold has a known metric.

If an image moves with its parameters so that the metric tensor ``G = J J'`` (J the derivative of
all pixels) is the same everywhere, the images form a flat manifold: over a convex domain the
geodesic between parameters u and v is ``sqrt((u - v)' G (u - v))``, in the units of image
distance (Donoho & Grimes, J. Math. Imaging Vis. 23, 2005). Translation of a smooth pattern that
stays inside the frame is of this kind. The patterns are rendered from formulas, never resampled.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Render = Callable[[Array], Array]

_BLOCK_BYTES = 2**18  # of one float64 array of images; several of them fit into a core's own cache


def pixel_positions(size: int) -> Array:
    """Return where the centres of a row of pixels lie, origin in its middle: shape (size,)."""
    return np.arange(size, dtype=np.float64) - (size - 1) / 2


def pixel_grid(size: int) -> tuple[Array, Array]:
    """Return the x and y of the pixel centres of a square image, origin in its middle.

    Returns
    -------
    x, y : ndarray of shape (size * size,)
        In pixels, row by row.
    """
    position = pixel_positions(size)
    y, x = np.meshgrid(position, position, indexing="ij")
    return x.ravel(), y.ravel()


def metric_tensor(render: Render, parameters: Array, step: float = 1e-4) -> Array:
    """Measure the metric that a family of images has at one set of parameters, or at several.

    Parameters
    ----------
    render : callable
        From parameters of shape (m, d) to images of shape (m, D).
    parameters : ndarray of shape (..., d)
        Where to measure.
    step : float
        Of the central differences; their error is of the order of its square.

    Returns
    -------
    ndarray of shape (..., d, d)
    """
    d = parameters.shape[-1]
    steps = step * np.eye(d)
    around = np.stack([parameters[..., None, :] + steps, parameters[..., None, :] - steps])
    images = render(around.reshape(-1, d)).reshape(*around.shape[:-1], -1)
    derivative = (images[0] - images[1]) / (2 * step)
    return np.asarray(derivative @ np.swapaxes(derivative, -1, -2))


def flat_chart(parameters: Array, metric: Array) -> Array:
    """Map parameters linearly to coordinates in which a constant metric is the Euclidean one.

    Parameters
    ----------
    parameters : ndarray of shape (n, d)
    metric : ndarray of shape (d, d)
        Symmetric and positive definite.

    Returns
    -------
    ndarray of shape (n, d)
        In the units of image distance.
    """
    return parameters @ np.linalg.cholesky(metric)


def render_images(
    render: Render, parameters: Array, *, noise: float, generator: np.random.Generator
) -> NDArray[np.float32]:
    """Render a family of images a block at a time, and add noise.

    What is held in float64 at once does not grow with the number of images.

    Parameters
    ----------
    render : callable
        From parameters of shape (m, d) to images of shape (m, D).
    parameters : ndarray of shape (n, d)
    noise : float
        Standard deviation of the Gaussian noise on each pixel.
    generator : numpy.random.Generator
        Draws the noise.

    Returns
    -------
    ndarray of shape (n, D), float32
    """
    n, pixels = len(parameters), render(parameters[:1]).shape[1]
    images = np.empty((n, pixels), dtype=np.float32)
    step = max(1, _BLOCK_BYTES // (8 * pixels))
    for start in range(0, n, step):
        block = slice(start, start + step)
        images[block] = add_pixel_noise(render(parameters[block]), noise, generator)
    return images


def add_pixel_noise(
    images: NDArray[np.floating], noise: float, generator: np.random.Generator
) -> NDArray[np.floating]:
    """Add Gaussian noise of a standard deviation to each pixel; 0 leaves the images as they are."""
    return images + noise * generator.standard_normal(images.shape) if noise else images
