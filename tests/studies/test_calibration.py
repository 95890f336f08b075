"""The command ``calibrate``, from a store with embeddings to what is published."""

import dataclasses
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bench import Store
from bench.cli.main import main
from bench.engine import prepare
from bench.errors import BenchError
from bench.registry import Registry
from bench.report.frame import load_results
from bench.studies.calibration.measure import calibrate
from bench.studies.calibration.plan import plan_calibration
from bench.studies.calibration.report import FILES, supplement
from bench.studies.calibration.stored_embeddings import StoredEmbedding

PLUGINS = Path(__file__).parents[1] / "plugins"
REDUCERS = {"pca", "oracle", "random"}


def call(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["bench", *map(str, arguments)])
    with pytest.raises(SystemExit) as end:
        main()
    return end.value.code


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Embeddings of two datasets, one of them without a known truth."""
    folder = tmp_path_factory.mktemp("results")
    arguments = ["run", "--dataset", "s_curve", "--dataset", "digits", "--n", "60", "--seed", "0"]
    arguments += [f"--reducer={name}" for name in sorted(REDUCERS)]
    with pytest.MonkeyPatch.context() as patch:
        assert call(patch, *arguments, "--out", folder) == 0
    return Store(folder)


@pytest.fixture(scope="module")
def published(store):
    datasets = ["s_curve", "broken_swiss_roll", "digits"]
    arguments = [f"--dataset={name}" for name in datasets] + ["--n", "60", "--n", "120"]
    arguments += ["--neighbors", "10", "--neighbors", "5", "--seed", "0"]
    with pytest.MonkeyPatch.context() as patch:
        assert call(patch, "calibrate", *arguments, "--out", store.folder) == 0
    return store.folder


def test_every_file_is_written(published):
    assert all((published / name).stat().st_size for name in FILES)
    assert (published / "figures/calibration.png").read_bytes().startswith(b"\x89PNG")


def test_a_report_shows_the_calibration_and_draws_it_anew(published, monkeypatch):
    figure = published / "figures/calibration.png"
    before = figure.read_bytes()
    figure.unlink()
    assert call(monkeypatch, "report", "--out", published) == 0
    assert figure.read_bytes() == before
    text = (published / "comparison.md").read_text()
    assert "## Calibration of graph geodesics\n\n### By k, over all datasets" in text
    assert "bench calibrate" in supplement(published / "nowhere").markdown


def test_a_calibration_that_cannot_be_read_is_said_in_one_line(tmp_path):
    for name in FILES[:2]:
        (tmp_path / name).write_text('a,b\n"1')
    with pytest.raises(BenchError, match="calibrate again"):
        supplement(tmp_path)


def test_parameters_of_datasets_can_be_set():
    overrides = {"sphere": {"radius": 2.0}}
    configs = plan_calibration(Registry(), ["sphere"], [60], [0], overrides)
    assert [config.parameters["radius"] for config in configs] == [2.0]


def test_errors_are_of_each_dataset_with_a_truth_and_each_n_and_k(published):
    errors = pd.read_csv(published / "calibration.csv")
    found = set(errors[["dataset", "n", "seed", "k"]].itertuples(index=False, name=None))
    names, sizes = ("s_curve", "broken_swiss_roll"), (60, 120)
    assert found == {(name, n, 0, k) for name in names for n in sizes for k in (5, 10)}
    broken = errors["dataset"] == "broken_swiss_roll"
    assert ((errors["infinite"] > 0) == broken).all()


def test_the_truth_is_what_the_record_says_and_real_images_have_none(published, store):
    scores = pd.read_csv(published / "calibration_scores.csv")
    assert set(scores["n"]) == {60}
    assert set(scores["k"]) == {5, 10}
    known = scores[scores["dataset"] == "s_curve"].groupby("reducer")["true_auc"].first()
    results, _ = load_results(store)
    recorded = results.scores.query(
        "metric == 'auc' and reference == 'geodesic' and dataset.str.startswith('s_curve')"
    ).set_index("reducer")["value"]
    assert set(known.index) == REDUCERS
    assert known.to_dict() == pytest.approx(recorded.to_dict(), abs=1e-6)
    assert scores.loc[scores["dataset"] == "digits", "true_auc"].isna().all()


def test_the_page_has_every_table(published):
    page = (published / "calibration.md").read_text(encoding="utf-8")
    for title in ("By k", "By dataset, k = 10", "AUC and rank", "no truth, by k", "Left out"):
        assert page.count(f"## {title}") + page.count(f"{title}\n") >= 1, title
    assert "oracle (control)" in page


def test_embeddings_of_other_points_are_left_out(store, monkeypatch):
    monkeypatch.setattr(StoredEmbedding, "geodesic_auc", 0.123)
    registry, (results, _) = Registry(), load_results(store)
    configs = plan_calibration(registry, ["s_curve"], [60], [0])
    found = calibrate(configs, [5], registry, results)
    assert found.scores.empty
    assert sum("0.1230 in its record" in reason for reason in found.left_out) == len(REDUCERS)


def test_jobs_of_another_n_are_left_out_and_counted(store):
    registry, (results, _) = Registry(), load_results(store)
    configs = plan_calibration(registry, ["s_curve"], [50], [0])
    found = calibrate(configs, [5], registry, results)
    assert found.scores.empty
    assert found.left_out == ["5 job(s) in the store, of other datasets, n or seeds"]


def test_results_do_not_depend_on_the_number_of_threads(store):
    registry, (results, _) = Registry(), load_results(store)
    configs = plan_calibration(registry, ["s_curve", "sphere"], [60], [0, 1])
    one, two = (calibrate(configs, [5, 7], registry, results, threads=t) for t in (1, 2))
    pd.testing.assert_frame_equal(one.errors, two.errors)
    pd.testing.assert_frame_equal(one.scores, two.scores)


def test_a_dataset_that_cannot_be_drawn_is_left_out_with_its_reason():
    registry = Registry((PLUGINS,))
    found = calibrate(plan_calibration(registry, ["fails", "line"], [60], [0]), [5], registry)
    assert set(found.errors["dataset"]) == {"line"}
    [reason] = found.left_out
    assert reason.startswith("fails")


def test_a_dataset_whose_geodesics_are_not_distances_is_left_out(monkeypatch):
    """Nothing is calibrated by what is not a distance."""
    registry = Registry((PLUGINS,))

    class Negative:
        status, notes = "closed-form", {}

        def distances(self, rows):
            """Return -1 for each."""
            return np.full((len(rows), 60), -1.0)

    def draw(config, registry):
        return dataclasses.replace(prepare.draw(config, registry), geodesics=Negative())

    monkeypatch.setattr("bench.studies.calibration.measure.draw", draw)
    found = calibrate(plan_calibration(registry, ["line"], [60], [0]), [5], registry)
    [reason] = found.left_out
    assert "geodesics must be 0 or more" in reason


def test_by_default_nothing_is_downloaded():
    names = {config.name for config in plan_calibration(Registry(), [], [60], [0])}
    assert {"swiss_roll", "digits", "torus"} <= names
    assert names.isdisjoint({"coil20", "fashion_mnist", "lfw", "olivetti_faces"})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--dataset", "swissroll"], "Did you mean 'swiss_roll'?"),
        (["--neighbors", "60", "--n", "60"], "60 points have 59 neighbours each"),
        (["--neighbors", "0"], "Invalid value for '--neighbors'"),
        (["--neighbors", "5", "--neighbors", "5"], "A k is chosen twice: 5, 5."),
        (["--n", "60", "--n", "60"], "A number of points is chosen twice: 60, 60."),
        (["--dataset", "sphere", "--set", "sphere.radis=2"], "Did you mean 'radius'?"),
        (["--seed", "1", "--seed", "1"], "The seed 1 is chosen twice."),
        (["--n", "60", "--dataset", "gaussian_noise"], "no geodesics are known of gaussian_noise"),
    ],
)
def test_a_mistake_gets_one_line_and_exit_code_2(arguments, message, monkeypatch, capsys, tmp_path):
    assert call(monkeypatch, "calibrate", *arguments, "--out", tmp_path) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("Error: ")
    assert message in last
    assert not (tmp_path / "calibration.md").exists()
