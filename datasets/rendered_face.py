"""Images of a head that turns and is lit from the side: a curved sheet with two parameters.

Geodesic
    The length of the shortest path over the rectangle of (pose, light), in the metric tensor
    ``G = J J'`` with J the derivative of all pixels. G is measured on a grid of rendered images
    and interpolated by cubic splines; shortest paths are found on a grid of 80 by 80 cells, or
    more where there are more points than cells, with straight lines of up to 12 cells in all
    directions.
Status
    Numerical, to 0.5 %. Against a grid of 140 cells with lines of up to 20, the largest error of
    70,000 distances was 0.23 %, and the mean 0.01 %; the tests compare some with paths between
    two images that are relaxed by minimising their energy. With noise, it is that of the clean
    images. Lines take 150 kB for each point, and beyond some 70,000 points, which can be drawn,
    geodesics are refused. The chart is the rectangle, sheared so that lengths are right for a
    small change in its middle; it is *not* isometric, since G varies.
Source
    After the faces of Tenenbaum, de Silva & Langford, Science 290, 2000, which have pose and
    light as parameters but no known geodesics; rendered here by a formula of its own.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bench.dataset import Dataset, require_points
from bench.geometry.head import render_head
from bench.geometry.images import Render, flat_chart, metric_tensor, render_images
from bench.geometry.parameter_grid import GridGeodesics, ParameterGrid
from bench.geometry.varying_metric import VaryingMetric
from bench.seeds import stream

_MOST = np.radians([40.0, 50.0])  # of pose and light, to either side
_RELATIVE_ERROR = 0.005
_CELLS = 80  # along the longer side


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
    # With no more points than cells, the lines between points grow no faster than the points.
    cells = max(_CELLS, int(np.ceil(np.sqrt(n))))
    grid, pixel_noise = _grid(size, blur, cells), stream(seed, "rendered_face:noise")
    render = _render(size, blur)
    return Dataset(
        X=render_images(render, parameters, noise=noise, generator=pixel_noise),
        geodesics=GridGeodesics(grid, parameters, _RELATIVE_ERROR),
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


@lru_cache(maxsize=4)
def _grid(size: int, blur: float, cells: int) -> ParameterGrid:
    """Keep the grid of these images, which takes seconds, for the next draw of them."""
    return ParameterGrid(VaryingMetric(_render(size, blur), -_MOST, _MOST), -_MOST, _MOST, cells)
