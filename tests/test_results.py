"""The committed results: whole, complete, and right where it is known what is right."""

from pathlib import Path

import pandas as pd
import pytest

from bench import Registry
from bench.record import Status
from bench.report.frame import load_results
from bench.report.published import Published
from bench.report.rebuilding import correlations
from bench.report.tables import LEGEND, legend
from bench.studies.likelihood.cells import DESCENT
from bench.studies.likelihood.numbers import differences
from bench.studies.likelihood.report import verdict
from bench.suite import load_suite, plan

ROOT = Path(__file__).parents[1]
PUBLISHED = Published(ROOT / "results" / "published")
README = (ROOT / "README.md").read_text(encoding="utf-8")
HELD_OUT = {job.id for job in plan(load_suite("held_out"), Registry())}
PLANNED = {job.id for job in plan(load_suite("all"), Registry())}
POINTS = ("s_curve", "swiss_roll", "swiss_roll_hole")
ISOMETRIC = ("swiss_roll", "s_curve", "translated_bump", "translated_gabor", "rotated_shape")


@pytest.fixture(scope="module")
def results():
    found, damaged = load_results(PUBLISHED, jobs=PLANNED)
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


def test_the_page_and_the_readme_say_how_often_marks_are_wrong(results):
    """The published page and README state the simulated rate of false exclusions."""
    said = legend(results)
    assert said in (PUBLISHED.folder / "comparison.md").read_text(encoding="utf-8")
    caveat = said.removeprefix(LEGEND).strip()
    assert "16 equal reducers on 3 seeds" in caveat
    assert caveat in README


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


@pytest.fixture(scope="module")
def placed():
    found, damaged = load_results(PUBLISHED, jobs=HELD_OUT)
    assert damaged == []
    return found.held_out


@pytest.fixture(scope="module")
def on_the_roll(placed):
    """Means over seeds on the Swiss roll by (metric, k, reference, placement, reducer)."""
    own = placed.scores[placed.scores["dataset"] == "swiss_roll"]
    return own.groupby(["metric", "k", "reference", "placement", "reducer"])["value"].mean()


def test_every_job_of_the_held_out_suite_is_there(placed):
    assert {record.job.id for record in placed.records} == HELD_OUT


def test_what_the_readme_says_of_held_out_points_holds(on_the_roll):
    auc = on_the_roll["auc", "", "geodesic"]
    for name, words in (
        ("isomap", "Isomap scores {} on points it has not seen and {} on those"),
        ("umap", "UMAP {} and {}"),
    ):
        assert words.format(*(f"{auc[p, name]:.3f}" for p in ("transform", "fitted"))) in README
    assert f"takes the true coordinates from 1 to {auc['neighbors', 'oracle']:.3f}" in README
    assert auc["transform", "oracle"] > 0.999
    for name in ("random", "shuffled"):
        assert abs(auc["transform", name]) < 0.02


def test_what_the_readme_says_of_decoders_holds(on_the_roll):
    def value(metric, reducer, reference="manifold"):
        return on_the_roll[metric, "", reference, "", reducer]

    lost = [
        100 * value("held_out_reconstruction", name, "held-out data")
        for name in ("autoencoder", "pca")
    ]
    assert f"loses {lost[0]:.1f} % of the variance of points of the roll that it has" in README
    assert f"not seen, PCA {lost[1]:.1f} %" in README
    off, along = (value(f"{kind}_error", "autoencoder") for kind in ("normal", "tangential"))
    assert f"lies {off:.3f} radii off the roll and {along:.3f} along it" in README
    lines = (value(name, "autoencoder") for name in ("interpolant_distance", "input_line_distance"))
    for name, distance in zip(("as far", "through space"), lines, strict=True):
        assert f"{name} ({distance:.3f})" in README


def test_decoders_that_must_come_out_right_do(placed):
    cards = placed.scores[placed.scores["placement"] == ""]
    gain = cards[(cards["metric"] == "denoising_gain") & (cards["reducer"] == "identity")]["value"]
    assert gain.abs().max() < 1e-6
    errors = cards[cards["metric"] == "held_out_reconstruction"].groupby("reducer")["value"]
    assert errors.get_group("identity").abs().max() < 1e-9
    assert errors.get_group("mean_point").sub(1).abs().max() < 1e-6
    resolution = cards[cards["metric"] == "manifold_resolution"]["value"]
    assert resolution.max() < 0.15  # radii; the largest distance, at the border too


def test_what_the_readme_says_of_rebuilding_holds(results):
    found = correlations(results)
    yes = {name for name, (_, _, high) in found.items() if high < 0}
    no = {name for name, (_, low, _) in found.items() if low > 0}
    assert yes == {"digits", "rotated_shape", "translated_bump", "translated_gabor"}
    assert no == {"s_curve"}
    assert set(found) - yes - no == {"swiss_roll", "swiss_roll_hole"}


def test_what_the_readme_says_of_the_likelihood_holds():
    cells = pd.read_csv(PUBLISHED.folder / "studies/likelihood/likelihood.csv")

    def ahead(other):
        found = differences(cells, "geodesic_auc", "default", other).values()
        return sum(verdict(one, higher_is_better=True) == "Bernoulli is better" for one in found)

    assert (ahead("sigmoid_gaussian"), ahead("unscaled_gaussian")) == (1, 2)
    own = cells[cells["start"] == DESCENT].groupby("likelihood")["epochs_to_tenth"]
    away = [own.get_group(name) for name in ("sigmoid_gaussian", "bernoulli")]
    words = [f"{one.notna().sum()} of {len(one)}" for one in away]
    assert f"got away in {words[0]} cells and cross-entropy in {words[1]}." in README


def test_what_the_readme_says_of_the_manifold_hypothesis_holds():
    cells = pd.read_csv(PUBLISHED.folder / "studies/manifold/manifold.csv").groupby("dataset")
    names = ("digits", "shuffled_digits", "uniform_noise, D = 64")
    dimensions = [cells["two_nn"].mean()[name] for name in names]
    assert "{:.1f} dimensions of 64 by TwoNN, {:.1f} once".format(*dimensions[:2]) in README
    assert f"noise of as many pixels {dimensions[2]:.1f}" in README
    own, pca = (
        [f"{100 * cells[f'{coder}_lost 8'].mean()[name]:.0f} %" for name in names]
        for coder in ("autoencoder", "pca")
    )
    assert (
        "loses {} of the variance of digits not seen before, {} of shuffled".format(*own) in README
    )
    assert f"and {own[2]} of noise (autoencoder; PCA {pca[0]}, {pca[1]} and {pca[2]})" in README
