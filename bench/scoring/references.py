"""The references that an embedding is scored against, of what the user gives as the truth."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bench.data.arrays import check_distances, check_points, check_whole
from bench.errors import BenchError
from bench.geometry.blocks import Rows
from bench.geometry.euclidean import EuclideanDistances, of_moderate_size
from bench.geometry.reference import DistanceRows, LiveReference
from bench.geometry.tie_keys import tie_keys
from bench.manifolds.geodesics import FlatGeodesics
from bench.scoring.shorter import require_longer_than_chords


@dataclass(frozen=True, eq=False)
class MatrixDistances:
    """Distances given as a matrix.

    Parameters
    ----------
    matrix : ndarray of shape (n, n)
        Of any real type; it may be mapped from a file.
    """

    matrix: NDArray[Any]

    def distances(self, rows: Rows) -> NDArray[np.float64]:
        """Return the distances from ``rows`` to every point, of shape (len(rows), n)."""
        return np.asarray(self.matrix[rows], dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Truth:
    """What the user gives of the geodesics: one of three, or nothing.

    Parameters
    ----------
    geodesics, intrinsic, graph_neighbors
        As in `bench.score`.

    Raises
    ------
    BenchError
        If more than one is given.
    """

    geodesics: ArrayLike | None = None
    intrinsic: ArrayLike | None = None
    graph_neighbors: int | None = None

    def __post_init__(self) -> None:
        """Refuse two truths."""
        given = [one is not None for one in (self.geodesics, self.intrinsic, self.graph_neighbors)]
        if sum(given) > 1:
            raise BenchError("Give one of geodesics, intrinsic and graph_neighbors, not more.")

    def references(
        self, points: NDArray[np.floating], embedding: NDArray[np.floating]
    ) -> dict[str, LiveReference]:
        """Build the references: ``euclidean`` and, if a truth is given, ``geodesic``.

        Raises
        ------
        BenchError
            If the truth does not fit the points.

        Examples
        --------
        >>> X = np.random.default_rng(0).normal(size=(50, 3))
        >>> list(Truth(graph_neighbors=5).references(X, X[:, :2]))
        ['euclidean', 'geodesic']
        """
        moderate = of_moderate_size(points)
        geometries: dict[str, DistanceRows] = {"euclidean": EuclideanDistances(moderate)}
        coordinates = None
        if self.geodesics is not None:
            matrix = check_distances(self.geodesics, "geodesics", len(points))
            geometries["geodesic"] = MatrixDistances(matrix)
            _check_lengths("geodesics", geometries, len(points), is_in_units=moderate is points)
        if self.intrinsic is not None:
            given = check_points(self.intrinsic, "intrinsic", len(points))
            coordinates = of_moderate_size(given)
            geometries["geodesic"] = FlatGeodesics(coordinates)
            unscaled = moderate is points and coordinates is given
            _check_lengths("intrinsic", geometries, len(points), is_in_units=unscaled)
        if self.graph_neighbors is not None:
            geometries["geodesic"] = self._graph(moderate)
        keys = tie_keys(points, embedding)
        return {
            name: LiveReference(
                geometry, len(points), coordinates if name == "geodesic" else None, keys
            )
            for name, geometry in geometries.items()
        }

    def _graph(self, points: NDArray[Any]) -> DistanceRows:
        from bench.manifolds.graph import graph_geodesics

        neighbors = check_whole(self.graph_neighbors, "graph_neighbors")
        try:
            return graph_geodesics(points, n_neighbors=neighbors)
        except ValueError as error:
            raise BenchError(str(error).replace("n_neighbors", "graph_neighbors")) from error


def _check_lengths(
    name: str, geometries: dict[str, DistanceRows], n: int, *, is_in_units: bool
) -> None:
    """Compare with straight lines, unless numbers near overflow were rescaled."""
    if is_in_units:
        require_longer_than_chords(name, geometries["geodesic"], geometries["euclidean"], n)
