"""The life of a worker process: how it begins, and what its end means."""

import ctypes
import os
import signal
import sys


def start_worker() -> None:
    """Leave Ctrl-C to the parent, and end when it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _die_with_parent()


def _die_with_parent() -> None:
    """Ask Linux to end this process when its parent is killed: an orphan would work on."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)
        if os.getppid() == 1:  # it ended before we asked
            os._exit(1)


def how_it_died(exit_code: int) -> str:
    """Say in words what a process ended with."""
    if exit_code >= 0:
        return f"the process ended itself with exit code {exit_code}"
    name = signal.Signals(-exit_code).name
    hint = "; the system may be out of memory" if -exit_code == signal.SIGKILL else ""
    return f"the process was ended by {name}{hint}"
