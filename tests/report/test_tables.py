"""Tables made of records that are known."""

import dataclasses
import io
import shutil
import subprocess
from types import SimpleNamespace

import msgspec
import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from bench import Job, Record, Store
from bench.errors import BenchError
from bench.job import DatasetConfig, ReducerConfig
from bench.metrics.curves import stored_ks, thin
from bench.metrics.table import METRICS
from bench.record import Circumstances, Costs, DatasetFacts, Score, Status
from bench.report.figures import gallery
from bench.report.frame import _check_reached, fixed, load_results
from bench.report.publish import failures, figure_names, is_published, publish
from bench.report.tables import Cell, Table, all_tables, score_table, tidy
from bench.results_folder import announce

N = 40


def record(reducer, seed, geodesic, status=Status.OK, started="2026-01-02T00:00:00+00:00", **job):
    circumstances = Circumstances({"numpy": "2"}, "a | b", 2, 2**30, "Linux", 1, started)
    job = Job(DatasetConfig("roll_of_100%", {"n": N}, seed), ReducerConfig(reducer, {}), **job)
    if status is not Status.OK:
        return Record(job, status, circumstances, reason="it | broke"), None
    scores = (Score("auc", "geodesic", geodesic), Score("auc", "euclidean", geodesic - 0.1))
    curve, curves = np.linspace(0, 1, N - 1), {}
    for reference in ("geodesic", "euclidean"):
        curves[f"{reference}/q_nx"] = curve
        curves[f"{reference}/trustworthiness"] = curve[: N // 2 - 1]
    arrays = {"embedding": np.random.default_rng(seed).normal(size=(N, 2)), **thin(curves, N)}
    return Record(job, status, circumstances, scores=scores, costs=Costs(1.5, 1.0)), arrays


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path)
    for seed in (0, 1, 2):
        config = DatasetConfig("roll_of_100%", {"n": N}, seed)
        known = ("graph", {"bridges": 2}, False, {"15": 0.5}, 0.7, "source", "licence")
        facts = DatasetFacts(config, N, 3, *known)
        store.save_dataset(facts, {"color": np.arange(N)})
        store.save(*record("good", seed, 0.9 + 0.01 * seed))
        store.save(*record("poor", seed, 0.3 + 0.01 * (seed == 1)))
        store.save(*record("oracle", seed, 1.0))
        store.save(*record("broken", seed, 0, Status.TIMEOUT))
        if seed < 2:
            store.save(*record("partial", seed, 0.95))
        else:
            store.save(*record("partial", seed, 0, Status.CRASHED))
    return store


@pytest.fixture
def results(store):
    found, damaged = load_results(store, ks=("5", "n/10"))
    assert damaged == []
    return found


def test_cells_say_mean_and_interval_and_failures_say_their_status(results):
    column = score_table(results, "auc", "geodesic").frame["roll_of_100%"]
    assert column["good"].text == "0.910 ± 0.025"
    assert column["broken"].text == "timeout"
    assert column["partial"].text == "0.950 ± 0.000 (2/3)"


def test_the_best_complete_reducer_is_marked_and_controls_never_are(results):
    column = score_table(results, "auc", "geodesic").frame["roll_of_100%"]
    assert {name for name, cell in column.items() if cell.mark} == {"good"}
    assert list(column.index)[-1] == "oracle"


def test_the_gap_is_the_difference_of_the_references(results):
    column = score_table(results, "auc", "gap").frame["roll_of_100%"]
    assert column["good"].text == "0.100 ± 0.000"
    assert not any(cell.mark for cell in column)


