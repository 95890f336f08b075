"""Reference: the distances and ranks of one geometry, by blocks of rows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bench.geometry.blocks import MOST_ROWS, Rows, in_order, row_blocks
from bench.geometry.nearest import Ranking, find_nearest
from bench.geometry.pair_ranks import PairRanks
from bench.geometry.point_tree import PointTree
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


class Reference(Protocol):
    """One geometry of n points. Nothing here says which geometry it is.

    Attributes
    ----------
    n : int
        Number of points.
    coordinates : ndarray of shape (n, d) or None
        Coordinates in which this geometry is flat, where they are known.
    order : ndarray of shape (n,) or None
        All rows, in an order in which they are found fastest, if there is one.
    rows_together : int
        How many rows are best asked for at once.
    squared : bool
        Whether the lengths of its blocks are squares of distances.
    measures_all : bool
        Whether distances to all points are computed to rank a few of them.
    tie_keys : ndarray of shape (n,), uint64, or None
        What the order among ties is drawn from; the index of each point if None.
    """

    @property
    def n(self) -> int: ...  # noqa: D102 - documented in the class

    @property
    def coordinates(self) -> NDArray[np.floating] | None: ...  # noqa: D102 - as above

    @property
    def order(self) -> Rows | None: ...  # noqa: D102 - as above

    @property
    def rows_together(self) -> int: ...  # noqa: D102 - as above

    @property
    def squared(self) -> bool: ...  # noqa: D102 - as above

    @property
    def measures_all(self) -> bool: ...  # noqa: D102 - as above

    @property
    def tie_keys(self) -> NDArray[np.uint64] | None: ...  # noqa: D102 - as above

    def block(self, rows: Rows, *, ranked: bool = True) -> Block:
        """Return some rows, with or without their ranks."""
        ...

    def blocks(self, parts: Iterable[Rows], *, ranked: bool = True) -> Iterator[Block]:
        """Yield a block for each part of the rows, in order."""
        ...

    def nearest(self, rows: Rows, k: int) -> NDArray[np.int32]:
        """Return the k nearest of some rows, the nearest first, of shape (len(rows), k)."""
        ...

    def ranking(self, rows: Rows, k: int) -> Ranking:
        """Return the same, and the way to rank other points."""
        ...


_MEMORY_OF_LENGTHS = 2**20  # of a block of which nothing is made but counts
_MEMORY_OF_ROWS_TOGETHER = 2**24
NO_RANKS = np.empty((0, 0), dtype=np.uint32)


@dataclass(frozen=True, eq=False)
class LiveReference:
    """A reference that computes its rows when they are asked for, and holds none.

    Parameters
    ----------
    geometry : DistanceRows
        What gives the distances. If it has ``squares`` they are taken in their place; its
        ``order``, if it has one, says which rows it finds fastest together, and
        ``rows_together`` how many; if it has ``nearest``, that finds a few neighbours without
        looking at all points, and if it has a ``tree``, that ranks points so too.
    n : int
        Number of points.
    coordinates : ndarray of shape (n, d), optional
        Coordinates in which this geometry is flat.
    tie_keys : ndarray of shape (n,), uint64, optional
        What the order among ties is drawn from (see `bench.geometry.tie_keys`).
    """

    geometry: DistanceRows
    n: int
    coordinates: NDArray[np.floating] | None = None
    tie_keys: NDArray[np.uint64] | None = None

    @property
    def order(self) -> Rows | None:
        """All rows, in the geometry's own order."""
        order: Rows | None = getattr(self.geometry, "order", None)
        return order

    @property
    def rows_together(self) -> int:
        """How many rows are best asked for at once."""
        return int(getattr(self.geometry, "rows_together", MOST_ROWS))

    @property
    def squared(self) -> bool:
        """Whether the geometry gives squares."""
        return hasattr(self.geometry, "squares")

    @property
    def measures_all(self) -> bool:
        """Whether there is no tree to rank points by."""
        return self._tree is None

    @property
    def _tree(self) -> PointTree | None:
        tree: PointTree | None = getattr(self.geometry, "tree", None)
        return tree

    def block(self, rows: Rows, *, ranked: bool = True) -> Block:
        """Compute some rows."""
        return next(self.blocks([rows], ranked=ranked))

    def blocks(self, parts: Iterable[Rows], *, ranked: bool = True) -> Iterator[Block]:
        """Compute rows part by part, but measure as many at once as the geometry likes."""
        most = min(self.rows_together, _MEMORY_OF_ROWS_TOGETHER // (8 * self.n))
        for several in _together(parts, most):
            yield from self._measured(several, ranked)

    def _measured(self, several: list[Rows], ranked: bool) -> Iterator[Block]:
        find = getattr(self.geometry, "squares", self.geometry.distances)
        lengths = np.ascontiguousarray(find(np.concatenate(several)), dtype=np.float64)
        start = 0
        for rows in several:
            own = lengths[start : start + len(rows)]
            ranks = rank_rows(own, rows, self.tie_keys) if ranked else NO_RANKS
            yield Block(rows, own, ranks, self.squared)
            start += len(rows)

    def nearest(self, rows: Rows, k: int) -> NDArray[np.int32]:
        """Find the nearest, by the geometry's own way or among all points."""
        search = getattr(self.geometry, "nearest", _unknown)
        found: NDArray[np.int32] = search(rows, k, self.tie_keys)
        left = np.flatnonzero(found[:, 0] < 0)
        for some in row_blocks(left, self.n, most=self.rows_together):
            block = self.block(rows[some], ranked=False)
            found[some] = find_nearest(block.lengths, block.rows, k, self.tie_keys)
        return found

    def ranking(self, rows: Rows, k: int) -> Ranking:
        """Rank by a tree or among all points."""
        if self._tree is not None:
            fill_in = partial(self._tree.rank, rows, tie_keys=self.tie_keys)
            return Ranking(self.nearest(rows, k), fill_in)
        return Ranking.among(self.block(rows, ranked=False).lengths, rows, k, self.tie_keys)


def _unknown(rows: Rows, k: int, _: NDArray[np.uint64] | None) -> NDArray[np.int32]:
    return np.full((len(rows), k), -1, np.int32)


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
