"""Geometry: distances by rows, and defaults for all that some geometries can do faster."""

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import NDArray

from bench.geometry.blocks import MOST_ROWS, Rows
from bench.geometry.point_tree import PointTree


class Geometry(ABC):
    """Distances between n points.

    A subclass gives `distances`, and overrides what it can do better than the defaults.
    """

    @abstractmethod
    def distances(self, rows: Rows) -> NDArray[np.float64]:
        """Return the distances from ``rows`` to every point, of shape (len(rows), n)."""

    def lengths(self, rows: Rows) -> NDArray[np.float64]:
        """Return what orders the points as `distances` do: these, or if `squared` their squares."""
        return self.distances(rows)

    @property
    def squared(self) -> bool:
        """Whether `lengths` are squares of distances."""
        return False

    @property
    def order(self) -> Rows | None:
        """All rows, in an order in which they are found fastest, if there is one."""
        return None

    @property
    def rows_together(self) -> int:
        """How many rows are best asked for at once."""
        return MOST_ROWS

    @property
    def tree(self) -> PointTree | None:
        """What ranks points without a look at all of them, if there is one."""
        return None

    def nearest(
        self, rows: Rows, k: int, tie_keys: NDArray[np.uint64] | None = None
    ) -> NDArray[np.int32]:
        """Return the k nearest of some rows, the nearest first, of shape (len(rows), k).

        A row is -1 where they are not found faster than among the distances to all points.
        """
        del tie_keys
        return np.full((len(rows), k), -1, dtype=np.int32)
