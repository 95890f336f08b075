"""Geodesics: distances along a manifold, by rows, each with the status of its truth."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from bench.geometry.base import Geometry
from bench.geometry.blocks import Rows
from bench.geometry.euclidean import EuclideanDistances
from bench.geometry.point_tree import PointTree

Status = Literal["closed-form", "numerical", "graph"]


class Geodesics(Protocol):
    """Distances along a manifold between the points of a dataset.

    Attributes
    ----------
    status : {"closed-form", "numerical", "graph"}
        Exact, exact to a stated bound, or an estimate from the points themselves.
    notes : dict
        What a reader must know to judge the distances: ``relative_error``, the bound of numerical
        ones; ``pieces``, how many the manifold has if some distances are infinite; the bridges of
        a graph.

    Examples
    --------
    >>> import bench, numpy as np
    >>> geodesics: bench.Geodesics = bench.FlatGeodesics(np.eye(3))
    >>> geodesics.status, geodesics.notes
    ('closed-form', {})
    """

    @property
    def status(self) -> Status: ...  # noqa: D102 - documented in the class

    @property
    def notes(self) -> dict[str, float]: ...  # noqa: D102 - documented in the class

    def distances(self, rows: Rows) -> NDArray[np.float64]:
        """Return the distances from ``rows`` to every point, of shape (len(rows), n)."""
        ...


@dataclass(frozen=True, eq=False)
class FlatGeodesics(Geometry):
    """Geodesics of a manifold that unrolls onto a convex flat domain: straight lines there.

    Parameters
    ----------
    chart : ndarray of shape (n, d)
        Isometric coordinates, in units of geodesic length.
    notes : dict
        Nothing to add to a closed form.

    Examples
    --------
    >>> import numpy as np
    >>> geodesics = FlatGeodesics(np.array([[0.0, 0.0], [3.0, 4.0], [0.0, 1.0]]))
    >>> geodesics.distances(np.array([0])).tolist()
    [[0.0, 5.0, 1.0]]
    """

    chart: NDArray[np.float64]
    status: Status = "closed-form"
    notes: dict[str, float] = field(default_factory=dict)

    def distances(self, rows: Rows) -> NDArray[np.float64]:
        """Return Euclidean distances in the chart, of shape (len(rows), n)."""
        return self._straight.distances(rows)

    @property
    def squared(self) -> bool:
        """Whether `lengths` are squares, as those of `EuclideanDistances`."""
        return self._straight.squared

    def lengths(self, rows: Rows) -> NDArray[np.float64]:
        """Return what orders the points, as `EuclideanDistances.lengths` does."""
        return self._straight.lengths(rows)

    def nearest(
        self, rows: Rows, k: int, tie_keys: NDArray[np.uint64] | None = None
    ) -> NDArray[np.int32]:
        """Return the nearest as `EuclideanDistances.nearest` does."""
        return self._straight.nearest(rows, k, tie_keys)

    @property
    def tree(self) -> PointTree | None:
        """A tree of the chart, where it has few dimensions."""
        return self._straight.tree

    @cached_property
    def _straight(self) -> EuclideanDistances:
        return EuclideanDistances(self.chart)


@dataclass(frozen=True, eq=False)
class CircularGeodesics:
    """Geodesics of a closed curve: the shorter way round.

    Parameters
    ----------
    arc_length : ndarray of shape (n,)
        Position along the curve.
    circumference : float
        Length of the whole curve, in the same units.
    notes : dict
        Nothing to add to a closed form.

    Examples
    --------
    >>> import numpy as np
    >>> geodesics = CircularGeodesics(np.array([0.0, 1.0, 9.0]), circumference=10.0)
    >>> geodesics.distances(np.array([0])).tolist()
    [[0.0, 1.0, 1.0]]
    """

    arc_length: NDArray[np.float64]
    circumference: float
    status: Status = "closed-form"
    notes: dict[str, float] = field(default_factory=dict)

    def distances(self, rows: Rows) -> NDArray[np.float64]:
        """Return wrapped differences of arc length, of shape (len(rows), n)."""
        ahead = np.abs(self.arc_length[rows, None] - self.arc_length) % self.circumference
        return np.minimum(ahead, self.circumference - ahead)
