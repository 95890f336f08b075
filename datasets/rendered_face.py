"""Images of a head that turns and is lit from the side: a curved sheet with two parameters.

Geodesic
    The length of the shortest path over the rectangle of (pose, light), in the metric tensor
    ``G = J J'`` with J the derivative of all pixels. G is measured on a grid of rendered images
    and interpolated by cubic splines. Images near each other are joined by a line that bends as
    geodesics do; others by the shortest path of such lines between the nodes of a grid of 72 by
    72 cells, whose squared lengths are interpolated between nodes.
Status
    Numerical, to 0.5 %, a bound that is measured and not proven. Against paths on a grid of 150
    cells in the same metric, with lines of up to 15, the largest error of the 124,750 distances
    between 500 images, 70 of them on the border of the rectangle, was 0.19 %, and the mean
    0.007 %. Some 1,400 of them were within 0.12 % of paths between the two images that are
    relaxed by minimising their energy, as the tests do with a few. A search for the worst pairs,
    over sizes 40 to 64 and blurs 1 to 2.56, found errors of -0.10 to 0.33 %, the largest along
    the border. With noise, it is that of the clean images. The chart is the rectangle, sheared so
    that lengths are right for a small change in its middle; it is *not* isometric, since G
    varies.
Source
    After the faces of Tenenbaum, de Silva & Langford, Science 290, 2000, which have pose and
    light as parameters but no known geodesics; rendered here by a formula of its own.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bench.dataset import Dataset, require_points
from bench.manifolds.head import render_head
from bench.manifolds.images import Render, flat_chart, metric_tensor, render_images
from bench.manifolds.near_lines import ParameterBox
from bench.manifolds.parameter_grid import GridGeodesics, ParameterGrid
from bench.manifolds.varying_metric import VaryingMetric
from bench.seeds import stream

REVISION = 2  # geodesics by squared distances interpolated between nodes

_MOST = np.radians([40.0, 50.0])  # of pose and light, to either side
_RELATIVE_ERROR = 0.005


def dataset(
    *, n: int = 1500, size: int = 40, blur: float = 1.5, noise: float = 0.0, seed: int = 0
) -> Dataset:
    """Draw images of the head in random poses and lights.

    Parameters
    ----------
    n : int
        Number of images.
    size : int
        Height and width of an image in pixels.
    blur : float
        Standard deviation of the blur of the outline in pixels.
    noise : float
        Standard deviation of the Gaussian noise on each pixel; pixels go from 0 to about 1.
    seed : int
        Draws poses, lights and the noise.

    Returns
    -------
    Dataset
        In size * size dimensions, with a chart in units of image distance that is not isometric.

    Raises
    ------
    ValueError
        If the pixels are too coarse for the features, or the outline is too sharp for the pixels
        or would touch the frame.
    """
    require_points(n)
    if size < 40:
        raise ValueError(f"size must be at least 40 pixels for a smooth face, got {size}")
    if not 1 <= blur <= 0.04 * size:
        raise ValueError(f"blur must be 1 to 0.04 * size = {0.04 * size:g} pixels, got {blur:g}")

    parameters = stream(seed, "rendered_face").uniform(-_MOST, _MOST, size=(n, 2))
    render, pixel_noise = _render(size, blur), stream(seed, "rendered_face:noise")
    return Dataset(
        X=render_images(render, parameters, noise=noise, generator=pixel_noise),
        geodesics=GridGeodesics(_grid(size, blur), parameters, _RELATIVE_ERROR),
        chart=flat_chart(parameters, metric_tensor(render, np.zeros(2))),
        color=parameters[:, 0],
        image_shape=(size, size),
        intrinsic_dimension=2,
        source="rendered here, after Tenenbaum, de Silva & Langford 2000",
        licence="generated",
    )


def _render(size: int, blur: float) -> Render:
    def render(parameters: NDArray[np.float64]) -> NDArray[np.float64]:
        return render_head(parameters[:, 0], parameters[:, 1], size, blur)

    return render


@lru_cache(maxsize=2)
def _grid(size: int, blur: float) -> ParameterGrid:
    """Keep the grid of these images, which takes seconds, for the next draw of them."""
    metric = VaryingMetric(_render(size, blur), -_MOST, _MOST)
    return ParameterGrid(ParameterBox(metric, -_MOST, _MOST))
