"""What a decoder does, to be looked at: small arrays that figures are made of."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bench.metrics.decoder.decoding import Decoding, Points, straight

GRID = 7  # images on each side of the decoded grid
MESH = 25  # points on each side of a decoded surface
STEPS = 8  # of a line that is shown
SHOWN = 6  # points that are shown with noise and without
POINTS = 400  # training points that surfaces are drawn among
NOISE = 0.4  # of these, in units of `Decoding.spread`
_IN_SPACE = 3  # dimensions that can be drawn as they are
PREFIX = "pictures/"


def draw(decoding: Decoding, image_shape: tuple[int, int] | None) -> dict[str, NDArray[np.generic]]:
    """Decode what figures show.

    Parameters
    ----------
    decoding : Decoding
    image_shape : tuple of (int, int) or None
        Of the points, where they are images.

    Returns
    -------
    dict of str to ndarray
        By ``pictures/`` and their names. ``grid``: codes of two dimensions at equal steps over
        the region where the training codes are, decoded, of shape (7, 7, D) for images, else
        (25, 25, D). ``code_line``, ``input_line`` and, where it is known, ``geodesic``: of shape
        (8, D), between the two held-out points that are farthest apart among the pairs.
        ``clean``, ``noisy`` and ``denoised``: of shape (6, D). Grey values of images are uint8
        over the range of the training points. Points of up to three dimensions are float32, with
        some training ``points`` beside them; others are not drawn.
    """
    if image_shape is None and decoding.training.shape[1] > _IN_SPACE:
        return {}
    side = MESH if image_shape is None else GRID
    found = {**_grid(decoding, side), **_lines(decoding), **_denoising(decoding)}
    if image_shape is None:
        found["points"] = decoding.training[:POINTS]
        return {PREFIX + name: points.astype(np.float32) for name, points in found.items()}
    low, high = float(decoding.training.min()), float(decoding.training.max())
    return {PREFIX + name: _grey(points, low, high) for name, points in found.items()}


def _grid(decoding: Decoding, side: int) -> Mapping[str, Points]:
    if decoding.codes.shape[1] != 2 or (decoding.affordable or side**2) < side**2:
        return {}
    low, high = np.quantile(decoding.codes, [0.02, 0.98], axis=0)
    first, second = (np.linspace(a, b, side) for a, b in zip(low, high, strict=True))
    codes = np.stack(np.meshgrid(first, second[::-1]), axis=-1)
    return {"grid": decoding.decoded(codes.reshape(-1, 2)).reshape(side, side, -1)}


def _lines(decoding: Decoding) -> Mapping[str, Points]:
    pairs = decoding.pairs
    if not len(pairs):
        return {}
    lengths = decoding.geodesics[pairs[:, 0], pairs[:, 1]]
    pair = pairs[lengths.argmax()]
    ends = decoding.held_out[pair].astype(np.float64)
    codes = straight(decoding.encoded(decoding.held_out[pair])[None], STEPS)[0]
    lines = {"code_line": decoding.decoded(codes), "input_line": straight(ends[None], STEPS)[0]}
    if decoding.manifold is not None and decoding.chart is not None:
        lines["geodesic"] = decoding.manifold.at(straight(decoding.chart[pair][None], STEPS)[0])
    return lines


def _denoising(decoding: Decoding) -> Mapping[str, Points]:
    noisy = decoding.noisy(NOISE)[:SHOWN]
    clean = decoding.clean[decoding.rows][:SHOWN].astype(np.float64)
    return {"clean": clean, "noisy": noisy, "denoised": decoding.through(noisy)}


def _grey(points: Points, low: float, high: float) -> NDArray[np.uint8]:
    scaled = 255 * (points - low) / max(high - low, 1e-12)
    return np.asarray(np.clip(np.rint(scaled), 0, 255), dtype=np.uint8)
