"""The types that the package declares, as a user's type checker sees them."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

import bench

PROGRAM = Path(__file__).with_name("user_program.py")
needs_mypy = pytest.mark.skipif(
    importlib.util.find_spec("mypy") is None, reason="mypy is in the extra 'lint'"
)


@needs_mypy
def test_user_program(tmp_path):
    """A program that uses all of the façade passes; one that misuses it does not."""
    wrong = tmp_path / "wrong.py"
    wrong.write_text(
        "import bench\n"
        'bench.run(reducers=[3], datasets=["digits"])\n'
        'bench.run(["pca"], ["digits"], seeds="all")\n'
        'bench.load_results("results").plot.gallery(dataset=4)\n'
        "bench.nothing\n"
    )
    installed = Path(bench.__file__).parents[1]
    options = ["--strict", "--follow-imports=silent", "--config-file=", "--cache-dir=cache"]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, PROGRAM, wrong],
        env=os.environ | ({"MYPYPATH": installed} if installed.name != "site-packages" else {}),
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
    )
    errors = [line for line in done.stdout.splitlines() if ": error:" in line]
    assert [line.split(":")[:2] for line in errors] == [
        ["wrong.py", str(line)] for line in (2, 3, 4, 5)
    ], done.stdout + done.stderr
