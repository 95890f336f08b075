"""Images of a head that turns and is lit from the side: smooth in its pose and in its light.

The head is an ellipsoid with a relief, seen from afar. The relief bends the direction of the
surface and so its shading (bump mapping; Blinn, SIGGRAPH 1978), and not its outline. What would
jump is rounded off: the outline by a blur, and the edge of the shadow. So an image is a smooth
function of pose and light, has a metric tensor everywhere, and path lengths converge.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

from bench.geometry.images import pixel_positions

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
    cos, sin = (turn(pose)[:, None, None] for turn in (np.cos, np.sin))
    aside, ahead = (np.cos(_ELEVATION) * turn(light)[:, None, None] for turn in (np.sin, np.cos))
    inside, point = _surface(cos, sin, size)
    paint, normal = _skin(point)
    lamp = (cos * aside - sin * ahead, np.sin(_ELEVATION), sin * aside + cos * ahead)
    incidence = normal[0] * lamp[0] + normal[1] * lamp[1] + normal[2] * lamp[2]
    lit = (incidence + np.sqrt(incidence**2 + _ROUNDING**2)) / 2
    # The outline's `inside` falls by 2 / a across the axis a; blur is in pixels of 2 / size.
    outline = (1 + erf(inside * (size * _AXES[0] / (4 * np.sqrt(2) * blur)))) / 2
    images = outline * paint * (_AMBIENT + (1 - _AMBIENT) * lit)
    return np.asarray(images.reshape(len(pose), -1))


def _surface(cos: Array, sin: Array, size: int) -> tuple[Array, Point]:
    """Find where the pixels' lines of sight meet the turned ellipsoid, in the head's coordinates.

    Also how far inside the outline they are: 1 in the middle, 0 at the outline, negative outside.
    """
    a, b, c = _AXES
    x = pixel_positions(size) * 2 / size
    y = -x[:, None]
    # The depth z solves q z^2 + 2 p z + r = 0 with p^2 - q r = q * inside.
    q = sin**2 / a**2 + cos**2 / c**2
    p = x * sin * cos * (1 / c**2 - 1 / a**2)
    inside = 1 - y**2 / b**2 - x**2 / (a**2 * c**2 * q)
    depth = (inside + np.sqrt(inside**2 + _THINNEST**2)) / 2
    z = np.sqrt(depth / q) - p / q
    return inside, (x * cos - z * sin, y, x * sin + z * cos)


def _skin(point: Point) -> tuple[Array, Point]:
    """Give the brightness of the paint and the direction of the surface, bent by the relief."""
    x, y, z = point
    from_hair, thinning, darkness = _HAIR
    paint = 1 - darkness * np.exp(-(((y - from_hair) / thinning) ** 2) / 2) + np.zeros_like(x)
    steep_x, steep_y = np.zeros_like(x), np.zeros_like(x)
    for distance in np.unique(_FEATURES[:, 0]):
        relief, slope, dark = _profiles(y, _FEATURES[_FEATURES[:, 0] == distance])
        for middle in {distance, -distance}:
            offset = x - middle
            across = np.exp(-(offset**2) / (2 * _ACROSS**2))
            paint -= dark * across
            steep_y += slope * across
            steep_x -= relief / _ACROSS**2 * across * offset
    a, b, c = _AXES
    u, v, w = _unit((x / a**2, y / b**2, z / c**2))
    outward = steep_x * u + steep_y * v
    return paint, _unit(
        ((1 + outward) * u - steep_x, (1 + outward) * v - steep_y, (1 + outward) * w)
    )


def _profiles(y: Array, features: Array) -> tuple[Array, Array, Array]:
    """Relief, its slope and darkness of features above each other, as functions of the height."""
    _, middle, width, relief, dark = features.T
    bump = np.exp(-(((y[..., None] - middle) / width) ** 2) / 2)
    slope = -bump * (y[..., None] - middle) / width**2
    return bump @ relief, slope @ relief, bump @ dark


def _unit(vector: Point) -> Point:
    u, v, w = vector
    length = np.sqrt(u**2 + v**2 + w**2)
    return u / length, v / length, w / length
