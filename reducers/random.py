"""Return points drawn at random, without a look at the data: chance."""

import numpy as np
from numpy.typing import NDArray

from bench.reducer import Reducer
from bench.seeds import stream


class Random:
    """A Gaussian cloud that has nothing to do with the points.

    Parameters
    ----------
    n_components, random_state : int
    """

    def __init__(self, n_components: int, random_state: int) -> None:
        self.n_components, self.random_state = n_components, random_state

    def fit_transform(
        self, X: NDArray[np.floating], chart: NDArray[np.floating] | None
    ) -> NDArray[np.floating]:
        """Draw one place for each point."""
        del chart
        return stream(self.random_state, "control:random").normal(size=(len(X), self.n_components))


# It looks at nothing, but held-out points are drawn together with the others.
reducer = Reducer(Random, family="control", needs_truth=True)
