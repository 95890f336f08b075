"""Geodesics of a surface from those of a surface that covers it twice."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.geometry.blocks import Rows
from bench.manifolds.geodesics import Geodesics, Status


@dataclass(frozen=True, eq=False)
class CoverGeodesics:
    """Shortest distances below a double cover: to the nearer of the two points above.

    A path on the surface lifts to a path of the same length on the cover, from either point above
    its start to one of the two above its end. So a Moebius strip, which no grid of two sides can
    be laid on, is solved on the band that goes round it twice.

    Parameters
    ----------
    cover : Geodesics
        Of 2n points of the cover: one above each of the n, then the other above each.
    """

    cover: Geodesics

    @property
    def status(self) -> Status:
        """That of the distances on the cover."""
        return self.cover.status

    @property
    def notes(self) -> dict[str, float]:
        """What is noted of the distances on the cover."""
        return self.cover.notes

    def distances(self, rows: Rows) -> NDArray[np.float64]:
        """Return the shorter of both distances, of shape (len(rows), n)."""
        one, other = np.split(self.cover.distances(rows), 2, axis=1)
        return np.minimum(one, other)
