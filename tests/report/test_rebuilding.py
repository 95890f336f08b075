"""Reconstruction error against geodesic AUC: whose numbers, and their correlation."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bench.report.rebuilding import correlations, rank_correlation, rebuilding


def results(errors, aucs, reducers):
    rows = {"dataset": "roll", "reducer": reducers, "seed": range(len(errors))}
    jobs = pd.DataFrame(rows | {"reconstruction_error": errors})
    scores = pd.DataFrame(rows | {"metric": "auc", "reference": "geodesic", "value": aucs})
    euclidean = scores.assign(reference="euclidean", value=0.0)
    return SimpleNamespace(jobs=jobs, scores=pd.concat([scores, euclidean]))


def test_only_jobs_with_both_numbers_are_looked_at_and_autoencoders_are_told():
    found = rebuilding(results([0.1, np.nan, 0.3], [0.9, 0.8, 0.7], ["pca", "tsne", "autoencoder"]))
    assert list(found["reducer"]) == ["pca", "autoencoder"]
    assert list(found["geodesic_auc"]) == [0.9, 0.7]
    assert list(found["family"]) == [False, True]


def test_the_correlation_is_spearmans_and_its_interval_holds_it():
    rng = np.random.default_rng(0)
    error = rng.uniform(size=30)
    jobs = pd.DataFrame(
        {"reconstruction_error": error, "geodesic_auc": -error + 0.2 * rng.normal(size=30)}
    )
    rho, low, high = rank_correlation(jobs)
    assert rho == pytest.approx(stats.spearmanr(jobs.iloc[:, 0], jobs.iloc[:, 1]).statistic)
    assert -1 <= low < rho < high < 0
    noise = jobs.assign(geodesic_auc=rng.normal(size=30))
    _, low, high = rank_correlation(noise)
    assert low < 0 < high


def test_only_autoencoders_are_correlated_and_only_where_there_are_enough():
    error = np.linspace(0.1, 0.9, 9)
    others = results([*error, 5.0], [*(1 - error), 5.0], [*["autoencoder"] * 9, "pca"])
    rho, low, high = correlations(others)["roll"]
    assert (rho, low, high) == pytest.approx((-1, -1, -1))
    assert correlations(results(error[:7], error[:7], ["autoencoder"] * 7)) == {}
    assert correlations(results(error, np.ones(9), ["autoencoder"] * 9)) == {}
