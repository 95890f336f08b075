"""Where messages to the user go: results to standard output, mistakes to standard error."""

import io
import os
import sys
from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.markup import escape
from rich.segment import Segment

from bench.visible_text import shorten, visible

_LONGEST_WARNING = 2000  # characters


class PlainConsole(Console):
    """A console that shows control characters in what it prints, and does not obey them."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Render as `rich.console.Console` does, with text that is only text."""
        for segment in super().render(renderable, options):
            if segment.control:  # of rich itself: to move the cursor of a progress bar
                yield segment
            else:
                lines = map(visible, segment.text.split("\n"))
                yield Segment("\n".join(lines), segment.style)


console = PlainConsole(emoji=False)
errors = PlainConsole(emoji=False, stderr=True)


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
        errors.print(f"[yellow]Warning:[/yellow] {_as_line(problem)}", soft_wrap=True)


def note(text: str) -> None:
    """Print one line on standard error that is not a problem."""
    errors.print(_as_line(text), soft_wrap=True, highlight=False)


def _as_line(text: str) -> str:
    return escape(shorten(" ".join(text.split()), _LONGEST_WARNING))
