"""The command line as a user meets it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from importlib import resources
from pathlib import Path

import psutil
import pytest
from commands import PATIENCE, call, run

from bench import Store, __version__

PLUGINS = Path(__file__).parent / "plugins"


def refused(*arguments):
    """Run a command that must be refused with one line; return the line."""
    ended = call(*arguments)
    assert ended.returncode == 2, ended
    assert ended.stderr.startswith("Error: ")
    assert ended.stderr.count("\n") == 1, ended.stderr
    assert "Traceback" not in ended.stderr
    return ended.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["runn"], "No such command 'runn'. Did you mean 'run'?"),
        (["run", "--reducr", "pca"], "No such option: --reducr"),
        (["run", "--reducer", "isomop"], "Unknown reducer 'isomop'. Did you mean 'isomap'?"),
        (["run", "--dataset", "swissroll"], "Did you mean 'swiss_roll'?"),
        (["run", "--suite", "smokee"], "Did you mean 'smoke'?"),
        (["run", "--seed", "-1"], "Invalid value for '--seed'"),
        (["run", "--seed", "one"], "Invalid value for '--seed'"),
        (["run", "--n", "3"], "Invalid value for '--n'"),
        (["run", "--set", "isomap"], "--set takes NAME.PARAM=VALUE"),
        (["run", "--set", "isomap.neighbors=3"], "Did you mean 'n_neighbors'?"),
        (["run", "--reducer", "pca", "--set", "isomap.n_neighbors=3"], "Unknown name in --set"),
        (["run", "--reducer", "pca", "--reducer", "pca"], "chosen twice"),
        (["run", "--workers", "0"], "Invalid value for '--workers'"),
        (["run", "--memory-limit", "inf"], "Invalid value for '--memory-limit'"),
        (["run", "--memory-limit", "nan"], "Invalid value for '--memory-limit'"),
        (["run", "--memory-limit", "1e300"], "Invalid value for '--memory-limit'"),
        (["run", "--time-limit", "inf"], "Invalid value for '--time-limit'"),
        (["all", "--time-limit", "nan"], "Invalid value for '--time-limit'"),
        (["run", "--held-out", "nan"], "Invalid value for '--held-out'"),
        (["run", "--plugins", "/no/such/folder"], "has no reducers/, datasets/, metrics/ or"),
        (["run", "--set", f"pca.whiten={'[' * 5000}"], "--set pca.whiten is nested too deeply"),
        (["run", "--set", f"pca.whiten={'[' * 500 + ']' * 500}"], "nested up to 20 deep"),
        (["run", "--reducer", "builtins:max"], "wrap it in a function with named parameters"),
        (["check", "isomop"], "Did you mean 'isomap'?"),
        (["list", "isomop"], "Did you mean 'isomap'?"),
        (["check", "oracle"], "oracle is a control"),
        (["check", "no_such_module:Thing"], "No module named 'no_such_module'"),
        (["check", "pca", "--kind", "reducers"], "Did you mean 'reducer'?"),
        (["report", "--out", "/no/such/folder"], "holds no records"),
        (["show", "--out", "/no/such/folder"], "None of the 0 records"),
    ],
)
def test_every_bad_argument_gets_one_line_and_exit_code_2(arguments, message):
    assert message in refused(*arguments)


def test_results_that_cannot_be_written_are_refused_before_anything_runs(tmp_path):
    (tmp_path / "file").write_text("")
    said = refused("run", "--reducer", "pca", "--out", tmp_path / "file")
    assert "Cannot write to" in said


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Run the real command, small, in a process of its own."""
    out = tmp_path_factory.mktemp("results")
    arguments = (
        *("run", "--dataset", "swiss_roll", "--dataset", "digits", "--n", "60", "--workers", "1"),
        *("--reducer", "pca", "--reducer", "isomap", "--reducer", "oracle"),
        *("--seed", "0", "--seed", "1", "--out", out),
    )
    return out, arguments, run(*arguments)


