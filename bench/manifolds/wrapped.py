"""Geodesics of flat manifolds that close on themselves: cylinders and flat tori."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bench.geometry.blocks import Rows
from bench.manifolds.geodesics import Status


@dataclass(frozen=True, eq=False)
class WrappedGeodesics:
    """Geodesics of a flat product of lines and circles: the shorter way round on each circle.

    Parameters
    ----------
    chart : ndarray of shape (n, d)
        Unrolled coordinates, in units of geodesic length.
    periods : tuple of float, d of them
        Circumference of each coordinate, infinite where it does not close.
    notes : dict
        Nothing to add to a closed form.
    """

    chart: NDArray[np.float64]
    periods: tuple[float, ...]
    status: Status = "closed-form"
    notes: dict[str, float] = field(default_factory=dict)

    def distances(self, rows: Rows) -> NDArray[np.float64]:
        """Return distances on the wrapped flat domain, of shape (len(rows), n)."""
        squared = np.zeros((len(rows), len(self.chart)))
        for coordinate, period in zip(self.chart.T, self.periods, strict=True):
            gap = np.abs(coordinate[rows, None] - coordinate)
            if np.isfinite(period):
                gap %= period
                np.minimum(gap, period - gap, out=gap)
            squared += gap**2
        return np.sqrt(squared, out=squared)
