"""``docs/metrics.md``: what is generated is up to date, and every score has its part."""

import importlib
import re
from pathlib import Path

import numpy as np
import pytest

import bench
from bench.metrics.sampling import draw_samples, uncertainties
from bench.metrics.table import METRICS

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "metrics.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| ([^|]+) \| (-?[\d.]+) \|", re.MULTILINE)


@pytest.fixture
def script(monkeypatch):
    """Import a script of the docs as it is run, with its folder on the path."""
    monkeypatch.syspath_prepend(str(DOCS))
    return importlib.import_module


def test_the_facts_on_the_page_are_those_of_the_table(script):
    assert script("sections").fill(PAGE, script("metrics_page").contents()) == PAGE


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_every_metric_is_defined_under_a_heading_of_its_own(metric):
    _, _, rest = PAGE.partition(f"\n### {metric.label}\n")
    part = rest.partition("\n### ")[0]
    definition, mark, facts = part.partition(f"<!-- {metric.name} -->")
    assert len(definition.split()) > 5
    assert mark
    assert f"Source: {metric.source}." in facts


def test_a_changed_row_changes_the_page(script, monkeypatch):
    metrics = script("metrics_page")
    monkeypatch.setattr(metrics, "METRICS", {"auc": METRICS["auc"], "q_nx": METRICS["lcmc"]})
    assert script("sections").fill(PAGE, metrics.contents()) != PAGE


def test_the_overview_leads_to_headings_that_are_there(script):
    headings = re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", PAGE)) <= anchors


@pytest.mark.parametrize("text", ["nothing", "<!-- a -->\n", "<!-- a -->\n<!-- /a -->\n" * 2])
def test_a_section_that_is_not_there_once_is_refused(script, text):
    with pytest.raises(ValueError, match="must be there once"):
        script("sections").fill(text, {"a": "content"})


def test_our_numbers_in_the_comparison_are_what_we_score_now(script):
    compared = PAGE.partition("<!-- peers -->")[2].partition("<!-- /peers -->")[0]
    tables = compared.split("\n**")[1:]
    cases, ours = script("peer_cases").cases(), script("peer_scores").bench
    assert len(tables) == len(cases)
    for case, table in zip(cases, tables, strict=True):
        assert table.startswith(f"{case.name}**, n = {len(case.X)}, k = {case.k}\n")
        found = ours(case.X, case.Y, case.k)
        written = {label: float(number) for label, number in ROW.findall(table)}
        expected = {METRICS[name].label: found[name] for name in case.scores}
        assert written == pytest.approx(expected, abs=1e-5)


POINTS = np.random.default_rng(0).normal(size=(300, 3))
POINT = np.zeros((300, 2))


@pytest.mark.parametrize(
    ("X", "Y", "ranks", "stresses", "triplets"),
    [
        (POINTS, POINT, 0, {"stress_scale_normalised", "stress_nonmetric"}, 0.5),
        (POINT, POINTS, 0, {"stress_scale_normalised"}, 0.5),
        (POINT, POINT, 1, {"stress_scale_normalised", "stress_nonmetric"}, 1),
    ],
    ids=["embedding", "data", "both"],
)
def test_what_the_page_says_of_a_single_point_is_so(X, Y, ranks, stresses, triplets):
    found = bench.score(X, Y, k=10)["euclidean"]
    assert found["auc"] == pytest.approx(ranks, abs=0.02)
    chance = METRICS["trustworthiness"].chance_at(300, 10)
    for name in ("trustworthiness", "continuity"):
        assert found[name][10] == pytest.approx(ranks or chance, abs=0.03)
    assert (found["spearman"], found["pearson"], found["residual_variance"]) == (0, 0, 1)
    assert {name for name in found if "stress" in name and found[name] == 1} == stresses
    assert found["triplet_accuracy"] == triplets


def test_every_reason_is_used_and_every_difference_has_one(script):
    assert script("peers").unexplained(PAGE, {"": PAGE}) == set()
    assert script("peers").unexplained(PAGE, {"": "[1, 99]"}) >= {2, 99}


def test_a_difference_without_a_reason_stops_the_script(script):
    peers, case = script("peers"), script("peer_cases").cases()[0]
    with pytest.raises(ValueError, match="why"):
        peers._cell(case, "scikit-learn", "trustworthiness", 0.5, {"trustworthiness": 0.6})


def test_intervals_hold_as_often_as_stated_from_the_least_number_of_rows_on():
    """With 1,000 rows every score is covered in 90 to 98 %; with 100 some are not."""
    table = PAGE.partition("<!-- coverage -->")[2].partition("<!-- /coverage -->")[0]
    lowest = [list(map(int, re.findall(r"\| (\d+) % \(", row))) for row in table.splitlines()]
    small, _, large = zip(*filter(None, lowest), strict=True)
    assert min(small) < 90 <= min(large)
    means = [int(row.split("|")[6].strip(" %")) for row in table.splitlines() if " % (" in row]
    assert max(means) <= 98


def test_samples_of_scored_rows_have_the_errors_of_scores_of_samples(script):
    """The script that counts coverage draws and scores as `bench.score` does."""
    intervals = script("intervals")
    X = np.random.default_rng(0).normal(size=(300, 3))
    options = {"k": (5, 20), "metrics": intervals.SCORES}
    found = bench.score(X, X[:, :2], sample=100, seed=4, **options).to_dict()["euclidean"]
    rows = bench.score(X, X[:, :2], **options).per_point.drop(columns=["point", "reference"])
    groups = draw_samples(300, 100, 4)
    sums = np.stack([rows.to_numpy()[group].sum(axis=0) for group in groups])
    sample = intervals.Sample(300, sums, np.array([len(group) for group in groups]))
    readings = [intervals._reading(i, name) for i, name in enumerate(rows)]
    errors = [one.standard_error for one in uncertainties(readings, sample)]
    expected = [found["standard_error"]["auc"]]
    for name in intervals.SCORES[1:]:
        expected += found["standard_error"][name].values()
    assert errors == pytest.approx(expected, rel=1e-9)
