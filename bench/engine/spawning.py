"""Spawn processes that do not import the script that spawns them."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import current_process
from types import ModuleType

WORKER = "manifold-bench worker"  # the name of every process that is spawned here


@contextmanager
def script_left_alone() -> Iterator[None]:
    """Let a process that is spawned inside not run the caller's script again.

    ``multiprocessing`` imports the main module in each process that it spawns, so that a script
    without ``if __name__ == "__main__":`` would start itself again. Workers need nothing of it:
    what they call is imported by name.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")  # without a file or a name to import
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def in_worker() -> bool:
    """Whether this process was spawned by the harness."""
    return current_process().name == WORKER
