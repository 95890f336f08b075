"""The command line, called in the process of the tests or in one of its own."""

import io
import os
import signal
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from unittest.mock import patch

from bench.cli.main import main

PATIENCE = 600  # seconds after which a command counts as hung


@dataclass(frozen=True)
class Ended:
    """What a command came to, named as by `subprocess.CompletedProcess`."""

    returncode: int
    stdout: str
    stderr: str


def call(*arguments):
    """Run a command in this process, and leave its environment and signals as they were."""
    before = signal.getsignal(signal.SIGINT)
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n") for _ in range(2))
    try:
        with (
            patch.dict(os.environ),
            patch.object(sys, "argv", ["bench", *map(str, arguments)]),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            main()
    except SystemExit as end:
        return Ended(int(end.code or 0), *map(_text, (out, err)))
    finally:
        signal.signal(signal.SIGINT, before)
    raise AssertionError("the command did not end by itself")


def _text(stream):
    stream.flush()
    return stream.buffer.getvalue().decode()


def run(*arguments, **options):
    """Run the real command in a process of its own."""
    command = [sys.executable, "-m", "bench", *map(str, arguments)]
    options = {"capture_output": True, "text": True, "timeout": PATIENCE} | options
    return subprocess.run(command, check=False, **options)
