"""Lengths of the shortest lines between parameters near each other, in a metric that varies."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import romb

from bench.geometry.blocks import Rows

Array = NDArray[np.float64]
Metric = Callable[[Array], Array]

_STEP = 1e-3  # of the differences of the metric, as a share of the box
_LINES = 2**13  # measured at once; what they take fits into a core's own cache
_TIMES = np.linspace(0, 1, 5)  # where the speed along a line is measured


@dataclass(frozen=True, eq=False)
class Places:
    """Parameters, and what the metric does there.

    Parameters
    ----------
    parameters : ndarray of shape (m, d)
    metric : ndarray of shape (m, d, d)
    christoffel : ndarray of shape (m, d, d, d)
        Symbols of the second kind, their upper index first.
    """

    parameters: Array
    metric: Array
    christoffel: Array

    def __getitem__(self, rows: Rows | slice) -> Self:
        """Return some of the places."""
        return type(self)(self.parameters[rows], self.metric[rows], self.christoffel[rows])

    def turning(self, velocity: Array) -> Array:
        """Return by how much geodesics of a velocity turn: ``Γ(v, v)``, of shape (m, d)."""
        return np.asarray(np.einsum("...kij,...i,...j", self.christoffel, velocity, velocity))


@dataclass(frozen=True, eq=False)
class ParameterBox:
    """A box of parameters, and the metric in it.

    Parameters
    ----------
    metric : callable
        From parameters of shape (m, d) to metric tensors of shape (m, d, d), smooth.
    lower, upper : ndarray of shape (d,)
        Opposite corners of the box.
    """

    metric: Metric
    lower: Array
    upper: Array

    def places(self, parameters: Array) -> Places:
        """Look up the metric at parameters of shape (m, d), and how it changes there."""
        slopes = np.stack([self._slope(parameters, axis) for axis in np.eye(len(self.lower))], 1)
        lowered = np.einsum("milj->mlij", slopes) + np.einsum("mjli->mlij", slopes) - slopes
        metric = self.metric(parameters)
        raised = np.einsum("mkl,mlij->mkij", np.linalg.inv(metric), lowered / 2)
        return Places(parameters, metric, raised)

    def _slope(self, parameters: Array, axis: Array) -> Array:
        """Return the derivative of the metric along an axis, by differences within the box."""
        step = _STEP * (self.upper - self.lower) * axis
        ahead = np.minimum(parameters + step, self.upper)
        behind = np.maximum(parameters - step, self.lower)
        run = (ahead - behind) @ axis
        return (self.metric(ahead) - self.metric(behind)) / run[:, None, None]

    def lengths(self, start: Places, end: Places) -> Array:
        """Measure lines that turn as geodesics do at their ends, and stay in the box.

        Each is a parabola whose second derivative is the mean of those of the geodesics that
        leave its two ends along it; where it would leave the box, it turns less. Away from the
        walls it is longer than the geodesic by a share of the fourth order of its length, while
        the straight line is longer by one of the second.

        Parameters
        ----------
        start, end : Places
            The ends of m lines; `start` may be a single place where all of them start.

        Returns
        -------
        ndarray of shape (m,)
            Integrals of ``sqrt(du' G du)``, by Romberg's rule.
        """
        found = np.empty(len(end.parameters))
        for first in range(0, len(found), _LINES):
            block = slice(first, first + _LINES)
            here = start if len(start.parameters) == 1 else start[block]
            found[block] = self._measure(here, end[block])
        return found

    def _measure(self, start: Places, end: Places) -> Array:
        line = end.parameters - start.parameters
        middle = start.parameters + line / 2
        bend = (start.turning(line) + end.turning(line)) / 16
        bend = np.minimum(bend, _widest_bend(self.upper - middle, line))
        bend = np.maximum(bend, -_widest_bend(middle - self.lower, line))
        speeds = []
        for time in _TIMES:
            velocity = line + 4 * (1 - 2 * time) * bend
            place = start.parameters + time * line + 4 * time * (1 - time) * bend
            metric = {0: start.metric, 1: end.metric}.get(time)
            metric = self.metric(place) if metric is None else metric
            speeds.append(np.sqrt(np.einsum("...ij,...i,...j", metric, velocity, velocity)))
        return np.asarray(romb(np.stack(speeds), _TIMES[1], axis=0))


def _widest_bend(room: Array, line: Array) -> Array:
    """Return how far the middle of a line may move toward a wall so that no part goes through it.

    Parameters
    ----------
    room : ndarray of shape (m, d)
        From the straight line's middle to the wall along each axis: no less than half of `line`.
    line : ndarray of shape (m, d)
        From start to end.
    """
    return np.asarray((room + np.sqrt(np.maximum(room**2 - line**2 / 4, 0))) / 2)
