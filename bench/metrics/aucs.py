"""AUC of many embeddings against many references of the same points, in one pass."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from bench.geometry.blocks import row_blocks
from bench.geometry.euclidean import EuclideanDistances, of_moderate_size
from bench.geometry.reference import LiveReference, Reference
from bench.metrics.co_ranking import CoRanking, add_ranks, empty_sums
from bench.metrics.tally import check_embedding

Name = TypeVar("Name", bound=Hashable)
Other = TypeVar("Other", bound=Hashable)


def aucs(
    references: Mapping[Name, Reference], embeddings: Mapping[Other, NDArray[np.floating]]
) -> dict[tuple[Name, Other], float]:
    """Return the AUC of every embedding against every reference, as `compare` would.

    Each row is ranked once for each reference and each embedding, however many pairs there are.

    Parameters
    ----------
    references : mapping of name to Reference
        All of the same n points.
    embeddings : mapping of name to ndarray of shape (n, n_components)
        Of these points, finite.

    Returns
    -------
    dict of (reference, embedding) to float

    Raises
    ------
    ValueError
        If an embedding is not a finite array with the references' number of rows.
    """
    named = {str(name): reference for name, reference in references.items()}
    n = max(check_embedding(named, embedding) for embedding in embeddings.values())
    keys = next(iter(references.values())).tie_keys
    own = {
        name: LiveReference(EuclideanDistances(of_moderate_size(embedding)), n, tie_keys=keys)
        for name, embedding in embeddings.items()
    }
    sums = {(given, found): empty_sums(n - 1) for given in references for found in own}
    for rows in row_blocks(np.arange(n), n):
        given_ranks = {name: reference.block(rows).ranks for name, reference in references.items()}
        for found, embedding in own.items():
            ranks = embedding.block(rows).ranks
            for given, of_reference in given_ranks.items():
                add_ranks(sums[given, found], ranks, of_reference)
    return {pair: CoRanking(n, n, total).auc for pair, total in sums.items()}
