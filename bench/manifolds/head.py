"""Images of a head that turns and is lit from the side: smooth in its pose and in its light.

The head is an ellipsoid with a relief, seen from afar. The relief bends the direction of the
surface and so its shading (bump mapping; Blinn, SIGGRAPH 1978), and not its outline. What would
jump is rounded off: the outline by a blur, and the edge of the shadow. So an image is a smooth
function of pose and light, has a metric tensor everywhere, and path lengths converge.
"""

import math
from functools import lru_cache

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.special import erf

from bench.manifolds.images import pixel_positions

Array = NDArray[np.float64]

# Half axes of the head: across, up, front to back. All lengths are in units of half the frame,
# x to the head's left, y up, z to the front.
_AXES = (0.58, 0.76, 0.68)

# Features stand at a distance from the middle line, on both sides if that is not 0. Columns: that
# distance, height up the head, width upwards, relief (outward), darkness of the paint.
_FEATURES = np.array(
    [
        [0.00, 0.05, 0.15, 0.060, 0.00],  # bridge of the nose
        [0.00, -0.10, 0.09, 0.075, 0.00],  # tip of the nose
        [0.00, -0.34, 0.08, 0.035, 0.45],  # mouth
        [0.00, -0.58, 0.10, 0.045, 0.00],  # chin
        [0.22, 0.12, 0.08, -0.040, 0.50],  # eyes
        [0.22, 0.30, 0.08, 0.030, 0.30],  # brows
        [0.33, -0.12, 0.12, 0.030, 0.00],  # cheeks
    ]
)
# Of all features, across. Nothing is finer than 1.5 pixels of the smallest frame, so that moving
# it from pixel to pixel leaves hardly a ripple in the metric.
_ACROSS = 0.14
_HAIR = (0.75, 0.22, 0.7)  # where it begins to thin out, how soon, and its darkness
_ELEVATION = np.radians(25)  # of the light
_AMBIENT = 0.15
_ROUNDING = 0.3  # of the edge of the shadow, in units of the cosine of the incidence
_THINNEST = 0.15  # of the depth that is left at the outline, where its slope would be infinite


def render_head(pose: Array, light: Array, size: int, blur: float) -> Array:
    """Render a head in several poses and lights.

    Parameters
    ----------
    pose, light : ndarray of shape (n,)
        By how much the head is turned to its left, and from how far to the right of the viewer
        it is lit, both in radians and less than half pi; 0 is to the front.
    size : int
        Height and width of the images in pixels.
    blur : float
        Standard deviation of the blur of the outline, in pixels.

    Returns
    -------
    ndarray of shape (n, size * size)
        From 0 (dark) to about 1, row by row.
    """
    cos, sin = np.cos(pose), np.sin(pose)
    aside, ahead = (np.cos(_ELEVATION) * turn(light) for turn in (np.sin, np.cos))
    lamp = (cos * aside - sin * ahead, np.sin(_ELEVATION), sin * aside + cos * ahead)
    x, (brightness, features) = _positions(size), _features(size)
    across, front = np.empty((2, len(pose), size, size))
    _find_surface(cos, sin, x, across, front)
    middle = np.exp(across**2 / (-2 * _ACROSS**2))
    # With features on both sides at a distance d, the Gaussians around d and -d are one around 0
    # times exp(x d / w²) and its inverse.
    left = np.exp(np.multiply.outer(features[0, 1:, 0] / _ACROSS**2, across))
    images = _outline(cos, sin, size, blur)
    _paint(across, front, left, middle, x, brightness, features, lamp, images)
    return images.reshape(len(pose), -1)


def _positions(size: int) -> Array:
    """Return the x of the pixels from left to right; their y, from below, is the same."""
    return pixel_positions(size) * 2 / size


@lru_cache(maxsize=4)
def _features(size: int) -> tuple[Array, Array]:
    """Return what the heights of the pixels decide, from above, the same for every image.

    Returns
    -------
    brightness : ndarray of shape (size,)
        Of the paint without features.
    features : ndarray of shape (size, distances, 4)
        Their distance from the middle line, first those on it; and relief, its slope upwards and
        darkness of those on one side.
    """
    y = -_positions(size)
    from_hair, thinning, darkness = _HAIR
    brightness = 1 - darkness * np.exp(-(((y - from_hair) / thinning) ** 2) / 2)
    features = []
    for distance in np.unique(_FEATURES[:, 0]):
        _, middle, width, relief, dark = _FEATURES[_FEATURES[:, 0] == distance].T
        bump = np.exp(-(((y[:, None] - middle) / width) ** 2) / 2)
        slope = -bump * (y[:, None] - middle) / width**2
        share = np.exp(-((distance / _ACROSS) ** 2) / 2)
        profiles = share * np.column_stack([bump @ relief, slope @ relief, bump @ dark])
        features.append(np.insert(profiles, 0, distance, axis=1))
    return brightness, np.stack(features, axis=1)


