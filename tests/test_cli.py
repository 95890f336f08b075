"""The command line as a user meets it."""

import json
import os
import signal
import subprocess
import sys
import time
from importlib import resources
from pathlib import Path

import psutil
import pytest

from bench import Store, __version__
from bench.cli.main import main

PLUGINS = Path(__file__).parent / "plugins"
PATIENCE = 600  # seconds after which a command counts as hung


def bench(*arguments, **options):
    """Run the real command in a process of its own."""
    command = [sys.executable, "-m", "bench", *map(str, arguments)]
    options = {"capture_output": True, "text": True, "timeout": PATIENCE} | options
    return subprocess.run(command, check=False, **options)


@pytest.fixture
def refused(monkeypatch, capsys):
    """Call main with arguments that it must refuse; return the message."""

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["bench", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        said = capsys.readouterr()
        assert end.value.code == 2, said
        assert said.err.startswith("Error: ")
        assert said.err.count("\n") == 1, said.err
        assert "Traceback" not in said.err
        return said.err

    return call


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
def test_every_bad_argument_gets_one_line_and_exit_code_2(refused, arguments, message):
    assert message in refused(*arguments)


def test_results_that_cannot_be_written_are_refused_before_anything_runs(refused, tmp_path):
    (tmp_path / "file").write_text("")
    said = refused("run", "--reducer", "pca", "--out", tmp_path / "file")
    assert "Cannot write to" in said


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Run the real thing, small, and again."""
    out = tmp_path_factory.mktemp("results")
    arguments = (
        *("run", "--dataset", "swiss_roll", "--dataset", "digits", "--n", "120"),
        *("--reducer", "pca", "--reducer", "isomap", "--reducer", "oracle"),
        *("--seed", "0", "--seed", "1", "--out", out),
    )
    return out, arguments, bench(*arguments)


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
    again = bench(*arguments)
    assert again.returncode == 0
    assert "All 12 jobs are done already: nothing to run." in again.stdout
    assert "are up to date" in again.stdout
    assert {path: path.stat().st_mtime_ns for path in (out / "records").rglob("*")} == before


def test_a_report_can_read_the_curves_at_any_k(finished):
    out = finished[0]
    found = bench("report", "--out", out, "--k", "7", "--k", "7", "--k", "n/10")
    assert found.returncode == 0, found.stderr
    assert "trustworthiness at k = 7" in (out / "comparison.md").read_text()


def test_a_small_run_leaves_the_others_in_the_tables(finished):
    out = finished[0]
    of = ("run", "--dataset", "s_curve", "--n", "100", "--seed", "0", "--reducer", "pca")
    assert bench(*of, "--out", out).returncode == 0
    text = (out / "comparison.md").read_text()
    assert all(name in text for name in ("s_curve(n=100)", "swiss_roll(n=120)", "digits(n=120)"))
    assert len(list((out / "figures").glob("gallery_*"))) == 3
    for path in (out / "records" / "s_curve").rglob("*"):
        if path.is_file():
            path.unlink()


@pytest.mark.parametrize("k", ["0", "60", "x", "-1"])
def test_a_k_out_of_range_is_refused_with_the_range(finished, k):
    found = bench("report", "--out", finished[0], f"--k={k}")
    assert found.returncode == 2
    assert f"k = {k} is out of range" in found.stderr
    assert "1 ... 59" in found.stderr


def test_one_job_is_shown_by_what_it_is_or_by_its_id(finished):
    out = finished[0]
    of = ("--out", out, "--dataset", "digits(n=120)", "--seed", "1", "--reducer", "pca")
    found = bench("show", *of)
    assert '"status": "ok"' in found.stdout
    record = next(r for r in Store(out).records()[0] if r.job.id in found.stdout)
    assert bench("show", record.job.id[:10], "--out", out).stdout == found.stdout
    assert len(bench("show", "--out", out).stdout.splitlines()) == 12


def test_a_damaged_record_is_reported_and_made_again(finished):
    out, arguments, _ = finished
    path = next((out / "records").rglob("*.json"))
    whole = path.read_bytes()
    path.write_bytes(whole[:100])
    again = bench(*arguments)
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
    again = bench(*arguments)
    assert again.returncode == 0, again.stderr
    assert "cannot be read" in again.stderr
    assert "nothing to run" in again.stdout
    repaired, was = json.loads(path.read_bytes()), json.loads(whole)
    assert repaired | {"busy_seconds": 0} == was | {"busy_seconds": 0}
    assert {p: p.stat().st_mtime_ns for p in (out / "records").rglob("*")} == before


def test_failures_end_with_exit_code_1_and_a_table_unless_they_are_allowed(tmp_path):
    arguments = ("run", "--dataset", "line", "--reducer", "raises", "--reducer", "pca")
    arguments += ("--seed", "0", "--plugins", PLUGINS, "--out", tmp_path)
    failed = bench(*arguments, env=os.environ | {"COLUMNS": "200"})
    assert failed.returncode == 1, failed.stderr
    assert "1 job(s) failed:" in failed.stdout
    assert "OddError: one and two" in failed.stdout
    assert "OddError" in (tmp_path / "comparison.md").read_text()
    assert bench(*arguments).returncode == 1
    assert bench(*arguments, "--allow-failures").returncode == 0


def test_too_few_points_for_a_method_are_an_error_of_that_job_alone(tmp_path):
    arguments = ("run", "--dataset", "s_curve", "--n", "12", "--seed", "0", "--out", tmp_path)
    found = bench(*arguments, "--reducer", "isomap", "--reducer", "pca")
    assert found.returncode == 1
    records = {r.job.reducer.name: r for r in Store(tmp_path).records()[0]}
    assert records["pca"].status == "ok"
    assert records["isomap"].status == "error"
    assert "n_neighbors" in records["isomap"].reason


def test_a_dotted_path_needs_no_code(tmp_path):
    arguments = ("run", "--dataset", "swiss_roll", "--n", "100", "--seed", "0", "--out", tmp_path)
    found = bench(
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
def test_list_of_one_kind_or_name(monkeypatch, capsys, arguments, said, unsaid):
    """`list` shows what is named alone; `--version` and no command say what they should."""
    monkeypatch.setattr(sys, "argv", ["bench", *arguments])
    with pytest.raises(SystemExit):
        main()
    found = capsys.readouterr().out
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
    good = bench("check", "pca")
    assert good.returncode == 0
    assert "0 rule(s) broken" in good.stdout
    bad = bench("check", "returns_nan", "--plugins", PLUGINS)
    assert bad.returncode == 1
    assert "a value is not finite" in bad.stdout


@pytest.fixture
def heeds_interrupts():
    """Undo an inherited "ignore": what a shell starts in the background is deaf to Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def start_slow_run(out, calls):
    """Start twelve jobs, of which those from the fifth on wait to be let go."""
    command = [sys.executable, "-m", "bench", "run", "--dataset", "line", "--reducer", "slow"]
    command += ["--set", "line.n=120", "--workers", "2", "--plugins", PLUGINS, "--out", out]
    for seed in range(12):
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


def wait_for_the_fifth(out, calls):
    """Wait until four jobs are kept and two more are under way."""
    wait_until(
        lambda: len(list((out / "records").rglob("*.json"))) == 4 and len(called(calls)) == 6
    )


@pytest.mark.usefixtures("heeds_interrupts")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_run_that_is_stopped_resumes_with_nothing_lost_and_nothing_done_twice(tmp_path, how):
    out, calls = tmp_path / "results", tmp_path / "calls"
    run = start_slow_run(out, calls)
    wait_for_the_fifth(out, calls)
    run.send_signal(how)
    _, stderr = run.communicate(timeout=PATIENCE)
    if how == signal.SIGINT:
        assert run.returncode == 130
        assert "the same command resumes" in stderr
    begun = called(calls)
    wait_until(lambda: not any(works_on(process) for _, process in begun))
    assert {r.job.seed for r in Store(out).records()[0]} == {0, 1, 2, 3}
    assert sorted(seed for seed, _ in begun) == [0, 1, 2, 3, 4, 5]

    let_go(calls)
    again = start_slow_run(out, calls)
    stdout, stderr = again.communicate(timeout=PATIENCE)
    assert again.returncode == 0, stderr
    assert "8 of 12 jobs to run, 4 done before" in stdout
    records, damaged = Store(out).records()
    assert damaged == []
    assert {r.job.seed for r in records} == set(range(12))
    assert sorted(seed for seed, _ in called(calls)[len(begun) :]) == list(range(4, 12))


@pytest.mark.usefixtures("heeds_interrupts")
def test_two_interrupts_at_once_end_in_one_line(tmp_path):
    """A terminal sends Ctrl-C to all processes, and a second one while the first is handled."""
    out, calls = tmp_path / "results", tmp_path / "calls"
    run = start_slow_run(out, calls)
    wait_for_the_fifth(out, calls)
    for _ in range(2):
        os.killpg(run.pid, signal.SIGINT)
    _, stderr = run.communicate(timeout=PATIENCE)
    assert run.returncode == 130
    assert stderr.strip().count("\n") == 0
    assert "Stopped. 4 of 12 jobs are kept" in stderr


def test_two_runs_at_once_on_one_folder_are_refused(tmp_path):
    out, calls = tmp_path / "results", tmp_path / "calls"
    run = start_slow_run(out, calls)
    wait_for_the_fifth(out, calls)
    second = bench("run", "--reducer", "pca", "--out", out)
    assert second.returncode == 2
    assert "Another run is using" in second.stderr
    let_go(calls)
    run.communicate(timeout=PATIENCE)
    assert run.returncode == 0


def test_the_help_names_every_suite_that_ships(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["bench", "run", "--help"])
    with pytest.raises(SystemExit):
        main()
    said = capsys.readouterr().out
    for suite in resources.files("bench").joinpath("suites").iterdir():
        assert suite.name.removesuffix(".toml") in said
