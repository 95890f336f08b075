"""Rescore: metrics that a record lacks are computed on its embedding, and nothing is fitted."""

import shutil
from dataclasses import replace

import msgspec
import numpy as np
import pytest

import bench
from bench import Registry, Store
from bench.cli.session import Settings, rescore, run_suite
from bench.engine.pool import Limits
from bench.engine.rescore import outdated, revisions
from bench.engine.resume import what_is_left
from bench.engine.run import run_jobs
from bench.errors import BenchError
from bench.metrics.table import METRICS
from bench.suite import Choice, Suite, plan

SUITE = Suite((Choice("swiss_roll", {"n": 60}),), (Choice("pca"), Choice("random")), (0,))
METRIC = """
from bench import Metric

def function(comparison):
    {body}

metric = Metric("{name}", "{name}", function, -1, 1, 1, 0, "here"{more})
"""


def write(folder, name, body, more=""):
    path = folder / "metrics" / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(METRIC.format(name=name, body=body, more=more))


def settings(out, *plugins):
    return Settings(out, 1, 120, None, retry=False, allow_failures=False, plugins=plugins)


def by_reducer(out):
    records, damaged = Store(out).records()
    assert damaged == []
    return {record.job.reducer.name: record for record in records}


class Silent:
    """Hears how a run goes, and says nothing."""

    def started(self, task): ...

    def prepared(self, config): ...

    def finished(self, record): ...


def run(out, *plugins):
    """Run or rescore what is left of the suite, without tables and figures."""
    registry, store = Registry(plugins), Store(out)
    with store.run():
        todo = what_is_left(plan(SUITE, registry), store, current=revisions(registry))
        limits, outdated = Limits(120, 2**33), todo.outdated
        options = {"limits": limits, "registry": registry, "workers": 1, "outdated": outdated}
        return run_jobs(todo.jobs, store, Silent(), **options)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Run two jobs without plugins."""
    folder = tmp_path_factory.mktemp("rescore") / "out"
    assert len(run(folder).records) == 2
    return folder


@pytest.fixture(scope="module")
def rescored(folder, tmp_path_factory):
    """Add two metrics, one that ends its process, and run the same suite again."""
    before = by_reducer(folder)
    plugins = tmp_path_factory.mktemp("plugins")
    write(plugins, "mine", "return comparison.co_ranking.auc / 2")
    write(plugins, "my_curve", "return comparison.co_ranking.q_nx", ", curve=True")
    assert run_suite(SUITE, {}, settings(folder, plugins)) == 0
    return plugins, before, by_reducer(folder)


def test_a_new_metric_fills_its_column(folder, rescored):
    """Adding a file and running again fits nothing, and gives what it says of each embedding."""
    _, before, after = rescored
    for name, record in after.items():
        values = {(s.metric, s.reference, s.k): s.value for s in record.scores}
        assert values["mine", "geodesic", None] == values["auc", "geodesic", None] / 2
        assert values["my_curve", "euclidean", 15] == values["q_nx", "euclidean", 15]
        assert record.circumstances == before[name].circumstances
        assert record.costs == before[name].costs
        assert set(before[name].scores) < set(record.scores)
        assert set(record.metrics) == {*METRICS, "mine", "my_curve"}
    assert "mine" in (folder / "comparison.csv").read_text()


def test_the_same_as_a_run_with_the_metric(folder, rescored, tmp_path):
    """Rescored and run afresh, a record has the same scores, curves and embedding to the bit."""
    plugins, _, after = rescored
    assert len(run(tmp_path / "out", plugins).records) == 2
    for name, fresh in by_reducer(tmp_path / "out").items():
        assert set(fresh.scores) == set(after[name].scores)
        assert fresh.metrics == after[name].metrics
        made, kept = Store(tmp_path / "out").arrays(fresh), Store(folder).arrays(after[name])
        assert made.keys() == kept.keys()
        for array in made:
            np.testing.assert_array_equal(made[array], kept[array])


def test_what_is_current_is_left_alone(folder, rescored):
    """A second run has nothing to do; an edited metric is another revision, and it alone."""
    plugins, *_ = rescored
    registry = Registry((plugins,))
    jobs = plan(SUITE, registry)
    assert what_is_left(jobs, Store(folder), current=revisions(registry)).outdated == []
    write(plugins, "mine", "return comparison.co_ranking.auc / 4")
    stale = what_is_left(jobs, Store(folder), current=revisions(Registry((plugins,)))).outdated
    assert {names for _, names in stale} == {("mine",)}
    assert len(run(folder, plugins).rescored) == 2
    found = by_reducer(folder)["pca"]
    values = {(s.metric, s.reference): s.value for s in found.scores if s.k is None}
    assert values["mine", "geodesic"] == values["auc", "geodesic"] / 4


def test_a_metric_that_ends_its_process_takes_no_score(folder, rescored, tmp_path, capsys):
    """A record that cannot be rescored stays as it was, and it is said."""
    write(tmp_path, "deadly", "import os; os._exit(3)")
    before = by_reducer(folder)
    assert rescore(settings(folder, tmp_path)) == 1
    said = capsys.readouterr().err
    assert "pca on swiss_roll(n=60), seed 0, not rescored" in said
    assert by_reducer(folder) == before


def test_a_raised_revision_is_another(folder, monkeypatch):
    """A built-in metric whose revision is raised is computed anew."""
    record = by_reducer(folder)["pca"]
    monkeypatch.setitem(METRICS, "auc", replace(METRICS["auc"], revision=2))
    current = revisions(Registry())
    assert outdated(record, current) == ("auc",)
    assert outdated(msgspec.structs.replace(record, metrics={}), current) == tuple(current)
    held_out = msgspec.structs.replace(record.job, held_out=0.2)
    assert outdated(msgspec.structs.replace(record, job=held_out, metrics={}), current) == ()


def test_nothing_to_rescore(tmp_path):
    """A folder without records is refused, and not made."""
    with pytest.raises(BenchError, match="holds no records"):
        rescore(settings(tmp_path / "none"))
    assert not (tmp_path / "none").exists()


def test_from_python(folder, rescored):
    """bench.rescore does the same, and returns the results."""
    write(rescored[0], "third", "return comparison.co_ranking.auc / 3")
    found = bench.rescore(folder, plugins=[rescored[0]], workers=1, progress=False).frame()
    third = found[found["metric"] == "third"]["value"].to_numpy()
    auc = found[(found["metric"] == "auc") & (found["reference"] != "gap")]["value"].to_numpy()
    assert len(third) == 4
    assert sorted(third) == sorted(auc / 3)


def test_an_embedding_that_was_changed_is_not_scored(folder, tmp_path):
    """An embedding with another digest than the record's is refused before it is scored."""
    folder = shutil.copytree(folder, tmp_path / "copy")
    path = next(folder.rglob("pca/*.npz"))
    with np.load(path) as file:
        arrays = dict(file)
    np.savez(path, **(arrays | {"embedding": arrays["embedding"][::-1]}))
    registry = Registry()
    todo = what_is_left(plan(SUITE, registry), Store(folder), current={"auc": "7"})
    assert [job.reducer.name for job in todo.jobs] == ["pca"]
