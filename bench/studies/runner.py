"""Run a study: what is not there yet, in processes that may die; then publish all of it."""

import shutil
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path

import msgspec
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bench.console import console, errors, warn
from bench.engine.circumstances import circumstances
from bench.engine.outcome import Arrays, Failure
from bench.engine.pool import Ended, Limits, Pool, shared_memory
from bench.engine.threads import JOB_THREADS, cores
from bench.engine.worker import Call
from bench.files import write_whole
from bench.record import Status
from bench.store import Store
from bench.studies.study import Cell, Outcome, load_study


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
        workers = min(workers or cores(), max(len(left), 1))
        limits = Limits(time_limit, shared_memory(workers))
        _run(name, left, folder, workers, limits, found)
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


def run_cell(name: str, cell: Cell) -> tuple[Outcome, Arrays]:
    """Run one cell, in a worker."""
    where = circumstances(JOB_THREADS)
    return Outcome(cell, Status.OK, where, numbers=load_study(name).run(cell)), {}


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
    workers: int,
    limits: Limits,
    found: dict[str, Outcome],
) -> None:
    """Run cells, and keep each outcome as soon as it is there."""
    if not cells:
        return
    left, running = deque(cells), dict[Call, Cell]()
    try:
        with Pool(workers, JOB_THREADS, limits, __name__) as pool, _bar() as bar:
            task = bar.add_task(name, total=len(cells))
            while left or running:
                while left and pool.has_room:
                    cell = left.popleft()
                    call = Call(run_cell, (name, cell), Outcome, _log(folder, cell).absolute())
                    running[call] = cell
                    pool.submit(call)
                for ended in pool.wait():
                    outcome = _outcome(running.pop(ended.call), ended)
                    _keep(folder, outcome)
                    found[outcome.cell.id] = outcome
                    bar.advance(task)
                    if not console.is_terminal:
                        console.print(
                            f"{outcome.cell.label}: {outcome.status.value}", soft_wrap=True
                        )
    except (KeyboardInterrupt, SystemExit):  # Ctrl-C, or a signal to end
        kept = sum(cell.id in found for cell in cells)
        errors.print(f"Stopped. {kept} of {len(cells)} cells are kept in '{folder}'.")
        raise


def _outcome(cell: Cell, ended: Ended) -> Outcome:
    if isinstance(ended.outcome, Failure):
        where, failure = circumstances(JOB_THREADS), ended.outcome
        return Outcome(cell, failure.status, where, failure.reason, busy_seconds=ended.seconds)
    outcome: Outcome = ended.outcome[0]
    return msgspec.structs.replace(outcome, cell=cell, busy_seconds=ended.seconds)


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
