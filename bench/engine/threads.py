"""Threads: how many there may be, so that neither workers nor libraries crowd each other."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from bench.engine.machine import core_quota

JOB_THREADS = 1
"""Threads of each library in a job. Part of the protocol: sums depend on it in their last bits."""

_PER_WORKER = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMBA_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "LOKY_MAX_CPU_COUNT",
)


def cores() -> int:
    """Count the cores that this process may use, in a container those of its quota at most.

    Of a quota that is not a whole number the rest is left: a job that is held up now and then
    would have its time measured wrong.
    """
    if hasattr(os, "sched_getaffinity"):
        allowed = len(os.sched_getaffinity(0))
    else:
        allowed = os.cpu_count() or 1
    return max(1, int(min(allowed, core_quota())))


def thread_limits(threads: int) -> dict[str, str]:
    """Return the environment variables by which libraries are held to some threads each."""
    return dict.fromkeys(_PER_WORKER, str(threads))


@contextmanager
def variables_set(variables: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables for processes that are started inside the context."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
