"""Where messages to the user go: results to standard output, mistakes to standard error."""

import io
import os
import sys
from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape

console = Console()
errors = Console(stderr=True)


def accept_any_text() -> None:
    """Let a terminal or pipe that is not UTF-8 show what it cannot encode as an escape."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def discard_output() -> None:
    """Write nothing more: the reader of a pipe has gone, as `head` does."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())


def warn(problems: Iterable[str]) -> None:
    """Print one line for each problem that did not stop the work."""
    for problem in problems:
        errors.print(f"[yellow]Warning:[/yellow] {escape(problem)}", soft_wrap=True)
