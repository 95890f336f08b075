"""The command line: finds the commands, and turns mistakes of the user's into one line each."""

import importlib
import pkgutil
import signal
import sys
from contextlib import suppress
from typing import Annotated

import typer
from rich.markup import escape

from bench._version import __version__
from bench.cli import commands
from bench.console import accept_any_text, console, discard_output, errors
from bench.environment import give_numba_a_cache, neutralise
from bench.errors import BenchError, one_line

_FIRST = ("all", "run", "report", "score")  # in help; the others follow by name

app = typer.Typer(
    rich_markup_mode="rich",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback(invoke_without_command=True)
def every_command(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", is_eager=True)
    ] = False,
) -> None:
    """Score reducers by the geodesic and Euclidean neighbours that they keep."""
    if version:
        console.print(f"manifold-bench {__version__}", highlight=False)
        raise typer.Exit


def _register() -> None:
    """Make every module of `bench.cli.commands` a command of its name."""
    found = {module.name for module in pkgutil.iter_modules(commands.__path__)}
    for name in (*_FIRST, *sorted(found.difference(_FIRST))):
        module = importlib.import_module(f"bench.cli.commands.{name}")
        app.command(name, epilog=module.EPILOG)(module.command)


_register()


def main() -> None:
    """Run the command line; a mistake of the user's gets one line and exit code 2."""
    _stop_at_the_first_interrupt()
    accept_any_text()
    neutralise()
    try:
        give_numba_a_cache()
        code = app(standalone_mode=False)
        sys.stdout.flush()
    except (BenchError, typer.TyperException) as error:
        message = error.format_message() if isinstance(error, typer.TyperException) else str(error)
        _say_error(message)
        sys.exit(2)
    except BrokenPipeError:
        discard_output()
        sys.exit(1)
    except OSError as error:  # a full disk, a folder that may not be entered
        _say_error(one_line(error))
        with suppress(OSError, ValueError):  # a stream without a file, in a program around
            discard_output()  # or Python tries to write it again as it ends
        sys.exit(2)
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(130)
    sys.exit(code if isinstance(code, int) else 0)


def _say_error(message: str) -> None:
    if message:
        errors.print(f"[red]Error:[/red] {escape(' '.join(message.split()))}", soft_wrap=True)


def _stop_at_the_first_interrupt() -> None:
    """Ignore Ctrl-C after the first: a second one would end the stopping half-way."""

    def interrupt(*_: object) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        raise KeyboardInterrupt

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else it is ignored: nohup
        signal.signal(signal.SIGINT, interrupt)
