"""Return the points as they are: all that is kept through space, and as a decoder no noise removed.

Its embedding has as many dimensions as the points, so that its scores against Euclidean distances
are 1, and those against geodesics are what the points themselves reach.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.reducer import Reducer


class Identity:
    """Code each point by itself, and decode each code to itself."""

    def fit_transform(self, X: NDArray[Any]) -> NDArray[Any]:
        """Return the points."""
        return self.transform(X)

    def transform(self, X: NDArray[Any]) -> NDArray[Any]:
        """Return the points."""
        return np.asarray(X)

    def inverse_transform(self, codes: NDArray[Any]) -> NDArray[Any]:
        """Return the codes."""
        return np.asarray(codes)


reducer = Reducer(
    Identity,
    family="control",
    transform=True,
    inverse=True,
    own_dimensions=True,
    deterministic=True,
)
