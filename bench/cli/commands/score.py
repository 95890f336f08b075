"""The command ``python -m bench score``: an embedding in a file, held against points in a file."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.table import Table

from bench.console import console, note, warn
from bench.errors import BenchError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from bench.scoring.scores import Scores

_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
_TABLES = (".csv", ".parquet")
EPILOG = (
    "Examples:\n\npython -m bench score --points X.npy --embedding Y.npy\n\n"
    "python -m bench score --points X.csv --embedding Y.csv --graph-neighbors 10 --k 15 --k 50 "
    "--json"
)


def command(
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
    labels: Annotated[
        str | None,
        typer.Option(
            help="Column of the points that holds labels: kept out of them, and written by "
            "--per-point.",
            metavar="COLUMN",
        ),
    ] = None,
    drop: Annotated[
        list[str] | None,
        typer.Option(help="Column of the points to leave out; repeatable.", metavar="COLUMN"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    per_point: Annotated[
        Path | None,
        typer.Option(help="Write the scores of every point: .parquet or .csv.", metavar="FILE"),
    ] = None,
) -> None:
    """Score an embedding made by any tool, in files."""
    from bench.data.table_files import read_array, read_table
    from bench.metrics.sampling import MIN_ROWS, has_intervals
    from bench.scoring.compute import score
    from bench.scoring.options import ScoreOptions

    if exact and sample is not None:
        raise BenchError("--exact and --sample exclude each other: give one of them.")
    automatic: Literal["auto"] = "auto"
    rows = None if exact else automatic if sample is None else sample
    budget = _bytes(memory) if memory else None
    options = ScoreOptions(tuple(k or (15,)), metric, rows, seed, threads, budget)
    if per_point is not None:
        _check_table(
            per_point, [path for path in (points, embedding, geodesics, intrinsic) if path]
        )
        _ = options.by_point  # refused now, not after the work
    table = read_table(points, labels=labels, drop=drop or ())
    if table.layout:
        note(f"Read '{points}' as a table: {table.layout}.")
    found = score(
        table.points,
        read_array(embedding),
        geodesics=read_array(geodesics) if geodesics else None,
        intrinsic=read_array(intrinsic) if intrinsic else None,
        graph_neighbors=graph_neighbors,
        **asdict(options),
    )
    if per_point is not None:
        _write_table(_with_labels(found.per_point, table.labels), per_point)
    if found.sampled is not None and not has_intervals(found.sampled, found.n):
        warn([f"No intervals from {found.sampled} rows: give --sample {MIN_ROWS} or more."])
    if as_json:
        typer.echo(json.dumps(found.to_dict(), indent=2, allow_nan=False))
    else:
        _show(found)


def _with_labels(frame: "pd.DataFrame", labels: "NDArray[Any] | None") -> "pd.DataFrame":
    return frame if labels is None else frame.assign(label=labels[frame["point"].to_numpy()])


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


def _show(found: "Scores") -> None:
    cells = found.table()
    table = Table("score", title=found.title, title_justify="left")
    for name in cells.columns:
        table.add_column(name, justify="right")
    for label, row in cells.iterrows():
        table.add_row(str(label), *row)
    console.print(table)
    for remark in found.remarks:
        console.print(remark, highlight=False, soft_wrap=True)
