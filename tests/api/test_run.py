"""`bench.run` for real: a script, its workers, its results folder."""

import subprocess
import sys

import pytest

import bench
from bench.api import benchmark
from bench.api.stages import left_to_run
from bench.engine import spawning
from bench.engine.spawning import in_worker, script_left_alone
from bench.errors import BenchError
from bench.suite import plan

MODULE = '''
"""An estimator beside a script."""
from sklearn.base import BaseEstimator

class First(BaseEstimator):
    def __init__(self, n_components=2, start=0):
        self.n_components, self.start = n_components, start

    def fit_transform(self, X):
        return X[:, self.start : self.start + self.n_components]
'''
SCRIPT = '''
"""A script without a guard."""
print("started")
import bench
from first import First
from bench.errors import BenchError

class Here(First):
    pass

common = dict(datasets=["swiss_roll"], seeds=[4], n=60, out="out")
print(bench.run([First(start=1), "pca"], **common).reducers)
bench.run(["pca"], **common)
for attempt in (lambda: bench.run([Here()], **common), lambda: __import__("calls")):
    try:
        attempt()
    except BenchError as error:
        print("refused:", error)
'''
CALLS = '''
"""A module that runs a benchmark when it is imported."""
import bench
from first import First

class Mine(First):
    pass

bench.run([Mine()], ["swiss_roll"], seeds=1, n=60)
'''


@pytest.fixture(scope="module")
def script(tmp_path_factory):
    """Run the script; return its folder and the lines that it printed."""
    folder = tmp_path_factory.mktemp("script")
    for name, text in (("first", MODULE), ("script", SCRIPT), ("calls", CALLS)):
        (folder / f"{name}.py").write_text(text)
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=folder, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return folder, done.stdout.splitlines()


def test_script(script):
    """A script without a guard runs once, and an estimator beside it reaches the workers."""
    _, said = script
    assert said.count("started") == 1
    assert "['first:First(start=1)', 'pca']" in said


def test_resumed(script):
    """Jobs that a results folder has are not run again, and the command finds them too."""
    folder, said = script
    assert sum("pca on swiss_roll(n=60), seed 4: ok" in line for line in said) == 1
    suite = bench.Suite((bench.Choice("swiss_roll"),), (bench.Choice("pca"),), seeds=(4,))
    jobs = plan(suite, bench.Registry(), {"swiss_roll": {"n": 60}})
    assert left_to_run(jobs, bench.Store(folder / "out"), bench.Registry()).jobs == []


def test_refused(script):
    """A class of the script, and a module that runs a benchmark on import, are refused."""
    refused = [line for line in script[1] if line.startswith("refused:")]
    assert len(refused) == 2
    assert "Here is defined in a notebook, a script or a function" in refused[0]
    assert "bench.run was called by a module that a worker process imports" in refused[1]


def test_loaded(script):
    """A results folder is read back, curves at the k that is asked for."""
    results = bench.load_results(script[0] / "out", k=[5, 20])
    assert results.reducers == ["first:First(start=1)", "pca"]
    ks = results.frame().query("metric == 'trustworthiness'")["k"]
    assert set(ks) == {5, 20}
    assert results.plot.gallery()._repr_png_().startswith(b"\x89PNG")


def test_nothing_to_load(tmp_path):
    """A folder without results is refused."""
    with pytest.raises(BenchError, match="holds no records"):
        bench.load_results(tmp_path / "nowhere")


def test_main_module():
    """While a process is spawned the main module has no file that it could import."""
    main = sys.modules["__main__"]
    with script_left_alone():
        assert not hasattr(sys.modules["__main__"], "__file__")
    assert sys.modules["__main__"] is main


def test_worker(monkeypatch):
    """A worker is known by the name of its process."""
    assert not in_worker()
    monkeypatch.setattr(spawning, "WORKER", "MainProcess")
    assert in_worker()


@pytest.mark.parametrize(
    ("notebook", "asked", "shown"),
    [(False, None, True), (True, None, False), (True, True, True), (False, False, False)],
)
def test_progress(monkeypatch, notebook, asked, shown):
    """Progress is shown as on the command line, and in a notebook only if asked for."""
    monkeypatch.setattr(benchmark.console, "is_jupyter", notebook)
    assert benchmark._shown(asked) is shown
