"""A check of given geodesics: no path along a manifold is shorter than the straight line."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.console import warn
from bench.errors import BenchError
from bench.geometry.blocks import Rows
from bench.geometry.reference import DistanceRows
from bench.seeds import stream

_PAIRS = 1_000_000  # to compare; more say nothing new
_PAIRS_AT_ONCE = 200_000
_ROUNDING = 1e-3  # a share of the straight line: single precision, and distances that were measured
_MANY = 0.1  # share of the pairs; noise on the points lengthens few straight lines by as much


@dataclass(frozen=True)
class Shortfall:
    """How far distances are shorter than straight lines.

    Parameters
    ----------
    pairs, shorter : int
        How many pairs were compared, and of how many the straight line is clearly longer.
    rows : tuple of int
        The pair of the smallest ratio, counted from 0.
    given, straight : float
        The two lengths of that pair.
    """

    pairs: int = 0
    shorter: int = 0
    rows: tuple[int, int] = (0, 0)
    given: float = 1.0
    straight: float = 1.0

    @property
    def share(self) -> float:
        """Share of the pairs that are shorter."""
        return self.shorter / max(self.pairs, 1)

    def __str__(self) -> str:
        """Say by how much, and for which pair most."""
        i, j = self.rows
        return (
            f"shorter than the straight line for {self.shorter} of {self.pairs} pairs "
            f"({100 * self.share:.1f} %), most for points {i} and {j} (counted from 0): "
            f"{self.given:.4g} against {self.straight:.4g}"
        )


def measure_shortfall(given: DistanceRows, straight: DistanceRows, n: int) -> Shortfall:
    """Compare distances with straight lines, of up to a million pairs.

    Parameters
    ----------
    given, straight : DistanceRows
        Both between the same points, in the same units.
    n : int
        Number of points.

    Examples
    --------
    >>> from bench.geometry.euclidean import EuclideanDistances
    >>> line = np.arange(4.0)[:, None]
    >>> found = measure_shortfall(EuclideanDistances(line / 2), EuclideanDistances(line), 4)
    >>> found.share, found.given, found.straight
    (1.0, 0.5, 1.0)
    """
    found = Shortfall()
    for rows in _batches(n):
        long = straight.distances(rows)
        short = given.distances(rows)
        ratio = np.divide(short, long, out=np.ones_like(long), where=long > 0)
        found = _joined(found, ratio, rows, short, long)
    return found


def _batches(n: int) -> Iterator[Rows]:
    """Yield rows drawn at random: all of them where there are few."""
    wanted = min(n, max(1, _PAIRS // n))
    rows = np.sort(stream(0, "shortfall").choice(n, wanted, replace=False))
    yield from np.array_split(rows, max(1, min(wanted, wanted * n // _PAIRS_AT_ONCE)))


def _joined(
    found: Shortfall,
    ratio: NDArray[np.float64],
    rows: Rows,
    short: NDArray[np.float64],
    long: NDArray[np.float64],
) -> Shortfall:
    shorter = found.shorter + int((ratio < 1 - _ROUNDING).sum())
    pairs = found.pairs + ratio.size - len(rows)  # a point is no pair with itself
    i, j = np.unravel_index(ratio.argmin(), ratio.shape)
    if ratio[i, j] >= found.given / found.straight:
        return Shortfall(pairs, shorter, found.rows, found.given, found.straight)
    return Shortfall(pairs, shorter, (int(rows[i]), int(j)), float(short[i, j]), float(long[i, j]))


def require_longer_than_chords(
    name: str, given: DistanceRows, straight: DistanceRows, n: int
) -> None:
    """Refuse given geodesics of which many are shorter than straight lines; warn if few are.

    Raises
    ------
    BenchError
        Saying by how much, for which pair, and what to check.

    Examples
    --------
    >>> from bench.geometry.euclidean import EuclideanDistances
    >>> line = np.arange(4.0)[:, None]
    >>> require_longer_than_chords(
    ...     "geodesics", EuclideanDistances(2 * line), EuclideanDistances(line), 4
    ... )
    """
    found = measure_shortfall(given, straight, n)
    if found.share > _MANY:
        raise BenchError(
            f"{name}: {found}. A path along a manifold cannot be: check that its rows are in the "
            "order of the points, and its unit is that of the points."
        )
    if found.shorter:
        warn([f"{name}: {found}. Noise on the points may do that, and errors in the distances."])