def _outline(cos: Array, sin: Array, size: int, blur: float) -> Array:
    """Return how much of each pixel the turned head covers, of shape (n, size, size)."""
    a, b, c = _AXES
    x = _positions(size)[: (size + 1) // 2]
    narrow = 1 / (sin**2 * c**2 + cos**2 * a**2)
    inside = 1 - x[:, None] ** 2 / b**2 - x**2 * narrow[:, None, None]
    # `inside` falls by 2 / a at the outline across; blur is in pixels of 2 / size.
    quarter = (1 + erf(inside * (size * a / (4 * np.sqrt(2) * blur)))) / 2
    mirrored = np.minimum(np.arange(size), np.arange(size)[::-1])
    return np.asarray(quarter.take(mirrored, axis=1).take(mirrored, axis=2))


@njit(cache=True, nogil=True, error_model="numpy")
def _find_surface(cosines, sines, x, across, front):
    """Find where lines of sight meet the turned ellipsoid, in the head's own x and z."""
    a, b, c = _AXES
    for image in range(len(cosines)):
        cos, sin = cosines[image], sines[image]
        # The depth z solves q z^2 + 2 q lean x z + r = 0 with (q lean x)^2 - q r = q * inside.
        q = sin**2 / a**2 + cos**2 / c**2
        lean = sin * cos * (1 / c**2 - 1 / a**2) / q
        narrow = 1 / (a**2 * c**2 * q)
        for row in range(len(x)):
            height = 1 - x[row] ** 2 / b**2
            for i in range(len(x)):
                inside = height - x[i] ** 2 * narrow
                depth = (inside + math.sqrt(inside**2 + _THINNEST**2)) / 2
                z = math.sqrt(depth / q) - lean * x[i]
                across[image, row, i] = cos * x[i] - sin * z
                front[image, row, i] = sin * x[i] + cos * z


@njit(cache=True, nogil=True, error_model="numpy")
def _paint(across, front, left, middle, x, brightness, features, lamps, images):
    """Multiply the pixels of images by the paint of the head and by the light on it."""
    dark, lean, rise = np.empty(len(x)), np.empty(len(x)), np.empty(len(x))
    for image in range(len(images)):
        lamp = lamps[0][image], lamps[1], lamps[2][image]
        for row in range(len(x)):
            place, depth, near = across[image, row], front[image, row], middle[image, row]
            y, bright, pixels = -x[row], brightness[row], images[image, row]
            _, relief, slope, darkness = features[row, 0]
            dark[:], lean[:], rise[:] = darkness, relief * place, slope
            for k in range(len(left)):
                distance, relief, slope, darkness = features[row, k + 1]
                ahead = left[k, image, row]
                for i in range(len(x)):
                    both, apart = ahead[i] + 1 / ahead[i], ahead[i] - 1 / ahead[i]
                    dark[i] += darkness * both
                    lean[i] += relief * (place[i] * both - distance * apart)
                    rise[i] += slope * both
            for i in range(len(x)):
                steep_x, steep_y = -near[i] * lean[i] / _ACROSS**2, near[i] * rise[i]
                cosine = _incidence(place[i], y, depth[i], steep_x, steep_y, lamp)
                lit = (cosine + math.sqrt(cosine**2 + _ROUNDING**2)) / 2
                paint = bright - near[i] * dark[i]
                pixels[i] *= paint * (_AMBIENT + (1 - _AMBIENT) * lit)


@njit(cache=True, nogil=True, error_model="numpy")
def _incidence(x, y, z, steep_x, steep_y, lamp):
    """Return the cosine between the lamp and the direction of the surface, bent by the relief.

    The unit normal u of the ellipsoid is bent to ``(1 + s u) u - s`` by the slopes s, a vector
    whose squared length is ``1 - (s u)² + s s``.
    """
    a, b, c = _AXES
    u, v, w = x / a**2, y / b**2, z / c**2
    length = math.sqrt(u**2 + v**2 + w**2)
    outward = (steep_x * u + steep_y * v) / length
    facing = (u * lamp[0] + v * lamp[1] + w * lamp[2]) / length
    bent = (1 + outward) * facing - steep_x * lamp[0] - steep_y * lamp[1]
    return bent / math.sqrt(1 - outward**2 + steep_x**2 + steep_y**2)
