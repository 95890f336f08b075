"""`python -m bench check`."""

from typing import Annotated

import typer
from rich.markup import escape

from bench.cli.options import Plugins, registry_of
from bench.console import console
from bench.errors import BenchError

EPILOG = (
    "Examples:\n\npython -m bench check mine --plugins DIR\n\n"
    "python -m bench check sklearn.decomposition:KernelPCA"
)


def command(
    name: Annotated[str, typer.Argument(help="A reducer, dataset or metric, or a dotted path.")],
    *,
    kind: Annotated[
        str,
        typer.Option(
            help="reducer, dataset, metric or decoder_metric; found by name if not given."
        ),
    ] = "",
    plugins: Plugins = None,
) -> None:
    """Check that a plugin keeps the contract, rule by rule."""
    from bench.engine.child import ChildDiedError, iterate_in_child
    from bench.testing import checks_of, find_kind

    registry = registry_of(plugins)
    item = registry.find(find_kind(registry, name, kind), name)
    broken = 0
    try:
        for rule, problem in iterate_in_child(checks_of, item):
            broken += problem is not None
            word = "[red]broken[/red]" if problem else "[green]kept[/green]  "
            why = f": {escape(problem)}" if problem else ""
            console.print(f"  {word} {rule}{why}", soft_wrap=True)
    except ChildDiedError as error:
        raise BenchError(
            f"{item.kind} {name!r} ({item.origin}) ended the check: {error}."
        ) from error
    console.print(f"{item.kind} {escape(name)}: {broken} rule(s) broken")
    raise typer.Exit(1 if broken else 0)
