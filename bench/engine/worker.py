"""A worker process: the side that makes calls, and the handle by which the harness holds it.

Each worker has two pipes of its own, so that none can block or garble another's. A call goes in
pickled. Out come single bytes (`READY`, `BEGUN`, `DONE`), and by then the outcome is in a file: the
harness never waits for the rest of a message, and unpickles nothing that a plugin could write.
"""

import ctypes
import os
import secrets
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from bench.engine.guard import guard
from bench.engine.outcome import write
from bench.engine.processes import TAG, descendants, end_all, held_bytes
from bench.engine.spawning import WORKER, script_left_alone
from bench.engine.threads import thread_limits, variables_set
from bench.environment import NEUTRAL

READY, BEGUN, DONE = b"r", b"b", b"d"
MAX_LOG_BYTES = 2**20
_KEPT_END = 2**16
_END_SECONDS = 10
_SET_PARENT_DEATH_SIGNAL, _SET_CHILD_SUBREAPER = 1, 36


@dataclass(frozen=True, eq=False)
class Call:
    """A function call for a worker.

    Parameters
    ----------
    function : callable
        Importable by name; called in the worker. Returns (value, dict of str to ndarray).
    arguments : tuple
    expected : type
        Of the value.
    log : Path
        Absolute path of the file that takes all output. The outcome is written beside it.
    third_party : bool
        Whether code runs that is not ours: then the call has a process of its own.
    """

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    expected: type
    log: Path
    third_party: bool = False

    @property
    def result(self) -> Path:
        """The file of the outcome."""
        return self.log.with_suffix(".result")


def serve(requests: "Connection[Any, Any]", replies: "Connection[Any, Any]", preload: str) -> None:
    """Import a module, then make calls, one at a time, until the harness hangs up."""
    detach()
    import_module(preload)
    os.write(replies.fileno(), READY)
    while True:
        try:
            function, arguments, log, result = requests.recv()
        except EOFError:
            return
        os.write(replies.fileno(), BEGUN)
        write(result, guard(function, arguments, log))
        os.write(replies.fileno(), DONE)


def detach() -> None:
    """Leave Ctrl-C to the harness, end when it ends, and adopt the orphans of one's children."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # held back while it started
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        libc.prctl(_SET_CHILD_SUBREAPER, 1)
        if os.getppid() == 1:  # the harness ended before we asked
            os._exit(1)


@contextmanager
def _ctrl_c_held_back() -> Iterator[None]:
    """Let a process that is started inside ignore Ctrl-C from its first instruction on."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@dataclass
class Worker:
    """The harness's handle of one worker process.

    Parameters
    ----------
    threads : int
        Threads that each library in it may use.
    preload : str
        The module of the functions that it will call: importing it takes no time from a call.

    Attributes
    ----------
    call : Call or None
        What it is making, or will make as soon as it is ready.
    ready : bool
        Whether it has started.
    begun : bool
        Whether it has begun its call.
    done : bool
        Whether the outcome of its call has been written.
    used : bool
        Whether it has made a call before.
    since : float
        `time.monotonic` when it was started or, later, when its call was sent.
    children_bytes : int
        Most memory that children of its call were seen to hold.
    """

    threads: int
    preload: str
    call: Call | None = None
    ready: bool = False
    begun: bool = False
    done: bool = False
    used: bool = False
    since: float = field(default_factory=time.monotonic)
    children_bytes: int = 0
    _cut_bytes: int = 0
    _deaf: bool = False

    def __post_init__(self) -> None:
        """Start the process."""
        context = get_context("spawn")
        self._tag = secrets.token_hex(8)
        receive, self._requests = context.Pipe(duplex=False)
        self._replies, send = context.Pipe(duplex=False)
        os.set_blocking(self._replies.fileno(), False)
        # multiprocessing's own helper is started first, or it would carry this worker's tag.
        resource_tracker.ensure_running()
        arguments = (receive, send, self.preload)
        self.process = context.Process(target=serve, args=arguments, name=WORKER)
        variables = {TAG: self._tag, **thread_limits(self.threads), **NEUTRAL}
        with variables_set(variables), script_left_alone(), _ctrl_c_held_back():
            self.process.start()
        receive.close()
        send.close()

    @property
    def handles(self) -> tuple[Any, ...]:
        """What to wait for: a byte, or the end of the process."""
        return () if self._deaf else (self._replies, self.process.sentinel)

    @property
    def seconds(self) -> float:
        """How long it has been starting, or making its call."""
        return time.monotonic() - self.since

    @property
    def alive(self) -> bool:
        """Whether the process exists."""
        return self.process.is_alive()

    def listen(self) -> None:
        """Take the bytes that have arrived, and send the call to a worker that has become ready."""
        try:
            said = os.read(self._replies.fileno(), 64)
        except BlockingIOError:
            return
        except OSError:
            said = b""
        self._deaf = not said  # its end, or a plugin closed the pipe: then waiting is no use
        self.begun = self.begun or BEGUN in said
        self.done = self.done or (self.begun and DONE in said)
        if not self.ready and READY in said:
            self.ready = True
            self._send()

    def assign(self, call: Call) -> None:
        """Give it a call, which it makes at once or when it is ready."""
        self.call = call
        if self.ready:
            self._send()

    def _send(self) -> None:
        if self.call is None:
            return
        call, self.used, self.since = self.call, True, time.monotonic()
        call.log.parent.mkdir(parents=True, exist_ok=True)
        call.result.unlink(missing_ok=True)
        try:
            self._requests.send((call.function, call.arguments, call.log, call.result))
        except OSError:
            return  # it has just ended, without the call: another one will make it

    def held_bytes(self) -> int:
        """Measure the memory that it and its children hold."""
        own, children = held_bytes(self.process.pid or 0)
        self.children_bytes = max(self.children_bytes, children)
        return own + children

    def has_children(self) -> bool:
        """Tell whether something that it started still exists."""
        return bool(descendants(self.process.pid or 0))

    def cap_log(self) -> None:
        """Cut the middle out of a log that grows without end, and say there how much."""
        if self.call is None:
            return
        with suppress(OSError), self.call.log.open("r+b") as file:
            size = file.seek(0, os.SEEK_END)
            if size <= 2 * MAX_LOG_BYTES:
                return
            file.seek(size - _KEPT_END)
            end = file.read(_KEPT_END)
            self._cut_bytes += size - MAX_LOG_BYTES - _KEPT_END
            file.truncate(MAX_LOG_BYTES)
            file.seek(0, os.SEEK_END)
            file.write(f"\n[{self._cut_bytes:,} bytes are cut here]\n".encode() + end)

    def forget(self) -> None:
        """Make it free for another call."""
        self.call, self.begun, self.done = None, False, False
        self.children_bytes = self._cut_bytes = 0

    def end(self) -> None:
        """Kill the process and everything that it started."""
        end_all(self.process.pid or 0, self._tag)
        self.process.kill()
        self.process.join(_END_SECONDS)
        self._requests.close()
        self._replies.close()


def how_it_died(exit_code: int) -> str:
    """Say in words what a process ended with."""
    if exit_code >= 0:
        return f"the process ended itself with exit code {exit_code}"
    try:
        name = signal.Signals(-exit_code).name
    except ValueError:  # a real-time signal
        name = f"signal {-exit_code}"
    hint = "; the system may be out of memory" if -exit_code == signal.SIGKILL else ""
    return f"the process was ended by {name}{hint}"
