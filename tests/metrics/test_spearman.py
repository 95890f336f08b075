import numpy as np
import pytest
from scipy.spatial.distance import pdist
from scipy.stats import spearmanr
from sklearn.isotonic import IsotonicRegression

import bench

N = 600  # more pairs than have a place of their own each


def draw(shape):
    g = np.random.default_rng(8)
    X = g.normal(size=(N, 3))
    if shape.startswith("clusters"):
        X[N // 2 :] += float(shape.split()[1])
    if shape == "heavy tails":
        X = g.standard_cauchy((N, 3)) ** 3
    if shape == "lattice":
        X = g.integers(0, 7, (N, 3)).astype(float)
    if shape == "duplicates":
        X = np.repeat(X[: N // 2], 2, axis=0)
    return X, X[:, :2]


SHAPES = ["clusters 1e2", "clusters 1e3", "clusters 1e4", "clusters 1e5", "heavy tails", "lattice"]


@pytest.mark.parametrize("shape", [*SHAPES, "round", "duplicates"])
def test_the_correlation_is_that_of_scipy_however_lengths_are_spread(shape):
    """The Spearman correlation is far nearer to scipy's than the bound that is stated."""
    X, Y = draw(shape)
    found = bench.score(X, Y, metrics=["spearman"])["euclidean"]["spearman"]
    assert abs(found - spearmanr(np.round(pdist(X), 9), np.round(pdist(Y), 9))[0]) < 1e-6


@pytest.mark.parametrize("shape", SHAPES)
def test_the_nonmetric_stress_is_that_of_a_regression_over_all_pairs(shape):
    """Non-metric stress is that of scikit-learn's isotonic regression, and never less."""
    X, Y = draw(shape)
    d, e = np.round(pdist(X), 9), pdist(Y)
    fitted = IsotonicRegression().fit_transform(d, e)
    exact = np.sqrt(np.square(e - fitted).sum() / np.square(e).sum())
    found = bench.score(X, Y, metrics=["stress_nonmetric"])["euclidean"]["stress_nonmetric"]
    assert -1e-7 < found - exact < 2e-5


def test_a_sample_has_the_correlation_of_its_pairs_in_far_clusters():
    """The Spearman correlation of sampled rows is scipy's over the pairs of these rows."""
    X, Y = draw("clusters 1e5")
    found = bench.score(X, Y, metrics=["spearman"], sample=N)["euclidean"]["spearman"]
    assert abs(found - spearmanr(pdist(X), pdist(Y))[0]) < 1e-6
