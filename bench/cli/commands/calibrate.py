"""`python -m bench calibrate`."""

from typing import Annotated

import typer

from bench.cli.options import LOCAL, Out, Plugins, Set, overrides_of, registry_of

EPILOG = (
    "Examples:\n\npython -m bench calibrate\n\n"
    "python -m bench calibrate --dataset swiss_roll --neighbors 5 --neighbors 10 --n 1000 --seed 0"
)


def command(
    *,
    dataset: Annotated[
        list[str] | None,
        typer.Option(
            help="Dataset with known geodesics; repeatable. If not given, all that need no "
            "download."
        ),
    ] = None,
    neighbors: Annotated[
        list[int] | None, typer.Option(min=1, help="k of the graph; repeatable.")
    ] = None,
    n: Annotated[list[int] | None, typer.Option(min=10, help="Points; repeatable.")] = None,
    seed: Annotated[
        list[int] | None, typer.Option(min=0, max=2**32 - 1, help="Seed; repeatable.")
    ] = None,
    set_: Set = None,
    out: Out = LOCAL,
    plugins: Plugins = None,
) -> None:
    """Measure what geodesics estimated on a graph are worth where the truth is known.

    Embeddings of these datasets that are in the results are scored against both.
    """
    from bench.store import Store
    from bench.studies.calibration.session import Choices, run_calibration

    choices = Choices(
        tuple(dataset or ()),
        tuple(neighbors or ()),
        tuple(n or ()),
        tuple(seed or ()),
        overrides_of(set_ or []),
    )
    run_calibration(choices, Store(out), registry_of(plugins))
