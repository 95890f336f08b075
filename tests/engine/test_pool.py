"""What the harness makes of jobs that go wrong, and of those that do not."""

from pathlib import Path

import numpy as np
import pytest

from bench import Registry, Store
from bench.engine.pool import Limits
from bench.engine.run import run_jobs
from bench.record import Status
from bench.suite import Choice, Suite, plan

PLUGINS = (Path(__file__).parents[1] / "plugins",)
BAD = {
    "raises": Status.ERROR,
    "returns_nan": Status.DEGENERATE,
    "collapses": Status.DEGENERATE,
    "wrong_shape": Status.ERROR,
    "hangs": Status.TIMEOUT,
    "exits": Status.CRASHED,
    "segfaults": Status.CRASHED,
    "quits": Status.ERROR,
    "interrupts": Status.ERROR,
    "returns_complex": Status.ERROR,
    "eats_memory": Status.OUT_OF_MEMORY,
    "no_such_module:Reducer": Status.UNAVAILABLE,
}
GOOD = ("pca", "peeks", "inverse_raises", "oracle", "random", "shuffled")


class Silent:
    def started(self, task):
        pass

    def prepared(self, config):
        pass

    def finished(self, record):
        pass


def choose(datasets, reducers, seeds=(0,)):
    return Suite(tuple(map(Choice, datasets)), tuple(map(Choice, reducers)), tuple(seeds))


def run(suite, folder, **limits):
    store = Store(folder)
    jobs = plan(suite, Registry(PLUGINS))
    bounds = Limits(**({"seconds": 60, "memory_bytes": 4 * 2**30} | limits))
    with store.run():
        return run_jobs(
            jobs, store, Silent(), limits=bounds, workers=2, registry=Registry(PLUGINS)
        ), store


@pytest.fixture(scope="module")
def troubled(tmp_path_factory):
    """One run with every kind of trouble among good jobs."""
    suite = choose(["line", "fails"], [*BAD, *GOOD])
    folder = tmp_path_factory.mktemp("troubled")
    finished, store = run(suite, folder, seconds=25, memory_bytes=1400 * 2**20)
    records = {r.job.reducer.name: r for r in finished.records if r.job.dataset.name == "line"}
    return finished, store, records


@pytest.mark.parametrize("reducer", BAD)
def test_each_kind_of_trouble_becomes_a_record_with_its_status_and_a_reason(troubled, reducer):
    record = troubled[2][reducer]
    assert record.status is BAD[reducer], record.reason
    assert record.reason
    assert "\n" not in record.reason
    assert record.scores == ()
    assert record.arrays_sha256 is None


@pytest.mark.parametrize("reducer", GOOD)
def test_good_jobs_go_on_beside_the_trouble(troubled, reducer):
    record = troubled[2][reducer]
    assert record.status is Status.OK, record.reason
    assert {score.reference for score in record.scores} == {"geodesic", "euclidean"}


def test_every_job_has_exactly_one_record_in_the_store(troubled):
    finished, store, _ = troubled
    found, damaged = store.records()
    assert damaged == []
    assert sorted(r.job.id for r in found) == sorted(r.job.id for r in finished.records)
    assert len(found) == 2 * (len(BAD) + len(GOOD))


def test_a_dataset_that_cannot_be_drawn_fails_its_jobs_with_its_reason(troubled):
    finished = troubled[0]
    records = [r for r in finished.records if r.job.dataset.name == "fails"]
    assert {r.status for r in records} == {Status.ERROR}
    assert all("the file is not there" in r.reason for r in records)


def test_what_a_failed_job_printed_is_kept_beside_its_record(troubled):
    _, store, records = troubled
    log = store.log_path(records["raises"].job).read_text()
    assert "what the plugin printed" in log
    assert "OddError" in log


def test_nothing_is_left_in_scratch(troubled):
    assert not troubled[1].scratch.exists()


def test_a_reducer_that_overwrites_its_input_harms_no_other_job(troubled):
    _, store, records = troubled
    embedding = store.arrays(records["pca"])["embedding"]
    assert np.isfinite(embedding).all()
    auc = {r: s.value for r in ("pca",) for s in records[r].scores if s.metric == "auc"}
    assert auc["pca"] == pytest.approx(1, abs=0.02)  # a line stays a line


def test_an_inverse_that_fails_takes_no_score_from_the_embedding(troubled):
    record = troubled[2]["inverse_raises"]
    assert record.reconstruction_error is None
    assert record.reason.startswith("inverse_transform: Silent")
    assert all(score.value is not None for score in record.scores)


def test_a_metric_from_a_plugin_folder_is_scored(troubled):
    values = [s for s in troubled[2]["oracle"].scores if s.metric == "first_neighbor"]
    assert {s.reference for s in values} == {"geodesic", "euclidean"}
    assert all(s.value == 1 for s in values if s.reference == "geodesic")


def test_busy_time_and_utilisation_are_measured(troubled):
    finished = troubled[0]
    assert 0 < finished.utilisation <= 1
    assert finished.busy_seconds <= finished.wall_seconds * finished.workers


def test_the_same_job_gives_the_same_embedding_in_another_run(tmp_path):
    suite = choose(["swiss_roll"], ["isomap", "tsne"])
    suite = Suite(suite.datasets, suite.reducers, (3,), n=150)
    embeddings = []
    for name in ("one", "two"):
        finished, store = run(suite, tmp_path / name)
        assert {r.status for r in finished.records} == {Status.OK}
        embeddings.append({r.job.id: store.arrays(r)["embedding"] for r in finished.records})
    for id_, first in embeddings[0].items():
        np.testing.assert_array_equal(first, embeddings[1][id_])


def test_costs_of_a_fit_are_recorded(troubled):
    costs = troubled[2]["pca"].costs
    assert costs.fit_seconds > 0
    assert costs.cpu_seconds > 0
    assert troubled[2]["pca"].reconstruction_error == pytest.approx(0, abs=1e-6)
