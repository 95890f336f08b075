"""Tables of held-out points, made of records that are known."""

import msgspec
import numpy as np
import pytest

from bench import Job, Record, Store
from bench.job import DatasetConfig, ReducerConfig
from bench.record import Circumstances, Costs, DatasetFacts, OutOfSample, Score, Status
from bench.report.frame import load_results
from bench.report.held_out import (
    held_out_numbers,
    held_out_section,
    held_out_tables,
    losses,
)
from bench.report.publish import is_published, publish

WHERE = Circumstances({}, "processor", 1, 2**30, "system", 1, "2026-01-02T00:00:00+00:00")


def save(store, reducer, seed, *, transform, held_out=0.2, status=Status.OK):
    job = Job(DatasetConfig("roll", {}, seed), ReducerConfig(reducer, {}), held_out=held_out)
    if status is not Status.OK:
        return store.save(Record(job, status, WHERE, reason="it broke"))
    placed = {"fitted": 0.9, "neighbors": 0.6} | ({"transform": 0.8} if transform else {})
    scores = tuple(
        Score("auc", reference, value - 0.1 * (reference == "euclidean") + 0.01 * seed, None, name)
        for reference in ("geodesic", "euclidean")
        for name, value in placed.items()
    )
    facts = OutOfSample(16, 4, *((0.5, 0.25, 0.125) if transform else ()))
    record = Record(job, status, WHERE, scores=scores, costs=Costs(1, 1), out_of_sample=facts)
    return store.save(record, {"embedding": np.eye(20)[:, :2]})


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path)
    for seed in (0, 1):
        known = ("closed-form", {}, True, {}, 0.7, "source", "licence")
        store.save_dataset(DatasetFacts(DatasetConfig("roll", {}, seed), 20, 3, *known), {})
        save(store, "with", seed, transform=True)
        save(store, "without", seed, transform=False)
        save(store, "broken", seed, transform=False, status=Status.TIMEOUT)
    return store


def test_they_have_tables_of_their_own_and_are_in_no_other(store):
    results, damaged = load_results(store)
    assert damaged == []
    assert results.records == []
    assert len(results.held_out.records) == 6
    tables = {table.title: table.frame["roll"] for table in held_out_tables(results)}
    own = tables[
        "AUC of held-out points, placed by the reducer's own transform: geodesic neighbours"
    ]
    rule = tables["AUC of held-out points, placed by their neighbours: geodesic neighbours"]
    assert own["with"].text.startswith("0.805 ±")
    assert "without" not in own
    assert rule["with"].text == rule["without"].text
    assert rule["without"].text.startswith("0.605 ±")
    assert own["broken"].text == rule["broken"].text == "timeout"
    assert tables["Batch deviation of transform (best 0)"]["with"].text.startswith("0.250000 ±")


def test_the_loss_is_training_minus_held_out(store):
    lost = losses(load_results(store)[0].held_out)
    by_placement = lost.groupby("placement")["value"].unique()
    np.testing.assert_allclose(by_placement["transform"], 0.1)
    np.testing.assert_allclose(by_placement["neighbors"], 0.3)


def test_a_store_of_held_out_jobs_alone_is_published(store):
    results, _ = load_results(store)
    publish(results, store.folder)
    assert is_published(results, store.folder)
    text = (store.folder / "comparison.md").read_text()
    assert "16 fitted on and 4 held out" in text
    assert "| timeout" in text
    assert "roll, points held out" in text
    assert set(held_out_numbers(results)["placement"]) == {"fitted", "transform", "neighbors"}


def test_without_any_the_section_says_how_to_get_them(store):
    job = save(store, "whole", 0, transform=False, held_out=0.0).job
    results, _ = load_results(store, jobs=[job.id])
    assert results.held_out is None
    assert "--suite held_out" in held_out_section(results)
    assert held_out_numbers(results).empty


def test_held_out_jobs_leave_the_numbers_of_the_others_alone(store):
    job = save(store, "with", 0, transform=False, held_out=0.0).job
    alone, _ = load_results(store, jobs=[job.id])
    together, _ = load_results(store)
    assert alone.scores.equals(together.scores)
    assert [record.job for record in together.records] == [job]
    assert msgspec.structs.replace(job, held_out=0.2).id != job.id
