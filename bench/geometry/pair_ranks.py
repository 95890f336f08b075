"""The rank of a length among those of all pairs, without sorting it again for every embedding."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from bench.geometry.ranks import INFINITE, rounded, without_rounding

# A length belongs to the bin of its exponent and its first 12 or 13 binary digits: of distances
# there are 8,192 bins for each doubling, of their squares half as many, which is the same.
_DIGITS = 12
# Up to so many pairs (n = 512) every length that occurs is kept: beyond, looking one up among all
# would cost more than everything else.
_KEPT_PAIRS = 2**17
# Other rows may well hold lengths that are shorter or longer by so many doublings.
_DOUBLINGS_BELOW, _DOUBLINGS_ABOVE = 8, 1
# Lengths 2 ** 64 times shorter than the longest, and 0, share the first bin.
_MOST_DOUBLINGS = 64


@dataclass(frozen=True, eq=False)
class Scale:
    """What tells the place of a length among others.

    Up to n = 512 points each length that occurs has a place of its own. Beyond, lengths that
    agree in their first 13 binary digits (squares: 12) share one. A Spearman correlation made of
    such places was within 3e-8 of the exact one on a Swiss roll of 1,500 and of 3,000 points, and
    within 4e-6 on two clusters 10,000 times as far apart as they are wide.

    Parameters
    ----------
    digits : int
        Binary digits that count.
    values : ndarray of shape (v,), uint64
        The lengths that occur, in order, as the bits of float64; empty where bins are used.
    """

    digits: int
    values: NDArray[np.uint64]

    @classmethod
    def of(cls, blocks: "Blocks", n: int, *, half: bool, squared: bool) -> "Scale":
        """Return the scale of n points, which only few points need to be looked at for.

        Parameters
        ----------
        blocks : iterable of (ndarray of shape (m,), ndarray of shape (m, n))
            Rows, and the lengths from each to all points.
        n : int
            Number of points.
        half : bool
            Whether the rows are all there are, so that each pair is met from both ends and counted
            from one.
        squared : bool
            Whether the lengths are squares of distances.
        """
        values = np.empty(0, np.uint64)
        if has_few_pairs(n):
            met = [_chosen(rows, lengths, half) for rows, lengths in blocks]
            values = np.unique(np.concatenate(met).view(np.uint64))
        return cls(_DIGITS + (not squared), values)

    def from_first(self, first: int) -> tuple[np.uint64, NDArray[np.uint64], int]:
        """Return what `find_places` takes of it, for places counted from a first one."""
        return np.uint64(52 - self.digits), self.values, first

    def make_room(
        self, sums: "PlaceSums", rows: NDArray[np.intp], lengths: NDArray[np.float64]
    ) -> "PlaceSums":
        """Return sums to add to that have room for the lengths of some rows."""
        if len(self.values):
            return sums.covering(0, len(self.values) - 1)
        low, high = map(int, _span(lengths.view(np.uint64), rows, self.from_first(0)[0]))
        low = max(low, high - (_MOST_DOUBLINGS << self.digits))
        if len(sums.sums) == 1:
            low = max(low - (_DOUBLINGS_BELOW << self.digits), 0)
            high += _DOUBLINGS_ABOVE << self.digits
        return sums.covering(low, high)


Blocks = Iterable[tuple[NDArray[np.intp], NDArray[np.float64]]]


@dataclass(frozen=True, eq=False)
class PlaceSums:
    """Sums over pairs by the place of their length.

    Parameters
    ----------
    first : int
        The place of the first row of ``sums``.
    sums : ndarray of shape (places + 1, f)
        Of each place f sums, the first of which is the number of pairs; the last row is that of
        infinite lengths.
    """

    first: int
    sums: NDArray[np.float64]

    @classmethod
    def empty(cls, fields: int) -> "PlaceSums":
        """Return the sums of no pairs."""
        return cls(0, np.zeros((1, fields)))

    def covering(self, first: int, last: int) -> "PlaceSums":
        """Return sums to add to in place that have room for these places."""
        places = len(self.sums) - 1
        if self.first <= first and last < self.first + places:
            return self
        if places:
            first, last = min(first, self.first), max(last, self.first + places - 1)
        grown = PlaceSums(first, np.zeros((last + 2 - first, self.sums.shape[1])))
        grown._part(self)[:] = self.sums[:-1]
        grown.sums[-1] = self.sums[-1]
        return grown

    def _part(self, other: "PlaceSums") -> NDArray[np.float64]:
        """Return the rows of the places that others have sums of."""
        start = other.first - self.first if len(other.sums) > 1 else 0
        return self.sums[start : start + len(other.sums) - 1]

    def plus(self, other: "PlaceSums", sign: int = 1) -> "PlaceSums":
        """Add other sums, or with ``sign=-1`` take them away."""
        both = self
        if len(other.sums) > 1:
            both = self.covering(other.first, other.first + len(other.sums) - 2)
        if both is self:
            both = PlaceSums(self.first, self.sums.copy())
        place, add = both._part(other), np.add if sign > 0 else np.subtract
        add(place, other.sums[:-1], out=place)
        add(both.sums[-1], other.sums[-1], out=both.sums[-1])
        return both

    @property
    def ranks(self) -> NDArray[np.float64]:
        """The average rank of the pairs at each place, minus the mean of all ranks."""
        counts = self.sums[:, 0]
        return np.asarray(np.cumsum(counts) - (counts - 1) / 2 - (counts.sum() + 1) / 2)


@dataclass(frozen=True, eq=False)
class PairRanks:
    """Average ranks of lengths among those of all pairs, minus the mean of all ranks.

    Parameters
    ----------
    scale : Scale
        What tells the place of a length.
    first : int
        The place of the first rank.
    ranks : ndarray of shape (places + 1,), float64
        At each place, and of infinite lengths.
    """

    scale: Scale
    first: int
    ranks: NDArray[np.float64]

    @classmethod
    def of(cls, scale: Scale, blocks: Blocks, *, half: bool) -> "PairRanks":
        """Rank the lengths of some rows; arguments as those of `Scale.of`.

        (Half the pairs have half the ranks, which no correlation notices.)
        """
        counts = PlaceSums.empty(1)
        for rows, lengths in blocks:
            counts = scale.make_room(counts, rows, lengths)
            where = scale.from_first(counts.first)
            _count(lengths.view(np.uint64), rows, half, where, counts.sums[:, 0])
        return cls(scale, counts.first, counts.ranks)


def has_few_pairs(n: int) -> bool:
    """Whether every length between n points is kept."""
    return n * (n - 1) // 2 <= _KEPT_PAIRS


def _chosen(
    rows: NDArray[np.intp], lengths: NDArray[np.float64], half: bool
) -> NDArray[np.float64]:
    column, row = np.arange(lengths.shape[1]), rows[:, None]
    return np.asarray(without_rounding(lengths)[column > row if half else column != row])


@njit(cache=True, nogil=True)
def _span(bits, rows, shift):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    """Return the bins of the shortest length but 0, and of the longest that is finite."""
    low, high = ~np.uint64(0), np.uint64(0)
    for i in range(bits.shape[0]):
        for others in (bits[i, : rows[i]], bits[i, rows[i] + 1 :]):
            for j in range(len(others)):
                low = min(low, others[j] - np.uint64(1))  # 0 becomes the largest there is
                high = max(high, others[j] if others[j] < INFINITE else np.uint64(0))
    low, high = rounded(min(low + np.uint64(1), high)), rounded(high)
    return low >> shift, high >> shift


@njit(cache=True, nogil=True)
def _count(bits, rows, half, scale, counts):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    places = np.empty(bits.shape[1], np.int32)
    for i in range(bits.shape[0]):
        start = rows[i] + 1 if half else 0
        find_places(bits[i, start:], scale, len(counts), places)
        for j in range(bits.shape[1] - start):
            counts[places[j]] += 1
        if not half:
            counts[places[rows[i]]] -= 1


@njit(cache=True, nogil=True)
def find_places(bits, scale, size, places):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201 - compiled
    """Look up lengths, given as the bits of their float64, in places from a first one on.

    One that was not met before (a matrix product may round otherwise in another block) gets the
    place of a neighbour.
    """
    shift, values, first = scale
    if len(values):
        for j in range(len(bits)):
            places[j] = max(np.searchsorted(values, rounded(bits[j]), "right") - 1, 0)
    else:
        for j in range(len(bits)):
            place = min(max(np.int64(rounded(bits[j]) >> shift) - first, 0), size - 2)
            places[j] = place if bits[j] < INFINITE else size - 1
