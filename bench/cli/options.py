"""Options that several commands share, and what they are turned into."""

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bench.errors import BenchError

if TYPE_CHECKING:  # `list` must answer at once
    from bench.registry import Registry


def number(value: float | None) -> float | None:
    """Refuse NaN, which no bound refuses: it is below nothing and above nothing."""
    if value is not None and math.isnan(value):
        raise typer.BadParameter("nan is not a number.")
    return value


# Listed without an import, so that `list` answers at once.
SUITES = ", ".join(sorted(p.stem for p in (Path(__file__).parents[1] / "suites").glob("*.toml")))

LOCAL = Path("results/local")  # no command but `publish` writes what git keeps
PUBLISHED = Path("results/published")

Out = Annotated[Path, typer.Option(help="Folder of the results.", metavar="DIR")]
Workers = Annotated[
    int | None, typer.Option(min=1, help="Jobs at once; one for each core if not given.")
]
TimeLimit = Annotated[
    float,
    typer.Option(min=1, max=1e8, callback=number, help="Seconds that one job may take."),
]
MemoryLimit = Annotated[
    float | None,
    typer.Option(
        min=0.1,
        max=1e6,
        callback=number,
        help="GiB that a worker may hold, packages that earlier jobs loaded included; 80 % of "
        "memory, shared, if not given.",
    ),
]
Retry = Annotated[bool, typer.Option("--retry", help="Run failed jobs again.")]
Rerun = Annotated[
    list[str] | None,
    typer.Option(
        help="Reducer or dataset whose jobs run again even if they are done; repeatable.",
        metavar="NAME",
    ),
]
AllowFailures = Annotated[
    bool, typer.Option("--allow-failures", help="Exit with 0 even if jobs failed.")
]
Plugins = Annotated[
    list[Path] | None,
    typer.Option(
        help="Folder with reducers/, datasets/, metrics/ or decoder_metrics/ of yours.",
        metavar="DIR",
    ),
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", help="A parameter of a reducer or dataset.", metavar="NAME.PARAM=VALUE"),
]
Ks = Annotated[
    list[str] | None, typer.Option("--k", help="Where tables read curves; 15 and n/10 by default.")
]


def overrides_of(given: list[str]) -> dict[str, dict[str, Any]]:
    """Read ``NAME.PARAM=VALUE``: JSON values as such, anything else as text."""
    found: dict[str, dict[str, Any]] = {}
    for text in given:
        key, equals, value = text.partition("=")
        name, dot, parameter = key.rpartition(".")
        if not (equals and dot and name and parameter):
            raise BenchError(f"--set takes NAME.PARAM=VALUE (isomap.n_neighbors=10), got {text!r}.")
        try:
            parsed = json.loads(value)
        except ValueError:
            parsed = value
        except RecursionError as error:
            raise BenchError(f"--set {key} is nested too deeply: give a simpler value.") from error
        found.setdefault(name, {})[parameter] = parsed
    return found


def registry_of(plugins: list[Path] | None) -> "Registry":
    """Return the registry of the built-in items and those of plugin folders."""
    from bench.registry import Registry

    return Registry(tuple(plugins or ()))
