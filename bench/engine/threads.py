"""One setting for every library that starts threads, so that workers do not crowd each other."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

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


@contextmanager
def thread_limit(threads: int) -> Iterator[None]:
    """Let processes started inside the context use at most ``threads`` threads each."""
    before = {name: os.environ.get(name) for name in _PER_WORKER}
    os.environ.update(dict.fromkeys(_PER_WORKER, str(threads)))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
