"""What a user's environment holds must neither change a result nor end a command in a traceback."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import bench
from bench import environment
from bench.cli import main as cli
from bench.errors import BenchError

PLUGINS = Path(__file__).parent / "plugins"


def run(*arguments, env=(), **options):
    """Run the real command in a process of its own, with some variables set."""
    command = [sys.executable, "-m", "bench", *map(str, arguments)]
    options = {"capture_output": True, "timeout": 600} | options
    return subprocess.run(command, check=False, env=os.environ | dict(env), **options)


@pytest.fixture
def no_home(monkeypatch, tmp_path):
    """Take the user's cache folder away, and put temporary files where the test sees them."""
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    (tmp_path / "a_file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "a_file"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("atexit.register", lambda *_, **__: None)
    return tmp_path


def test_numba_gets_a_private_folder_where_it_has_none(no_home, monkeypatch):
    """Without a cache folder of the user's, a temporary one that nobody else may enter."""
    monkeypatch.setitem(sys.modules, "numba", None)
    environment.give_numba_a_cache()
    folder = Path(os.environ["NUMBA_CACHE_DIR"])
    assert folder.parent == no_home
    assert folder.stat().st_mode & 0o077 == 0


def test_numba_that_was_imported_before_is_told(no_home, monkeypatch):
    """It reads the environment once, at its import."""
    import numba

    monkeypatch.setattr(numba.config, "CACHE_DIR", "")
    environment.give_numba_a_cache()
    assert os.environ["NUMBA_CACHE_DIR"] == numba.config.CACHE_DIR


@pytest.mark.parametrize("variable", ["NUMBA_CACHE_DIR", "XDG_CACHE_HOME"])
def test_numba_keeps_the_folder_it_has(no_home, monkeypatch, variable):
    """A folder that can be written, or be made, is left to serve."""
    monkeypatch.setenv(variable, str(no_home / "new" / "folder"))
    before = dict(os.environ)
    environment.give_numba_a_cache()
    assert dict(os.environ) == before


def test_without_any_folder_one_line_says_what_to_set(no_home, monkeypatch):
    """Nowhere to write at all: the variable is named."""

    def full(**_):
        raise OSError(errno.EROFS, "read-only")

    monkeypatch.setattr("tempfile.mkdtemp", full)
    with pytest.raises(BenchError, match="set NUMBA_CACHE_DIR to a folder that can be written"):
        environment.give_numba_a_cache()


def test_the_temporary_folder_is_removed_at_exit(tmp_path):
    """A process leaves none behind."""
    (tmp_path / "a_file").write_text("")
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    env = {"XDG_CACHE_HOME": str(tmp_path / "a_file"), "TMPDIR": str(temporary)}
    env["NUMBA_CACHE_DIR"] = ""
    code = "import bench, os; print(os.environ['NUMBA_CACHE_DIR'])"
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | env, capture_output=True, check=True
    )
    assert done.stdout.decode().startswith(str(temporary))
    assert list(temporary.iterdir()) == []


def test_importing_bench_leaves_the_environment_of_a_program_alone():
    """Only the command line, whose process is ours, changes what others have set."""
    code = "import os; before = dict(os.environ); import bench; print(before == os.environ)"
    env = os.environ | {"KERAS_BACKEND": "torch", "MPLBACKEND": "a notebook's"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, check=True, text=True
    )
    assert done.stdout == "True\n"


@pytest.fixture(scope="module")
def ascii_run(tmp_path_factory):
    """Run a plugin that prints letters beyond ascii, from a terminal that has none."""
    folder = tmp_path_factory.mktemp("ascii")
    (folder / "reducers").mkdir()
    (folder / "reducers" / "speaks.py").write_text(
        '"""Décode ≥ 2."""\n'
        "from sklearn.decomposition import PCA\n\n\n"
        "class reducer(PCA):\n"
        "    def fit_transform(self, X, y=None):\n"
        '        print("é ≥ 2")\n'
        "        return super().fit_transform(X)\n",
        encoding="utf-8",
    )
    env = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C", "KERAS_BACKEND": "torch"}
    env |= {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    chosen = ("--dataset", "line", "--set", "line.n=60", "--seed", "0", "--seed", "1")
    plugins = ("--plugins", PLUGINS, "--plugins", folder)
    names = ("--reducer", "speaks", "--reducer", "sklearn.decomposition:FactorAnalysis")
    out = ("--out", folder / "out")
    return folder, env, run("run", *chosen, *names, *plugins, *out, env=env)


def test_an_ascii_terminal_gets_escapes(ascii_run):
    """A run ends well, and what the terminal cannot show is escaped."""
    done = ascii_run[2]
    assert done.returncode == 0, done.stderr[-2000:]
    assert b"\\u2026" in done.stdout  # the dots of a name that is cut
    assert done.stdout.isascii()


def test_what_a_plugin_prints_does_not_depend_on_the_terminal(ascii_run):
    """The worker's output is a log in UTF-8; a job does not fail for a letter in it."""
    folder, _, _ = ascii_run
    records, damaged = bench.Store(folder / "out").records()
    assert damaged == []
    assert {record.status for record in records} == {"ok"}


@pytest.mark.parametrize("command", [["list"], ["--help"], ["run", "--help"], ["nonsense\u00e9"]])
def test_every_command_runs_on_an_ascii_terminal(ascii_run, command):
    """Lists, help and errors hold letters beyond ascii too."""
    folder, env, _ = ascii_run
    plugins = ["--plugins", folder] if command == ["list"] else []
    done = run(*command, *plugins, env=env)
    assert b"Traceback" not in done.stderr
    assert done.stdout.isascii()
    assert done.returncode == (2 if "nonsense" in command[0] else 0)


@pytest.mark.parametrize("command", [["list"], ["show", "--out", "nowhere"], ["list", "--help"]])
def test_a_closed_pipe_ends_a_command_quietly(command):
    """`| head` closes its end: nothing is said of it."""
    read, write = os.pipe()
    os.close(read)
    done = run(*command, stdout=write, capture_output=False, stderr=subprocess.PIPE)
    os.close(write)
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr


def test_a_full_disk_below_the_output_is_one_line():
    """What cannot be written is an error of one line, not a traceback."""
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with Path("/dev/full").open("w") as full:
        done = run("list", stdout=full, capture_output=False, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2
    assert done.stderr == "Error: OSError: [Errno 28] No space left on device\n"


def test_a_second_interrupt_is_ignored():
    """The first one stops; while it does, another one must not stop the stopping."""
    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        cli._stop_at_the_first_interrupt()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_process_that_is_deaf_to_interrupts_stays_so():
    """`nohup` and shells in the background have it ignored."""
    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        cli._stop_at_the_first_interrupt()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
