"""Traits: what can be measured of a sample of points, whatever they were drawn from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.geometry.blocks import row_blocks
from bench.geometry.reference import Reference

NEIGHBOR = 10  # whose distance tells how densely the points lie
_FEWEST = 10  # points that have two neighbours apart; the estimate is a fit through them


@dataclass(frozen=True)
class Traits:
    """What can be measured of a sample.

    Parameters
    ----------
    dimension : float or None
        Intrinsic dimension, estimated; None where points coincide so often that there is nothing
        to estimate it from.
    neighbor_distance : float
        Median over points of the distance to the 10th neighbour, or to the last of fewer: how
        densely the sample lies.
    diameter : float
        Largest distance between two points.
    """

    dimension: float | None
    neighbor_distance: float
    diameter: float


def measure_traits(euclidean: Reference) -> Traits:
    """Measure a sample by its Euclidean distances.

    Parameters
    ----------
    euclidean : Reference
        Of the points; read once, by blocks of rows.
    """
    n = euclidean.n
    last = min(NEIGHBOR, n - 1)
    nearest = np.empty((n, last))
    diameter = 0.0
    for rows in row_blocks(np.arange(n), n):
        distances = euclidean.block(rows, ranked=False).distances.copy()
        diameter = max(diameter, float(distances.max()))
        distances[np.arange(len(rows)), rows] = np.inf  # a point is no neighbour of its own
        nearest[rows] = np.sort(np.partition(distances, last - 1, axis=1)[:, :last], axis=1)
    return Traits(two_nn(nearest[:, :2]), float(np.median(nearest[:, -1])), diameter)


def two_nn(nearest: NDArray[np.float64]) -> float | None:
    """Estimate the intrinsic dimension from the two nearest neighbours of each point.

    The TwoNN of Facco, d'Errico, Rodriguez & Laio (Sci. Rep. 7, 2017), as scikit-dimension
    computes it: the ratio of the two distances follows a Pareto law whose exponent is the
    dimension, and the tenth with the largest ratios is left out. Its standard error is about
    ``d / sqrt(n)``. It is too low in many dimensions, where no sample is dense enough, and
    too high for noise around a manifold that is thinner than the noise is wide.

    Parameters
    ----------
    nearest : ndarray of shape (n, 2)
        Distances to the nearest neighbour and to the next. Points that coincide with another have
        no ratio and are left out; many of them make the estimate too high, as those around them
        have two neighbours equally far.

    Returns
    -------
    float or None
        None if fewer than 10 points are left, or all ratios are 1.
    """
    from skdim.id import TwoNN

    apart = nearest[nearest[:, 0] > 0]
    if len(apart) < _FEWEST or (apart[:, 0] == apart[:, 1]).all():
        return None
    return float(TwoNN(dist=True).fit(apart).dimension_)
