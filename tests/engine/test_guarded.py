"""Scores inside a worker."""

import numpy as np
import pytest

from bench import LiveReference, Metric
from bench.engine.score import headline_ks, score
from bench.geometry.euclidean import EuclideanDistances
from bench.metrics.comparison import compare
from bench.metrics.table import METRICS


@pytest.fixture
def comparisons():
    X = np.random.default_rng(0).normal(size=(80, 3))
    return compare({"euclidean": LiveReference(EuclideanDistances(X), 80)}, X[:, :2])


def test_a_metric_that_raises_says_so_and_takes_no_number_from_the_others(comparisons):
    def broken(comparison):
        raise ZeroDivisionError("by zero")

    odd = Metric("odd", "odd", broken, 0, 1, 1, None, "here")
    scores, curves, problems = score(comparisons, [odd, METRICS["auc"], METRICS["q_nx"]])
    assert problems == ["metric odd, euclidean: ZeroDivisionError: by zero"]
    values = {(s.metric, s.k): s.value for s in scores}
    assert values["odd", None] is None
    assert values["auc", None] == comparisons["euclidean"].co_ranking.auc
    assert list(curves) == ["euclidean/q_nx"]


def test_curves_are_kept_whole_and_read_at_15_and_a_tenth_of_the_points(comparisons):
    scores, curves, _ = score(comparisons, [METRICS["trustworthiness"]])
    curve = curves["euclidean/trustworthiness"]
    assert len(curve) == 39
    assert {s.k: np.float32(s.value) for s in scores} == {8: curve[7], 15: curve[14]}


@pytest.mark.parametrize(("n", "ks"), [(1500, (15, 150)), (150, (15,)), (5, (1, 15))])
def test_the_headline_reads_curves_at_15_and_a_tenth(n, ks):
    assert headline_ks(n) == ks
