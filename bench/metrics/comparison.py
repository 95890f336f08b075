"""Comparison: one embedding held against one reference, all that a metric may look at."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.geometry.blocks import Rows, row_blocks
from bench.geometry.euclidean import EuclideanDistances, of_moderate_size
from bench.geometry.reference import Reference, every_row
from bench.metrics.co_ranking import CoRanking, add_ranks, empty_sums
from bench.metrics.moments import Moments, by_their_part_in_the_ranks
from bench.metrics.tally import OVERLAP, Pass, Tally
from bench.seeds import stream


@dataclass(frozen=True, eq=False)
class Comparison:
    """An embedding held against a reference.

    Parameters
    ----------
    reference : Reference
        The geometry to be kept.
    embedding : ndarray of shape (n, n_components)
        One row for each point.
    tally : Tally
        Sums over the rows that were looked at.
    groups : tuple of Tally
        The same over parts of a sample of rows, drawn at random; empty if all were looked at.
    """

    reference: Reference
    embedding: NDArray[np.floating]
    tally: Tally
    groups: tuple[Tally, ...] = ()

    @property
    def n(self) -> int:
        """Number of points."""
        return self.reference.n

    @cached_property
    def co_ranking(self) -> CoRanking:
        """Reference ranks against embedding ranks."""
        return CoRanking(self.n, self.tally.m, self.tally.ranks)

    @property
    def moments(self) -> Moments:
        """Sums over pairs of distances."""
        return self.tally.moments

    @property
    def coordinates(self) -> NDArray[np.floating] | None:
        """Coordinates in which the reference is flat, shape (n, d), where they are known."""
        return self.reference.coordinates

    @cached_property
    def topology(self) -> dict[str, float]:
        """Distances between persistence diagrams of a subsample, drawn by a fixed seed."""
        from bench.metrics.topology import SUBSAMPLE, topology_distances

        size = min(self.n, SUBSAMPLE)
        rows = np.sort(stream(0, "topology").choice(self.n, size, replace=False))
        given = self.reference.block(rows, ranked=False).distances[:, rows]
        found = EuclideanDistances(of_moderate_size(self.embedding[rows]))
        return topology_distances(given, found.distances(np.arange(size)))

    def without_each_group(self) -> Iterator["Comparison"]:
        """Leave one group out after another, for a jackknife."""
        for group in self.groups:
            yield replace(self, tally=self.tally.plus(group, -1), groups=())


def compare(
    references: Mapping[str, Reference],
    embedding: NDArray[np.floating],
    *,
    samples: Sequence[Rows] = (),
    **options: Any,  # noqa: ANN401 - the fields of `Pass`
) -> dict[str, Comparison]:
    """Hold an embedding against several references in one pass over its rows.

    No array of n x n is held, and the result does not depend on the number of threads.

    Parameters
    ----------
    references : mapping of str to Reference
        The geometries, by name; all of the same n points.
    embedding : ndarray of shape (n, n_components)
        One row for each point, finite.
    samples : sequence of ndarray of int
        The rows to look at, in groups drawn at random; all rows if empty.
    **options
        ``needs``, ``neighbors``, ``overlap``, ``threads`` and ``memory`` of `Pass`.

    Returns
    -------
    dict of str to Comparison
        One for each reference, and `OVERLAP` if it was asked for.

    Raises
    ------
    ValueError
        If the embedding is not a finite array with the references' number of rows.

    Examples
    --------
    >>> import bench, numpy as np
    >>> X = np.random.default_rng(0).normal(size=(60, 2))
    >>> flat = bench.LiveReference(bench.FlatGeodesics(X), 60)
    >>> compare({"geodesic": flat}, X)["geodesic"].co_ranking.auc
    1.0
    """
    rows = np.concatenate(samples) if samples else None
    one_pass = Pass(references, embedding, rows=rows, **options)
    if samples:
        parts = list(one_pass.tallies(samples))
    else:
        parts = [one_pass.sum_up(every_row(*references.values()))]
    comparisons = {}
    for name in parts[0]:
        reference = references[name if name != OVERLAP else options["overlap"][1]]
        tallies = [part[name] for part in parts]
        total = reduce(Tally.plus, tallies)
        groups = _charged(total, tallies) if samples else ()
        comparisons[name] = Comparison(reference, embedding, total, groups)
    return comparisons


def _charged(total: Tally, groups: Sequence[Tally]) -> tuple[Tally, ...]:
    if not total.moments.ranked.size:
        return tuple(groups)
    moments = by_their_part_in_the_ranks(total.moments, [group.moments for group in groups])
    return tuple(replace(group, moments=m) for group, m in zip(groups, moments, strict=True))


def reference_overlap(one: Reference, other: Reference) -> CoRanking:
    """Hold two references against each other: the ceiling of the contrast between them."""
    total = empty_sums(one.n - 1)
    for rows in row_blocks(np.arange(one.n), one.n):
        add_ranks(total, one.block(rows).ranks, other.block(rows).ranks)
    return CoRanking(one.n, one.n, total)
