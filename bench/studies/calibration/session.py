"""The calibration as a command: check what is asked for, measure, publish, and say what came."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from bench.console import console, warn
from bench.engine.quarantine import quarantine
from bench.engine.threads import cores
from bench.errors import BenchError
from bench.job import DatasetConfig
from bench.registry import Registry
from bench.report.frame import Results, load_results
from bench.store import Store
from bench.studies.calibration.measure import Calibration, calibrate
from bench.studies.calibration.plan import NEIGHBORS, POINTS, SEEDS, plan_calibration
from bench.studies.calibration.report import FILES, publish_calibration
from bench.studies.calibration.tables import MOST_OF_RUNS, by_k
from bench.suite import Overrides

_SHOWN = ("n", "k", "bias", "95th percentile", "Spearman, mean", "short circuits", MOST_OF_RUNS)


@dataclass(frozen=True)
class Choices:
    """What the user chose; each may be empty, for the default.

    Parameters
    ----------
    datasets : tuple of str
        Names.
    neighbors, ns, seeds : tuple of int
        k of the graphs, numbers of points, seeds.
    overrides : mapping of str to mapping
        Parameters by the name of the dataset.
    """

    datasets: tuple[str, ...] = ()
    neighbors: tuple[int, ...] = ()
    ns: tuple[int, ...] = ()
    seeds: tuple[int, ...] = ()
    overrides: Overrides = field(default_factory=dict)


def run_calibration(choices: Choices, store: Store, registry: Registry) -> None:
    """Measure, and write `bench.studies.calibration.report.FILES` into the store's folder.

    Raises
    ------
    BenchError
        If a choice is not possible, no chosen dataset has known geodesics, or the folder cannot
        be written.
    """
    ns = choices.ns or POINTS
    neighbors = sorted(choices.neighbors or NEIGHBORS)
    _check_neighbors(neighbors, ns)
    seeds = choices.seeds or SEEDS
    given = [name for name in choices.datasets if not registry.own_data(name)]
    chosen = [registry.find("dataset", name) for name in given]
    registry = quarantine(registry, chosen or registry.items("dataset").values())
    configs = plan_calibration(registry, choices.datasets, ns, seeds, choices.overrides)
    with store.run():
        results, began = _stored(store), time.perf_counter()
        with _progress(len(configs)) as finished:
            found = calibrate(
                configs, neighbors, registry, results, threads=cores(), finished=finished
            )
        if found.errors.empty:
            warn(found.left_out)
            names = ", ".join(sorted({config.name for config in configs}))
            raise BenchError(f"Nothing to calibrate by: no geodesics are known of {names}.")
        publish_calibration(found, store.folder)
    warn(f"Left out: {reason}" for reason in found.left_out)
    console.print(_summary(found))
    console.print(
        f"Wrote {', '.join(FILES)} in '{store.folder}' ({time.perf_counter() - began:.0f} s).",
        soft_wrap=True,
    )


def _check_neighbors(neighbors: Sequence[int], ns: Sequence[int]) -> None:
    if len(set(neighbors)) < len(neighbors):
        raise BenchError(f"A k is chosen twice: {', '.join(map(str, neighbors))}.")
    if max(neighbors) >= min(ns):
        raise BenchError(
            f"--neighbors {max(neighbors)} is out of range: {min(ns)} points have "
            f"{min(ns) - 1} neighbours each."
        )


def _stored(store: Store) -> Results | None:
    if not (store.folder / "records").is_dir():
        warn([f"'{store.folder}' holds no records: no embedding is scored."])
        return None
    results, damaged = load_results(store)
    warn(damaged)
    return results


@contextmanager
def _progress(total: int) -> Iterator[Callable[[DatasetConfig], None]]:
    """Show how many datasets are done while the context lasts."""
    bar = Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[last]}"),
        TimeRemainingColumn(),
        TextColumn("left"),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    task = bar.add_task("datasets", total=total, last="")
    with bar:
        yield lambda config: bar.update(
            task, advance=1, last=escape(f"{config.label}, seed {config.seed}")
        )


def _summary(found: Calibration) -> Table:
    table = Table(title="By k, over all datasets", title_justify="left")
    frame = by_k(found.errors, found.scores)[list(_SHOWN)]
    for column in frame.columns:
        table.add_column(f"AUC moves by {column}" if column == MOST_OF_RUNS else column)
    for row in frame.itertuples(index=False):
        table.add_row(*map(str, row))
    return table
