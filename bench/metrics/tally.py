"""Tally: what one pass over the rows of an embedding and its references adds up to."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bench.geometry.blocks import (
    BYTES_PER_PAIR,
    DEFAULT_MEMORY,
    MOST_ROWS,
    Rows,
    in_order,
    row_blocks,
    shares,
)
from bench.geometry.euclidean import EuclideanDistances, of_moderate_size
from bench.geometry.nearest import Ranking, place_nearest
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
from bench.metrics.needs import Need

OVERLAP = "reference_overlap"
_BY_BLOCKS: frozenset[Need] = frozenset(
    (Need.NEIGHBORS, Need.RANKS, Need.DISTANCES, Need.PAIR_RANKS, Need.TRIPLETS)
)
_SHARE = 128  # rows
_BYTES_OF_LENGTHS = 8
_OF_DISTANCES: frozenset[Need] = frozenset((Need.DISTANCES, Need.PAIR_RANKS, Need.TRIPLETS))
EVERYTHING: frozenset[Need] = _OF_DISTANCES | {Need.RANKS}


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
        The geometries, by name; all of the same n points, with the same keys for ties.
    embedding : ndarray of shape (n, n_components)
        One row for each point, finite.
    needs : collection of str
        What the metrics to come will look at; nothing else is computed. ``"ranks"`` are the
        co-ranking counts for all k, ``"neighbors"`` those up to k = ``neighbors`` only, and
        ``"overlap"`` of these no more than how many of the nearest are shared; ``"distances"``,
        ``"pair_ranks"`` and ``"triplets"`` are the parts of `Moments`.
    neighbors : int
        The largest k for ``"neighbors"`` and ``"overlap"``.
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

    def tallies(self, groups: Iterable[Rows]) -> Iterator[dict[str, Tally]]:
        """Yield a tally for each group of rows and each reference, in the order of the groups."""
        self._own_ranks, self._given_ranks  # noqa: B018 - to be ready before threads ask for them
        if self.neighbors:
            list(in_order(self._prepare, (self._own, *self.references.values()), self.threads))
        yield from in_order(self._tally, groups, self.threads)

    def sum_up(self, rows: Rows) -> dict[str, Tally]:
        """Return the tally of some rows for each reference."""
        totals: dict[str, Tally] = {}
        # Sums of ranks are small and whole; those of distances are larger, and they must be added
        # up in the same order whatever else is asked for.
        most = 4 * _SHARE if _OF_DISTANCES.intersection(self.needs) else _SHARE
        for found in self.tallies(shares(rows, most)):
            totals = {k: totals[k].plus(tally) if totals else tally for k, tally in found.items()}
        return totals

    @cached_property
    def _own(self) -> LiveReference:
        """The embedding, with the order among ties that the references have."""
        keys = next(iter(self.references.values())).tie_keys
        geometry = EuclideanDistances(of_moderate_size(self.embedding))
        return LiveReference(geometry, self.n, tie_keys=keys)

    @cached_property
    def _own_ranks(self) -> PairRanks | None:
        ranked = Need.PAIR_RANKS in self.needs
        return rank_pairs(self._own, self.rows, self.threads) if ranked else None

    @cached_property
    def _given_ranks(self) -> dict[str, PairRanks]:
        if Need.PAIR_RANKS not in self.needs:
            return {}
        return {
            name: rank_pairs(reference, self.rows, self.threads)
            for name, reference in self.references.items()
        }

    def _prepare(self, reference: Reference) -> None:
        """Make ready what finds the nearest, before all threads ask for it at once."""
        if Need.OVERLAP in self.needs:
            reference.nearest(np.empty(0, np.intp), self.neighbors)
        reference.measures_all  # noqa: B018 - grows the tree, if there is one

    def _tally(self, rows: Rows) -> dict[str, Tally]:
        names = [*self.references, *([OVERLAP] if self.overlap else [])]
        places = self.n - 1 if Need.RANKS in self.needs else self.neighbors
        sums = {name: empty_sums(places) for name in names}
        moments = {name: self._empty_moments(name) for name in names}
        if Need.OVERLAP in self.needs:
            self._add_overlap(rows, sums)
        by_blocks = _BY_BLOCKS.intersection(self.needs)
        if by_blocks == {Need.NEIGHBORS}:
            self._add_neighbors(rows, sums)
        elif by_blocks:
            self._add_blocks(rows, sums, moments)
        return {name: Tally(len(rows), sums[name], moments[name]) for name in names}

    def _empty_moments(self, name: str) -> Moments:
        if name not in self._given_ranks:
            return empty_moments()
        return empty_moments(len(self._given_ranks[name].ranks), sampled=self.rows is not None)

    def _add_overlap(self, rows: Rows, sums: dict[str, NDArray[np.int64]]) -> None:
        found = self._own.nearest(rows, self.neighbors)
        for name, reference in self.references.items():
            given = reference.nearest(rows, self.neighbors)
            add_nearest(sums[name], *place_nearest(found, given, self.n))

    def _add_neighbors(self, rows: Rows, sums: dict[str, NDArray[np.int64]]) -> None:
        every = (self._own, *self.references.values())
        listed = [reference for reference in every if reference.measures_all]
        size = _BYTES_OF_LENGTHS * (len(listed) + 1)
        most = max((reference.rows_together for reference in listed), default=0)
        for some in self._parts(rows, size, most) if listed else [rows]:
            found = self._own.ranking(some, self.neighbors)
            given = {name: r.ranking(some, self.neighbors) for name, r in self.references.items()}
            for name, ranking in given.items():
                self._add_nearest(sums[name], found, ranking)
            if self.overlap:
                self._add_nearest(sums[OVERLAP], *(given[name] for name in self.overlap))

    def _parts(self, rows: Rows, bytes_per_pair: int, most: int = MOST_ROWS) -> Iterator[Rows]:
        memory = self.memory // self.threads
        return row_blocks(rows, self.n, memory=memory, most=most, bytes_per_pair=bytes_per_pair)

    def _add_blocks(
        self, rows: Rows, sums: dict[str, NDArray[np.int64]], moments: dict[str, Moments]
    ) -> None:
        ranked, every = Need.RANKS in self.needs, (self._own, *self.references.values())
        parts = list(self._parts(rows, BYTES_PER_PAIR * (len(every) // 2)))
        streams = [reference.blocks(parts, ranked=ranked) for reference in every]
        for _ in parts:  # of which one is done with, and its memory used again, before the next
            self._add_block(*map(next, streams), sums=sums, moments=moments)

    def _add_block(
        self,
        found: Block,
        *blocks: Block,
        sums: dict[str, NDArray[np.int64]],
        moments: dict[str, Moments],
    ) -> None:
        given = dict(zip(self.references, blocks, strict=True))
        for name, block in given.items():
            self._add_ranks(sums[name], found, block)
            self._add_moments(moments[name], name, found, block)
        if self.overlap:
            self._add_ranks(sums[OVERLAP], *(given[name] for name in self.overlap))

    def _add_ranks(self, sums: NDArray[np.int64], found: Block, given: Block) -> None:
        if Need.RANKS in self.needs:
            add_ranks(sums, found.ranks, given.ranks)
        elif Need.NEIGHBORS in self.needs:
            one, other = (
                Ranking.among(block.lengths, block.rows, self.neighbors, self._own.tie_keys)
                for block in (found, given)
            )
            self._add_nearest(sums, one, other)

    def _add_nearest(self, sums: NDArray[np.int64], found: Ranking, given: Ranking) -> None:
        in_given, in_found = place_nearest(found.nearest, given.nearest, self.n)
        given.fill_in(found.nearest, in_given)
        found.fill_in(given.nearest, in_found)
        add_nearest(sums, in_given, in_found)

    def _add_moments(self, moments: Moments, name: str, found: Block, given: Block) -> None:
        half = self.rows is None
        if Need.DISTANCES in self.needs:
            add_distances(moments, given, found, half)
        if Need.TRIPLETS in self.needs:
            add_triplets(moments, given, found)
        if self._own_ranks is not None:
            given_ranks, found_ranks = self._given_ranks[name], self._own_ranks
            add_pair_ranks(moments, given, found, half, given_ranks, found_ranks)


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
