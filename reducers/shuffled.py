"""Return a good embedding with its rows permuted: the right cloud, the wrong points.

The good embedding is the oracle where there is one, else the leading principal components.
It catches a score that looks at the shape of the cloud and not at which point is where.
"""

import numpy as np
from numpy.typing import NDArray

from bench.controls import padded, true_coordinates
from bench.errors import UnsupportedError
from bench.reducer import Reducer
from bench.seeds import stream


class Shuffled:
    """A good embedding of the points, in another order.

    Parameters
    ----------
    n_components, random_state : int
    """

    def __init__(self, n_components: int, random_state: int) -> None:
        self.n_components, self.random_state = n_components, random_state

    def fit_transform(
        self, X: NDArray[np.floating], chart: NDArray[np.floating] | None
    ) -> NDArray[np.floating]:
        """Permute the rows of the true coordinates, or of the principal components."""
        try:
            good = true_coordinates(chart, self.n_components)
        except UnsupportedError:
            good = padded(_principal_components(X, self.n_components), self.n_components)
        return stream(self.random_state, "control:shuffled").permutation(good)


def _principal_components(X: NDArray[np.floating], n_components: int) -> NDArray[np.float64]:
    centred = X.astype(np.float64) - X.mean(axis=0, dtype=np.float64)
    left, scale, _ = np.linalg.svd(centred, full_matrices=False)
    found: NDArray[np.float64] = left[:, :n_components] * scale[:n_components]
    return found


reducer = Reducer(Shuffled, family="control", needs_truth=True)
