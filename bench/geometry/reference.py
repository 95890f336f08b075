"""Reference: the distances and ranks of one geometry, by blocks of rows."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bench.geometry.base import Geometry
from bench.geometry.blocks import MOST_ROWS, Rows, in_order, row_blocks
from bench.geometry.nearest import Ranking, find_nearest
from bench.geometry.pair_ranks import PairRanks
from bench.geometry.ranks import rank_rows


class DistanceRows(Protocol):
    """Anything that gives distances by rows: a geometry, or an embedding."""

    def distances(self, rows: Rows) -> NDArray[np.float64]:
        """Return the distances from ``rows`` to every point, of shape (len(rows), n)."""
        ...


@dataclass(frozen=True, eq=False)
class Block:
    """Some rows of a reference.

    Parameters
    ----------
    rows : ndarray of shape (m,)
        The indices of the points that the rows belong to.
    lengths : ndarray of shape (m, n), float64
        What orders the points as seen from each of them: distances or, where these are had
        without taking roots, their squares.
    ranks : ndarray of shape (m, n), uint32
        The rank of each other point by that length, 1 for the nearest; 0 for the point itself.
        Empty if they were not asked for.
    squared : bool
        Whether the lengths are squares.
    """

    rows: Rows
    lengths: NDArray[np.float64]
    ranks: NDArray[np.uint32]
    squared: bool = False

    @cached_property
    def distances(self) -> NDArray[np.float64]:
        """The distances from each row to every point, of shape (m, n)."""
        return np.sqrt(self.lengths) if self.squared else self.lengths


class Reference(ABC):
    """One geometry of n points. Nothing here says which geometry it is.

    Attributes
    ----------
    n : int
        Number of points.
    coordinates : ndarray of shape (n, d) or None
        Coordinates in which this geometry is flat, where they are known.
    tie_keys : ndarray of shape (n,), uint64, or None
        What the order among ties is drawn from; the index of each point if None.
    """

    n: int
    coordinates: NDArray[np.floating] | None = None
    tie_keys: NDArray[np.uint64] | None = None

    @property
    def order(self) -> Rows | None:
        """All rows, in an order in which they are found fastest, if there is one."""
        return None

    @property
    def rows_together(self) -> int:
        """How many rows are best asked for at once."""
        return MOST_ROWS

    @property
    def squared(self) -> bool:
        """Whether the lengths of its blocks are squares of distances."""
        return False

    @property
    def measures_all(self) -> bool:
        """Whether distances to all points are computed to rank a few of them."""
        return False

    @abstractmethod
    def block(self, rows: Rows, *, ranked: bool = True) -> Block:
        """Return some rows, with or without their ranks."""

    def blocks(self, parts: Iterable[Rows], *, ranked: bool = True) -> Iterator[Block]:
        """Yield a block for each part of the rows, in order."""
        return (self.block(rows, ranked=ranked) for rows in parts)

    @abstractmethod
    def nearest(self, rows: Rows, k: int) -> NDArray[np.int32]:
        """Return the k nearest of some rows, the nearest first, of shape (len(rows), k)."""

    @abstractmethod
    def ranking(self, rows: Rows, k: int) -> Ranking:
        """Return the same, and the way to rank other points."""


_MEMORY_OF_LENGTHS = 2**20  # of a block of which nothing is made but counts
_MEMORY_OF_ROWS_TOGETHER = 2**24
NO_RANKS = np.empty((0, 0), dtype=np.uint32)


@dataclass(frozen=True, eq=False)
class LiveReference(Reference):
    """A reference that computes its rows when they are asked for, and holds none.

    Parameters
    ----------
    geometry : DistanceRows
        What gives the distances. If it is a `Geometry`, all that it can do faster is used.
    n : int
        Number of points.
    coordinates : ndarray of shape (n, d), optional
        Coordinates in which this geometry is flat.
    tie_keys : ndarray of shape (n,), uint64, optional
        What the order among ties is drawn from (see `bench.geometry.tie_keys`).

    Examples
    --------
    >>> import bench, numpy as np
    >>> flat = LiveReference(bench.FlatGeodesics(np.arange(5.0)[:, None]), n=5)
    >>> flat.nearest(np.array([0]), k=2).tolist()
    [[1, 2]]
    """

    geometry: DistanceRows
    n: int
    coordinates: NDArray[np.floating] | None = None
    tie_keys: NDArray[np.uint64] | None = None

    @cached_property
    def _rows(self) -> Geometry:
        geometry = self.geometry
        return geometry if isinstance(geometry, Geometry) else _Plain(geometry)

    @property
    def order(self) -> Rows | None:
        """All rows, in the geometry's own order."""
        return self._rows.order

    @property
    def rows_together(self) -> int:
        """How many rows are best asked for at once."""
        return self._rows.rows_together

    @property
    def squared(self) -> bool:
        """Whether the geometry gives squares."""
        return self._rows.squared

    @property
    def measures_all(self) -> bool:
        """Whether there is no tree to rank points by."""
        return self._rows.tree is None

    def block(self, rows: Rows, *, ranked: bool = True) -> Block:
        """Compute some rows."""
        return next(self.blocks([rows], ranked=ranked))

    def blocks(self, parts: Iterable[Rows], *, ranked: bool = True) -> Iterator[Block]:
        """Compute rows part by part, but measure as many at once as the geometry likes."""
        most = min(self.rows_together, _MEMORY_OF_ROWS_TOGETHER // (8 * self.n))
        for several in _together(parts, most):
            yield from self._measured(several, ranked)

    def _measured(self, several: list[Rows], ranked: bool) -> Iterator[Block]:
        lengths = self._rows.lengths(np.concatenate(several))
        lengths = np.ascontiguousarray(lengths, dtype=np.float64)
        start = 0
        for rows in several:
            own = lengths[start : start + len(rows)]
            ranks = rank_rows(own, rows, self.tie_keys) if ranked else NO_RANKS
            yield Block(rows, own, ranks, self.squared)
            start += len(rows)

    def nearest(self, rows: Rows, k: int) -> NDArray[np.int32]:
        """Find the nearest, by the geometry's own way or among all points."""
        found = self._rows.nearest(rows, k, self.tie_keys)
        left = np.flatnonzero(found[:, 0] < 0)
        for some in row_blocks(left, self.n, most=self.rows_together):
            block = self.block(rows[some], ranked=False)
            found[some] = find_nearest(block.lengths, block.rows, k, self.tie_keys)
        return found

    def ranking(self, rows: Rows, k: int) -> Ranking:
        """Rank by a tree or among all points."""
        tree = self._rows.tree
        if tree is not None:
            fill_in = partial(tree.rank, rows, tie_keys=self.tie_keys)
            return Ranking(self.nearest(rows, k), fill_in)
        return Ranking.among(self.block(rows, ranked=False).lengths, rows, k, self.tie_keys)


@dataclass(frozen=True, eq=False)
class _Plain(Geometry):
    """A geometry of which nothing is known but its distances."""

    given: DistanceRows

    def distances(self, rows: Rows) -> NDArray[np.float64]:
        return self.given.distances(rows)


def _together(parts: Iterable[Rows], most: int) -> Iterator[list[Rows]]:
    """Gather parts as long as they have no more rows than that together."""
    several: list[Rows] = []
    for rows in parts:
        if several and sum(map(len, several)) + len(rows) > most:
            yield several
            several = []
        several.append(rows)
    if several:
        yield several


def every_row(*references: Reference) -> Rows:
    """Return all rows, in the order of the first reference that has one."""
    orders = (reference.order for reference in references)
    return next((order for order in orders if order is not None), np.arange(references[0].n))


def rank_pairs(reference: Reference, rows: Rows | None, threads: int = 1) -> PairRanks:
    """Rank the lengths of all pairs, or if some rows are given of theirs alone."""
    every, half, n = every_row(reference) if rows is None else rows, rows is None, reference.n
    measure = partial(_lengths, reference, threads=threads)
    return PairRanks.of(measure, every, n, half=half, squared=reference.squared)


def _lengths(
    reference: Reference, rows: Rows, threads: int
) -> Iterator[tuple[Rows, NDArray[np.float64]]]:
    def lengths(block: Rows) -> tuple[Rows, NDArray[np.float64]]:
        return block, reference.block(block, ranked=False).lengths

    blocks = row_blocks(rows, reference.n, memory=_MEMORY_OF_LENGTHS, bytes_per_pair=8)
    return in_order(lengths, blocks, threads)
