"""Nothing stale: an edited plugin is another job, and it is said; --rerun runs what is done."""

import numpy as np
import pytest

from bench import Record, Registry, Store
from bench.cli.session import Settings, run_suite
from bench.engine.resume import what_is_left
from bench.errors import BenchError
from bench.metrics.curves import thin
from bench.record import Circumstances, DatasetFacts, Score, Status
from bench.report.frame import load_results
from bench.suite import Choice, Suite, plan

PLUGIN = """
class reducer:
    def __init__(self, n_components=2):
        self.n = n_components

    def fit_transform(self, X):
        return X[:, : self.n]
"""
N = 60


@pytest.fixture
def plugins(tmp_path):
    """Write a folder with one reducer."""
    (tmp_path / "plugins" / "reducers").mkdir(parents=True)
    (tmp_path / "plugins" / "reducers" / "mine.py").write_text(PLUGIN)
    return tmp_path / "plugins"


def suite(*reducers, seeds=(0,)):
    return Suite((Choice("swiss_roll", {"n": N}),), tuple(map(Choice, reducers)), seeds)


def done(store, job, auc=0.5, day=2):
    """Store a record of a job, as a run would."""
    where = Circumstances({}, "cpu", 1, 1, "system", 1, f"2026-01-{day:02}T00:00:00+00:00")
    scores = tuple(Score("auc", reference, auc) for reference in ("geodesic", "euclidean"))
    arrays = {"embedding": np.random.default_rng(0).normal(size=(N, 2))}
    arrays |= thin({"geodesic/q_nx": np.linspace(0, 1, N - 1)}, N)
    store.save(Record(job, Status.OK, where, scores=scores), arrays)
    facts = DatasetFacts(job.dataset, N, 3, "closed-form", {}, True, {}, 0.5, "s", "l")
    store.save_dataset(facts, {})


def edit(plugins):
    with (plugins / "reducers" / "mine.py").open("a") as file:
        file.write("# edited\n")


def test_version(plugins, tmp_path):
    """A file has a digest of its content, an installed module its version, a built-in nothing."""
    before = Registry((plugins,)).find("reducer", "mine").version
    edit(plugins)
    after = Registry((plugins,)).find("reducer", "mine").version
    assert before != after
    assert len(before) == len(after) == 12
    package = plugins / "reducers" / "folder"
    package.mkdir()
    (package / "__init__.py").write_text(PLUGIN)
    (package / "helper.py").write_text("A = 1")
    first = Registry((plugins,)).find("reducer", "folder").version
    (package / "helper.py").write_text("A = 2")
    assert Registry((plugins,)).find("reducer", "folder").version != first
    assert Registry().find("reducer", "pca").version == ""
    dotted = Registry().find("reducer", "sklearn.decomposition:KernelPCA").version
    assert dotted.startswith("scikit-learn ")


def test_an_edited_plugin_is_another_job(plugins, tmp_path):
    """Its jobs run again, and how many is said; those of others are done."""
    store, registry = Store(tmp_path / "out"), Registry((plugins,))
    jobs = plan(suite("mine", "pca", seeds=(0, 1)), registry)
    for job in jobs:
        done(store, job)
    assert what_is_left(jobs, store).jobs == []
    edit(plugins)
    again = plan(suite("mine", "pca", seeds=(0, 1)), Registry((plugins,)))
    todo = what_is_left(again, store)
    assert [job.label for job in todo.jobs] == [job.label for job in jobs if "mine" in job.label]
    assert todo.edited == {"mine": 2}
    assert len({job.id for job in (*jobs, *again)}) == 6
    for job in todo.jobs:
        done(store, job, 0.75, day=3)
    results, _ = load_results(store)
    shown = results.scores.query("reducer == 'mine' and metric == 'auc' and reference != 'gap'")
    assert set(shown["value"]) == {0.75}


def test_old_code_of_one_seed_is_not_averaged_with_new(plugins, tmp_path):
    """Of two states of a plugin's code, tables show the one that ran last, and it alone."""
    store = Store(tmp_path / "out")
    for job in plan(suite("mine", seeds=(0, 1)), Registry((plugins,))):
        done(store, job, 0.25)
    edit(plugins)
    done(store, plan(suite("mine"), Registry((plugins,)))[0], 0.75, day=3)
    results, _ = load_results(store)
    assert results.scores.query("metric == 'auc' and reference == 'geodesic'")["seed"].tolist() == [
        0
    ]


def test_rerun(tmp_path):
    """A name runs the jobs of its reducer or dataset again; a wrong one gets the closest."""
    store = Store(tmp_path / "out")
    jobs = plan(suite("pca", "random"), Registry())
    for job in jobs:
        done(store, job)
    assert [j.reducer.name for j in what_is_left(jobs, store, rerun=["pca"]).jobs] == ["pca"]
    assert what_is_left(jobs, store, rerun=["swiss_roll"]).jobs == jobs
    assert what_is_left(jobs, store, rerun=["pca"]).edited == {}
    with pytest.raises(BenchError, match="Did you mean 'pca'"):
        what_is_left(jobs, store, rerun=["pac"])


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("no_such_package.module:Thing", "No module named 'no_such_package'"),
        ("sklearn.decomposition:KernelPCAX", "no 'KernelPCAX'"),
    ],
)
def test_a_dotted_path_that_leads_nowhere(tmp_path, path, why):
    """It is refused before anything is run or written."""
    out = tmp_path / "out"
    settings = Settings(out, 1, 60, None, retry=False, allow_failures=False, plugins=())
    with pytest.raises(BenchError, match=why):
        run_suite(suite(path), {}, settings)
    assert not out.exists()
