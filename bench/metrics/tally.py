"""Tally: what one pass over the rows of an embedding and its references adds up to."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bench.geometry.blocks import DEFAULT_MEMORY, Rows, in_order, row_blocks
from bench.geometry.euclidean import EuclideanDistances, of_moderate_size
from bench.geometry.nearest import rank_nearest
from bench.geometry.pair_ranks import PairRanks
from bench.geometry.reference import Block, LiveReference, Reference, rank_pairs
from bench.metrics.co_ranking import add_nearest, add_ranks, empty_sums
from bench.metrics.moments import (
    Moments,
    add_distances,
    add_pair_ranks,
    add_triplets,
    empty_moments,
)

Need = Literal["neighbors", "ranks", "distances", "pair_ranks", "triplets"]
OVERLAP = "reference_overlap"
EVERYTHING: frozenset[Need] = frozenset(("ranks", "distances", "pair_ranks", "triplets"))


@dataclass(frozen=True, eq=False)
class Tally:
    """What some rows add up to.

    Parameters
    ----------
    m : int
        Number of rows.
    ranks : ndarray of shape (6, K), int64
        The sums of `CoRanking`; K is 0 if ranks were not asked for.
    moments : Moments
        Of distances; zeros if they were not asked for.
    """

    m: int
    ranks: NDArray[np.int64]
    moments: Moments

    def plus(self, other: "Tally", sign: int = 1) -> "Tally":
        """Add another tally, or with ``sign=-1`` take it away."""
        return Tally(
            self.m + sign * other.m,
            self.ranks + sign * other.ranks,
            self.moments.plus(other.moments, sign),
        )


@dataclass(frozen=True, eq=False)
class Pass:
    """One pass over rows: what is needed to hold an embedding against references.

    Parameters
    ----------
    references : mapping of str to Reference
        The geometries, by name; all of the same n points.
    embedding : ndarray of shape (n, n_components)
        One row for each point, finite.
    needs : collection of {"neighbors", "ranks", "distances", "pair_ranks", "triplets"}
        What the metrics to come will look at; nothing else is computed. ``"neighbors"`` are the
        co-ranking counts up to k = ``neighbors`` only, ``"ranks"`` those for all k.
    neighbors : int
        The largest k for ``"neighbors"``.
    overlap : tuple of str, optional
        Two references to be held against each other too, as `OVERLAP`.
    rows : ndarray of shape (m,), optional
        The rows among whose pairs distances are ranked; all if not given.
    threads : int
        How many blocks of rows are worked on at once.
    memory : int
        Bytes that the work may take at once, roughly; not less than a row for each thread.

    Raises
    ------
    ValueError
        If the embedding is not a finite array with the references' number of rows.
    """

    references: Mapping[str, Reference]
    embedding: NDArray[np.floating]
    needs: Collection[Need] = EVERYTHING
    neighbors: int = 0
    overlap: tuple[str, str] | None = None
    rows: Rows | None = None
    threads: int = 1
    memory: int = DEFAULT_MEMORY

    def __post_init__(self) -> None:
        """Refuse an embedding that cannot be measured."""
        check_embedding(self.references, self.embedding)

    @property
    def n(self) -> int:
        """Number of points."""
        return len(self.embedding)

    def tallies(self, blocks: Iterable[Rows]) -> Iterator[dict[str, Tally]]:
        """Yield a tally for each block of rows and each reference, in the order of the blocks."""
        self._pair_ranks  # noqa: B018 - to be ready before threads ask for it
        yield from in_order(self._tally, blocks, self.threads)

    def sum_up(self, rows: Rows) -> dict[str, Tally]:
        """Return the tally of some rows for each reference."""
        totals: dict[str, Tally] = {}
        for found in self.tallies(row_blocks(rows, self.n, memory=self.memory // self.threads)):
            totals = {k: totals[k].plus(tally) if totals else tally for k, tally in found.items()}
        return totals

    @cached_property
    def _own(self) -> LiveReference:
        geometry = EuclideanDistances(of_moderate_size(self.embedding))
        return LiveReference(geometry, self.n, threads=self.threads)

    @cached_property
    def _pair_ranks(self) -> dict[str, PairRanks]:
        if "pair_ranks" not in self.needs:
            return {}
        every: dict[str, Reference] = {**self.references, "": self._own}
        if self.rows is None:
            return {name: reference.pair_ranks for name, reference in every.items()}
        return {name: rank_pairs(r, self.rows, self.threads) for name, r in every.items()}

    def _tally(self, rows: Rows) -> dict[str, Tally]:
        ranked = "ranks" in self.needs
        found = self._own.block(rows, ranked=ranked)
        given = {name: r.block(rows, ranked=ranked) for name, r in self.references.items()}
        tallies = {
            name: Tally(
                len(rows), self._co_ranking(found, block), self._moments(name, found, block)
            )
            for name, block in given.items()
        }
        if self.overlap:
            one, other = (given[name] for name in self.overlap)
            ranks = self._co_ranking(one, other)
            tallies[OVERLAP] = Tally(len(rows), ranks, empty_moments())
        return tallies

    def _co_ranking(self, found: Block, given: Block) -> NDArray[np.int64]:
        if "ranks" in self.needs:
            sums = empty_sums(self.n - 1)
            add_ranks(sums, found.ranks, given.ranks)
            return sums
        sums = empty_sums(self.neighbors if "neighbors" in self.needs else 0)
        if sums.size:
            distances = found.distances, given.distances
            add_nearest(sums, *rank_nearest(*distances, found.rows, self.neighbors))
        return sums

    def _moments(self, name: str, found: Block, given: Block) -> Moments:
        ranks = self._pair_ranks.get(name)
        moments = empty_moments(ranks, sampled=ranks is not None and self.rows is not None)
        pairs, half = (found.rows, given.distances, found.distances), self.rows is None
        if "distances" in self.needs:
            add_distances(moments, *pairs, half)
        if ranks is not None:
            add_pair_ranks(moments, *pairs, half, ranks, self._pair_ranks[""])
        if "triplets" in self.needs:
            add_triplets(moments, *pairs)
        return moments


def check_embedding(references: Mapping[str, Reference], embedding: NDArray[np.floating]) -> int:
    """Return the common number of points, or raise `ValueError` saying what is wrong."""
    sizes = {reference.n for reference in references.values()}
    if embedding.ndim != 2 or {len(embedding)} != sizes:
        expected = " or ".join(map(str, sorted(sizes)))
        raise ValueError(
            f"embedding must have shape ({expected}, n_components), got {embedding.shape}."
        )
    if not np.isfinite(embedding).all():
        raise ValueError("embedding must be finite; it holds NaN or infinity.")
    return len(embedding)
