"""What controls share: true coordinates, as an embedding of the dimensions that are asked for.

A control is a reducer in ``reducers/`` that declares so (`bench.reducer.Reducer.family`).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.errors import UnsupportedError

Points = NDArray[np.floating]


def true_coordinates(chart: Points | None, n_components: int) -> Points:
    """Return the true intrinsic coordinates as an embedding.

    Parameters
    ----------
    chart : ndarray of shape (n, d) or None
        The coordinates; None where they are not known.
    n_components : int
        Dimensions of the embedding; columns of zeros are added.

    Raises
    ------
    UnsupportedError
        If they are not known, or d is larger than ``n_components``.
    """
    if chart is None:
        raise UnsupportedError("the true intrinsic coordinates of this dataset are not known")
    if chart.shape[1] > n_components:
        raise UnsupportedError(
            f"the chart has {chart.shape[1]} dimensions, the job asks for {n_components}"
        )
    return padded(chart, n_components)


def padded(points: NDArray[Any], n_components: int) -> NDArray[Any]:
    """Add columns of zeros, which change no distance, up to this number of columns."""
    return np.pad(points, ((0, 0), (0, max(0, n_components - points.shape[1]))))
