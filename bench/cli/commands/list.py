"""`python -m bench list`."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from bench.cli.options import SUITES, Plugins, registry_of
from bench.console import console, warn
from bench.errors import unknown_name

if TYPE_CHECKING:
    from bench.registry import Item, Kind

EPILOG = (
    "Examples:\n\npython -m bench list\n\npython -m bench list datasets\n\n"
    "python -m bench list isomap"
)


def command(
    only: Annotated[
        str,
        typer.Argument(help="reducers, datasets, metrics, decoder_metrics, suites, or one name."),
    ] = "",
    *,
    plugins: Plugins = None,
) -> None:
    """List reducers, datasets, metrics and suites, and whether they can be used here."""
    from bench.registry import KINDS

    registry = registry_of(plugins)
    if only == "suites":
        console.print(SUITES, highlight=False)
        return
    items = {kind: registry.items(kind) for kind in KINDS if only in ("", f"{kind}s")}
    if not items:
        items = _named(only, {kind: registry.items(kind) for kind in KINDS})
    warn(why for kind in items for why in registry.refused(kind).values())
    width = max((len(name) for found in items.values() for name in found), default=0)
    for kind, found in items.items():
        console.print(f"[bold]{kind.replace('_', ' ')}s[/bold]")
        for name, item in found.items():
            why = item.unavailable
            note = f"[red]unavailable: {escape(why)}[/red]" if why else escape(item.summary)
            where = "" if item.origin.startswith("built-in") else f" [dim]({item.origin})[/dim]"
            console.print(
                f"  {escape(name):<{width}} {note}{where}", soft_wrap=True, highlight=False
            )


def _named(name: str, items: "dict[Kind, dict[str, Item]]") -> "dict[Kind, dict[str, Item]]":
    """Return what is called so, whatever its kind."""
    found = {kind: {name: known[name]} for kind, known in items.items() if name in known}
    if not found:
        kinds = [f"{kind}s" for kind in items]
        names = [name for known in items.values() for name in known]
        raise unknown_name("name", name, [*kinds, "suites", *names])
    return found
