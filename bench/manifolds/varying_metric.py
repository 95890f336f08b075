"""The metric tensor of a family of images anywhere in a box of its two parameters."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.interpolate import RegularGridInterpolator
from scipy.sparse.linalg import spsolve

from bench.manifolds.images import Array, Render, metric_tensor

_ENTRIES = np.array([[0, 0, 1], [0, 1, 1]])  # of a symmetric tensor
_PLACES = np.array([[0, 1], [1, 2]])  # where its entries stand among these


@dataclass(frozen=True, eq=False)
class VaryingMetric:
    """Cubic splines through metric tensors that are measured on a grid, when first asked for.

    Parameters
    ----------
    render : callable
        From parameters of shape (m, 2) to images of shape (m, D), smooth in the parameters.
    lower, upper : ndarray of shape (2,)
        Opposite corners of the box.
    knots : int
        Of the grid, along each parameter.
    """

    render: Render
    lower: Array
    upper: Array
    knots: int = 33

    def __call__(self, parameters: Array) -> Array:
        """Return metric tensors, of shape (m, 2, 2), at parameters of shape (m, 2)."""
        return np.asarray(self._splines(parameters)[:, _PLACES])

    @cached_property
    def _splines(self) -> RegularGridInterpolator:
        first, second = np.linspace(self.lower, self.upper, self.knots).T
        # A line of the grid at a time, so that few images are held at once.
        measured = np.stack(
            [
                metric_tensor(self.render, np.column_stack([np.full(self.knots, u), second]))
                for u in first
            ]
        )
        entries = measured[:, :, *_ENTRIES]
        return RegularGridInterpolator((first, second), entries, method="cubic", solver=spsolve)
