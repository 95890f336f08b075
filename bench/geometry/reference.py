"""Reference: the distances and ranks of one geometry, by blocks of rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bench.geometry.geodesics import Rows
from bench.geometry.pair_ranks import PairRanks
from bench.geometry.ranks import rank_rows

_BLOCK_BYTES = 2**23  # of one array of distances; several are alive at once


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
    pair_ranks : PairRanks
        The rank of a distance among those of all pairs.
    """

    @property
    def n(self) -> int: ...  # noqa: D102 - documented in the class

    @property
    def pair_ranks(self) -> PairRanks: ...  # noqa: D102 - documented in the class

    def block(self, rows: Rows) -> Block:
        """Return some rows."""
        ...


@dataclass(frozen=True, eq=False)
class LiveReference:
    """A reference that computes its rows when they are asked for, and holds none.

    Parameters
    ----------
    geometry : DistanceRows
        What gives the distances.
    n : int
        Number of points.
    """

    geometry: DistanceRows
    n: int

    def block(self, rows: Rows) -> Block:
        """Compute some rows."""
        distances = np.ascontiguousarray(self.geometry.distances(rows), dtype=np.float64)
        return Block(rows, distances, rank_rows(distances, rows))

    @cached_property
    def pair_ranks(self) -> PairRanks:
        """The rank of a distance among those of all pairs, from one pass over all rows."""
        blocks = ((rows, self.geometry.distances(rows)) for rows in row_blocks(self.n))
        return PairRanks.of(blocks, self.n)

    def save(self, folder: Path) -> None:
        """Write all rows to a folder that does not exist yet, to be shared by processes."""
        folder.mkdir(parents=True)
        shape = (self.n, self.n)
        create = np.lib.format.open_memmap
        distances = create(folder / "distances.npy", mode="w+", dtype=np.float64, shape=shape)
        ranks = create(folder / "ranks.npy", mode="w+", dtype=np.uint32, shape=shape)
        for rows in row_blocks(self.n):
            block = self.block(rows)
            distances[rows], ranks[rows] = block.distances, block.ranks
        distances.flush()
        ranks.flush()
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
    """

    distances: NDArray[np.float64]
    ranks: NDArray[np.uint32]
    pair_ranks: PairRanks

    @property
    def n(self) -> int:
        """Number of points."""
        return len(self.ranks)

    def block(self, rows: Rows) -> Block:
        """Read some rows."""
        return Block(rows, np.asarray(self.distances[rows]), np.asarray(self.ranks[rows]))

    @classmethod
    def load(cls, folder: Path) -> "StoredReference":
        """Map the arrays of a folder; nothing is read until it is needed."""
        pairs = {
            name: np.load(folder / f"pair_{name}.npy", allow_pickle=False)
            for name in PairRanks.__dataclass_fields__
        }
        return cls(
            np.load(folder / "distances.npy", mmap_mode="r", allow_pickle=False),
            np.load(folder / "ranks.npy", mmap_mode="r", allow_pickle=False),
            PairRanks(**pairs | {"first": int(pairs["first"])}),
        )


def row_blocks(n: int) -> Iterator[Rows]:
    """Cut 0 ... n - 1 into blocks of consecutive rows that fit into a few megabytes."""
    size = max(1, min(256, _BLOCK_BYTES // (8 * n)))
    for start in range(0, n, size):
        yield np.arange(start, min(start + size, n))
