"""Reference: the distances and ranks of one geometry, by blocks of rows."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bench.geometry.blocks import Rows, in_order, row_blocks
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
    distances : ndarray of shape (m, n), float64
        From each of them to every point.
    ranks : ndarray of shape (m, n), uint32
        The rank of each other point by that distance, 1 for the nearest; 0 for the point itself.
        Empty if they were not asked for.
    """

    rows: Rows
    distances: NDArray[np.float64]
    ranks: NDArray[np.uint32]


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
    pair_ranks : PairRanks
        The rank of a distance among those of all pairs.
    """

    @property
    def n(self) -> int: ...  # noqa: D102 - documented in the class

    @property
    def coordinates(self) -> NDArray[np.floating] | None: ...  # noqa: D102 - as above

    @property
    def order(self) -> Rows | None: ...  # noqa: D102 - as above

    @property
    def pair_ranks(self) -> PairRanks: ...  # noqa: D102 - as above

    def block(self, rows: Rows, *, ranked: bool = True) -> Block:
        """Return some rows, with or without their ranks."""
        ...


_NO_RANKS = np.empty((0, 0), dtype=np.uint32)


@dataclass(frozen=True, eq=False)
class LiveReference:
    """A reference that computes its rows when they are asked for, and holds none.

    Parameters
    ----------
    geometry : DistanceRows
        What gives the distances; its ``order``, if it has one, says which rows it finds fastest
        together.
    n : int
        Number of points.
    coordinates : ndarray of shape (n, d), optional
        Coordinates in which this geometry is flat.
    threads : int
        How many blocks of rows are worked on at once for `pair_ranks`.
    """

    geometry: DistanceRows
    n: int
    coordinates: NDArray[np.floating] | None = None
    threads: int = 1

    @property
    def order(self) -> Rows | None:
        """All rows, in the geometry's own order."""
        order: Rows | None = getattr(self.geometry, "order", None)
        return order

    def block(self, rows: Rows, *, ranked: bool = True) -> Block:
        """Compute some rows."""
        distances = np.ascontiguousarray(self.geometry.distances(rows), dtype=np.float64)
        return Block(rows, distances, rank_rows(distances, rows) if ranked else _NO_RANKS)

    @cached_property
    def pair_ranks(self) -> PairRanks:
        """The rank of a distance among those of all pairs, from one pass over all rows."""
        return rank_pairs(self, None, self.threads)

    def save(self, folder: Path) -> None:
        """Write all rows to a folder that does not exist yet, to be shared by processes."""
        folder.mkdir(parents=True)
        shape = (self.n, self.n)
        create = np.lib.format.open_memmap
        distances = create(folder / "distances.npy", mode="w+", dtype=np.float64, shape=shape)
        ranks = create(folder / "ranks.npy", mode="w+", dtype=np.uint32, shape=shape)
        for block in in_order(self.block, row_blocks(every_row(self), self.n), self.threads):
            distances[block.rows], ranks[block.rows] = block.distances, block.ranks
        distances.flush()
        ranks.flush()
        if self.coordinates is not None:
            np.save(folder / "coordinates.npy", self.coordinates, allow_pickle=False)
        for name in PairRanks.__dataclass_fields__:
            array = np.asarray(getattr(self.pair_ranks, name))
            np.save(folder / f"pair_{name}.npy", array, allow_pickle=False)


@dataclass(frozen=True, eq=False)
class StoredReference:
    """A reference on disk, as `LiveReference.save` wrote it; processes share one copy.

    Parameters
    ----------
    distances : ndarray of shape (n, n), float64
    ranks : ndarray of shape (n, n), uint32
    pair_ranks : PairRanks
    coordinates : ndarray of shape (n, d) or None
    """

    distances: NDArray[np.float64]
    ranks: NDArray[np.uint32]
    pair_ranks: PairRanks
    coordinates: NDArray[np.floating] | None = None

    @property
    def n(self) -> int:
        """Number of points."""
        return len(self.ranks)

    @property
    def order(self) -> None:
        """None: any row is read as fast as any other."""
        return

    def block(self, rows: Rows, *, ranked: bool = True) -> Block:
        """Read some rows."""
        ranks = np.asarray(self.ranks[rows]) if ranked else _NO_RANKS
        return Block(rows, np.asarray(self.distances[rows]), ranks)

    @classmethod
    def load(cls, folder: Path) -> "StoredReference":
        """Map the arrays of a folder; nothing is read until it is needed."""
        pairs = {
            name: np.load(folder / f"pair_{name}.npy", allow_pickle=False)
            for name in PairRanks.__dataclass_fields__
        }
        coordinates = folder / "coordinates.npy"
        return cls(
            np.load(folder / "distances.npy", mmap_mode="r", allow_pickle=False),
            np.load(folder / "ranks.npy", mmap_mode="r", allow_pickle=False),
            PairRanks(**pairs | {"first": int(pairs["first"])}),
            np.load(coordinates, allow_pickle=False) if coordinates.exists() else None,
        )


def every_row(*references: Reference) -> Rows:
    """Return all rows, in the order of the first reference that has one."""
    orders = (reference.order for reference in references)
    return next((order for order in orders if order is not None), np.arange(references[0].n))


def rank_pairs(reference: Reference, rows: Rows | None, threads: int = 1) -> PairRanks:
    """Rank the distances of all pairs, or if some rows are given of theirs alone."""

    def distances(block: Rows) -> tuple[Rows, NDArray[np.float64]]:
        return block, reference.block(block, ranked=False).distances

    n = reference.n
    blocks = row_blocks(every_row(reference) if rows is None else rows, n)
    return PairRanks.of(in_order(distances, blocks, threads), n, half=rows is None)
