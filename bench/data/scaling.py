"""Scaling by one common factor, which keeps the shape of a cloud of points."""

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin


class RadiusScaler(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """Centre points, and divide them by their root-mean-square distance from the centre.

    Attributes
    ----------
    mean_ : ndarray of shape (D,)
    radius_ : float
        1 if all points are the same.
    """

    def fit(self, X: NDArray[Any], y: object = None) -> Self:  # noqa: ARG002 - scikit-learn's signature
        """Find the centre and the radius of points, shape (n, D)."""
        X = np.asarray(X, dtype=np.float64)
        self.mean_ = X.mean(axis=0)
        self.radius_ = float(np.sqrt(((X - self.mean_) ** 2).sum(axis=1).mean())) or 1.0
        return self

    def transform(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """Scale points, shape (n, D)."""
        return np.asarray((X - self.mean_) / self.radius_)

    def inverse_transform(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """Bring scaled points back, shape (n, D)."""
        return np.asarray(X * self.radius_ + self.mean_)
