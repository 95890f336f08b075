"""Many embeddings against many references at once: the same numbers as one by one."""

import numpy as np
import pytest

from bench.geometry.euclidean import EuclideanDistances
from bench.geometry.reference import LiveReference
from bench.manifolds.geodesics import FlatGeodesics
from bench.manifolds.pieces import PiecewiseGeodesics
from bench.metrics.aucs import aucs
from bench.metrics.comparison import compare


def test_it_is_what_compare_gives_for_each_pair():
    draws = np.random.default_rng(0)
    X = draws.normal(size=(90, 3))
    apart = PiecewiseGeodesics(FlatGeodesics(X[:, :2]), np.arange(90) % 2)
    references = {
        "space": LiveReference(EuclideanDistances(X), 90),
        "pieces": LiveReference(apart, 90),
    }
    embeddings = {"shadow": X[:, :2], "other": draws.normal(size=(90, 2)), "tied": X.round()}
    found = aucs(references, embeddings)
    assert len(found) == 6
    for name, embedding in embeddings.items():
        for reference, comparison in compare(references, embedding, needs=["ranks"]).items():
            assert found[reference, name] == comparison.co_ranking.auc
    assert found["space", "shadow"] > 0.4 > found["space", "other"]


def test_an_embedding_of_other_points_is_refused():
    references = {"space": LiveReference(EuclideanDistances(np.eye(5)), 5)}
    with pytest.raises(ValueError, match="shape \\(5, n_components\\), got \\(4, 2\\)"):
        aucs(references, {"short": np.zeros((4, 2))})
