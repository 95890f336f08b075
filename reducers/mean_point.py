"""Code every point by nothing, and decode it to the mean of the training points."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.reducer import Reducer


class MeanPoint:
    """One code and one point for everything."""

    def fit_transform(self, X: NDArray[Any]) -> NDArray[Any]:
        """Take the mean of the points, and code them."""
        self.mean_ = X.mean(axis=0, dtype=np.float64)
        return self.transform(X)

    def transform(self, X: NDArray[Any]) -> NDArray[Any]:
        """Return a zero for each point."""
        return np.zeros((len(X), 1))

    def inverse_transform(self, codes: NDArray[Any]) -> NDArray[Any]:
        """Return the mean for each code."""
        return np.tile(self.mean_, (len(codes), 1))


reducer = Reducer(
    MeanPoint,
    family="control",
    transform=True,
    inverse=True,
    own_dimensions=True,
    needs_held_out=True,
)
