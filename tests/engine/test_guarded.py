"""Scores inside a worker."""

import numpy as np
import pytest

from bench import LiveReference, Metric, Registry, Store
from bench.engine.guarded import Workplace, prepare_dataset, run_job
from bench.engine.score import headline_ks, score
from bench.geometry.euclidean import EuclideanDistances
from bench.metrics.comparison import compare
from bench.metrics.table import METRICS
from bench.report.frame import load_results
from bench.suite import Choice, Suite, plan


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
    assert list(curves) == ["ks", "euclidean/q_nx"]


@pytest.mark.parametrize(
    "value",
    [
        np.ones(3),
        np.ones(1),
        float("nan"),
        float("inf"),
        "0.5",
        None,
        1j,
        np.complex128(1),
        np.ma.masked,
        {"it": 1},
    ],
)
def test_what_is_not_a_finite_number(comparisons, value):
    """A metric that gives something else than a finite real number fails, and it alone."""
    odd = Metric("odd", "odd", lambda comparison: value, 0, 1, 1, None, "here")
    scores, _, problems = score(comparisons, [odd, METRICS["auc"]])
    assert {s.metric: s.value is None for s in scores} == {"auc": False, "odd": True}
    assert [problem.partition(",")[0] for problem in problems] == ["metric odd"]


@pytest.mark.parametrize("value", [0.5, np.ones(78), np.ones((79, 1)), [0.5]])
def test_curve_of_another_length(comparisons, value):
    """A curve that has not one value for each k that it states fails, and it alone."""
    odd = Metric("odd", "odd", lambda comparison: value, 0, 1, 1, None, "here", curve=True)
    _, curves, problems = score(comparisons, [odd, METRICS["q_nx"]])
    assert list(curves) == ["ks", "euclidean/q_nx"]
    assert "expected (79,)" in problems[0]


@pytest.mark.parametrize("end", [SystemExit(0), KeyboardInterrupt(), GeneratorExit()])
def test_metric_that_exits(comparisons, end):
    """A metric that exits fails, and it alone."""

    def leave(comparison):
        raise end

    odd = Metric("odd", "odd", leave, 0, 1, 1, None, "here")
    scores, _, problems = score(comparisons, [odd, METRICS["auc"]])
    assert len(problems) == 1
    assert scores[0].value == comparisons["euclidean"].co_ranking.auc


def test_metric_that_writes_into_its_arguments(comparisons):
    """What a plugin's metric writes into its arguments changes no other score."""
    before = score(comparisons, list(METRICS.values()))

    def write(comparison):
        comparison.embedding[:] = 0
        comparison.co_ranking.sums[:] = 0
        comparison.co_ranking.q_nx[:] = 0
        comparison.topology.clear()
        return 0.5

    rows = [Metric(n, n, write, 0, 1, 1, None, "here") for n in ("a_first", "z_last")]
    after = score(comparisons, [rows[0], *METRICS.values(), rows[1]])
    assert after[0][: len(before[0])] == before[0]
    assert [s.value for s in after[0][len(before[0]) :]] == [0.5, 0.5]
    assert comparisons["euclidean"].embedding.any()


@pytest.mark.parametrize(
    "row", [{"low": None}, {"high": float("nan")}, {"low": 2}, {"function": 0.5}, {"low": "0"}]
)
def test_metric_without_range(row):
    """A metric without a range is refused where it is made."""
    good = {"function": len, "low": 0, "high": 1, "best": 1, "chance": 0}
    with pytest.raises((TypeError, ValueError), match="odd"):
        Metric("odd", "odd", source="here", **(good | row))


def test_metric_without_direction():
    """A direction is True, False or None."""
    with pytest.raises(TypeError, match="higher_is_better = 'up'"):
        Metric("odd", "odd", len, 0, 1, 1, 0, "here", higher_is_better="up")


def test_curves_are_kept_whole_and_read_at_15_and_a_tenth_of_the_points(comparisons):
    scores, curves, _ = score(comparisons, [METRICS["trustworthiness"]])
    curve = curves["euclidean/trustworthiness"]
    assert len(curve) == 39
    assert {s.k: np.float32(s.value) for s in scores} == {8: curve[7], 15: curve[14]}


@pytest.mark.parametrize(("n", "ks"), [(1500, (15, 150)), (150, (15,)), (5, (1, 15))])
def test_the_headline_reads_curves_at_15_and_a_tenth(n, ks):
    assert headline_ks(n) == ks


@pytest.mark.parametrize("dataset", ["swiss_roll", "digits"])
def test_identity_keeps_space(tmp_path, dataset):
    """The identity scores 1 against Euclidean neighbours, in the record and in the tables."""
    registry, store = Registry(), Store(tmp_path / "results")
    suite = Suite((Choice(dataset, {"n": 80}),), (Choice("identity"),), (0,))
    (job,) = plan(suite, registry)
    place = Workplace(tmp_path / "prepared", registry, threads=1)
    place.prepared.mkdir()
    facts, pictures = prepare_dataset(job.dataset, place)
    store.save_dataset(facts, pictures)
    store.save(*run_job(job, place))
    results, damaged = load_results(store)
    assert damaged == []
    assert results.controls == {"identity"}
    aucs = results.scores.query("metric == 'auc'").set_index("reference")["value"]
    assert aucs["euclidean"] == 1
    assert aucs["geodesic"] < 1
    assert results.jobs["reconstruction_error"].tolist() == [0]
    assert results.arrays[job.id]["embedding"].shape == (80, facts.dimensions)
