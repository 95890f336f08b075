"""Running a study: what is kept, what is run again, what is refused."""

import json
from types import ModuleType

import pytest
from typer.testing import CliRunner

from bench.cli.main import app
from bench.engine.circumstances import circumstances
from bench.engine.outcome import Failure
from bench.engine.pool import Ended, Limits
from bench.errors import BenchError, DegenerateError
from bench.record import Status
from bench.studies import runner
from bench.studies.study import Cell, Outcome, load_study, study_names


class Small(ModuleType):
    """Doubles numbers, and fails where it is told to."""

    SEEDS = (0, 1)

    def cells(self, seeds):
        return [Cell({"x": x}, seed) for x in (1, -1) for seed in seeds]

    def run(self, cell):
        if cell.parameters["x"] < 0:
            raise DegenerateError("x is negative")
        return {"twice": 2.0 * cell.parameters["x"], "curve": [1.0, None]}

    def publish(self, outcomes, folder):
        (folder / "report.md").write_text(" ".join(o.status.value for o in outcomes))
        return ["report.md"]


class Future:
    def __init__(self, outcome):
        self._outcome = outcome

    def result(self):
        return self._outcome


@pytest.fixture
def ran(monkeypatch):
    """Run cells in this process, and list them."""
    ran = []
    monkeypatch.setattr(runner, "load_study", lambda name: Small("small"))

    class Here:
        """A pool without processes."""

        def __init__(self, *_):
            self.waiting = []

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        has_room = True

        def submit(self, call):
            ran.append(call.arguments[1])
            call.log.parent.mkdir(parents=True, exist_ok=True)
            call.log.write_text("printed")
            try:
                outcome = call.function(*call.arguments)
            except DegenerateError as error:
                outcome = Failure(Status.DEGENERATE, str(error))
            self.waiting.append(Ended(call, outcome, 0.5, 0))

        def wait(self):
            ended, self.waiting = self.waiting, []
            return ended

    monkeypatch.setattr(runner, "Pool", Here)
    return ran


def test_what_is_there_is_not_run_again_and_a_failure_is_kept_and_said(tmp_path, ran, capsys):
    assert runner.run_study("small", tmp_path) == 1
    assert len(ran) == 4
    folder = tmp_path / "studies" / "small"
    assert (folder / "report.md").read_text() == "ok ok degenerate degenerate"
    assert "x is negative" in capsys.readouterr().err
    runner.run_study("small", tmp_path)
    assert len(ran) == 4
    runner.run_study("small", tmp_path, seeds=(0, 5))
    assert [cell.seed for cell in ran[4:]] == [5, 5]
    runner.run_study("small", tmp_path, retry=True)
    assert [cell.parameters["x"] for cell in ran[6:]] == [-1, -1]


def test_what_a_failed_cell_printed_is_kept_until_it_is_run_again(tmp_path, ran):
    runner.run_study("small", tmp_path)
    logs = list((tmp_path / "studies" / "small" / "records").glob("*.log"))
    assert {log.with_suffix("").name.split("-")[1] for log in logs} == {
        cell.id for cell in ran if cell.parameters["x"] < 0
    }
    for log in logs:
        log.write_text("old")
    runner.run_study("small", tmp_path, retry=True)
    assert "old" not in {log.read_text() for log in logs}


def test_a_seed_given_twice_is_one(tmp_path, ran):
    runner.run_study("small", tmp_path, seeds=(3, 3))
    assert [cell.seed for cell in ran] == [3, 3]  # x = 1 and x = -1
    report = tmp_path / "studies" / "small" / "report.md"
    assert report.read_text() == "ok degenerate"


def test_two_runs_of_a_study_do_not_share_a_folder(tmp_path, ran):
    with (
        runner.Store(tmp_path / "studies" / "small").run(),
        pytest.raises(BenchError, match="Another run is using"),
    ):
        runner.run_study("small", tmp_path)
    assert not ran


@pytest.mark.parametrize(
    ("dataset", "limit", "status"),
    [("digitz", 60, Status.ERROR), ("digits", 0.01, Status.TIMEOUT)],
)
def test_a_cell_that_fails_in_a_worker_or_is_late_has_an_outcome(tmp_path, dataset, limit, status):
    cell, found = Cell({"family": "real", "dataset": dataset}, 0), {}
    runner._run("manifold", [cell], tmp_path, 1, Limits(limit, 4 * 2**30), found)
    assert found[cell.id].status is status
    assert runner._read(tmp_path, [cell]) == (found, [])


def test_a_damaged_outcome_is_made_again(tmp_path, ran, capsys):
    runner.run_study("small", tmp_path)
    records = sorted((tmp_path / "studies" / "small" / "records").glob("*.json"))
    before = records[0].read_text()
    records[0].write_text("{")
    records[1].write_text(before)
    runner.run_study("small", tmp_path)
    assert len(ran) == 6
    assert "is not an outcome" in capsys.readouterr().err
    assert json.loads(records[0].read_text())["cell"] == json.loads(before)["cell"]


def test_outcomes_say_what_they_are(tmp_path, ran):
    runner.run_study("small", tmp_path)
    files = (tmp_path / "studies" / "small" / "records").glob("*.json")
    found = [runner.msgspec.json.decode(f.read_bytes(), type=Outcome) for f in files]
    good = next(o for o in found if o.status is Status.OK)
    assert good.numbers == {"twice": 2.0, "curve": [1.0, None]}
    assert good.circumstances.versions == circumstances(1).versions
    assert {o.reason for o in found if o.status is Status.DEGENERATE} == {"x is negative"}


def test_cells_differ_by_all_that_they_are():
    one = Cell({"a": 1}, 0)
    assert one.id == Cell({"a": 1}, 0).id
    assert len({one.id, Cell({"a": 2}, 0).id, Cell({"a": 1}, 1).id, Cell({"a": 1}, 0, 2).id}) == 4


def test_every_study_offers_what_it_must():
    assert study_names() == ["likelihood", "manifold"]
    for name in study_names():
        study = load_study(name)
        cells = study.cells(study.SEEDS)
        assert len({cell.id for cell in cells}) == len(cells) > 0
        assert study.__doc__
    with pytest.raises(BenchError, match="Did you mean 'likelihood'"):
        load_study("liklihood")


def test_the_command_names_what_is_there():
    found = CliRunner().invoke(app, ["study", "nothing"])
    assert isinstance(found.exception, BenchError)
    assert "likelihood, manifold" in str(found.exception)
