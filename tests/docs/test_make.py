"""The one command that writes what is generated: the pages are what it would write."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_nothing_is_stale():
    """Every generated section of every page is what the sources say now."""
    command = [sys.executable, ROOT / "docs" / "make.py", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_stale_page_is_named(tmp_path):
    """A page in which a generated number was changed is named, and the exit code is 1."""
    for name in ("README.md", "docs", "results"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "README.md").unlink()
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (tmp_path / "README.md").write_text(text.replace("0.905 ±", "0.950 ±", 1), encoding="utf-8")
    code = "import make, pathlib, sys; make.ROOT = pathlib.Path(sys.argv[1]); make.main(check=True)"
    command = [sys.executable, "-c", code, tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT / "docs")
    assert done.returncode == 1
    assert done.stdout.startswith("README.md: not what is generated.")
