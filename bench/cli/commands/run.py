"""`python -m bench run`."""

from typing import Annotated, Any

import typer

from bench.cli.options import (
    LOCAL,
    SUITES,
    AllowFailures,
    MemoryLimit,
    Out,
    Plugins,
    Rerun,
    Retry,
    Set,
    TimeLimit,
    Workers,
    number,
    overrides_of,
    registry_of,
)
from bench.cli.own_data import Drop, Labels, Scaling, own_parameters

EPILOG = (
    "Examples:\n\npython -m bench run --suite smoke --out smoke\n\n"
    "python -m bench run --dataset swiss_roll --reducer isomap --reducer umap --seed 0\n\n"
    "python -m bench run --reducer sklearn.decomposition:KernelPCA --set KernelPCA.kernel=rbf\n\n"
    "python -m bench run --dataset path/to/images --reducer pca --reducer umap\n\n"
    "python -m bench run --dataset iris.csv --labels species --scale standard --reducer pca"
)


def command(
    *,
    suite: Annotated[
        str,
        typer.Option(help=f"Suite to start from: {SUITES} or a TOML file."),
    ] = "all",
    dataset: Annotated[
        list[str] | None,
        typer.Option(
            help="Dataset in place of the suite's, or the path of your own: a folder of images, "
            "or a .npy, .npz, .csv or .parquet file; repeatable."
        ),
    ] = None,
    reducer: Annotated[
        list[str] | None,
        typer.Option(help="Reducer in place of the suite's, or package.module:Class; repeatable."),
    ] = None,
    seed: Annotated[
        list[int] | None,
        typer.Option(min=0, max=2**32 - 1, help="Seed in place of the suite's; repeatable."),
    ] = None,
    n: Annotated[int | None, typer.Option(min=10, help="Points of every dataset.")] = None,
    components: Annotated[
        int | None, typer.Option(min=1, help="Dimensions of the embeddings.")
    ] = None,
    held_out: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=0.9,
            callback=number,
            help="Share of the points to place after a fit without them.",
        ),
    ] = None,
    labels: Labels = None,
    drop: Drop = None,
    scale: Scaling = "none",
    set_: Set = None,
    out: Out = LOCAL,
    workers: Workers = None,
    time_limit: TimeLimit = 600,
    memory_limit: MemoryLimit = None,
    retry: Retry = False,
    rerun: Rerun = None,
    allow_failures: AllowFailures = False,
    plugins: Plugins = None,
) -> None:
    """Run some reducers on some datasets, and publish tables and figures.

    The suite says what is run where no option does. With --reducer alone, that reducer runs on
    every dataset of the suite and stands beside all others in the tables.
    """
    import msgspec

    from bench.cli.session import Settings, run_suite
    from bench.data.own_options import OwnOptions
    from bench.job import short_name
    from bench.suite import Choice, load_suite

    registry = registry_of(plugins)
    chosen = load_suite(suite, registry)
    replaced: dict[str, Any] = {
        "datasets": tuple(map(Choice, dataset)) if dataset else chosen.datasets,
        "reducers": tuple(map(Choice, reducer)) if reducer else chosen.reducers,
        "seeds": tuple(seed) if seed else chosen.seeds,
        "n_components": components or chosen.n_components,
        "held_out": chosen.held_out if held_out is None else held_out,
    }
    chosen = msgspec.structs.replace(chosen, **replaced)
    overrides = overrides_of(set_ or [])
    names = [choice.name for choice in chosen.datasets]
    options = OwnOptions(labels, tuple(drop or ()), scale)
    for name, changed in own_parameters(options, names, registry).items():
        overrides.setdefault(short_name(name), {}).update(changed)
    for choice in chosen.datasets if n else ():
        overrides.setdefault(short_name(choice.name), {}).setdefault("n", n)
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
    raise typer.Exit(run_suite(chosen, overrides, settings))
