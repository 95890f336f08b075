"""`python -m bench show`."""

import json
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from bench.cli.options import LOCAL, Out
from bench.console import console, warn
from bench.errors import BenchError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.record import Record
    from bench.store import Store

_MAX_LINES = 20
EPILOG = "Example: python -m bench show --reducer isomap --seed 0"


def command(
    job: Annotated[str, typer.Argument(help="The job's id, or how it begins.")] = "",
    *,
    dataset: Annotated[str, typer.Option(help="Only this dataset.")] = "",
    reducer: Annotated[str, typer.Option(help="Only this reducer.")] = "",
    seed: Annotated[int | None, typer.Option(min=0, help="Only this seed.")] = None,
    out: Out = LOCAL,
) -> None:
    """Show the record of the job that fits best, or the ids of some that match."""
    from bench.store import Store

    store = Store(out)
    records, damaged = store.records()
    warn(damaged)
    found = [
        record
        for record in records
        if record.job.id.startswith(job)
        and dataset in ("", record.job.dataset.name, record.job.dataset.label)
        and reducer in ("", record.job.reducer.name, record.job.reducer.label)
        and seed in (None, record.job.seed)
    ]
    if not found:
        raise BenchError(
            f"None of the {len(records)} records in '{out}' matches. `python -m bench show` alone "
            "lists them."
        )
    best = _best(found) if len(found) > 1 and (dataset or reducer) else found
    if len(best) == 1:
        _show(best[0], store)
        return
    for record in found[:_MAX_LINES]:
        line = f"{record.job.id}  {record.status:<13} {record.job.label}"
        console.print(escape(line), highlight=False, soft_wrap=True)
    if len(found) > _MAX_LINES:
        left = len(found) - _MAX_LINES
        console.print(f"… and {left} more: add --dataset, --reducer or --seed.", highlight=False)


def _best(found: "Sequence[Record]") -> "list[Record]":
    """Return the records with the fewest changed parameters, without held-out points if some are.

    Seeds are not chosen between.
    """

    def changes(record: "Record") -> tuple[bool, int]:
        job = record.job
        return bool(job.held_out), len(job.dataset.changed) + len(job.reducer.changed)

    fewest = min(map(changes, found))
    return [record for record in found if changes(record) == fewest]


def _show(record: "Record", store: "Store") -> None:
    import msgspec

    where = escape(str(store.path(record.job)))
    console.print(f"[bold]{escape(record.job.label)}[/bold]  ({where})", soft_wrap=True)
    console.print_json(json.dumps(msgspec.to_builtins(record)))
