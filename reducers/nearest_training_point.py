"""Code a point by itself, and decode it to the nearest training point: learnt by heart."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.reducer import Reducer


class NearestTrainingPoint:
    """A decoder that returns training points alone."""

    def fit_transform(self, X: NDArray[Any]) -> NDArray[Any]:
        """Keep the points, and return them."""
        from sklearn.neighbors import NearestNeighbors

        self.training_ = X
        self._search = NearestNeighbors(n_neighbors=1).fit(X)
        return self.transform(X)

    def transform(self, X: NDArray[Any]) -> NDArray[Any]:
        """Return the points."""
        return np.asarray(X)

    def inverse_transform(self, codes: NDArray[Any]) -> NDArray[Any]:
        """Return the training point nearest to each code."""
        nearest = self._search.kneighbors(codes, return_distance=False)[:, 0]
        return np.asarray(self.training_[nearest])


reducer = Reducer(
    NearestTrainingPoint,
    family="control",
    transform=True,
    inverse=True,
    own_dimensions=True,
    needs_held_out=True,
)