def test_a_run_publishes_tables_and_figures_and_shows_the_headline(finished):
    out, _, first = finished
    assert first.returncode == 0, first.stderr
    assert "AUC of R_NX, geodesic neighbours" in first.stdout
    assert "utilisation" in first.stdout
    for name in ("comparison.md", "comparison.csv", "comparison.tex"):
        assert (out / name).stat().st_size > 500
    figures = {path.name for path in (out / "figures").iterdir()}
    assert {"references.png", "time.png"} < figures
    assert {name.partition("_")[0] for name in figures} >= {"gallery", "curves"}
    assert len(Store(out).records()[0]) == 12


def test_a_second_run_does_nothing_and_says_so(finished):
    out, arguments, _ = finished
    before = {path: path.stat().st_mtime_ns for path in (out / "records").rglob("*")}
    again = call(*arguments)
    assert again.returncode == 0
    assert "All 12 jobs are done already: nothing to run." in again.stdout
    assert "are up to date" in again.stdout
    assert {path: path.stat().st_mtime_ns for path in (out / "records").rglob("*")} == before


def test_a_report_can_read_the_curves_at_any_k(finished):
    out = finished[0]
    found = call("report", "--out", out, "--k", "7", "--k", "7", "--k", "n/10")
    assert found.returncode == 0, found.stderr
    assert "trustworthiness at k = 7" in (out / "comparison.md").read_text()


def test_a_small_run_leaves_the_others_in_the_tables(finished):
    out = finished[0]
    of = ("run", "--dataset", "s_curve", "--n", "100", "--seed", "0", "--reducer", "pca")
    assert call(*of, "--out", out).returncode == 0
    text = (out / "comparison.md").read_text()
    assert all(name in text for name in ("s_curve(n=100)", "swiss_roll(n=60)", "digits(n=60)"))
    assert len(list((out / "figures").glob("gallery_*"))) == 3
    for path in (out / "records" / "s_curve").rglob("*"):
        if path.is_file():
            path.unlink()


@pytest.mark.parametrize("k", ["0", "30", "x", "-1"])
def test_a_k_out_of_range_is_refused_with_the_range(finished, k):
    found = call("report", "--out", finished[0], f"--k={k}")
    assert found.returncode == 2
    assert f"k = {k} is out of range" in found.stderr
    assert "1 ... 29" in found.stderr


def test_one_job_is_shown_by_what_it_is_or_by_its_id(finished):
    out = finished[0]
    of = ("--out", out, "--dataset", "digits(n=60)", "--seed", "1", "--reducer", "pca")
    found = call("show", *of)
    assert '"status": "ok"' in found.stdout
    record = next(r for r in Store(out).records()[0] if r.job.id in found.stdout)
    assert call("show", record.job.id[:10], "--out", out).stdout == found.stdout
    assert len(call("show", "--out", out).stdout.splitlines()) == 12


def test_a_damaged_record_is_reported_and_made_again(finished):
    out, arguments, _ = finished
    path = next((out / "records").rglob("*.json"))
    whole = path.read_bytes()
    path.write_bytes(whole[:100])
    again = call(*arguments)
    assert again.returncode == 0
    assert "is not a record" in again.stderr
    assert "1 of 12 jobs to run" in again.stdout
    assert len(Store(out).records()[0]) == 12


def test_damaged_facts_of_a_dataset_are_made_again_without_running_its_jobs(finished):
    out, arguments, _ = finished
    path = next((out / "datasets" / "swiss_roll").glob("0-*.json"))
    whole = path.read_bytes()
    path.write_text("{")
    before = {p: p.stat().st_mtime_ns for p in (out / "records").rglob("*")}
    again = call(*arguments)
    assert again.returncode == 0, again.stderr
    assert "cannot be read" in again.stderr
    assert "nothing to run" in again.stdout
    repaired, was = json.loads(path.read_bytes()), json.loads(whole)
    assert repaired | {"busy_seconds": 0} == was | {"busy_seconds": 0}
    assert {p: p.stat().st_mtime_ns for p in (out / "records").rglob("*")} == before


