"""Where messages to the user go: results to standard output, mistakes to standard error."""

from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape

console = Console()
errors = Console(stderr=True)


def warn(problems: Iterable[str]) -> None:
    """Print one line for each problem that did not stop the work."""
    for problem in problems:
        errors.print(f"[yellow]Warning:[/yellow] {escape(problem)}", soft_wrap=True)
