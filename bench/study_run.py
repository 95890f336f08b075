"""Run a study: what is not there yet, in processes that may die; then publish all of it."""

import shutil
import time
from collections.abc import Sequence
from concurrent.futures import as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import msgspec
from pebble import ProcessExpired, ProcessPool
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bench.engine.circumstances import circumstances
from bench.engine.guarded import Failure, guard
from bench.engine.threads import cores, thread_limit
from bench.engine.worker import how_it_died, start_worker
from bench.errors import one_line
from bench.messages import console, errors, warn
from bench.record import Status
from bench.store import Store, write_whole
from bench.study import Cell, Outcome, load_study


def run_study(
    name: str,
    out: Path,
    *,
    seeds: Sequence[int] = (),
    workers: int | None = None,
    time_limit: float = 600,
    retry: bool = False,
) -> int:
    """Run the cells of a study that are not there, publish it, and return the exit code.

    Parameters
    ----------
    name : str
    out : Path
        The folder of the results; the study's is ``studies/NAME`` in it.
    seeds : sequence of int
        Each cell is run for each; the study's own if none are given.
    workers : int, optional
        Cells at once; one for each core if not given.
    time_limit : float
        Seconds for each cell.
    retry : bool
        Run failed cells again.

    Raises
    ------
    BenchError
        If there is no such study, or its folder cannot be written.
    """
    study, folder = load_study(name), out / "studies" / name
    cells = study.cells(tuple(dict.fromkeys(seeds or study.SEEDS)))  # one asked for twice is one
    with Store(folder).run():
        found, damaged = _read(folder, cells)
        warn(damaged)
        left = [c for c in cells if c.id not in found or (retry and _failed(found[c.id]))]
        begun = time.perf_counter()
        _run(name, left, folder, workers, time_limit, found)
        outcomes = [found[cell.id] for cell in cells]
        files = study.publish(outcomes, folder)
    if left:
        console.print(f"{len(left)} cell(s) in {time.perf_counter() - begun:.0f} s.")
    else:
        console.print(f"All {len(cells)} cells are done already: nothing to run.")
    console.print(f"Wrote {', '.join(files)} in '{folder}'.", soft_wrap=True)
    failed = [outcome for outcome in outcomes if _failed(outcome)]
    warn(f"{o.cell.label}: {o.status.value}: {o.reason}" for o in failed)
    return 1 if failed else 0


def run_cell(name: str, cell: Cell, log: str, threads: int) -> Outcome:
    """Run one cell in a worker. Never raises."""
    where, begun = circumstances(threads), time.perf_counter()
    found = guard(lambda: load_study(name).run(cell), Path(log))
    busy = time.perf_counter() - begun
    if isinstance(found, Failure):
        return Outcome(cell, found.status, where, found.reason, busy_seconds=busy)
    return Outcome(cell, Status.OK, where, numbers=found, busy_seconds=busy)


def _failed(outcome: Outcome) -> bool:
    return outcome.status.is_failure


def _path(folder: Path, cell: Cell) -> Path:
    return folder / "records" / f"{cell.seed}-{cell.id}.json"


def _keep(folder: Path, outcome: Outcome) -> None:
    """Write an outcome; beside one that failed, what it printed."""
    path = _path(folder, outcome.cell)
    log, kept = _log(folder, outcome.cell), path.with_suffix(".log")
    kept.unlink(missing_ok=True)
    if _failed(outcome) and log.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(log, kept)
    write_whole(path, msgspec.json.encode(outcome))


def _log(folder: Path, cell: Cell) -> Path:
    return Store(folder).scratch / f"{cell.id}.log"


def _read(folder: Path, cells: Sequence[Cell]) -> tuple[dict[str, Outcome], list[str]]:
    found: dict[str, Outcome] = {}
    damaged: list[str] = []
    for cell in cells:
        path = _path(folder, cell)
        if not path.exists():
            continue
        try:
            outcome = msgspec.json.decode(path.read_bytes(), type=Outcome)
        except (OSError, UnicodeDecodeError, msgspec.MsgspecError) as error:
            damaged.append(f"{path} is not an outcome ({error}). It is made again.")
            continue
        if outcome.cell == cell:
            found[cell.id] = outcome
        else:
            damaged.append(f"{path} holds the outcome of another cell. It is made again.")
    return found, damaged


def _run(
    name: str,
    cells: Sequence[Cell],
    folder: Path,
    workers: int | None,
    time_limit: float,
    found: dict[str, Outcome],
) -> None:
    """Run cells, and keep each outcome as soon as it is there."""
    if not cells:
        return
    workers = min(workers or cores(), len(cells))
    threads = max(1, cores() // workers)
    with (
        thread_limit(threads),
        ProcessPool(workers, initializer=start_worker, context=get_context("spawn")) as pool,
        _bar() as bar,
    ):
        task = bar.add_task(name, total=len(cells))
        futures: dict[Any, Cell] = {}
        for cell in cells:
            given = (name, cell, str(_log(folder, cell)), threads)
            futures[pool.schedule(run_cell, given, timeout=time_limit)] = cell
        try:
            for future in as_completed(futures):
                outcome = _outcome(future, futures[future], time_limit, threads)
                _keep(folder, outcome)
                found[outcome.cell.id] = outcome
                bar.advance(task)
                if not console.is_terminal:
                    console.print(f"{outcome.cell.label}: {outcome.status.value}", soft_wrap=True)
        except BaseException as error:
            pool.stop()  # type: ignore[no-untyped-call]
            if isinstance(error, KeyboardInterrupt):
                kept = sum(cell.id in found for cell in cells)
                errors.print(f"Stopped. {kept} of {len(cells)} cells are kept in '{folder}'.")
            raise


def _outcome(future: Any, cell: Cell, time_limit: float, threads: int) -> Outcome:  # noqa: ANN401 - of pebble
    try:
        outcome: Outcome = future.result()
    except TimeoutError:
        reason, status = f"no result within {time_limit:g} s", Status.TIMEOUT
    except ProcessExpired as error:
        reason, status = how_it_died(error.exitcode), Status.CRASHED
    except Exception as error:  # noqa: BLE001 - a result that cannot cross the pool
        reason, status = f"no result came back: {one_line(error)}", Status.CRASHED
    else:
        return outcome
    return Outcome(cell, status, circumstances(threads), reason)


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("left"),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
