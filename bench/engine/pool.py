"""The pool: calls in worker processes that may hang, crash, leak or lie, and one end for each.

Tried before: one process pool of a library for all workers. There a worker that is killed while it
starts or while it sends takes the others with it, limits follow the wall clock, and what a plugin
returned is unpickled by the harness. Here each worker has pipes of its own (`bench.engine.worker`),
and one thread of the harness looks after all of them.
"""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import wait
from types import TracebackType
from typing import Any

import psutil

from bench.engine.machine import memory_bytes
from bench.engine.outcome import Failure, Outcome, read
from bench.engine.worker import Call, Worker, how_it_died
from bench.errors import BenchError, one_line
from bench.record import Status

_POLL_SECONDS = 0.1
_START_SECONDS = 120.0
MAX_FAILED_STARTS = 3
_TERMINATION = (signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Limits:
    """What one call may use.

    Parameters
    ----------
    seconds : float
        Time by a clock that is never set, with warm-up and scoring.
    memory_bytes : int
        Resident memory of its process and of all that it started, interpreter and libraries
        included.
    """

    seconds: float
    memory_bytes: int


def shared_memory(workers: int) -> int:
    """Return the bytes that each of some calls at once may hold if they share 80 % of memory."""
    return int(0.8 * memory_bytes() / workers)


@dataclass(frozen=True, eq=False)
class Ended:
    """A call that has ended.

    Parameters
    ----------
    call : Call
    outcome : tuple of (value, arrays) or Failure
    seconds : float
        How long it took.
    children_bytes : int
        Most memory that processes which it started were seen to hold.
    """

    call: Call
    outcome: Outcome
    seconds: float
    children_bytes: int


class Pool:
    """Worker processes, at most one for each of ``size`` calls at once.

    Use it as a context manager: on exit no process is left of it, nor of what its calls started.

    Parameters
    ----------
    size : int
        Calls at once.
    threads : int
        Threads that each library in a worker may use.
    limits : Limits
        A call beyond them is ended.
    preload : str
        The module of the functions to be called.
    """

    def __init__(self, size: int, threads: int, limits: Limits, preload: str) -> None:
        self._size = size
        self._preload = preload
        self._threads = threads
        self._limits = limits
        self._workers: list[Worker] = []
        self._failed_starts = 0

    def __enter__(self) -> "Pool":
        """Start nothing yet: workers start when there are calls for them."""
        self._handling = _signals(_TERMINATION, _leave)
        self._handling.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End every process."""
        with _uninterrupted():
            while self._workers:
                self._workers.pop().end()
        self._handling.__exit__(None, None, None)

    @property
    def calls(self) -> list[Call]:
        """The calls that have been submitted and not ended."""
        return [worker.call for worker in self._workers if worker.call]

    @property
    def has_room(self) -> bool:
        """Whether another call can be submitted."""
        return len(self.calls) < self._size

    def submit(self, call: Call) -> None:
        """Start a call, in a process of its own if code of third parties runs in it."""
        free = [worker for worker in self._workers if not worker.call and worker.alive]
        fresh = [worker for worker in free if not worker.used]
        chosen = fresh if call.third_party else [w for w in free if w.used] or fresh
        if not chosen:
            if free and len(self._workers) >= self._size:
                self._end(free[0])
            chosen = [self._start()]
        chosen[0].assign(call)

    def cancel(self, call: Call) -> None:
        """End a call that has been submitted, with its process."""
        for worker in [worker for worker in self._workers if worker.call is call]:
            self._end(worker)

    def wait(self) -> list[Ended]:
        """Wait a moment, and return the calls that have ended.

        Raises
        ------
        BenchError
            If worker processes cannot be started.
        """
        wait([handle for worker in self._workers for handle in worker.handles], _POLL_SECONDS)
        found = []
        for worker in list(self._workers):
            starting = not worker.ready
            worker.listen()
            if starting and worker.ready:
                self._failed_starts = 0
            if worker.begun and worker.call:
                if ended := self._look_after(worker, worker.call):
                    found.append(ended)
            elif not worker.alive or (worker.call and worker.seconds > _START_SECONDS):
                self._start_again(worker)
        return found

    def _look_after(self, worker: Worker, call: Call) -> Ended | None:
        """Return how a call ended, or None if it still runs within its limits."""
        alive = worker.alive
        if not worker.done and alive:
            failure = self._beyond_limits(worker)
            if not failure:
                worker.cap_log()
                return None
        else:
            worker.listen()  # it may have ended just after it was done
            failure = None if worker.done else Failure(Status.CRASHED, _death(worker))
        ended = Ended(call, failure or _result(call), worker.seconds, worker.children_bytes)
        worker.cap_log()
        self._release(worker, ended)
        return ended

    def _beyond_limits(self, worker: Worker) -> Failure | None:
        if worker.seconds > self._limits.seconds:
            return Failure(Status.TIMEOUT, f"no result within {self._limits.seconds:g} s")
        with suppress(psutil.Error):  # it has just ended
            held = worker.held_bytes()
            if held > self._limits.memory_bytes:
                reason = f"held {_gib(held)}, the limit is {_gib(self._limits.memory_bytes)}"
                return Failure(Status.OUT_OF_MEMORY, reason)
        return None

    def _release(self, worker: Worker, ended: Ended) -> None:
        """Keep a worker only if nothing of its call can be left in it."""
        failed = isinstance(ended.outcome, Failure)
        if failed or ended.call.third_party or not worker.alive or worker.has_children():
            self._end(worker)
        else:
            worker.forget()

    def _start(self) -> Worker:
        try:
            worker = Worker(self._threads, self._preload)
        except (OSError, TypeError, ValueError, RuntimeError) as error:
            raise _cannot_start(
                f"{one_line(error)}, with the interpreter {sys.executable!r}"
            ) from error
        self._workers.append(worker)
        return worker

    def _end(self, worker: Worker) -> None:
        self._workers.remove(worker)
        with _uninterrupted():
            worker.end()

    def _start_again(self, worker: Worker) -> None:
        """Replace a worker that has not begun its call; the call goes to the next one."""
        self._failed_starts += not worker.ready
        call, said = worker.call, "none began in time" if worker.alive else _death(worker)
        self._end(worker)
        if self._failed_starts >= MAX_FAILED_STARTS:
            raise _cannot_start(said)
        if call:
            self._start().assign(call)


def _cannot_start(why: str) -> BenchError:
    return BenchError(f"Worker processes cannot be started: {why}. See what is printed above.")


def _result(call: Call) -> Outcome:
    try:
        return read(call.result, call.expected)
    except ValueError as error:
        return Failure(Status.CRASHED, f"no result came back: {error}")
    finally:
        with suppress(OSError):
            call.result.unlink(missing_ok=True)


def _death(worker: Worker) -> str:
    worker.process.join(1)
    return how_it_died(worker.process.exitcode or 0)


@contextmanager
def _signals(numbers: tuple[int, ...], handler: Any) -> Iterator[None]:  # noqa: ANN401 - as in `signal`
    """Handle signals in some way, where this thread may decide that."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, kept in before.items():
            signal.signal(number, kept)


def _uninterrupted() -> AbstractContextManager[None]:
    """Let no second Ctrl-C interrupt the end of processes."""
    return _signals((signal.SIGINT, *_TERMINATION), signal.SIG_IGN)


def _leave(number: int, frame: object) -> None:  # noqa: ARG001 - a handler's signature
    """Leave by an exception, so that what was started is ended."""
    sys.exit(128 + number)


def _gib(number: int) -> str:
    return f"{number / 2**30:.2f} GiB"
