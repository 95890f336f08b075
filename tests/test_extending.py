"""One file for one thing: each kind is added by a file of its own, and nothing else is edited."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench import Registry, Store
from bench.cli.session import Settings, run_suite
from bench.suite import Choice, Suite

ROOT = Path(__file__).parents[1]
PLUGINS = {
    "reducers/slanted.py": """
        \"\"\"Two columns, one of them slanted.\"\"\"
        from bench import Reducer

        class Slanted:
            def __init__(self, n_components):
                self.n = n_components

            def fit_transform(self, X):
                return self.transform(X)

            def transform(self, X):
                return X[:, : self.n] * [1, 2][: self.n]

            def inverse_transform(self, Y):
                import numpy as np

                return np.pad(Y / [1, 2][: self.n], ((0, 0), (0, 3 - self.n)))

        reducer = Reducer(Slanted, transform=True, inverse=True)
        """,
    "datasets/plane.py": """
        \"\"\"A plane.\"\"\"
        import numpy as np
        from bench import Dataset, FlatGeodesics

        def dataset(*, n=100, seed=0):
            Y = np.random.default_rng(seed).uniform(size=(n, 2))
            X = np.column_stack([Y, Y[:, 0]])
            X, Y = X.astype(np.float32), Y * [2**0.5, 1]
            return Dataset(X, FlatGeodesics(Y), chart=Y, source="here", licence="CC0")
        """,
    "metrics/half.py": """
        \"\"\"Half of the AUC.\"\"\"
        from bench import Metric

        metric = Metric(
            "half", "half of AUC", lambda c: c.co_ranking.auc / 2, -1, 1, 0.5, 0, "here"
        )
        """,
    "decoder_metrics/codes.py": """
        \"\"\"How many dimensions codes have.\"\"\"
        from bench.metrics.decoder.table import DecoderMetric

        decoder_metric = DecoderMetric(
            "codes", "dimensions of codes", lambda d: d.codes.shape[1], 0, 9, None, "here",
            higher_is_better=None,
        )
        """,
}
PACKAGE = {
    "bench/suites/tiny.toml": 'extends = "smoke"\nseeds = [0]\n',
    "bench/cli/commands/hello.py": """
        \"\"\"`python -m bench hello`.\"\"\"
        EPILOG = ""

        def command() -> None:
            \"\"\"Say hello.\"\"\"
            print("hello from a file")
        """,
    "bench/studies/nothing/__init__.py": '"""Nothing."""\n',
    "bench/studies/nothing/study.py": """
        \"\"\"Nothing: asks whether one is one.\"\"\"
        from bench.results_folder import publish_files
        from bench.studies.study import Cell

        SEEDS = (0,)

        def cells(seeds):
            return [Cell({}, seed) for seed in seeds]

        def run(cell):
            return {"one": 1.0}

        def publish(outcomes, folder):
            publish_files(folder, {"report.md": str(outcomes[0].numbers).encode()})
            return ["report.md"]
        """,
    "reducers/slanted.py": PLUGINS["reducers/slanted.py"],
    "datasets/plane.py": PLUGINS["datasets/plane.py"],
}


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = text.strip("\n").splitlines()
        path.write_text("\n".join(line.removeprefix(" " * 8) for line in lines).rstrip() + "\n")


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Run a plugin of each kind on a plugin's dataset, with points held out and without."""
    folder = tmp_path_factory.mktemp("plugins")
    write(folder, PLUGINS)
    out = tmp_path_factory.mktemp("extending") / "out"
    settings = Settings(out, 1, 120, None, retry=False, allow_failures=False, plugins=(folder,))
    for held_out in (0.0, 0.2):
        suite = Suite((Choice("plane", {"n": 60}),), (Choice("slanted"),), (0,), held_out=held_out)
        assert run_suite(suite, {}, settings) == 0
    return folder, out


def test_plugins_are_listed(published):
    """Each is listed under its kind, by the name of its file."""
    registry = Registry((published[0],))
    for path in PLUGINS:
        kind, _, file = path.partition("/")
        item = registry.items(kind.removesuffix("s"))[Path(file).stem]
        assert item.unavailable is None


def test_plugins_are_reported(published):
    """Each is in the records and in the tables."""
    text = (published[1] / "comparison.md").read_text()
    assert "### half of AUC: geodesic neighbours" in text
    assert all(word in text for word in ("slanted", "plane(n=60)"))
    assert ",codes," in (published[1] / "comparison.csv").read_text()
    records, damaged = Store(published[1]).records()
    assert damaged == []
    assert {"half", "codes"} <= {score.metric for record in records for score in record.scores}


@pytest.fixture(scope="module")
def call(tmp_path_factory):
    """Add one of each kind that is in the package to a copy of it, and call its command line."""
    copy = tmp_path_factory.mktemp("copy")
    for name in ("bench", "reducers", "datasets"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, copy / name, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", copy)
    write(copy, PACKAGE)

    def call(*arguments):
        command = [sys.executable, "-m", "bench", *arguments]
        done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    return call


def test_a_command(call):
    """A command is a file in bench/cli/commands."""
    assert "Say hello." in call("--help")
    assert call("hello") == "hello from a file\n"


def test_a_suite(call):
    """A suite is a file in bench/suites."""
    assert "tiny" in call("list", "suites")


def test_a_reducer_and_a_dataset(call):
    """Built-in ones are files in reducers/ and datasets/, like those of plugins."""
    said = call("list")
    assert "slanted" in said
    assert "A plane." in said


def test_a_study(call, tmp_path):
    """A study is a folder in bench/studies."""
    assert "nothing" in call("study", "nosuch")
    assert "Wrote report.md" in call("study", "nothing", "--out", str(tmp_path / "out"))
    report = tmp_path / "out" / "studies" / "nothing" / "report.md"
    assert report.read_text() == "{'one': 1.0}"
