"""The pool itself: workers that cannot start, signals, and what calls share."""

import multiprocessing
import os
import signal
import sys
import threading
import time

import psutil
import pytest

from bench.engine.machine import memory_bytes
from bench.engine.pool import Limits, Pool, shared_memory
from bench.engine.worker import MAX_LOG_BYTES, Call, Worker
from bench.errors import BenchError
from bench.record import Status

LIMITS = Limits(60, 4 * 2**30)
SLEEP = "import time; time.sleep(600)"


def runs(code):
    """Run code in a worker, and return the number of its process."""
    exec(code)  # noqa: S102 - our own
    return os.getpid(), {}


def calls(tmp_path, code, count=1):
    return [Call(runs, (code,), int, tmp_path / f"{i}.log") for i in range(count)]


def run_all(workers, wanted):
    """Run calls one after another."""
    ended = []
    for call in wanted:
        workers.submit(call)
        while workers.calls:
            ended += workers.wait()
    return ended


@pytest.fixture(autouse=True)
def importable(monkeypatch):
    """Let workers import this file."""
    monkeypatch.setattr(runs, "__module__", "test_workers")
    monkeypatch.setattr(sys, "path", [os.path.dirname(__file__), *sys.path])  # noqa: PTH120 - of sys.path
    monkeypatch.setitem(sys.modules, "test_workers", sys.modules[__name__])


def pool(size=1, preload="test_workers", limits=LIMITS):
    return Pool(size, 1, limits, preload)


def test_a_worker_is_used_again(tmp_path):
    """Calls of our own share a process."""
    with pool() as workers:
        found = run_all(workers, calls(tmp_path, "", 2))
    assert found[0].outcome == found[1].outcome


def test_an_idle_worker_that_is_killed(tmp_path):
    """A worker that dies between calls is replaced, and no call fails for it."""
    first, second = calls(tmp_path, "", 2)
    with pool() as workers:
        pid = run_all(workers, [first])[0].outcome[0]
        os.kill(pid, signal.SIGKILL)
        found = run_all(workers, [second])[0].outcome
    assert found[0] != pid


def test_third_party_calls_share_no_process(tmp_path):
    """A call of third parties has a process of its own, before it and after it."""
    own, last = calls(tmp_path, "", 2)
    other = Call(runs, ("",), int, tmp_path / "other.log", third_party=True)
    with pool() as workers:
        found = run_all(workers, [own, other, last])
    assert len({ended.outcome[0] for ended in found}) == 3


def test_workers_that_cannot_start(tmp_path):
    """Workers that die while they start end the run in one line, at once."""
    refused = pytest.raises(BenchError, match="cannot be started: the process ended itself")
    with pool(preload="no_such_module") as workers, refused:
        run_all(workers, calls(tmp_path, ""))


def test_interpreter_that_is_not_there(tmp_path, monkeypatch):
    """An interpreter that cannot be run is named."""
    monkeypatch.setattr(multiprocessing.spawn, "_python_exe", b"/no/such/python")
    with pool() as workers, pytest.raises(BenchError, match="cannot be started"):
        run_all(workers, calls(tmp_path, ""))


GARBAGE = """
import os, time
for number in range(3, 64):
    try:
        os.set_blocking(number, False)
        os.write(number, b"\\xff\\xff\\xff\\xff")
    except OSError:
        pass
time.sleep(600)
"""
LATE = "no result within 3 s"


@pytest.mark.parametrize(
    ("code", "status", "reason"),
    [
        ("import os; os._exit(0)", Status.CRASHED, "ended itself with exit code 0"),
        ("import sys; sys.exit(0)", Status.ERROR, "SystemExit"),
        ("import os; os.abort()", Status.CRASHED, "ended by SIGABRT"),
        ("raise KeyboardInterrupt", Status.ERROR, "KeyboardInterrupt"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSTOP)", Status.TIMEOUT, LATE),
        (f"import os; os.closerange(3, 200); {SLEEP}", Status.TIMEOUT, LATE),
        (GARBAGE, Status.TIMEOUT, LATE),
    ],
    ids=["exit code 0", "sys.exit", "abort", "interrupt", "stopped", "pipes closed", "garbage"],
)
def test_ways_to_end(tmp_path, code, status, reason):
    """Each way to end, or not to, has its status, and the next call runs."""
    wanted = [*calls(tmp_path, code), Call(runs, ("",), int, tmp_path / "next.log")]
    with pool(limits=Limits(3, 4 * 2**30)) as workers:
        ended, following = run_all(workers, wanted)
    assert ended.outcome.status is status
    assert reason in ended.outcome.reason
    assert following.outcome[0] > 0


def test_a_false_result(tmp_path):
    """A worker that says that it is done without a result has failed."""
    code = """
import os, time
for number in range(3, 64):
    try:
        os.write(number, b"d")
    except OSError:
        pass
time.sleep(600)
"""
    with pool() as workers:
        ended = run_all(workers, calls(tmp_path, code))[0]
    assert ended.outcome.status is Status.CRASHED
    assert "no result came back" in ended.outcome.reason


def test_wall_clock(tmp_path, monkeypatch):
    """A limit holds although the wall clock is set back."""
    clock = iter(range(10**9, 0, -3600))
    monkeypatch.setattr(time, "time", lambda: float(next(clock)))
    with pool(limits=Limits(3, 4 * 2**30)) as workers:
        ended = run_all(workers, calls(tmp_path, SLEEP))[0]
    assert ended.outcome.status is Status.TIMEOUT


def test_output_is_capped(tmp_path):
    """A log without end keeps its beginning and its end, and says how much is cut."""
    code = """
import os, time
print("first words")
end = time.monotonic() + 1
while time.monotonic() < end:
    os.write(1, b"x" * 65536)
raise ValueError("last words")
"""
    call = calls(tmp_path, code)[0]
    with pool() as workers:
        run_all(workers, [call])
    log = call.log.read_text()
    assert log.startswith("first words")
    assert "bytes are cut here" in log
    assert log.rstrip().endswith("ValueError: last words")
    assert len(log) < 3 * MAX_LOG_BYTES


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_signals(tmp_path, number, monkeypatch):
    """A signal to end ends the workers too, a second one during that changes nothing."""
    before, end = (
        signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL,
        Worker.end,
    )
    earlier = signal.signal(number, before)

    def interrupted_end(worker):
        os.kill(os.getpid(), number)
        end(worker)

    monkeypatch.setattr(Worker, "end", interrupted_end)
    pids = []

    def run_until_the_signal():
        with pool(2) as workers:
            for call in calls(tmp_path, SLEEP, 2):
                workers.submit(call)
            while not all(worker.ready for worker in workers._workers):
                workers.wait()
            pids.extend(worker.process.pid for worker in workers._workers)
            threading.Timer(0.2, os.kill, (os.getpid(), number)).start()
            while workers.calls:
                workers.wait()

    with pytest.raises((SystemExit, KeyboardInterrupt)) as left:
        run_until_the_signal()
    assert len(pids) == 2
    assert not any(map(psutil.pid_exists, pids))
    assert left.type is KeyboardInterrupt or left.value.code == 128 + number
    assert signal.signal(number, earlier) == before


def test_shared_memory():
    """Four fifths of memory are shared by the calls that run at once."""
    assert shared_memory(4) == pytest.approx(0.2 * memory_bytes(), rel=1e-6)
