"""The options of ``run`` that say how data of the user's own are read."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bench.data.own_options import OwnOptions, Scale
from bench.errors import BenchError

if TYPE_CHECKING:  # every command loads only what it needs
    from bench.registry import Registry

Labels = Annotated[
    str | None,
    typer.Option(
        help="Column of your data that holds classes or colours, kept out of the points; of an "
        ".npz file an array.",
        metavar="COLUMN",
    ),
]
Drop = Annotated[
    list[str] | None,
    typer.Option(help="Column of your data to leave out; repeatable.", metavar="COLUMN"),
]
Scaling = Annotated[
    Scale, typer.Option(help="Scale the columns of your data, so that all have the same weight.")
]


def own_parameters(
    options: OwnOptions, datasets: Sequence[str], registry: "Registry"
) -> dict[str, dict[str, Any]]:
    """Return what the options change, by dataset.

    Parameters
    ----------
    options : OwnOptions
        As given.
    datasets : sequence of str
        Every dataset of the run, as it was named.
    registry : Registry
        Which tells paths from names.

    Raises
    ------
    BenchError
        If an option is given, and none of the datasets is the user's own.

    Examples
    --------
    >>> from bench import Registry
    >>> own_parameters(OwnOptions(scale="minmax"), ["digits", "./my.csv"], Registry())
    {'./my.csv': {'scale': 'minmax'}}
    """
    if not options.parameters:
        return {}
    own = [name for name in datasets if registry.own_data(name)]
    if not own:
        given = ", ".join(f"--{name}" for name in options.parameters)
        raise BenchError(
            f"{given}: for data of your own only, and none of these datasets is a path: "
            f"{', '.join(datasets)}. Add --dataset path/to/data.csv."
        )
    return {name: dict(options.parameters) for name in own}
