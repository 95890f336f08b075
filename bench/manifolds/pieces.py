"""Geodesics of manifolds of several pieces that are not joined."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bench.geometry.blocks import Rows
from bench.manifolds.geodesics import Geodesics, Status


@dataclass(frozen=True, eq=False)
class PiecewiseGeodesics:
    """Geodesics within each piece; between two pieces there is no path and they are infinite.

    Parameters
    ----------
    within : Geodesics
        Distances that hold for points of the same piece.
    piece : ndarray of shape (n,), int
        Which piece a point belongs to.
    """

    within: Geodesics
    piece: NDArray[np.int64]

    @property
    def status(self) -> Status:
        """That of the distances within a piece."""
        return self.within.status

    @cached_property
    def notes(self) -> dict[str, float]:
        """How many pieces there are among the points, beside what is noted within one."""
        return {**self.within.notes, "pieces": len(np.unique(self.piece))}

    def distances(self, rows: Rows) -> NDArray[np.float64]:
        """Return distances of shape (len(rows), n), infinite between pieces."""
        joined = self.piece[rows, None] == self.piece
        return np.where(joined, self.within.distances(rows), np.inf)
