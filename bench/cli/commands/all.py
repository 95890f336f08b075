"""`python -m bench all`."""

import typer

from bench.cli.options import (
    LOCAL,
    AllowFailures,
    MemoryLimit,
    Out,
    Plugins,
    Rerun,
    Retry,
    TimeLimit,
    Workers,
    registry_of,
)

EPILOG = "Example: python -m bench all"


def command(
    *,
    out: Out = LOCAL,
    workers: Workers = None,
    time_limit: TimeLimit = 600,
    memory_limit: MemoryLimit = None,
    retry: Retry = False,
    rerun: Rerun = None,
    allow_failures: AllowFailures = False,
    plugins: Plugins = None,
) -> None:
    """Run every reducer on every dataset, and publish tables and figures.

    What is done already is not run again: after Ctrl-C the same command resumes.
    """
    from bench.cli.session import Settings, run_suite
    from bench.suite import load_suite

    suite = load_suite("all", registry_of(plugins))
    settings = Settings(
        out,
        workers,
        time_limit,
        memory_limit,
        retry,
        allow_failures,
        tuple(plugins or ()),
        tuple(rerun or ()),
    )
    raise typer.Exit(run_suite(suite, {}, settings))
