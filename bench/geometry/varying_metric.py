"""The metric tensor of a family of images anywhere in a box of its two parameters."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.interpolate import RectBivariateSpline

from bench.geometry.images import Array, Render, metric_tensor

_ENTRIES = ((0, 0), (0, 1), (1, 1))  # of a symmetric tensor


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
        found = np.empty((len(parameters), 2, 2))
        for (i, j), spline in zip(_ENTRIES, self._splines, strict=True):
            found[:, i, j] = found[:, j, i] = spline.ev(*parameters.T)
        return found

    @cached_property
    def _splines(self) -> list[RectBivariateSpline]:
        first, second = (
            np.linspace(low, high, self.knots)
            for low, high in zip(self.lower, self.upper, strict=True)
        )
        # A line of the grid at a time, so that few images are held at once.
        measured = np.stack(
            [
                metric_tensor(self.render, np.column_stack([np.full(self.knots, u), second]))
                for u in first
            ]
        )
        return [RectBivariateSpline(first, second, measured[:, :, i, j]) for i, j in _ENTRIES]
