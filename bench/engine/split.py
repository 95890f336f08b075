"""Split: which points a reducer is fitted on, and which are held out."""

from dataclasses import dataclass

import numpy as np

from bench.errors import UnsupportedError
from bench.geometry.blocks import Rows
from bench.seeds import stream

_LEAST = 10  # points on either side


@dataclass(frozen=True, eq=False)
class Split:
    """Which points are fitted on and which are held out, each in the order of their rows."""

    training: Rows
    held_out: Rows


def split(n: int, share: float, seed: int) -> Split:
    """Draw the points that are held out.

    Parameters
    ----------
    n : int
        Number of points.
    share : float
        Of the points that are held out, rounded to a whole number of them.
    seed : int
        The job's seed.

    Raises
    ------
    UnsupportedError
        If fewer than ten points would be on either side.
    """
    size = round(share * n)
    if min(size, n - size) < _LEAST:
        raise UnsupportedError(
            f"{share:g} of {n} points leaves {size} held out and {n - size} to fit on; each side "
            f"needs {_LEAST}"
        )
    order = stream(seed, "held-out").permutation(n)
    return Split(np.sort(order[size:]), np.sort(order[:size]))
