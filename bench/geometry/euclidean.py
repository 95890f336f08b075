"""Euclidean distances through the ambient space, by rows."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from bench.geometry.geodesics import Rows

# Up to here differences are as fast as a matrix product, and exact for points that nearly touch.
_FEW_DIMENSIONS = 24


@dataclass(frozen=True, eq=False)
class EuclideanDistances:
    """Straight-line distances between the rows of ``X``, in float64 whatever its type.

    Parameters
    ----------
    X : ndarray of shape (n, D)
        The points.
    """

    X: NDArray[np.floating]

    @cached_property
    def _points(self) -> NDArray[np.float64]:
        return np.asarray(self.X, dtype=np.float64)

    @cached_property
    def _centred(self) -> NDArray[np.float64]:
        """Move the points near the origin, where ``a² + b² - 2ab`` loses fewer digits.

        They are moved by a multiple of a power of two of about their own spread, so that pixels
        and other numbers of few digits stay exact and equal distances stay equal.
        """
        spread = np.ptp(self._points, axis=0).max()
        unit = 2.0 ** np.floor(np.log2(spread)) if spread > 0 else 1.0
        return np.asarray(self._points - unit * np.rint(self._points.mean(axis=0) / unit))

    @cached_property
    def _squares(self) -> NDArray[np.float64]:
        return np.asarray(np.einsum("ij,ij->i", self._centred, self._centred))

    def distances(self, rows: Rows) -> NDArray[np.float64]:
        """Return the distances from ``rows`` to every point, of shape (len(rows), n)."""
        if self._points.shape[1] <= _FEW_DIMENSIONS:
            return cdist(self._points[rows], self._points)
        points = self._centred
        squared = self._squares[rows, None] + self._squares - 2 * (points[rows] @ points.T)
        squared[np.arange(len(rows)), rows] = 0
        return np.sqrt(np.maximum(squared, 0, out=squared), out=squared)
