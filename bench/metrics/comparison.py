"""Comparison: one embedding held against one reference, all that a metric may look at."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from bench.geometry.euclidean import EuclideanDistances
from bench.geometry.geodesics import Rows
from bench.geometry.reference import LiveReference, Reference, row_blocks
from bench.metrics.co_ranking import CoRanking, add_ranks, empty_counts, finish
from bench.metrics.moments import Moments, sum_pairs

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Comparison:
    """An embedding held against a reference.

    Parameters
    ----------
    reference : Reference
        The geometry to be kept.
    embedding : ndarray of shape (n, n_components)
        One row for each point.
    co_ranking : CoRanking
        Counts of reference ranks against embedding ranks.
    moments : Moments
        Sums over pairs of distances.
    """

    reference: Reference
    embedding: NDArray[np.floating]
    co_ranking: CoRanking
    moments: Moments


def compare(
    references: Mapping[str, Reference], embedding: NDArray[np.floating], *, threads: int = 1
) -> dict[str, Comparison]:
    """Hold an embedding against several references in one pass over its rows.

    No array of n x n is held, and the result does not depend on the number of threads.

    Parameters
    ----------
    references : mapping of str to Reference
        The geometries, by name; all of the same n points.
    embedding : ndarray of shape (n, n_components)
        One row for each point, finite.
    threads : int
        How many blocks of rows are worked on at once.

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
    own = LiveReference(EuclideanDistances(_of_moderate_size(embedding)), n)
    own_ranks, pair_ranks = own.pair_ranks, {k: r.pair_ranks for k, r in references.items()}
    counts = {name: empty_counts(n) for name in references}
    sums = {name: np.zeros(len(Moments.__dataclass_fields__)) for name in references}

    def work(rows: Rows) -> dict[str, tuple[NDArray[np.int64], NDArray[np.float64]]]:
        found, parts = own.block(rows), {}
        for name, reference in references.items():
            given, part = reference.block(rows), empty_counts(n)
            add_ranks(part, found.ranks, given.ranks)
            distances = given.distances, found.distances
            parts[name] = part, sum_pairs(rows, *distances, pair_ranks[name], own_ranks)
        return parts

    for parts in _in_order(work, n, threads):
        for name, (part, moments) in parts.items():
            counts[name] += part
            sums[name] += moments
    return {
        name: Comparison(
            reference, embedding, finish(counts[name], n), Moments(*map(float, sums[name]))
        )
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


def _of_moderate_size(embedding: NDArray[np.floating]) -> NDArray[np.float64]:
    """Bring the largest coordinate near 1 by a power of two, which rounds nothing.

    No score depends on the scale; squares of very large or small distances would overflow.
    """
    points = np.asarray(embedding, dtype=np.float64)
    _, exponent = np.frexp(np.abs(points).max())
    return np.asarray(np.ldexp(points, -exponent))


def reference_overlap(one: Reference, other: Reference) -> CoRanking:
    """Hold two references against each other: the ceiling of the contrast between them."""
    counts = empty_counts(one.n)
    for rows in row_blocks(one.n):
        add_ranks(counts, one.block(rows).ranks, other.block(rows).ranks)
    return finish(counts, one.n)


def _in_order(work: Callable[[Rows], T], n: int, threads: int) -> Iterator[T]:
    """Work on blocks of rows at once, and give the results in the order of the rows.

    Only so many are under way that their memory is bounded.
    """
    with ThreadPoolExecutor(threads) as pool:
        under_way: deque[Future[T]] = deque()
        for rows in row_blocks(n):
            under_way.append(pool.submit(work, rows))
            if len(under_way) > threads:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
