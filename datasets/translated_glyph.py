"""Images of a letter moved over a square: the flat manifold of an arbitrary smooth shape.

Geodesic
    Translating a smooth pattern inside the frame has a constant metric tensor
    ``G = sum over pixels of (grad I)(grad I)'``; the images are isometric to a parallelogram and
    the geodesic is ``sqrt(d' G d)`` for a travel d. The letter is drawn as blurred strokes, so
    moving it across a stroke changes more pixels than moving it along one, and bars that come
    to lie on other bars bring far images near in pixels. The reach is measured on images all over
    the square.
Status
    Closed form (G is measured on the pixels). Parameters are refused where lengths would be off by
    more than 1e-4 somewhere. With noise, it is that of the clean images.
Source
    Donoho & Grimes, J. Math. Imaging Vis. 23, 2005, for the isometry.
"""

import numpy as np
from numpy.typing import NDArray

from bench.dataset import Dataset, require_points
from bench.manifolds.blobs import render_blobs, stroke
from bench.manifolds.geodesics import FlatGeodesics
from bench.manifolds.images import (
    constant_metric,
    flat_chart,
    render_images,
    require_positive,
)
from bench.manifolds.reach import sheet_reach
from bench.seeds import stream

# An S is two circles, of which the upper turns left and the lower turns right.
_TURN = np.radians(np.linspace(-30, -270, 25))
_ARC = np.column_stack([0.25 * np.cos(_TURN), 0.25 * np.sin(_TURN) - 0.25])

# Strokes as corners of lines, in units of the letter's height, x to the right and y down.
_GLYPHS: dict[str, list[list[tuple[float, float]]]] = {
    "E": [
        [(0.3, -0.5), (-0.3, -0.5), (-0.3, 0.5), (0.3, 0.5)],
        [(-0.3, 0.0), (0.2, 0.0)],
    ],
    "H": [[(-0.3, -0.5), (-0.3, 0.5)], [(0.3, -0.5), (0.3, 0.5)], [(-0.3, 0.0), (0.3, 0.0)]],
    "K": [[(-0.3, -0.5), (-0.3, 0.5)], [(0.3, -0.5), (-0.3, 0.05)], [(-0.1, -0.1), (0.3, 0.5)]],
    "S": [[*map(tuple, _ARC), *map(tuple, -_ARC[-2::-1])]],
}


def dataset(
    *,
    n: int = 1500,
    size: int = 40,
    glyph: str = "E",
    height: float = 16.0,
    blur: float = 1.5,
    travel: float = 12.0,
    noise: float = 0.0,
    seed: int = 0,
) -> Dataset:
    """Draw images of a letter at random places.

    Parameters
    ----------
    n : int
        Number of images.
    size : int
        Height and width of an image in pixels.
    glyph : {"E", "H", "K", "S"}
        The letter.
    height : float
        Of the letter in pixels, from the middle of its uppermost stroke to that of its lowest.
    blur : float
        Standard deviation of a stroke's profile in pixels.
    travel : float
        Side of the square over which the centre moves, in pixels.
    noise : float
        Standard deviation of the Gaussian noise on each pixel; a stroke is 1 high, and higher
        where strokes meet.
    seed : int
        Draws the places and the noise.

    Returns
    -------
    Dataset
        In size * size dimensions, with a chart in units of image distance.

    Raises
    ------
    ValueError
        If the letter is not known or would touch the frame, or its strokes are too sharp.
    """
    require_points(n)
    require_positive(height=height, travel=travel)
    if glyph not in _GLYPHS:
        raise ValueError(f"glyph must be one of {', '.join(_GLYPHS)}, got {glyph!r}")
    if blur < 1:
        raise ValueError(f"blur must be at least 1 pixel for smooth strokes, got {blur:g}")
    reached = travel / 2 + height / 2 + 3.5 * blur
    if reached > size / 2:
        raise ValueError(
            f"the letter touches the frame: travel / 2 + height / 2 + 3.5 * blur must be at most "
            f"size / 2 = {size / 2:g}, got {reached:g}"
        )
    strokes = [stroke(height * np.array(line), blur) for line in _GLYPHS[glyph]]
    dots = np.concatenate(strokes)
    # As many dots as a stroke has are as bright in sum as an even line of height 1.
    spacing = np.concatenate([np.full(len(s), np.linalg.norm(s[1] - s[0])) for s in strokes])
    weights = spacing / (blur * np.sqrt(2 * np.pi))

    def render(centre: NDArray[np.float64]) -> NDArray[np.float64]:
        return render_blobs(centre[:, None] + dots, weights, blur, size)

    centre = stream(seed, "translated_glyph").uniform(-travel / 2, travel / 2, size=(n, 2))
    farthest = np.full(2, travel / 2)
    chart = flat_chart(centre, constant_metric(render, -farthest, farthest))
    pixel_noise = stream(seed, "translated_glyph:noise")
    return Dataset(
        X=render_images(render, centre, noise=noise, generator=pixel_noise),
        geodesics=FlatGeodesics(chart),
        chart=chart,
        isometric=True,
        color=centre[:, 0],
        image_shape=(size, size),
        intrinsic_dimension=2,
        reach=sheet_reach(render, -farthest, farthest, cell=blur / 3, extent=height + 7 * blur),
        source="rendered here, after Donoho & Grimes 2005",
        licence="generated",
    )