@pytest.fixture
def no_pictures(monkeypatch):
    """Draw no figure: of what is asked here they show nothing, and they take long."""
    monkeypatch.setattr("bench.report.figures.as_png", lambda draw, made_from: b"a picture")


@pytest.mark.usefixtures("no_pictures")
def test_failures_end_with_exit_code_1_and_a_table_unless_they_are_allowed(tmp_path, monkeypatch):
    monkeypatch.setattr("bench.console.console._width", 200)
    arguments = ("run", "--dataset", "line", "--reducer", "raises", "--reducer", "pca")
    plugins = some_plugins(tmp_path, "datasets/line.py", "reducers/raises.py")
    arguments += ("--seed", "0", "--plugins", plugins, "--out", tmp_path / "out")
    failed = call(*arguments)
    assert failed.returncode == 1, failed.stderr
    assert "1 job(s) failed:" in failed.stdout
    assert "OddError: one and two" in failed.stdout
    assert "OddError" in (tmp_path / "out" / "comparison.md").read_text()
    assert call(*arguments).returncode == 1
    assert call(*arguments, "--allow-failures").returncode == 0


@pytest.mark.usefixtures("no_pictures")
def test_too_few_points_for_a_method_are_an_error_of_that_job_alone(tmp_path):
    arguments = ("run", "--dataset", "s_curve", "--n", "12", "--seed", "0", "--out", tmp_path)
    arguments += ("--workers", "1")
    found = call(*arguments, "--reducer", "isomap", "--reducer", "pca")
    assert found.returncode == 1
    records = {r.job.reducer.name: r for r in Store(tmp_path).records()[0]}
    assert records["pca"].status == "ok"
    assert records["isomap"].status == "error"
    assert "n_neighbors" in records["isomap"].reason


@pytest.mark.usefixtures("no_pictures")
def test_a_dotted_path_needs_no_code(tmp_path):
    arguments = ("run", "--dataset", "swiss_roll", "--n", "100", "--seed", "0", "--out", tmp_path)
    found = call(
        *arguments,
        *("--reducer", "sklearn.decomposition:KernelPCA", "--set", "KernelPCA.kernel=rbf"),
    )
    assert found.returncode == 0, found.stderr
    assert "sklearn.decomposition:KernelPCA(kernel=rbf)" in (tmp_path / "comparison.md").read_text()


@pytest.mark.parametrize(
    ("arguments", "said", "unsaid"),
    [
        (["--version"], f"manifold-bench {__version__}", "Usage"),
        (["list", "suites"], "all, floor, full, held_out, smoke", "isomap"),
        (["list", "datasets"], "swiss_roll", "isomap"),
        (["list", "isomap"], "classical scaling of shortest paths", "swiss_roll"),
        ([], "Usage", "Error"),
    ],
)
def test_list_of_one_kind_or_name(arguments, said, unsaid):
    """`list` shows what is named alone; `--version` and no command say what they should."""
    found = call(*arguments).stdout
    assert said in found
    assert unsaid not in found


def test_list_loads_nothing_heavy_and_says_what_is_unavailable(tmp_path):
    (tmp_path / "reducers").mkdir()
    (tmp_path / "reducers" / "odd.py").write_text("import no_such_package\n")
    code = (
        "import sys; from bench.cli.main import main\n"
        f"sys.argv = ['bench', 'list', '--plugins', {str(tmp_path)!r}]\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert end.code == 0, end.code\n"
        "heavy = {'tensorflow', 'umap', 'matplotlib', 'sklearn', 'numba', 'scipy', 'pandas'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True
    )
    assert found.returncode == 0, found.stderr
    assert "unavailable: needs no_such_package: not installed" in found.stdout
    assert "swiss_roll" in found.stdout


