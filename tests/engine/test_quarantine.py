"""Plugins that end, hang or change the process that imports them."""

import os
import sys
from pathlib import Path

import pytest
from children import count, echo, stop, wait

from bench import Registry, Store
from bench.cli.session import Settings, report, run_suite
from bench.engine import child
from bench.engine.child import ChildDiedError, call_in_child, iterate_in_child
from bench.engine.quarantine import known_metrics, metrics_of_plugins, quarantine
from bench.errors import UnavailableError
from bench.suite import Choice, Suite, plan

GOOD = """
class reducer:
    def __init__(self, n_components=2, *, widths=(2, 1)):
        self.n = n_components

    def fit_transform(self, X):
        return X[:, : self.n]
"""
METRIC = """
from bench import Metric
metric = Metric("m", "M", lambda c: c.co_ranking.auc, -1, 1, 1, 0, "here", higher_is_better=None)
"""
ENDS = {
    "leaves": ("import os\nos._exit(0)\n", "exit code 0"),
    "exits": ("import sys\n\nsys.exit(0)\n", "exits.py, line 3): SystemExit"),
    "dies": ("import os\nos.kill(os.getpid(), 11)\n", "SIGSEGV"),
    "recurs": ("def f():\n    f()\nf()\n", "recurs.py, line 2): RecursionError"),
    "interrupts": ("raise KeyboardInterrupt\n", "KeyboardInterrupt"),
    "lies": ("def (:\n", "SyntaxError"),
}
CHANGES = """
import os, sys
os.environ["CHANGED_BY_A_PLUGIN"] = "1"
os.chdir("/")
sys.stdout = None
"""


def write(folder, name, text, kind="reducers"):
    path = folder / kind / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def settings(folder, plugins):
    return Settings(folder, 1, 120, None, retry=False, allow_failures=False, plugins=plugins)


def suite(*reducers, dataset="swiss_roll"):
    return Suite((Choice(dataset, {"n": 60}),), tuple(map(Choice, reducers)), (0,))


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    """Quarantine a folder of reducers that end their process, and a good one."""
    folder = tmp_path_factory.mktemp("plugins")
    for name, (text, _) in ENDS.items():
        write(folder, name, text + GOOD)
    write(folder, "good", GOOD)
    write(folder, "changes", CHANGES + GOOD)
    found = Registry((folder,))
    return quarantine(found, [found.find("reducer", name) for name in [*ENDS, "good", "changes"]])


@pytest.mark.parametrize("name", ENDS)
def test_what_ends_its_process_is_marked(registry, name):
    """An import that ends the process is told with its file, and is never tried again here."""
    item = registry.find("reducer", name)
    assert ENDS[name][1] in item.broken
    assert f"{name}.py" in item.broken
    assert item.unavailable == item.broken
    with pytest.raises(UnavailableError, match=name):
        item.load()


def test_a_good_plugin_is_not_marked(registry):
    """A plugin that can be imported stays as it is, and so does what is built in."""
    assert registry.find("reducer", "good").broken == ""
    assert registry.find("reducer", "pca").broken == ""


def test_planning_imports_no_plugin(registry):
    """Planning completes the parameters of plugins and leaves this process as it was."""
    before = Path.cwd(), sys.stdout, dict(os.environ), set(sys.modules)
    jobs = plan(suite("changes", "good", *ENDS), registry)
    assert (Path.cwd(), sys.stdout, dict(os.environ)) == before[:3]
    assert not [name for name in set(sys.modules) - before[3] if "bench_plugins" in name]
    assert jobs[0].reducer.parameters == {"widths": [2, 1]}
    assert [job.reducer.name for job in jobs] == ["changes", "good", *ENDS]


def test_run_goes_on_without_broken_plugins(tmp_path, capsys):
    """Broken plugins cost their own job or metric, the rest runs, and the exit code is not 0."""
    folder = tmp_path / "plugins"
    write(folder, "leaves", ENDS["leaves"][0] + GOOD)
    write(folder, "pca", GOOD)
    write(folder, "good", GOOD)
    write(folder, "ends", "import os\nos._exit(0)\n" + METRIC, "metrics")
    write(folder, "auc", METRIC, "metrics")
    write(folder, "m", METRIC, "metrics")
    store = Store(tmp_path / "out")
    code = run_suite(suite("leaves", "good"), {}, settings(store.folder, (folder,)))
    said = capsys.readouterr().err
    assert code == 1
    found = {record.job.reducer.name: record for record in store.records()[0]}
    assert found["leaves"].status == "unavailable"
    assert "leaves.py" in found["leaves"].reason
    assert found["good"].status == "ok"
    assert {"m", "auc"} < {score.metric for score in found["good"].scores}
    assert "ends" not in {score.metric for score in found["good"].scores}
    assert "metric 'ends'" in said
    assert "metric 'auc' is defined twice" in said
    report(store, store, plugins=(folder,))
    assert "metric 'ends'" in capsys.readouterr().err


def test_metrics_of_plugins(tmp_path):
    """Tables get the row of a plugin's metric without importing it; a helper is no metric."""
    write(tmp_path, "m", METRIC, "metrics")
    write(tmp_path, "helper", "VALUE = 1", "metrics")
    registry = Registry((tmp_path,))
    assert [item.name for item in metrics_of_plugins(registry, "metric")] == ["m"]
    row = known_metrics(registry)["m"]
    assert (row.label, row.higher_is_better, row.curve) == ("M", None, False)


def test_a_dataset_that_cannot_be_imported_is_planned(tmp_path):
    """A dataset whose module exits is planned, so that its jobs become rows."""
    write(tmp_path, "leaves", "import os\nos._exit(0)\ndataset = 1\n", "datasets")
    jobs = plan(suite("pca", dataset="leaves"), Registry((tmp_path,)))
    assert [job.dataset.parameters for job in jobs] == [{"n": 60}]


def test_child_answers(capfd):
    """A child returns what the function returns, and none of its output."""
    assert call_in_child(echo, 3) == 3
    assert capfd.readouterr().out == ""


def test_child_that_ends():
    """A child that ends first is told by its exit code, 0 included."""
    for code in (0, 7):
        with pytest.raises(ChildDiedError, match=f"exit code {code}"):
            call_in_child(stop, code)


def test_child_that_hangs(monkeypatch):
    """A child that does not answer in time is ended."""
    monkeypatch.setattr(child, "SECONDS", 3.0)
    with pytest.raises(ChildDiedError, match="no answer within 3 s"):
        call_in_child(wait)


def test_child_that_ends_half_way():
    """What a child yielded before it ended is there, and its end is told."""
    answers = iterate_in_child(count, 3)
    assert [next(answers) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ChildDiedError, match="exit code 0"):
        next(answers)
