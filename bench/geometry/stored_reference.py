"""Stored reference: the distances and ranks of one geometry on disk, shared by processes."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.geometry.blocks import Rows, in_order, row_blocks
from bench.geometry.nearest import Ranking
from bench.geometry.reference import NO_RANKS, Block, Reference, every_row


@dataclass(frozen=True, eq=False)
class StoredReference(Reference):
    """A reference on disk, as `save_reference` wrote it; processes share one copy.

    Parameters
    ----------
    distances : ndarray of shape (n, n), float64
    ranks : ndarray of shape (n, n), uint32
    n : int
    coordinates : ndarray of shape (n, d) or None
    tie_keys : ndarray of shape (n,), uint64, or None
        What the order among ties was drawn from.
    """

    distances: NDArray[np.float64]
    ranks: NDArray[np.uint32]
    n: int
    coordinates: NDArray[np.floating] | None = None
    tie_keys: NDArray[np.uint64] | None = None

    def block(self, rows: Rows, *, ranked: bool = True) -> Block:
        """Read some rows."""
        ranks = np.asarray(self.ranks[rows]) if ranked else NO_RANKS
        return Block(rows, np.asarray(self.distances[rows]), ranks)

    def nearest(self, rows: Rows, k: int) -> NDArray[np.int32]:
        """Look them up among the ranks."""
        ranks = np.asarray(self.ranks[rows])
        nearest = np.argpartition(ranks, k, axis=1)[:, : k + 1]
        by_rank = np.take_along_axis(ranks, nearest, axis=1).argsort(axis=1)
        # The point itself, of rank 0, comes first.
        return np.take_along_axis(nearest, by_rank, axis=1)[:, 1:].astype(np.int32)

    def ranking(self, rows: Rows, k: int) -> Ranking:
        """Look everything up among the ranks."""
        return Ranking(self.nearest(rows, k), partial(self._look_up, rows))

    def _look_up(self, rows: Rows, targets: NDArray[np.int32], ranks: NDArray[np.int32]) -> None:
        ranks[:] = self.ranks[rows[:, None], targets]

    @classmethod
    def load(cls, folder: Path) -> "StoredReference":
        """Map the arrays of a folder; nothing is read until it is needed."""
        distances = np.load(folder / "distances.npy", mmap_mode="r", allow_pickle=False)
        return cls(
            distances,
            np.load(folder / "ranks.npy", mmap_mode="r", allow_pickle=False),
            len(distances),
            _load_if_there(folder / "coordinates.npy"),
            _load_if_there(folder / "tie_keys.npy"),
        )


def _load_if_there(path: Path) -> NDArray[Any] | None:
    return np.load(path, mmap_mode="r", allow_pickle=False) if path.exists() else None


def save_reference(reference: Reference, folder: Path, *, threads: int = 1) -> None:
    """Write all rows of a reference to a folder that does not exist yet."""
    folder.mkdir(parents=True)
    shape = (reference.n, reference.n)
    create = np.lib.format.open_memmap
    distances = create(folder / "distances.npy", mode="w+", dtype=np.float64, shape=shape)
    ranks = create(folder / "ranks.npy", mode="w+", dtype=np.uint32, shape=shape)
    rows = row_blocks(every_row(reference), reference.n, most=reference.rows_together)
    for block in in_order(reference.block, rows, threads):
        distances[block.rows], ranks[block.rows] = block.distances, block.ranks
    distances.flush()
    ranks.flush()
    kept = {"coordinates": reference.coordinates, "tie_keys": reference.tie_keys}
    for name, array in kept.items():
        if array is not None:
            np.save(folder / f"{name}.npy", array, allow_pickle=False)