def test_check_says_which_rules_are_kept_and_which_are_broken():
    good = call("check", "pca")
    assert good.returncode == 0
    assert "0 rule(s) broken" in good.stdout
    bad = call("check", "returns_nan", "--plugins", PLUGINS)
    assert bad.returncode == 1
    assert "a value is not finite" in bad.stdout


@pytest.fixture
def heeds_interrupts():
    """Undo an inherited "ignore": what a shell starts in the background is deaf to Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def some_plugins(folder, *names):
    """Copy a few plugins into a folder: with a metric among them every job has its own process."""
    for name in names:
        copy = folder / "plugins" / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PLUGINS / name, copy)
    return folder / "plugins"


def start_slow_run(out, calls):
    """Start four jobs, of which those from the second on wait to be let go."""
    plugins = some_plugins(out.parent, "datasets/line.py", "reducers/slow.py")
    command = [sys.executable, "-m", "bench", "run", "--dataset", "line", "--reducer", "slow"]
    command += ["--set", "line.n=120", "--workers", "2", "--plugins", plugins, "--out", out]
    for seed in range(4):
        command += ["--seed", str(seed)]
    return subprocess.Popen(
        [str(word) for word in command],
        env=os.environ | {"MANIFOLD_BENCH_TEST_CALLS": str(calls)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def let_go(calls):
    calls.with_suffix(".go").touch()


def called(calls):
    """Return the seed and the process of each call so far."""
    lines = calls.read_text().splitlines() if calls.exists() else []
    return [tuple(map(int, line.split())) for line in lines]


def wait_until(condition):
    """Wait for what must come about; the limit is for what never does, not for slow machines."""
    limit = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.1)


def works_on(process):
    try:
        return psutil.Process(process).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_for_the_second(out, calls):
    """Wait until one job is kept and two more are under way."""
    wait_until(
        lambda: len(list((out / "records").rglob("*.json"))) == 1 and len(called(calls)) == 3
    )


def kill(run):
    run.kill()


def interrupt_twice(run):
    """Do as a terminal: Ctrl-C goes to all processes, and again while the first is handled."""
    for _ in range(2):
        os.killpg(run.pid, signal.SIGINT)


@pytest.mark.usefixtures("heeds_interrupts")
@pytest.mark.parametrize("stop", [interrupt_twice, kill])
def test_a_run_that_is_stopped_resumes(tmp_path, stop):
    """A stopped run loses nothing, does nothing twice, and has its folder to itself."""
    out, calls = tmp_path / "results", tmp_path / "calls"
    first = start_slow_run(out, calls)
    wait_for_the_second(out, calls)
    stop(first)
    _, stderr = first.communicate(timeout=PATIENCE)
    if stop is interrupt_twice:
        assert first.returncode == 130
        assert stderr.strip().count("\n") == 0
        assert "Stopped. 1 of 4 jobs are kept" in stderr
        assert "the same command resumes" in stderr
    begun = called(calls)
    wait_until(lambda: not any(works_on(process) for _, process in begun))
    assert {r.job.seed for r in Store(out).records()[0]} == {0}
    assert sorted(seed for seed, _ in begun) == [0, 1, 2]

    again = start_slow_run(out, calls)
    wait_until(lambda: len(called(calls)) == len(begun) + 2)
    assert "Another run is using" in refused("run", "--reducer", "pca", "--out", out)
    let_go(calls)
    stdout, stderr = again.communicate(timeout=PATIENCE)
    assert again.returncode == 0, stderr
    assert "3 of 4 jobs to run, 1 done before" in stdout
    records, damaged = Store(out).records()
    assert damaged == []
    assert {r.job.seed for r in records} == set(range(4))
    assert sorted(seed for seed, _ in called(calls)[len(begun) :]) == [1, 2, 3]


def test_the_help_names_every_suite_that_ships():
    said = call("run", "--help").stdout
    for suite in resources.files("bench").joinpath("suites").iterdir():
        assert suite.name.removesuffix(".toml") in said