def test_curves_are_read_at_the_k_that_was_asked_for(results):
    curve, k = np.linspace(0, 1, N - 1), np.arange(1, N - 1)
    r_nx = ((N - 1) * curve[:-1] - k) / (N - 1 - k)
    for label, number in (("5", 5), ("n/10", N // 10)):
        there = results.scores[results.scores["k"] == label].set_index("metric")["value"]
        np.testing.assert_allclose(there["r_nx"], r_nx[number - 1], atol=1e-6)
        np.testing.assert_allclose(there["q_nx"], curve[number - 1], rtol=1e-6)


def test_a_k_that_is_not_stored_is_refused_with_those_beside_it():
    """Between the k at which curves are stored there is no value, and none is made up."""
    assert set(range(1, 31)) | {50, 100, 150, 1498, 1499} <= set(stored_ks(1500).tolist())
    assert 333 not in stored_ks(1500)
    arrays = {"a": thin({"geodesic/q_nx": np.ones(1499)}, 1500)}
    with pytest.raises(BenchError, match="k = 333: curves are not stored there"):
        _check_reached(["333"], SimpleNamespace(arrays=arrays))


@pytest.mark.parametrize("k", ["0", "-3", "three", "19.5", "20"])
def test_a_k_that_the_curve_does_not_reach_is_refused(store, k):
    expected = r"out of range for trustworthiness with n = 40: give a number in 1 ... 19"
    with pytest.raises(BenchError, match=expected):
        load_results(store, ks=(k,))


def test_only_the_newest_code_counts_for_a_cell(store):
    newer, arrays = record("good", 0, 0.5, started="2026-03-01T00:00:00+00:00")
    reducer = msgspec.structs.replace(newer.job.reducer, revision=2)
    job = msgspec.structs.replace(newer.job, reducer=reducer)
    store.save(msgspec.structs.replace(newer, job=job), arrays)
    results, _ = load_results(store, ks=("5",))
    chosen = results.scores.query("reducer == 'good' and seed == 0 and metric == 'auc'")
    assert chosen.query("reference == 'geodesic'")["value"].tolist() == [0.5]


def test_the_files_hold_the_same_numbers_and_every_failure(store, results):
    publish(results, store.folder)
    frame = pd.read_csv(store.folder / "comparison.csv", keep_default_na=False)
    row = frame.query("reducer == 'good' and metric == 'auc' and reference == 'geodesic'")
    assert float(row["mean"].iloc[0]) == pytest.approx(0.91)
    assert row["mark"].iloc[0] == "best"
    text = (store.folder / "comparison.md").read_text()
    assert "**0.910 ± 0.025**" in text
    assert "it \\| broke" in text
    assert "graph (bridges 2)" in text
    assert "- Jobs: 15, of which 4 without scores" in text
    assert set(failures(results)["status"]) == {"timeout", "crashed"}
    latex = (store.folder / "comparison.tex").read_text()
    assert r"\textbf{0.910 $\pm$ 0.025}" in latex
    assert r"roll\_of\_100\%" in latex
    assert latex.count(r"\toprule") == latex.count(r"\bottomrule") == 3
    drawn = [store.folder / name for name in figure_names(results)]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in drawn)


def test_what_is_missing_or_stale_is_not_up_to_date(store, results):
    publish(results, store.folder)
    assert is_published(results, store.folder)
    announce(store.folder, ["figures/gallery_gone_0.png"])
    (stale := store.folder / "figures" / "gallery_gone_0.png").write_bytes(b"")
    (not_ours := store.folder / "figures" / "photo_me.png").write_bytes(b"mine")
    for name in ("comparison.csv", figure_names(results)[0]):
        (store.folder / name).unlink()
        assert not is_published(results, store.folder)
        publish(results, store.folder)
        assert is_published(results, store.folder)
    assert not stale.exists()
    assert not_ours.read_bytes() == b"mine"


def test_a_seed_of_older_code_is_not_averaged_with_those_of_newer(store):
    store.save(*record("good", 7, 0.1, protocol=0))
    results, _ = load_results(store, ks=("5",))
    assert 7 not in set(results.jobs["seed"])


def test_a_reconstruction_error_of_a_few_points_says_how_many(store):
    found, arrays = record("umap", 0, 0.5)
    found = msgspec.structs.replace(found, reconstruction_error=0.1, reconstruction_points=20)
    store.save(found, arrays)
    tables = all_tables(load_results(store, ks=("5",))[0])
    assert any("umap: on 20 points" in table.title for table in tables)


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_the_latex_compiles(store, results, tmp_path):
    publish(results, store.folder)
    document = r"\documentclass{article}\usepackage{booktabs}\begin{document}"
    source = tmp_path / "it.tex"
    source.write_text(document + (store.folder / "comparison.tex").read_text() + r"\end{document}")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", source.name]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)


def test_the_csv_marks_what_the_tables_mark(results):
    rows = tidy(results).query("metric == 'auc' and reference == 'geodesic' and mark != ''")
    assert rows["reducer"].tolist() == ["good"]


def test_a_metric_of_a_plugin_is_labelled_and_marked_by_its_own_row(store):
    auc = dataclasses.replace(METRICS["auc"], label="another name", higher_is_better=False)
    results, _ = load_results(store, ks=("5",), metrics={"auc": auc})
    table = score_table(results, "auc", "geodesic")
    assert table.title.startswith("another name: ")
    assert table.frame["roll_of_100%"]["poor"].mark == "best"


def test_an_empty_store_is_refused_with_what_to_do(tmp_path):
    with pytest.raises(BenchError, match="run `python -m bench all` first"):
        load_results(Store(tmp_path))


def test_a_number_that_rounds_to_zero_has_no_sign():
    assert fixed(-0.0004, 3) == "0.000"
    assert fixed(-0.0006, 3) == "-0.001"


def test_a_name_that_is_html_or_a_column_is_only_text_in_markdown():
    cell = Cell("a | b <script>&")
    assert cell.markdown == "a \\| b &lt;script>&amp;"
    frame = pd.DataFrame({"<x>": [cell]}, index=["r|s"])
    markdown = Table("title", frame).markdown
    assert "<" not in markdown
    assert "r\\|s" in markdown


@pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
def test_a_table_in_a_terminal_fits_and_cuts_no_number(width):
    names = [f"a_dataset_of_letters_{i}" for i in range(7)]
    cells = [[Cell(f"{row / 7 + i / 90:.3f} ± 0.012") for i in range(7)] for row in range(5)]
    frame = pd.DataFrame(cells, [f"reducer_{row}" for row in range(4)] + ["oracle"], names)
    console = Console(width=width, file=io.StringIO())
    console.print(*Table("AUC", frame, controls=1).rich(width), sep="\n")
    shown = console.file.getvalue()
    assert max(map(len, shown.splitlines())) <= width
    for cell in frame.to_numpy().ravel():
        assert cell.text in shown
    assert shown.count("AUC") == shown.count("oracle")  # one title, and one control, in each part
    assert (shown.count("continued") == 0) == (width == 200)


@pytest.mark.parametrize(
    ("pictures", "said"),
    [
        ({"color": np.arange(N)}, "coloured by a true coordinate"),
        ({"color": np.arange(N), "labels": np.arange(N)}, "coloured by classes"),
        ({}, None),
    ],
)
def test_a_gallery_says_by_what_it_is_coloured_if_by_anything(results, pictures, said):
    known = dataclasses.replace(results, pictures=dict.fromkeys(results.pictures, pictures))
    title = gallery(known, results.datasets[0]).get_suptitle()
    assert (said in title) if said else ("coloured" not in title)
