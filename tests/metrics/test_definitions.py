"""Scores that average over k, fit or draw, against their definitions written down plainly."""

from itertools import combinations

import numpy as np
import pytest
from metrics import slow
from scipy.spatial.distance import cdist, pdist
from scipy.stats import spearmanr
from sklearn.datasets import make_swiss_roll
from sklearn.decomposition import PCA

import bench

SHAPES = [(8, 2), (13, 3), (24, 5), (25, 30), (40, 3)]


def pair(n, dimensions):
    """Return points, and an embedding that is neither good nor bad."""
    generator = np.random.default_rng(n)
    X = generator.normal(size=(n, dimensions))
    return X, X[:, :2] + 0.4 * generator.normal(size=(n, 2))


def fitted(given, found):
    """Pool adjacent violators, tied pairs being pooled from the start (Kruskal's secondary way)."""
    pools = []
    for value in np.unique(given):
        pools.append(list(found[given == value]))
        while len(pools) > 1 and np.mean(pools[-2]) > np.mean(pools[-1]):
            last = pools.pop()
            pools[-1] += last
    means = np.concatenate([[np.mean(pool)] * len(pool) for pool in pools])
    return means[np.argsort(np.argsort(given, kind="stable"))]


def nonmetric_stress(given, found):
    """Return Kruskal's stress-1 (1964)."""
    return np.sqrt(np.sum((found - fitted(given, found)) ** 2) / np.sum(found**2))


@pytest.mark.parametrize(("n", "dimensions"), SHAPES)
def test_local_and_global_quality_are_means_up_to_and_from_k_max(n, dimensions):
    X, Y = pair(n, dimensions)
    ranks = slow.rank_matrix(cdist(X, X)), slow.rank_matrix(cdist(Y, Y))
    kept = {k: slow.q_nx(*ranks, k) for k in range(1, n)}
    turn = slow.k_max(*ranks)
    found = bench.score(X, Y, k=1, metrics=["k_max", "q_local", "q_global"])["euclidean"]
    expected = {
        "k_max": turn,
        "q_local": sum(kept[k] for k in kept if k <= turn) / turn,
        "q_global": sum(kept[k] for k in kept if k >= turn) / (n - turn),
    }
    assert found == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("n", "dimensions"), SHAPES)
@pytest.mark.parametrize("tied", [False, True])
def test_nonmetric_stress_equals_its_definition_with_and_without_ties(n, dimensions, tied):
    X, Y = pair(n, dimensions)
    if tied:
        X = np.round(X)
    found = bench.score(X, Y, k=1, metrics=["stress_nonmetric"])["euclidean"]["stress_nonmetric"]
    given = np.round(pdist(X), 9)  # so that ties are ties here too
    assert found == pytest.approx(nonmetric_stress(given, pdist(Y)), abs=1e-9)


@pytest.mark.parametrize("n", [513, 700])
def test_what_is_not_sorted_is_nearly_as_if_it_were(n):
    X, Y = pair(n, 3)
    found = bench.score(X, Y, k=1, metrics=["spearman", "stress_nonmetric"])["euclidean"]
    given, distances = pdist(X), pdist(Y)
    assert found["spearman"] == pytest.approx(spearmanr(given, distances).statistic, abs=1e-6)
    # Sorted once, and pooled by the library that the engine does not use for it.
    from sklearn.isotonic import IsotonicRegression

    fit = IsotonicRegression().fit_transform(given, distances)
    expected = np.sqrt(np.sum((distances - fit) ** 2) / np.sum(distances**2))
    assert found["stress_nonmetric"] == pytest.approx(expected, abs=3e-5)


def test_the_triplets_that_are_drawn_speak_for_all():
    n, (X, Y) = 60, pair(60, 4)
    given, distances = cdist(X, X), cdist(Y, Y)
    kept = [
        (given[i, j] < given[i, k]) == (distances[i, j] < distances[i, k])
        for i in range(n)
        for j, k in combinations([other for other in range(n) if other != i], 2)
    ]
    found = bench.score(X, Y, k=1, metrics=["triplet_accuracy"])["euclidean"]["triplet_accuracy"]
    share = np.mean(kept)
    error = np.sqrt(share * (1 - share) / (20 * n))
    assert abs(found - share) < 3 * error


def test_auc_is_what_two_other_packages_compute():
    """AUC of a roll and its principal components equals that of fmsne 0.6.6 and nxcurve 0.6.2."""
    X = make_swiss_roll(1000, noise=0, random_state=0)[0]
    found = bench.score(X, PCA(2).fit_transform(X), metrics=["auc"])["euclidean"]["auc"]
    assert found == pytest.approx(0.580345542643921, abs=1e-12)
