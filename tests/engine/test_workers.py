"""The pool itself: workers that cannot start, signals, and what calls share."""

import multiprocessing
import os
import signal
import sys
import threading
import time

import psutil
import pytest

from bench.engine.pool import Limits, Pool, shared_memory
from bench.engine.threads import cores
from bench.engine.worker import Call, Worker
from bench.errors import BenchError

LIMITS = Limits(60, 4 * 2**30)


def sleeps(seconds):
    """Be called in a worker."""
    time.sleep(seconds)
    return os.getpid(), {}


def calls(tmp_path, seconds, count=1):
    return [Call(sleeps, (seconds,), int, tmp_path / f"{i}.log") for i in range(count)]


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
    monkeypatch.setattr(sleeps, "__module__", "test_workers")
    monkeypatch.setattr(sys, "path", [os.path.dirname(__file__), *sys.path])  # noqa: PTH120 - of sys.path
    monkeypatch.setitem(sys.modules, "test_workers", sys.modules[__name__])


def pool(size=1, preload="test_workers"):
    return Pool(size, 1, LIMITS, preload)


def test_a_worker_is_used_again(tmp_path):
    """Calls of our own share a process."""
    with pool() as workers:
        found = run_all(workers, calls(tmp_path, 0, 2))
    assert found[0].outcome == found[1].outcome


def test_third_party_calls_share_no_process(tmp_path):
    """A call of third parties has a process of its own, before it and after it."""
    own, last = calls(tmp_path, 0, 2)
    other = Call(sleeps, (0,), int, tmp_path / "other.log", third_party=True)
    with pool() as workers:
        found = run_all(workers, [own, other, last])
    assert len({ended.outcome[0] for ended in found}) == 3


def test_workers_that_cannot_start(tmp_path):
    """Workers that die while they start end the run in one line, at once."""
    refused = pytest.raises(BenchError, match="cannot be started: the process ended itself")
    with pool(preload="no_such_module") as workers, refused:
        run_all(workers, calls(tmp_path, 0))


def test_interpreter_that_is_not_there(tmp_path, monkeypatch):
    """An interpreter that cannot be run is named."""
    monkeypatch.setattr(multiprocessing.spawn, "_python_exe", b"/no/such/python")
    with pool() as workers, pytest.raises(BenchError, match="cannot be started"):
        run_all(workers, calls(tmp_path, 0))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_signals(tmp_path, number, monkeypatch):
    """A signal to end ends the workers too, a second one during that changes nothing."""
    before, end = signal.getsignal(number), Worker.end

    def interrupted_end(worker):
        os.kill(os.getpid(), number)
        end(worker)

    monkeypatch.setattr(Worker, "end", interrupted_end)
    pids = []

    def run_until_the_signal():
        with pool(2) as workers:
            for call in calls(tmp_path, 600, 2):
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
    assert signal.getsignal(number) == before


@pytest.mark.parametrize(
    ("workers", "jobs", "share"), [(None, 9, cores()), (1000, 1, 1), (3, 9, 3)]
)
def test_shared_memory(workers, jobs, share):
    """Memory is shared by the jobs that run at once, however many workers were asked for."""
    total = psutil.virtual_memory().total
    assert shared_memory(workers, jobs) == pytest.approx(0.8 * total / share, rel=1e-6)
