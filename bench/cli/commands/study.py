"""`python -m bench study`."""

from typing import Annotated

import typer

from bench.cli.options import LOCAL, Out, Retry, TimeLimit, Workers

EPILOG = "Examples:\n\npython -m bench study likelihood\n\npython -m bench study manifold --seed 0"


def command(
    name: Annotated[str, typer.Argument(help="Its name; a wrong one gets a list of all.")],
    *,
    seed: Annotated[
        list[int] | None, typer.Option(min=0, max=2**32 - 1, help="Seed; repeatable.")
    ] = None,
    out: Out = LOCAL,
    workers: Workers = None,
    time_limit: TimeLimit = 600,
    retry: Retry = False,
) -> None:
    """Answer one question by many small runs, and write a report of it.

    What is done already is not run again: after Ctrl-C the same command resumes.
    """
    from bench.studies.runner import run_study

    seeds = tuple(seed or ())
    raise typer.Exit(
        run_study(name, out, seeds=seeds, workers=workers, time_limit=time_limit, retry=retry)
    )
