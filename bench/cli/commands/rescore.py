"""`python -m bench rescore`."""

import typer

from bench.cli.options import LOCAL, MemoryLimit, Out, Plugins, TimeLimit, Workers

EPILOG = "Example: python -m bench rescore --plugins DIR"


def command(
    *,
    out: Out = LOCAL,
    workers: Workers = None,
    time_limit: TimeLimit = 600,
    memory_limit: MemoryLimit = None,
    plugins: Plugins = None,
) -> None:
    """Compute new or changed metrics on the stored embeddings, without fitting anything again.

    `all` and `run` do so by themselves for the jobs that they are asked for. Scores of held-out
    points and of decoders need the fitted model, which is not stored: these jobs are left alone.
    """
    from bench.cli.session import Settings, rescore

    settings = Settings(out, workers, time_limit, memory_limit, False, False, tuple(plugins or ()))
    raise typer.Exit(rescore(settings))
