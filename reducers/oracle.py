"""Return the true intrinsic coordinates: the best that an embedding can be."""

import numpy as np
from numpy.typing import NDArray

from bench.controls import true_coordinates
from bench.reducer import Reducer


class Oracle:
    """The true coordinates.

    Parameters
    ----------
    n_components : int
    """

    def __init__(self, n_components: int) -> None:
        self.n_components = n_components

    def fit_transform(
        self, X: NDArray[np.floating], chart: NDArray[np.floating] | None
    ) -> NDArray[np.floating]:
        """Return the chart; raises `UnsupportedError` where it is not known or too wide."""
        del X
        return true_coordinates(chart, self.n_components)


reducer = Reducer(Oracle, family="control", needs_truth=True, deterministic=True)
