"""``docs/calibration.md``: its tables are those that are published, and its claims hold in them."""

import importlib
from pathlib import Path

import pytest

from bench.manifolds.default_graph import DEFAULT_NEIGHBORS
from bench.studies.calibration.report import load_calibration
from bench.studies.calibration.tables import by_k, with_changes

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGE = (ROOT / "docs" / "calibration.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def published():
    return load_calibration(ROOT / "results" / "published")


def test_the_tables_on_the_page_are_the_published_ones(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    fill = importlib.import_module("sections").fill
    assert fill(PAGE, importlib.import_module("calibration").contents()) == PAGE


def test_the_readme_says_how_far_a_mean_and_a_single_run_move(monkeypatch, published):
    """README states the largest change of a mean over seeds and that of a single run."""
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    said = importlib.import_module("calibration").moves(published.scores)
    assert said in README
    runs = published.scores.query("k == @DEFAULT_NEIGHBORS and not control and true_auc.notna()")
    largest = (runs["auc"] - runs["true_auc"]).abs().max()
    assert f"that of a single run moves by {largest:.3f} at most" in said


def test_the_default_is_the_smallest_k_at_which_nothing_is_torn(published):
    table = by_k(published.errors, published.scores)
    fixed = table[table["k"].str.isdecimal()]
    whole = fixed.groupby(fixed["k"].astype(int))["torn"].agg(lambda torn: set(torn) == {"0"})
    assert whole[whole].index.min() == DEFAULT_NEIGHBORS


def test_beyond_the_default_the_mean_rank_correlation_only_falls(published):
    errors = published.errors[published.errors["k"] >= DEFAULT_NEIGHBORS]
    mean = errors.groupby(["n", "k"])["spearman"].mean().unstack()
    assert (mean.diff(axis=1).iloc[:, 1:] < 0).all(axis=None)


def test_what_the_page_says_of_scores_holds(published):
    changes = with_changes(published.scores)
    own = changes[changes["k"] == DEFAULT_NEIGHBORS]
    methods = own[~own["control"]]
    assert (methods["rank"] != methods["true_rank"]).sum() == 6
    assert len(methods) == 88
    oracle = own.loc[own["reducer"] == "oracle", "auc"]
    assert (f"{oracle.min():.3f}", f"{oracle.max():.3f}") == ("0.965", "0.981")
