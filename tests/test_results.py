"""The committed results: whole, complete, and right where it is known what is right."""

from pathlib import Path

import pytest

from bench import Registry, Store
from bench.record import Status
from bench.report.frame import load_results
from bench.report.tables import headline_tables
from bench.suite import load_suite, plan

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PLANNED = {job.id for job in plan(load_suite("all"), Registry())}
POINTS = ("s_curve", "swiss_roll", "swiss_roll_hole")
ISOMETRIC = ("swiss_roll", "s_curve", "translated_bump", "translated_gabor", "rotated_shape")


@pytest.fixture(scope="module")
def results():
    found, damaged = load_results(Store(ROOT / "results"), jobs=PLANNED)
    assert damaged == []
    return found


@pytest.fixture(scope="module")
def auc(results):
    """Mean geodesic and Euclidean AUC by (dataset, reducer, reference)."""
    chosen = results.scores.query("metric == 'auc'")
    return chosen.groupby(["dataset", "reducer", "reference"])["value"].mean()


def test_every_job_of_the_default_suite_is_there(results):
    assert {record.job.id for record in results.records} == PLANNED


def test_the_only_jobs_without_scores_are_of_what_cannot_take_the_dataset(results):
    missing = {
        (r.job.reducer.name, r.job.dataset.name, r.status)
        for r in results.records
        if r.status is not Status.OK
    }
    no_truth = {("oracle", "digits")}
    no_images = {("convolutional_autoencoder", name) for name in POINTS}
    outside = {*POINTS, "rotated_shape", "translated_gabor"}  # of [0, 1]
    not_binary = {("autoencoder_bernoulli", name) for name in outside}
    expected = no_truth | no_images | not_binary
    assert missing == {(*pair, Status.UNSUPPORTED) for pair in expected}


@pytest.mark.parametrize("dataset", ISOMETRIC)
def test_the_oracle_is_perfect_on_every_isometric_dataset_and_seed(results, dataset):
    chosen = results.scores.query(
        "metric == 'auc' and reference == 'geodesic' and reducer == 'oracle'"
    )
    values = chosen[chosen["dataset"] == dataset]["value"]
    assert len(values) == 3
    assert values.min() > 0.999


def test_the_oracle_is_honestly_below_perfect_around_a_hole(auc):
    assert 0.9 < auc["swiss_roll_hole", "oracle", "geodesic"] < 0.999


@pytest.mark.parametrize("control", ["random", "shuffled"])
def test_chance_is_chance_everywhere(results, control):
    values = results.scores.query("metric == 'auc' and reducer == @control")["value"]
    assert values.abs().max() < 0.02


def test_the_swiss_roll_orders_the_methods_as_is_known(auc):
    order = ["isomap", "tsne", "lle", "pca"]
    values = [auc["swiss_roll", name, "geodesic"] for name in order]
    assert values == sorted(values, reverse=True)


def test_the_null_case_shows_no_gap(auc):
    gaps = auc.xs("translated_bump").xs("gap", level="reference")
    assert gaps.abs().max() < 0.005


def test_euclidean_order_misleads_where_it_should(auc):
    assert auc["translated_gabor", "oracle", "euclidean"] < 0.8
    assert auc["translated_gabor", "pca", "gap"] < 0 < auc["translated_gabor", "isomap", "gap"]


def test_reconstruction_errors_are_there_for_what_has_an_inverse(results):
    errors = results.jobs.dropna(subset="reconstruction_error")
    autoencoders = {name for name in results.reducers if "autoencoder" in name}
    assert set(errors["reducer"]) == {"pca", "kernel_pca", "umap"} | autoencoders
    assert (errors["reconstruction_error"] >= 0).all()


def test_the_readme_shows_the_committed_headline(results):
    for line in headline_tables(results)[0].markdown.splitlines()[2:]:
        assert line in README


def test_what_the_readme_says_of_autoencoders_holds(results, auc):
    lost = results.jobs.query("dataset == 'swiss_roll'").groupby("reducer")["reconstruction_error"]
    plain, linear = lost.mean()[["autoencoder", "pca"]]
    assert f"loses {plain:.0%} of the roll".replace("%", " %") in README
    assert f"where PCA loses {linear:.0%}".replace("%", " %") in README
    shadows = ["pca", *(name for name in results.reducers if "autoencoder" in name)]
    for roll in ("swiss_roll", "swiss_roll_hole"):
        gaps = auc[roll].unstack()["gap"].reindex(shadows).dropna()
        assert (gaps < 0).all()
        ahead = auc[roll, "denoising_autoencoder", "geodesic"]
        assert ahead - auc[roll, "autoencoder", "geodesic"] < 0.02
    for name in ("denoising_autoencoder", "variational_autoencoder"):
        assert auc["s_curve", name, "geodesic"] > auc["s_curve", "autoencoder", "geodesic"]
