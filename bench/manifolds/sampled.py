"""The manifold that a dataset was drawn from, known by a dense sample without noise.

What a decoder makes is held against it: how far off the manifold it is, and where on the manifold
it belongs. Any dataset that can be drawn again without noise has such a sample, so that none needs
to say more than it does: a plugin's has it too.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

_AROUND = 64  # neighbours that tell where a border is
_HULL_DIMENSIONS = 5  # of a chart; beyond, its convex hull has too many corners
_CANDIDATES = 5000  # that are looked at for the border


@dataclass(frozen=True, eq=False)
class SampledManifold:
    """A manifold as a dense sample of it.

    Parameters
    ----------
    sample : ndarray of shape (n, D)
        Points of the manifold, without noise.
    dimension : int
        Intrinsic dimension.
    chart : ndarray of shape (n, d), optional
        Coordinates of the sample in which the manifold is flat and its domain convex, where there
        are any.
    """

    sample: NDArray[np.float32]
    dimension: int
    chart: NDArray[np.float64] | None = None

    def at(self, coordinates: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the points of the sample that are nearest to places in the chart.

        Parameters
        ----------
        coordinates : ndarray of shape (m, d)

        Returns
        -------
        ndarray of shape (m, D)

        Raises
        ------
        ValueError
            If there is no chart.
        """
        if self.chart is None:
            raise ValueError("this manifold has no chart to look places up in")
        from sklearn.neighbors import NearestNeighbors

        search = NearestNeighbors(n_neighbors=1).fit(self.chart)
        nearest = search.kneighbors(coordinates, return_distance=False)[:, 0]
        return np.asarray(self.sample[nearest], dtype=np.float64)

    def project(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return about the nearest point of the manifold to each of some points.

        From the nearest point of the sample it goes along the tangent space there, no farther than
        the sample's own neighbours are, and not beyond the border. With a chart the border is that
        of the sample's convex hull in the chart, else that of the convex hull of the neighbours.
        No foot is farther than the nearest point of the sample. What is left is the bend of the
        manifold within the spacing of the sample, the gap between the sample and the border
        (`resolution` tells both), and that a point far from the manifold may be nearer to another
        part, which the sample does not tell.

        Parameters
        ----------
        points : ndarray of shape (m, D)

        Returns
        -------
        ndarray of shape (m, D)
        """
        exact = np.asarray(points, dtype=np.float64)
        nearest = self._search.kneighbors(exact, 1, return_distance=False)[:, 0]
        starts = self.sample[nearest].astype(np.float64)
        around = zip(exact, nearest, self._near(nearest), strict=True)
        feet = np.array([self._foot(*one) for one in around]).reshape(exact.shape)
        # Where the manifold bends sharply a step along the tangent may lead away.
        is_nearer = ((exact - feet) ** 2).sum(axis=1) < ((exact - starts) ** 2).sum(axis=1)
        return np.where(is_nearer[:, None], feet, starts)

    def distances(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the distance of each of some points from the manifold, shape (m,)."""
        return np.asarray(np.linalg.norm(points - self.project(points), axis=1))

    @cached_property
    def resolution(self) -> float:
        """Largest distance that points of the manifold itself are measured at.

        Some points of the sample are held against the rest of it: every twentieth, and those at
        the border, where a gap is left between the rest and them. It is an upper bound: away from
        the corners of a border, distances are known much better.
        """
        held_out = np.zeros(len(self.sample), bool)
        held_out[::20] = True
        held_out[self._one_sided() if self._corners is None else self._corners] = True
        return float(self._some(~held_out).distances(self.sample[held_out]).max())

    def _one_sided(self) -> NDArray[np.intp]:
        """Return some points of the sample whose neighbours lie most to one side: at a border."""
        rows = np.arange(0, len(self.sample), max(1, len(self.sample) // _CANDIDATES))
        near, leaning = self._near(rows), np.empty(len(rows))
        for i, (row, others) in enumerate(zip(rows, near, strict=True)):
            spokes = self.sample[others[: self._spanning]] - self.sample[row]
            spacing = float(np.linalg.norm(spokes[-1]))
            leaning[i] = np.linalg.norm(spokes.mean(axis=0)) / (spacing or 1.0)
        return np.asarray(rows[np.argsort(-leaning)[: max(5, len(self.sample) // 100)]])

    def _some(self, rows: NDArray[np.bool_]) -> Self:
        """Return the manifold as a part of the sample tells it."""
        chart = None if self.chart is None else self.chart[rows]
        return type(self)(self.sample[rows], self.dimension, chart)

    @cached_property
    def _search(self) -> Any:  # noqa: ANN401 - scikit-learn is untyped
        from sklearn.neighbors import NearestNeighbors

        return NearestNeighbors().fit(self.sample)

    @cached_property
    def _corners(self) -> NDArray[np.intp] | None:
        """Points that are corners of the sample's convex hull in the chart; None without one."""
        if self.chart is None or self.chart.shape[1] > _HULL_DIMENSIONS:
            return None
        if self.chart.shape[1] == 1:
            return np.array([self.chart.argmin(), self.chart.argmax()])
        from scipy.spatial import ConvexHull

        # Joggled ("QJ"), so that a chart may be flat in one of its directions.
        return np.asarray(ConvexHull(self.chart, qhull_options="QJ").vertices, dtype=np.intp)

    def _near(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return the neighbours of points of the sample, the nearest first, themselves left out."""
        count = self._spanning if self._corners is not None else max(self._spanning, _AROUND)
        count = min(count + 1, len(self.sample))
        wanted, place = np.unique(rows, return_inverse=True)
        found = self._search.kneighbors(self.sample[wanted], count, return_distance=False)
        is_own = found == wanted[:, None]
        is_own[~is_own.any(axis=1), -1] = True  # a duplicate came first
        return np.asarray(found[~is_own].reshape(len(wanted), count - 1)[place])

    @property
    def _spanning(self) -> int:
        """How many neighbours tell the tangent space."""
        return 4 * self.dimension + 4

    def _foot(
        self, point: NDArray[np.float64], start: np.intp, near: NDArray[np.intp]
    ) -> NDArray[np.float64]:
        """Return where the nearest point is, as the tangent space at a start and the border tell.

        Parameters
        ----------
        point : ndarray of shape (D,)
        start : int
            The point of the sample to go from.
        near : ndarray of shape (k,)
            Its neighbours.
        """
        origin = self.sample[start].astype(np.float64)
        spokes = self.sample[near] - origin
        spanning = spokes[: self._spanning]
        if self.chart is None or self._corners is None:
            tangents = np.linalg.svd(spanning, full_matrices=False)[2][: self.dimension]
            border = spokes @ tangents.T
        else:
            moves = self.chart[near[: self._spanning]] - self.chart[start]
            tangents = np.linalg.lstsq(moves, spanning)[0]
            border = self.chart[self._corners] - self.chart[start]
        goal = np.linalg.lstsq(tangents.T, point - origin)[0]
        spacing, length = np.linalg.norm(spanning[-1]), np.linalg.norm(goal)
        if length > spacing:
            goal *= spacing / length
        return np.asarray(origin + nearest_in_hull(goal, border) @ tangents)


def nearest_in_hull(
    point: NDArray[np.float64], corners: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the nearest point of the convex hull of the origin and some corners.

    Parameters
    ----------
    point : ndarray of shape (d,)
    corners : ndarray of shape (c, d)

    Returns
    -------
    ndarray of shape (d,)
    """
    from scipy.optimize import nnls

    # Least squares over weights of 0 or more; a heavy row makes them add up to 1.
    heavy, size = 1e3, float(np.abs(corners).max()) or 1.0
    columns = np.pad(corners / size, ((1, 0), (0, 0))).T
    rows = np.vstack([columns, np.full(columns.shape[1], heavy)])
    weights = nnls(rows, np.append(point / size, heavy))[0]
    return np.asarray(weights[1:] @ corners / weights.sum())
