"""Geodesics of a cone: straight lines on the unrolled sector."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bench.geometry.blocks import Rows
from bench.manifolds.geodesics import Status


@dataclass(frozen=True, eq=False)
class ConeGeodesics:
    """Geodesics of a circular cone from its apex to a rim at constant slant.

    Unrolled, the cone is a sector of angle ``total_angle``, at most a full disc, and points
    with azimuths d apart are ``g = total_angle * d / 2 pi`` apart there, the shorter way
    round. The geodesic is the straight line, by the law of cosines. It never meets the apex: g is
    at most half of ``total_angle``, so at most pi. (On the saddle-like cones of more than a full
    disc it would, for all g of pi or more; those do not embed as circular cones.)

    Parameters
    ----------
    slant : ndarray of shape (n,)
        Distance from the apex along the cone.
    azimuth : ndarray of shape (n,)
        Angle about the axis, in radians.
    total_angle : float
        Of the unrolled sector, in (0, 2 pi]: 2 pi times the sine of the half-opening.
    notes : dict
        Nothing to add to a closed form.
    """

    slant: NDArray[np.float64]
    azimuth: NDArray[np.float64]
    total_angle: float
    status: Status = "closed-form"
    notes: dict[str, float] = field(default_factory=dict)

    def distances(self, rows: Rows) -> NDArray[np.float64]:
        """Return distances on the unrolled sector, of shape (len(rows), n)."""
        turn = np.abs(self.azimuth[rows, None] - self.azimuth) % (2 * np.pi)
        gap = np.minimum(turn, 2 * np.pi - turn) * self.total_angle / (2 * np.pi)
        own = self.slant[rows, None]
        # The law of cosines in the form that keeps its digits for points that nearly touch.
        squared = (own - self.slant) ** 2 + 4 * own * self.slant * np.sin(gap / 2) ** 2
        return np.asarray(np.sqrt(squared))
