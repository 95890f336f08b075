"""The tables of decoders, made of records that are known."""

import numpy as np
import pytest

from bench import Job, Record, Store
from bench.job import DatasetConfig, ReducerConfig
from bench.record import Circumstances, OutOfSample, Score, Status
from bench.report.decoder import decoder_section, decoder_tables
from bench.report.frame import load_results
from bench.report.held_out import held_out_numbers

WHERE = Circumstances({}, "processor", 1, 2**30, "system", 1, "2026-01-02T00:00:00+00:00")


def save(store, dataset, reducer, seed, lost, *, reference, reason=None):
    job = Job(DatasetConfig(dataset, {}, seed), ReducerConfig(reducer, {}), held_out=0.2)
    scores = [Score("held_out_reconstruction", "held-out data", lost + 0.01 * seed)]
    scores += [Score("denoising_gain", reference, gain, k) for k, gain in ((5, 0.1), (20, 0.25))]
    if reference == "manifold":
        scores.append(Score("normal_error", reference, 0.5))
    facts = OutOfSample(16, 4)
    record = Record(job, Status.OK, WHERE, reason=reason, scores=tuple(scores), out_of_sample=facts)
    store.save(record, {"embedding": np.eye(20)[:, :2]})


@pytest.fixture
def results(tmp_path):
    store = Store(tmp_path)
    for seed in (0, 1, 2):
        for dataset, reference in (("known", "manifold"), ("real", "held-out data")):
            save(store, dataset, "good", seed, 0.1, reference=reference)
            save(store, dataset, "poor", seed, 0.6, reference=reference)
            save(store, dataset, "identity", seed, 0.0, reference=reference)
    return load_results(store)[0]


def test_each_dataset_has_a_card_that_says_what_it_is_held_against(results):
    known, real = decoder_tables(results)
    assert known.title == "known: held against the manifold"
    assert real.title == "real: held against the held-out data"
    assert "normal error" in known.frame
    assert "normal error" not in real.frame
    assert list(known.frame.index) == ["good", "poor", "identity"]
    assert known.controls == 1


def test_the_best_is_marked_and_controls_never_are(results):
    column = next(decoder_tables(results)).frame["lost variance"]
    assert {name: cell.mark for name, cell in column.items()} == {
        "good": "best",
        "poor": "",
        "identity": "",
    }
    assert column["good"].text.startswith("0.110 ±")


def test_of_the_noise_levels_one_has_a_column_and_all_are_in_the_csv(results):
    gain = next(decoder_tables(results)).frame["denoising gain at 20 % noise"]
    assert gain["good"].text.startswith("0.250")
    numbers = held_out_numbers(results).query("metric == 'denoising_gain'")
    assert set(numbers["k"]) == {"5", "20"}


def test_a_measure_without_a_number_says_why(results, tmp_path):
    assert "without a number" not in decoder_section(results)
    store = Store(tmp_path)
    slow = "metric normal_error: needs 300 decodings, 20 | can be <afforded>"
    why = f"transform: metric auc: no; {slow}; metric sample_recall: ValueError: all is one"
    for dataset in ("known", "real"):
        save(store, dataset, "slow", 0, 0.1, reference="held-out data", reason=why)
    section = decoder_section(load_results(store)[0])
    rows = [[cell.strip() for cell in line.split("|")] for line in section.splitlines()]
    assert ["", "slow", "recall", "ValueError: all is one", "known, real", ""] in rows
    assert "20 \\| can be &lt;afforded>" in section
    assert "metric auc" not in section
    slow = next(decoder_tables(load_results(store)[0])).frame.loc["slow"]
    assert slow["normal error"].text == "–"


def test_the_section_says_how_to_get_them(results, tmp_path):
    assert "identity (control)" in decoder_section(results)
    none = Store(tmp_path / "none")
    job = Job(DatasetConfig("known", {}, 0), ReducerConfig("good", {}))
    record = Record(job, Status.OK, WHERE, scores=(Score("auc", "geodesic", 0.5),))
    none.save(record, {"embedding": np.eye(20)[:, :2]})
    assert "--suite held_out" in decoder_section(load_results(none)[0])
