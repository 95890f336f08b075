"""Comparison: one embedding held against one reference, all that a metric may look at."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.geometry.euclidean import EuclideanDistances
from bench.geometry.ranks import average_ranks, rank_rows
from bench.geometry.reference import Reference, right_of_diagonal, row_blocks
from bench.metrics.co_ranking import CoRanking, add_ranks, empty_counts, finish


@dataclass(frozen=True, eq=False)
class Comparison:
    """An embedding held against a reference.

    Parameters
    ----------
    reference : Reference
        The geometry to be kept.
    co_ranking : CoRanking
        Counts of reference ranks against embedding ranks.
    pairs, pair_ranks : ndarray of shape (n * (n - 1) / 2,)
        Distances in the embedding and their centred ranks, in the order of ``reference.pairs``.
    """

    reference: Reference
    co_ranking: CoRanking
    pairs: NDArray[np.float64]
    pair_ranks: NDArray[np.float64]


def compare(
    references: Mapping[str, Reference], embedding: NDArray[np.floating]
) -> dict[str, Comparison]:
    """Hold an embedding against several references in one pass over its rows.

    Parameters
    ----------
    references : mapping of str to Reference
        The geometries, by name; all of the same n points.
    embedding : ndarray of shape (n, n_components)
        One row for each point, finite.

    Returns
    -------
    dict of str to Comparison
        One for each reference.

    Raises
    ------
    ValueError
        If the embedding is not a finite array with the references' number of rows.
    """
    n = check_embedding(references, embedding)
    geometry = EuclideanDistances(embedding)
    counts = {name: empty_counts(n) for name in references}
    pairs = []
    for rows in row_blocks(n):
        distances = geometry.distances(rows)
        ranks = rank_rows(distances, rows)
        pairs.append(right_of_diagonal(distances, rows))
        for name, reference in references.items():
            add_ranks(counts[name], ranks, reference.ranks[rows])
    joined = np.concatenate(pairs)
    pair_ranks = average_ranks(joined)
    return {
        name: Comparison(reference, finish(counts[name], n), joined, pair_ranks)
        for name, reference in references.items()
    }


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


def reference_overlap(one: Reference, other: Reference) -> CoRanking:
    """Hold two references against each other: the ceiling of the contrast between them."""
    counts = empty_counts(one.n)
    add_ranks(counts, np.asarray(one.ranks), np.asarray(other.ranks))
    return finish(counts, one.n)
