"""``docs/metrics.md``: what is generated is up to date, and every score has its part."""

import importlib
import re
from pathlib import Path

import pytest

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
    assert script("sections").fill(PAGE, script("make").contents()) == PAGE


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_every_metric_is_defined_under_a_heading_of_its_own(metric):
    _, _, rest = PAGE.partition(f"\n### {metric.label}\n")
    part = rest.partition("\n### ")[0]
    definition, mark, facts = part.partition(f"<!-- {metric.name} -->")
    assert len(definition.split()) > 5
    assert mark
    assert f"Source: {metric.source}." in facts


def test_a_changed_row_changes_the_page(script, monkeypatch):
    make = script("make")
    monkeypatch.setattr(make, "METRICS", {"auc": METRICS["auc"], "q_nx": METRICS["lcmc"]})
    assert script("sections").fill(PAGE, make.contents()) != PAGE


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


def test_every_reason_is_used_and_every_difference_has_one(script):
    assert script("peers").unexplained(PAGE, {"": PAGE}) == set()
    assert script("peers").unexplained(PAGE, {"": "[1, 99]"}) >= {2, 99}


def test_a_difference_without_a_reason_stops_the_script(script):
    peers, case = script("peers"), script("peer_cases").cases()[0]
    with pytest.raises(ValueError, match="why"):
        peers._cell(case, "scikit-learn", "trustworthiness", 0.5, {"trustworthiness": 0.6})
