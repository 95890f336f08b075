"""Rendered images whose manifold has a known metric.

If an image moves with its parameters so that the metric tensor ``G = J J'`` (J the derivative of
all pixels) is the same everywhere, the images form a flat manifold: over a convex domain the
geodesic between parameters u and v is ``sqrt((u - v)' G (u - v))``, in the units of image
distance (Donoho & Grimes, J. Math. Imaging Vis. 23, 2005). Translation of a smooth pattern that
stays inside the frame is of this kind. The patterns are rendered from formulas, never resampled.
"""

from collections.abc import Callable, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Render = Callable[[Array], Array]

_PLACES = 64  # beside the middle and the corners, where a metric is measured
_MOST_OFF = 1e-4  # of lengths that are called closed form
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


def constant_metric(
    render: Render, low: Array, high: Array, *, factors: Sequence[int] | None = None
) -> Array:
    """Measure the metric that a family of images has all over a box of parameters.

    It is compared in all corners of the box, where a pattern is nearest to the frame, and at places
    within pixels, where one too fine for them shows.

    Parameters
    ----------
    render : callable
        From parameters of shape (m, d) to images of shape (m, D).
    low, high : ndarray of shape (d,)
        Opposite corners of the box.
    factors : sequence of int, optional
        Where the manifold is taken for a product: how many of the parameters each factor has.
        Between factors the metric is then 0.

    Returns
    -------
    ndarray of shape (d, d)
        The metric in the middle of the box.

    Raises
    ------
    ValueError
        If lengths somewhere differ from it by more than 0.01 % in some direction, or nothing
        changes.
    """
    factor = np.repeat(np.arange(len(factors or [0])), factors or [len(low)])
    metric = np.where(factor[:, None] == factor, metric_tensor(render, (low + high) / 2), 0)
    if not np.linalg.eigvalsh(metric)[0] > 0:
        raise ValueError("the images do not change with all of their parameters")
    root = np.linalg.inv(np.linalg.cholesky(metric))
    within = np.random.default_rng(0).uniform(low, high, (_PLACES, len(low)))
    places = [*product(*zip(low, high, strict=True)), *within]
    # One place at a time, so that few images are held at once.
    tensors = np.stack([metric_tensor(render, np.array(place)) for place in places])
    stretches = np.linalg.eigvalsh(root @ tensors @ root.T)
    off = np.abs(np.sqrt(np.maximum(stretches, 0)) - 1).max()
    if not off <= _MOST_OFF:
        raise ValueError(
            f"lengths along the manifold would be off by {off:.2g}, at most {_MOST_OFF:g} is "
            "allowed: the pattern is too fine for the pixels, or is cut by the frame; make it "
            "wider, or the image larger"
        )
    return np.asarray(metric)


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


def require_positive(**lengths: float) -> None:
    """Refuse lengths in an image that are not above 0.

    Raises
    ------
    ValueError
        Naming the first.
    """
    for name, length in lengths.items():
        if not 0 < length < np.inf:
            raise ValueError(f"{name} must be above 0, got {length:g}")


def add_pixel_noise(
    images: NDArray[np.floating], noise: float, generator: np.random.Generator
) -> NDArray[np.floating]:
    """Add Gaussian noise of a standard deviation to each pixel; 0 leaves the images as they are.

    Raises
    ------
    ValueError
        If the standard deviation is negative.
    """
    if not 0 <= noise < np.inf:
        raise ValueError(f"noise must be 0 or more, got {noise:g}")
    return images + noise * generator.standard_normal(images.shape) if noise else images
