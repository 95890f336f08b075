"""Processes of a worker: find all that it started, measure them, and end them."""

import os
import resource
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

TAG = "MANIFOLD_BENCH_WORKER"
"""Environment variable that a worker and everything it starts carry."""


def descendants(pid: int) -> list[psutil.Process]:
    """Return the processes that a process started, directly or not, as far as they still exist.

    Parameters
    ----------
    pid : int

    Returns
    -------
    list of psutil.Process
        Empty if there is no such process.
    """
    found, unvisited = [], [pid]
    while unvisited:
        children = list(_children(unvisited.pop()))
        unvisited += children
        for child in children:
            with suppress(psutil.Error):
                found.append(psutil.Process(child))
    return found


def _children(pid: int) -> Iterator[int]:
    """List children by the kernel's own list: psutil would read every process of the machine."""
    lists = list(Path(f"/proc/{pid}/task").glob("*/children"))
    if not lists:
        with suppress(psutil.Error):
            yield from (child.pid for child in psutil.Process(pid).children())
    for path in lists:
        with suppress(OSError):
            yield from map(int, path.read_text(encoding="ascii").split())


def tagged(tag: str) -> list[psutil.Process]:
    """Return every process whose environment carries a worker's tag.

    Finds what outlived the worker: orphans, daemons and processes of another session. A process
    that cleared its environment is not found.
    """
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.environ().get(TAG) == tag:
                found.append(process)
    return found


def end_all(pid: int, tag: str = "") -> None:
    """Kill everything that a worker started, and the worker too if it carries the tag.

    All are stopped before the first is killed, so that none can start another one meanwhile.

    Parameters
    ----------
    pid : int
        The worker, which may have ended already.
    tag : str
        Its value of `TAG`, if it carries one.
    """
    known: set[psutil.Process] = set()
    while True:
        found = {
            p for p in (*descendants(pid), *(tagged(tag) if tag else ())) if p.pid != os.getpid()
        }
        if found <= known:
            break
        for process in found - known:
            _signal(process, signal.SIGSTOP)
        known |= found
    for process in known:
        _signal(process, signal.SIGKILL)


def _signal(process: psutil.Process, number: int) -> None:
    with suppress(psutil.Error, OSError):
        process.send_signal(number)


def held_bytes(pid: int) -> tuple[int, int]:
    """Return the resident memory of a worker and that of all that it started, in bytes.

    Pages that children share with others count in part (PSS), so that a fork counts nothing twice.

    Raises
    ------
    psutil.Error
        If the worker has ended.
    """
    own = psutil.Process(pid).memory_info().rss
    others = 0
    for process in descendants(pid):
        with suppress(psutil.Error, OSError):
            full = process.memory_full_info()
            others += getattr(full, "pss", full.rss)
    return own, others


def cpu_seconds() -> float:
    """Return the processor time of this process and of all that it started so far, in seconds."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    total = time.process_time() + ended.ru_utime + ended.ru_stime
    for process in descendants(os.getpid()):
        with suppress(psutil.Error):
            total += sum(process.cpu_times()[:4])  # user, system, and of its ended children
    return total
