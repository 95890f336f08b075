"""Broken Swiss roll: a strip is missing across it, and the two pieces are not joined.

Geodesic
    Each piece unrolls onto a flat rectangle of (arc length, height) as in ``swiss_roll``, and the
    geodesic within it is the Euclidean distance there. Between the pieces there is no path: those
    distances are infinite. The reach is measured all along both pieces: half the way between
    their ends if the gap is small, and between layers if it is wide.
Status
    Closed form. With noise, it is that of the points before noise was added.
Source
    After the "broken Swiss roll" of van der Maaten, Postma & van den Herik, Dimensionality
    Reduction: A Comparative Review, Tilburg University TiCC TR 2009-005; drawn uniformly in (t, h),
    as scikit-learn's ``make_swiss_roll`` is.
"""

from functools import lru_cache

import numpy as np

from bench.dataset import Dataset, require_points
from bench.manifolds.ambient import place
from bench.manifolds.geodesics import FlatGeodesics
from bench.manifolds.pieces import PiecewiseGeodesics
from bench.manifolds.reach import curve_reach
from bench.manifolds.spiral import spiral_length
from bench.seeds import stream


def dataset(
    *,
    n: int = 1500,
    gap: float = 0.2,
    dimensions: int | None = None,
    noise: float = 0.0,
    seed: int = 0,
) -> Dataset:
    """Draw points on the two pieces of a Swiss roll.

    Parameters
    ----------
    n : int
        Number of points.
    gap : float
        Share of the range of t that is missing in its middle, above 0 and below 1.
    dimensions : int, optional
        Dimensions to embed into by a random isometry, 3 or more; left out, the native 3.
    noise : float
        Standard deviation of the Gaussian noise on each final coordinate.
    seed : int
        Draws the points, the isometry and the noise.

    Returns
    -------
    Dataset
        In 3 dimensions unless told, labelled by piece, with a chart of (arc length, height).

    Raises
    ------
    ValueError
        If ``gap`` is out of range.
    """
    require_points(n)
    if not 0 < gap < 1:
        raise ValueError(f"gap must be above 0 and below 1, got {gap}.")
    share, height = stream(seed, "broken_swiss_roll").uniform(size=(2, n))
    piece = (share >= 0.5).astype(np.int64)
    t = 1.5 * np.pi * (1 + 2 * (share * (1 - gap) + gap * piece))
    chart = np.column_stack([spiral_length(t), 21 * height])
    points = np.column_stack([t * np.cos(t), 21 * height, t * np.sin(t)])
    return Dataset(
        X=place(points, "broken_swiss_roll", seed, dimensions=dimensions, noise=noise),
        geodesics=PiecewiseGeodesics(FlatGeodesics(chart), piece),
        chart=chart,
        color=t,
        labels=piece,
        source="drawn here",
        licence="generated",
        intrinsic_dimension=2,
        reach=_reach(gap),
    )


@lru_cache(maxsize=8)
def _reach(gap: float) -> float:
    share = np.linspace(0, (1 - gap) / 2, 500)
    t = 1.5 * np.pi * (1 + 2 * np.concatenate([share, share + (1 + gap) / 2]))
    turn = np.column_stack([np.cos(t), np.sin(t)])
    across = np.column_stack([-np.sin(t), np.cos(t)])
    return curve_reach(t[:, None] * turn, turn + t[:, None] * across, closed=False, pieces=2)
