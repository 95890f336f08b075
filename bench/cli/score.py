"""The command ``python -m bench score``: an embedding in a file, held against points in a file."""

import json
import re
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.table import Table

from bench.console import console, warn
from bench.errors import BenchError

if TYPE_CHECKING:
    import pandas as pd

_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
_REFERENCES = ("euclidean", "geodesic")
_TABLES = (".csv", ".parquet")


def score_files(
    *,
    points: Annotated[Path, typer.Option(help="The data: .npy, .npz, .csv or .parquet.")],
    embedding: Annotated[Path, typer.Option(help="What is to be judged, in the same order.")],
    geodesics: Annotated[
        Path | None, typer.Option(help="Distances along the manifold, n x n.")
    ] = None,
    intrinsic: Annotated[
        Path | None, typer.Option(help="Or coordinates in which the manifold is flat.")
    ] = None,
    graph_neighbors: Annotated[
        int | None,
        typer.Option(help="Or estimate geodesics on the graph of so many neighbours."),
    ] = None,
    k: Annotated[list[int] | None, typer.Option(help="Where curves are read; repeatable.")] = None,
    metric: Annotated[
        list[str] | None,
        typer.Option(help="Only this metric, and no work for others; repeatable."),
    ] = None,
    exact: Annotated[bool, typer.Option("--exact", help="Rank all rows, however many.")] = False,
    sample: Annotated[
        int | None,
        typer.Option(help="Rank so many rows, drawn at random; 1,000 from 20,001 points on."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the sample.")] = 0,
    threads: Annotated[
        int | None, typer.Option(min=1, help="One for each core if not given.")
    ] = None,
    memory: Annotated[
        str | None,
        typer.Option(
            help="What the work may take beside the inputs; 16MiB, or a quarter of them.",
            metavar="SIZE",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    per_point: Annotated[
        Path | None,
        typer.Option(help="Write the scores of every point: .parquet or .csv.", metavar="FILE"),
    ] = None,
) -> None:
    """Score an embedding made by any tool, in files."""
    from bench.data.tables import read_array
    from bench.metrics.sampling import MIN_ROWS, has_intervals
    from bench.scoring import score, score_points

    if exact and sample is not None:
        raise BenchError("--exact and --sample exclude each other: give one of them.")
    files = {
        "points": points,
        "embedding": embedding,
        "geodesics": geodesics,
        "intrinsic": intrinsic,
    }
    if per_point is not None:
        _check_table(per_point, [path for path in files.values() if path])
    arrays: dict[str, Any] = {name: read_array(path) for name, path in files.items() if path}
    arrays |= {"graph_neighbors": graph_neighbors, "k": tuple(k or (15,)), "metrics": metric}
    automatic: Literal["auto"] = "auto"
    rows = None if exact else automatic if sample is None else sample
    budget = _bytes(memory) if memory else None
    options: dict[str, Any] = {"sample": rows, "seed": seed, "threads": threads, "memory": budget}
    if per_point is not None:
        _write_table(score_points(**arrays, **options), per_point)
    found = score(**arrays, **options)
    if not (found["exact"] or has_intervals(found["rows"], found["n"])):
        warn([f"No intervals from {found['rows']} rows: give --sample {MIN_ROWS} or more."])
    if as_json:
        typer.echo(json.dumps(found, indent=2, allow_nan=False))
    else:
        _show(found)


def _check_table(path: Path, inputs: Sequence[Path]) -> None:
    if path.resolve() in [given.resolve() for given in inputs]:
        raise BenchError(f"--per-point would overwrite '{path}', which is an input.")
    if path.suffix.lower() not in _TABLES:
        raise BenchError(f"--per-point writes {' or '.join(_TABLES)}, got '{path}'.")
    if not path.parent.is_dir():
        raise BenchError(f"--per-point: there is no folder '{path.parent}'.")
    if path.suffix.lower() == ".parquet" and find_spec("pyarrow") is None:
        raise BenchError("--per-point .parquet takes pyarrow: pip install pyarrow.")


def _write_table(frame: "pd.DataFrame", path: Path) -> None:
    from bench.files import write_whole

    as_text = path.suffix.lower() == ".csv"
    content = frame.to_csv(index=False).encode() if as_text else frame.to_parquet()
    write_whole(path, content)


def _bytes(text: str) -> int:
    """Read a size such as ``1GiB`` or ``500 MB``; units are powers of 1024."""
    found = re.fullmatch(r"\s*([0-9.]+)\s*([KMGT]?)(?:iB|B)?\s*", text, re.IGNORECASE)
    try:
        size = int(float(found[1]) * _UNITS[found[2].upper()]) if found else 0
    except ValueError:
        size = 0
    if size < 1:
        raise BenchError(f"--memory takes a size such as 1GiB or 200MiB, got {text!r}.")
    return size


def _show(found: dict[str, Any]) -> None:
    references = [name for name in _REFERENCES if name in found]
    how = "all rows" if found["exact"] else f"sample of {found['rows']} rows, ± standard error"
    table = Table(title=f"{found['n']} points, {how}", title_justify="left")
    table.add_column("score")
    for name in references:
        table.add_column(name, justify="right")
    rows = {name: dict(_cells(found[name])) for name in references}
    for label in dict.fromkeys(label for cells in rows.values() for label in cells):
        table.add_row(label, *(rows[name].get(label, "") for name in references))
    console.print(table)
    for rest in ("reference_overlap", "graph"):
        if rest in found:
            text = f"{rest.replace('_', ' ')}: {json.dumps(found[rest])}"
            console.print(text, highlight=False, soft_wrap=True)


def _cells(scores: dict[str, Any]) -> Iterator[tuple[str, str]]:
    from bench.metrics.table import METRICS

    errors = scores.get("standard_error", {})
    for name, value in scores.items():
        if name not in METRICS:
            continue
        label, error = METRICS[name].label, errors.get(name)
        if isinstance(value, dict):
            for k, number in value.items():
                yield f"{label}, k = {k}", _fixed(number, error and error[k])
        else:
            yield label, _fixed(value, error)


def _fixed(value: float, error: float | None) -> str:
    if error is not None:
        return f"{value:.4f} ± {error:.4f}"
    return f"{value:.0f}" if value > 1 and value.is_integer() else f"{value:.4f}"
