"""The manifold that a dataset was drawn from, known by a dense sample without noise.

What a decoder makes is held against it: how far off the manifold it is, and where on the manifold
it belongs. Any dataset that can be drawn again without noise has such a sample, so that none needs
to say more than it does: a plugin's has it too.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

_BLOCK = 256  # points whose neighbourhoods are looked at together


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
        Coordinates of the sample in which the manifold is flat, where there are any.
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

        From the nearest point of the sample it goes along the tangent space there, which is that
        of the sample's own neighbours, no farther than these are: beyond a border there is
        nothing. No foot is farther than the nearest point of the sample. What is left is the bend
        of the manifold within the spacing of the sample (`resolution`), and that a point far from
        it may be nearer to another part, which the sample does not tell.

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
        feet = self._along_tangents(exact, nearest, self._near(nearest))
        # Where the manifold bends sharply a step along the tangent may lead away.
        is_nearer = ((exact - feet) ** 2).sum(axis=1) < ((exact - starts) ** 2).sum(axis=1)
        return np.where(is_nearer[:, None], feet, starts)

    def distances(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the distance of each of some points from the manifold, shape (m,)."""
        return np.asarray(np.linalg.norm(points - self.project(points), axis=1))

    @cached_property
    def resolution(self) -> float:
        """Root-mean-square distance at which `project` still finds points of the manifold.

        Points of the sample are projected as if they were not in it: no distance from the
        manifold is known better than this.
        """
        rows = np.linspace(0, len(self.sample) - 1, min(len(self.sample), 200)).astype(int)
        points = self.sample[rows].astype(np.float64)
        near = self._near(rows)
        feet = self._along_tangents(points, near[:, 0], near[:, 1:])
        return float(np.sqrt(((points - feet) ** 2).sum(axis=1).mean()))

    @cached_property
    def _search(self) -> Any:  # noqa: ANN401 - scikit-learn is untyped
        from sklearn.neighbors import NearestNeighbors

        return NearestNeighbors().fit(self.sample)

    def _near(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return the neighbours of points of the sample, the nearest first, themselves left out."""
        count = min(4 * self.dimension + 5, len(self.sample))
        wanted, place = np.unique(rows, return_inverse=True)
        found = self._search.kneighbors(self.sample[wanted], count, return_distance=False)
        is_own = found == wanted[:, None]
        is_own[~is_own.any(axis=1), -1] = True  # a duplicate came first
        return np.asarray(found[~is_own].reshape(len(wanted), count - 1)[place])

    def _along_tangents(
        self, points: NDArray[np.float64], start: NDArray[np.intp], near: NDArray[np.intp]
    ) -> NDArray[np.float64]:
        feet = np.empty_like(points)
        for at in range(0, len(points), _BLOCK):
            some = slice(at, at + _BLOCK)
            origin = self.sample[start[some]].astype(np.float64)
            spokes = self.sample[near[some]] - origin[:, None]
            left, lengths, _ = np.linalg.svd(spokes @ spokes.transpose(0, 2, 1))
            tangents = left[:, :, : self.dimension].transpose(0, 2, 1) @ spokes
            tangents /= np.sqrt(np.maximum(lengths[:, : self.dimension, None], 1e-300))
            coordinates = np.einsum("mdD,mD->md", tangents, points[some] - origin)
            spacing = np.linalg.norm(spokes[:, -1], axis=1)
            reach = np.linalg.norm(coordinates, axis=1)
            coordinates *= np.minimum(1, spacing / np.maximum(reach, 1e-300))[:, None]
            feet[some] = origin + np.einsum("mdD,md->mD", tangents, coordinates)
        return feet
