"""Records on disk: whole or not at all, and checked when they are read."""

import json
import re

import msgspec
import numpy as np
import pytest

from bench import Job, Record, Store
from bench.engine.resume import what_is_left
from bench.errors import BenchError
from bench.job import DatasetConfig, ReducerConfig
from bench.record import Circumstances, DatasetFacts, Score, Status

WHERE = Circumstances({}, "processor", 1, 1, "system", 1, "2026-01-01T00:00:00+00:00")
JOB = Job(DatasetConfig("line", {"n": 20}, 0), ReducerConfig("some.module:Thing", {"a": None}))
ARRAYS = {"embedding": np.eye(20, 2)}
SCORES = (Score("auc", "geodesic", 0.5), Score("trustworthiness", "geodesic", None, 15))


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "results")


@pytest.fixture
def saved(store):
    return store.save(Record(JOB, Status.OK, WHERE, scores=SCORES), ARRAYS)


def test_what_is_saved_is_read_back(store, saved):
    assert store.find(JOB) == saved
    assert store.records() == ([saved], [])
    np.testing.assert_array_equal(store.arrays(saved)["embedding"], ARRAYS["embedding"])


def test_no_temporary_file_is_left(store, saved):
    names = sorted(path.suffix for path in store.path(saved.job).parent.iterdir())
    assert names == [".json", ".npz"]


def test_a_job_without_a_record_is_not_found(store):
    assert store.find(JOB) is None


def test_a_record_stays_inside_the_store_whatever_a_job_is_called(store):
    job = Job(DatasetConfig("../../etc", {}, 0), ReducerConfig("a:../../b", {}))
    assert store.folder in store.path(job).resolve().parents


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(path.read_bytes()[:-40]),
        lambda path: path.write_text("not JSON"),
        lambda path: path.write_bytes(b"\xff\xfe"),
        lambda path: path.write_text(""),
        lambda path: path.write_text(path.read_text().replace('"ok"', '"excellent"')),
        lambda path: path.write_text(path.read_text().replace('"n":20', '"n":21')),
        lambda path: path.with_suffix(".npz").unlink(),
        lambda path: path.with_suffix(".npz").write_bytes(b"PK"),
        lambda path: path.write_text(re.sub(r'_sha256":"\w+"', '_sha256":null', path.read_text())),
    ],
    ids=[
        "cut short",
        "not JSON",
        "not text",
        "empty",
        "unknown status",
        "another job",
        "arrays missing",
        "arrays changed",
        "no digest",
    ],
)
def test_a_damaged_record_is_reported_and_run_again(store, saved, damage):
    damage(store.path(JOB))
    with pytest.raises(BenchError):
        store.find(JOB)
    good, damaged = store.records()
    assert good == []
    assert len(damaged) == 1
    todo = what_is_left([JOB], store)
    assert todo.jobs == [JOB]
    assert len(todo.damaged) == 1


def test_a_record_in_the_folder_of_another_reducer_is_refused(store, saved):
    folder = store.path(JOB).parent
    folder.rename(folder.with_name("pca"))
    assert store.records()[0] == []


def test_damaged_facts_of_a_dataset_are_a_message(store):
    known = ("graph", {}, False, {"15": 0.5}, 0.7, "source", "licence")
    store.save_dataset(DatasetFacts(JOB.dataset, 20, 3, *known), {"color": np.arange(20)})
    path = store.dataset_path(JOB.dataset).with_suffix(".npz")
    whole = path.read_bytes()
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        with pytest.raises(BenchError, match="cannot be read"):
            store.dataset(JOB.dataset)


def test_a_failure_with_scores_and_a_success_without_are_refused():
    with pytest.raises(ValueError, match="scores"):
        Record(JOB, Status.TIMEOUT, WHERE, scores=SCORES)
    with pytest.raises(ValueError, match="scores"):
        Record(JOB, Status.OK, WHERE)


def test_a_record_that_claims_scores_for_a_failure_is_refused_when_read(store, saved):
    path = store.path(JOB)
    record = json.loads(path.read_text())
    record["status"] = "crashed"
    path.write_text(json.dumps(record))
    with pytest.raises(BenchError, match="crashed"):
        store.find(JOB)


def test_failures_are_done_until_a_retry_is_asked_for(store):
    store.save(Record(JOB, Status.CRASHED, WHERE, reason="why"))
    assert what_is_left([JOB], store).jobs == []
    assert what_is_left([JOB], store, retry=True).jobs == [JOB]


def test_what_is_unsupported_is_never_run_again(store):
    store.save(Record(JOB, Status.UNSUPPORTED, WHERE, reason="why"))
    assert what_is_left([JOB], store, retry=True).jobs == []


def test_a_folder_serves_one_run_at_a_time(store):
    with store.run(), pytest.raises(BenchError, match="Another run is using"), store.run():
        pass
    with store.run():
        pass


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BenchError, match="Cannot write to"), Store(tmp_path / "file").run():
        pass


def test_a_full_disk_is_one_line_and_leaves_no_half_file(store, saved, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(BenchError, match=r"No space left on device\)\. What was written before is"):
        store.save(Record(JOB, Status.CRASHED, WHERE, reason="why"))
    assert store.find(JOB) == saved
    assert not list(store.folder.rglob("*.tmp"))


def test_leftovers_of_a_killed_run_are_cleared(store):
    (store.scratch / "half").mkdir(parents=True)
    with store.run():
        assert not store.scratch.exists()


def test_arrays_are_never_unpickled(store, saved):
    path = store.path(JOB).with_suffix(".npz")
    np.savez(path, embedding=np.array([{"evil": 1}], dtype=object))
    with pytest.raises(BenchError, match="allow_pickle=False"):
        store.arrays(saved)


def test_unknown_fields_in_a_record_are_refused(store, saved):
    path = store.path(JOB)
    path.write_text(path.read_text().replace('"status"', '"extra": 1, "status"'))
    with pytest.raises(BenchError, match="extra"):
        store.find(JOB)


def test_missing_numbers_survive_as_null(store, saved):
    raw = msgspec.json.decode(store.path(JOB).read_bytes())
    assert raw["scores"][1]["value"] is None
