"""Images of a head that turns and is lit from the side: smooth in its pose and in its light.

The head is an ellipsoid with a relief, seen from afar. The relief bends the direction of the
surface and so its shading (bump mapping; Blinn, SIGGRAPH 1978), and not its outline. What would
jump is rounded off: the outline by a blur, and the edge of the shadow. So an image is a smooth
function of pose and light, has a metric tensor everywhere, and path lengths converge.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

from bench.geometry.images import pixel_grid

Array = NDArray[np.float64]
Point = tuple[Array, Array, Array]

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
    cos, sin = (turn(pose)[:, None] for turn in (np.cos, np.sin))
    aside, ahead = (np.cos(_ELEVATION) * turn(light)[:, None] for turn in (np.sin, np.cos))
    inside, point = _surface(cos, sin, *_frame(size))
    paint, steep_x, steep_y = _skin(point[0], size)
    lamp = (cos * aside - sin * ahead, np.sin(_ELEVATION), sin * aside + cos * ahead)
    incidence = _incidence(point, steep_x, steep_y, lamp)
    lit = (incidence + np.sqrt(incidence**2 + _ROUNDING**2)) / 2
    # The outline's `inside` falls by 2 / a across the axis a; blur is in pixels of 2 / size.
    outline = (1 + erf(inside * (size * _AXES[0] / (4 * np.sqrt(2) * blur)))) / 2
    return np.asarray(outline * paint * (_AMBIENT + (1 - _AMBIENT) * lit))


def _frame(size: int) -> tuple[Array, Array]:
    """Return the x and y of the pixels, row by row."""
    x, y = pixel_grid(size)
    return x * 2 / size, -y * 2 / size


def _surface(cos: Array, sin: Array, x: Array, y: Array) -> tuple[Array, Point]:
    """Find where the pixels' lines of sight meet the turned ellipsoid, in the head's coordinates.

    Also how far inside the outline they are: 1 in the middle, 0 at the outline, negative outside.
    """
    a, b, c = _AXES
    # The depth z solves q z^2 + 2 p z + r = 0 with p^2 - q r = q * inside.
    q = sin**2 / a**2 + cos**2 / c**2
    p = sin * cos * (1 / c**2 - 1 / a**2) * x
    inside = (1 - y**2 / b**2) - x**2 / (a**2 * c**2 * q)
    depth = (inside + np.sqrt(inside**2 + _THINNEST**2)) / 2
    z = np.sqrt(depth / q) - p / q
    return inside, (cos * x - sin * z, y, sin * x + cos * z)


def _skin(x: Array, size: int) -> Point:
    """Give the brightness of the paint, and the slopes of the relief across and upwards.

    With the features on both sides at a distance d, the Gaussians around d and -d are one around
    0 times ``exp(x d / w²)`` and its inverse.
    """
    light, profiles = _profiles(size)
    dark, slope, lean = np.zeros_like(x), np.zeros_like(x), np.zeros_like(x)
    for distance, own_relief, own_slope, own_dark in profiles:
        left = np.exp(distance / _ACROSS**2 * x) if distance else 1.0
        right = 1 / left if distance else 0.0
        share = np.exp(-((distance / _ACROSS) ** 2) / 2)
        both, apart = share * (left + right), share * distance * (left - right)
        dark += own_dark * both
        slope += own_slope * both
        lean += own_relief * (x * both - apart)
    middle = np.exp(-(x**2) / (2 * _ACROSS**2))
    return light - middle * dark, -middle * lean / _ACROSS**2, middle * slope


def _incidence(point: Point, steep_x: Array, steep_y: Array, lamp: Point) -> Array:
    """Return the cosine between the lamp and the direction of the surface, bent by the relief.

    The unit normal u of the ellipsoid is bent to ``(1 + s u) u - s`` by the slopes s, a vector
    whose squared length is ``1 - (s u)² + s s``.
    """
    u, v, w = (x / axis**2 for x, axis in zip(point, _AXES, strict=True))
    length = np.sqrt(u**2 + v**2 + w**2)
    outward = (steep_x * u + steep_y * v) / length
    facing = (u * lamp[0] + v * lamp[1] + w * lamp[2]) / length
    bent = (1 + outward) * facing - steep_x * lamp[0] - steep_y * lamp[1]
    return np.asarray(bent / np.sqrt(1 - outward**2 + steep_x**2 + steep_y**2))


@lru_cache(maxsize=4)
def _profiles(size: int) -> tuple[Array, list[tuple[float, Array, Array, Array]]]:
    """Return what the pixels' heights decide, the same for every image.

    That is the paint without features; and of the features at each distance from the middle line
    relief, its slope and darkness.
    """
    _, y = _frame(size)
    from_hair, thinning, darkness = _HAIR
    light = 1 - darkness * np.exp(-(((y - from_hair) / thinning) ** 2) / 2)
    profiles = []
    for distance in np.unique(_FEATURES[:, 0]):
        _, middle, width, relief, dark = _FEATURES[_FEATURES[:, 0] == distance].T
        bump = np.exp(-(((y[:, None] - middle) / width) ** 2) / 2)
        slope = -bump * (y[:, None] - middle) / width**2
        profiles.append((float(distance), bump @ relief, slope @ relief, bump @ dark))
    return light, profiles
