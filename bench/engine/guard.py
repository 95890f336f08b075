"""Call a function in a worker: its output goes to a file, and it never raises."""

import io
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from bench.engine.outcome import Failure, encode, encode_failure
from bench.errors import (
    BenchError,
    DegenerateError,
    UnavailableError,
    UnsupportedError,
    one_line,
)
from bench.record import Status

_STATUS: tuple[tuple[type[BaseException], Status], ...] = (
    (UnavailableError, Status.UNAVAILABLE),
    (UnsupportedError, Status.UNSUPPORTED),
    (BenchError, Status.ERROR),
    (DegenerateError, Status.DEGENERATE),
)


def guard(function: Callable[..., Any], arguments: tuple[Any, ...], log: Path) -> bytes:
    """Call a function and encode what it returned, or why it did not.

    Parameters
    ----------
    function : callable
        Returns (value, dict of str to ndarray).
    arguments : tuple
    log : Path
        Takes all output of this process from now on, that of compiled code too.

    Returns
    -------
    bytes
        For `bench.engine.outcome.write`.
    """
    _send_output_to(log)
    try:
        return encode(*function(*arguments))
    except BaseException as error:  # noqa: BLE001 - a plugin may raise anything, or exit
        return encode_failure(failure_of(error))


def failure_of(error: BaseException) -> Failure:
    """Return the status and the reason that an error amounts to.

    The traceback of an error that we do not raise ourselves is printed.
    """
    for kind, status in _STATUS:
        if isinstance(error, kind):
            return Failure(status, str(error))
    if isinstance(error, MemoryError):
        return Failure(Status.OUT_OF_MEMORY, f"an allocation failed: {error}")
    with suppress(Exception):  # a plugin may have replaced it, or the error cannot be shown
        sys.__excepthook__(type(error), error, error.__traceback__)
    status = Status.UNAVAILABLE if isinstance(error, ImportError) else Status.ERROR
    return Failure(status, one_line(error))


def _send_output_to(path: Path) -> None:
    """Point standard output and error to a file, whatever the last call made of them."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    for number in (1, 2):
        os.dup2(descriptor, number)
    os.close(descriptor)
    sys.stdout, sys.stderr = _text(1), _text(2)


def _text(descriptor: int) -> io.TextIOWrapper:
    return io.TextIOWrapper(
        open(descriptor, "wb", closefd=False),
        encoding="utf-8",
        errors="backslashreplace",
        line_buffering=True,
        write_through=True,
    )
