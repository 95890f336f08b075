"""Reference: the distances and ranks of one geometry, computed once and shared by all reducers."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bench.geometry.geodesics import Rows
from bench.geometry.ranks import average_ranks, rank_rows

_BLOCK = 256


class DistanceRows(Protocol):
    """Anything that gives distances by rows: a geometry, or an embedding."""

    def distances(self, rows: Rows) -> NDArray[np.float64]:
        """Return the distances from ``rows`` to every point, of shape (len(rows), n)."""
        ...


@dataclass(frozen=True, eq=False)
class Reference:
    """One geometry of n points, ready to be compared with any number of embeddings.

    Nothing here says which geometry it is.

    Parameters
    ----------
    ranks : ndarray of shape (n, n), uint32
        Row i holds the rank of each other point by distance from i, 1 for the nearest; 0 for i
        itself.
    pairs : ndarray of shape (n * (n - 1) / 2,), float64
        The distance of each pair, upper triangle row by row.
    pair_ranks : ndarray of shape (n * (n - 1) / 2,), float64
        The rank of each pair's distance among all pairs, tied ones averaged, minus the mean.
    """

    ranks: NDArray[np.uint32]
    pairs: NDArray[np.float64]
    pair_ranks: NDArray[np.float64]

    @property
    def n(self) -> int:
        """Number of points."""
        return len(self.ranks)

    @classmethod
    def build(cls, geometry: DistanceRows, n: int) -> "Reference":
        """Compute the reference of a geometry, block by block of rows."""
        ranks = np.empty((n, n), dtype=np.uint32)
        pairs = []
        for rows in row_blocks(n):
            distances = geometry.distances(rows)
            ranks[rows] = rank_rows(distances, rows)
            pairs.append(right_of_diagonal(distances, rows))
        joined = np.concatenate(pairs)
        return cls(ranks, joined, average_ranks(joined))

    def save(self, folder: Path) -> None:
        """Write the arrays to a folder that does not exist yet."""
        folder.mkdir(parents=True)
        for name in self.__dataclass_fields__:
            np.save(folder / f"{name}.npy", getattr(self, name), allow_pickle=False)

    @classmethod
    def load(cls, folder: Path) -> "Reference":
        """Map the arrays of a folder, so that processes share one copy in memory."""
        arrays = {
            name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
            for name in cls.__dataclass_fields__
        }
        return cls(**arrays)


def row_blocks(n: int) -> Iterator[Rows]:
    """Cut 0 ... n - 1 into blocks of consecutive rows."""
    for start in range(0, n, _BLOCK):
        yield np.arange(start, min(start + _BLOCK, n))


def right_of_diagonal(distances: NDArray[np.float64], rows: Rows) -> NDArray[np.float64]:
    """Return the entries right of the diagonal of some rows, one row after another."""
    return distances[np.arange(distances.shape[1]) > rows[:, None]]
