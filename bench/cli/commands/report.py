"""`python -m bench report`."""

from typing import Annotated

import typer

from bench.cli.options import LOCAL, PUBLISHED, Ks, Out, Plugins

EPILOG = (
    "Examples:\n\npython -m bench report --k 15 --k 50\n\n"
    "python -m bench report --table 'trustworthiness geodesic'\n\n"
    "python -m bench report --published --out published"
)


def command(
    *,
    out: Out = LOCAL,
    k: Ks = None,
    table: Annotated[
        str, typer.Option(help="Print the tables whose title holds these words.", metavar="WORDS")
    ] = "",
    published: Annotated[
        bool,
        typer.Option("--published", help="Those of the published results, into DIR."),
    ] = False,
    plugins: Plugins = None,
) -> None:
    """Write the tables and figures of the results that are there, and run nothing."""
    from bench.cli.session import report as write_report
    from bench.report.published import Published
    from bench.store import Store

    source = Published(PUBLISHED) if published else Store(out)
    write_report(source, Store(out), tuple(k or ()), tuple(plugins or ()), table)
