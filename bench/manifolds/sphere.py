"""Geodesics of spheres, whole or with caps and a slice removed."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from bench.geometry.blocks import Rows
from bench.manifolds.geodesics import Status

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SphereGeodesics:
    """Great-circle distances on a sphere of any dimension.

    Parameters
    ----------
    direction : ndarray of shape (n, d + 1)
        Unit vectors from the centre.
    radius : float or ndarray of shape (n,)
        Of the sphere; one for each point where there are several spheres.
    notes : dict
        Nothing to add to a closed form.
    """

    direction: Array
    radius: float | Array = 1.0
    status: Status = "closed-form"
    notes: dict[str, float] = field(default_factory=dict)

    def distances(self, rows: Rows) -> Array:
        """Return great-circle distances, of shape (len(rows), n)."""
        own = self.direction[rows]
        # Exact for near and for nearly opposite points alike, which the arc cosine is for neither.
        angle = 2 * np.arctan2(cdist(own, self.direction), cdist(-own, self.direction))
        return np.asarray(self.radius * angle)


@dataclass(frozen=True, eq=False)
class RimmedSphereGeodesics:
    """Geodesics of a sphere with a cap cut off at one pole or at both, and perhaps a slice.

    The removed caps are smaller than a hemisphere, so a shortest path is the great circle where
    no cap blocks it, and otherwise leads along a great circle that touches the rim of a cap,
    along the rim, and away along another such circle: it is taut around a convex obstacle.

    A point at angle psi from the pole of a cap of angular radius a touches the rim at the azimuth
    b with ``cos b = tan a / tan psi`` from its own and at the distance l with
    ``cos l = cos psi / cos a`` (Napier's rules). Two points of azimuths d apart are blocked if
    ``d > b + b'``, and then the path has the length ``l + l' + (d - b - b') sin a``.

    With a slice removed from pole to pole, the azimuths do not wrap and d may exceed pi. The great
    circle that goes the same way is then no longer the shortest, whatever its length, because
    opposite points are conjugate on it; the path goes round by one of the rims. The edges of the
    slice are great circles themselves and bend no path.

    Parameters
    ----------
    colatitude : ndarray of shape (n,)
        Angle from the north pole, in radians, outside the caps.
    azimuth : ndarray of shape (n,)
        In radians, in [0, 2 pi).
    north, south : float
        Angular radius of the cap cut off at each pole, in [0, pi / 2); 0 if there is none.
    sliced : bool
        Whether paths may not cross azimuth 0; then the caps at both poles must be equal, and not 0.
    notes : dict
        Nothing to add to a closed form.
    """

    colatitude: Array
    azimuth: Array
    north: float = 0.0
    south: float = 0.0
    sliced: bool = False
    status: Status = "closed-form"
    notes: dict[str, float] = field(default_factory=dict)

    @cached_property
    def _great_circles(self) -> SphereGeodesics:
        return SphereGeodesics(from_angles(self.colatitude, self.azimuth))

    def distances(self, rows: Rows) -> Array:
        """Return shortest distances in what remains of the unit sphere, of shape (len(rows), n)."""
        gap = np.abs(self.azimuth[rows, None] - self.azimuth)
        if not self.sliced:
            gap = np.minimum(gap, 2 * np.pi - gap)
        blocked, around = gap > np.pi, np.full(gap.shape, np.inf)
        for cap, angle in ((self.north, self.colatitude), (self.south, np.pi - self.colatitude)):
            if cap:
                length, turn = _tangent(angle, cap)
                along = gap - turn[rows, None] - turn
                path = length[rows, None] + length + np.sin(cap) * along
                np.minimum(around, path, out=around, where=along > 0)
                blocked |= along > 0
        return np.where(blocked, around, self._great_circles.distances(rows))


def from_angles(colatitude: Array, azimuth: Array) -> Array:
    """Return unit vectors of shape (n, 3), the north pole along the third axis."""
    ring = np.sin(colatitude)
    return np.column_stack([ring * np.cos(azimuth), ring * np.sin(azimuth), np.cos(colatitude)])


def _tangent(angle: Array, cap: float) -> tuple[Array, Array]:
    """Return length and azimuth of the great circles that touch a cap, from points near its pole.

    From near the opposite pole none does, and no path is blocked: the azimuth is pi there.
    """
    height = np.sqrt(np.maximum(np.sin(angle - cap) * np.sin(angle + cap), 0))
    return np.arctan2(height, np.cos(angle)), np.arctan2(height, np.sin(cap) * np.cos(angle))
