"""Images of one symmetric shape moved and turned at once: a square times a circle.

Geodesic
    Moving by d and turning by phi changes the image at the rate
    ``|dI|^2 = d' G d + 2 phi c' d + phi^2 v^2`` with G, c and v as the shape lies at the moment.
    A shape that a turn by one of its N >= 3 arms brings back to itself has a G and a c that the
    same turn leaves unchanged; so G is a multiple ``g`` of the identity and c is zero, whichever
    way the shape is turned. The metric is constant and the images are isometric to a square
    times a circle: the geodesic is ``sqrt(g |d|^2 + v^2 phi^2)``, phi being the smaller angle
    between the two, modulo a turn by one arm.
Status
    Closed form (g and v are measured on the pixels). Parameters are refused where lengths would be
    off by more than 1e-4 somewhere. With noise, it is that of the clean images. The chart gives the
    circle as a circle in the plane: it is *not* isometric, since chords are shorter than arcs.
Source
    Donoho & Grimes, J. Math. Imaging Vis. 23, 2005, for either motion alone.
"""

import numpy as np
from numpy.typing import NDArray

from bench.dataset import Dataset, require_points
from bench.manifolds.blobs import render_blobs
from bench.manifolds.images import constant_metric, flat_chart, render_images, require_positive
from bench.manifolds.wrapped import WrappedGeodesics
from bench.seeds import stream

# Each arm is a pair of blobs, and a fainter one between arms: half a period nearly maps the
# shape to itself. Columns: radius in units of the shape's, angle in arms, brightness.
_ARM = np.array([[1.0, 0.0, 1.0], [0.5, 0.15, 0.8], [1.0, 0.5, 0.7]])


def dataset(
    *,
    n: int = 1500,
    size: int = 40,
    arms: int = 3,
    radius: float = 9.0,
    blur: float = 1.8,
    travel: float = 8.0,
    noise: float = 0.0,
    seed: int = 0,
) -> Dataset:
    """Draw images of the shape at random places and angles.

    Parameters
    ----------
    n : int
        Number of images.
    size : int
        Height and width of an image in pixels.
    arms : int
        How many times the shape repeats itself in a whole turn.
    radius : float
        From the centre of the shape to the ends of its arms, in pixels.
    blur : float
        Standard deviation of the blobs that the shape is drawn with, in pixels.
    travel : float
        Side of the square over which the centre moves, in pixels.
    noise : float
        Standard deviation of the Gaussian noise on each pixel; a blob is up to 1 high.
    seed : int
        Draws places, angles and the noise.

    Returns
    -------
    Dataset
        In size * size dimensions; the chart is the square beside the circle, 4 coordinates in
        units of image distance.

    Raises
    ------
    ValueError
        If the shape has fewer than 3 arms, is too sharp, or would touch the frame.
    """
    require_points(n)
    require_positive(radius=radius, travel=travel)
    if arms < 3:
        raise ValueError(f"arms must be at least 3 for a constant metric, got {arms}")
    if blur < 1:
        raise ValueError(f"blur must be at least 1 pixel for a smooth shape, got {blur:g}")
    reached = travel / 2 + radius + 3.5 * blur
    if reached > size / 2:
        raise ValueError(
            f"the shape touches the frame: travel / 2 + radius + 3.5 * blur must be at most "
            f"size / 2 = {size / 2:g}, got {reached:g}"
        )
    period = 2 * np.pi / arms
    blobs = np.tile(_ARM, (arms, 1))
    blobs[:, 1] += np.repeat(np.arange(arms), len(_ARM))

    def render(motion: NDArray[np.float64]) -> NDArray[np.float64]:
        angle = motion[:, 2:] + period * blobs[:, 1]
        spokes = np.stack([np.cos(angle), np.sin(angle)], axis=2)
        centres = motion[:, None, :2] + radius * blobs[:, :1] * spokes
        return render_blobs(centres, blobs[:, 2], blur, size)

    most = np.array([travel / 2, travel / 2, period / 2])
    motion = stream(seed, "rigid_motion").uniform(-most, most, size=(n, 3))
    metric = constant_metric(render, -most, most, factors=(2, 1))
    flat, speed = flat_chart(motion[:, :2], metric[:2, :2]), float(np.sqrt(metric[2, 2]))
    turn = arms * motion[:, 2:]
    circle = speed / arms * np.hstack([np.cos(turn), np.sin(turn)])
    unrolled = np.column_stack([flat, speed * motion[:, 2]])
    pixel_noise = stream(seed, "rigid_motion:noise")
    return Dataset(
        X=render_images(render, motion, noise=noise, generator=pixel_noise),
        geodesics=WrappedGeodesics(unrolled, (np.inf, np.inf, speed * period)),
        chart=np.hstack([flat, circle]),
        color=motion[:, 2],
        image_shape=(size, size),
        intrinsic_dimension=3,
        source="rendered here, after Donoho & Grimes 2005",
        licence="generated",
    )
