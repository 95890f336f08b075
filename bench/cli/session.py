"""A session: plan, run what is left, publish, and say what came of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rich.markup import escape

from bench.api.progress import Display
from bench.api.stages import (
    download,
    jobs_of,
    left_to_run,
    load,
    registry_for,
    registry_of_metrics,
    stored_jobs,
)
from bench.cli.options import PUBLISHED
from bench.console import console, errors, warn
from bench.engine.pool import Limits, shared_memory
from bench.engine.rescore import revisions
from bench.engine.resume import Todo, what_is_left
from bench.engine.run import Run, run_jobs
from bench.engine.threads import cores
from bench.errors import BenchError
from bench.record import Status
from bench.registry import Registry
from bench.report.agreement import agreement, agreement_lines
from bench.report.frame import Results, load_results
from bench.report.publish import TABLES, failures, find_tables, is_published, publish
from bench.report.published import Published
from bench.report.terminal import summary_tables
from bench.results_folder import announce
from bench.store import Store
from bench.studies.calibration.report import supplement
from bench.suite import Overrides, Suite

_MAX_LINES = 10  # of kinds of failure


@dataclass(frozen=True)
class Settings:
    """How to run, as against what. Limits decide only which jobs end before they have a result.

    Parameters
    ----------
    out : Path
        Folder of the results.
    workers : int or None
        Jobs at once; one for each core if None.
    time_limit : float
        Seconds for each job.
    memory_limit : float or None
        GiB for each job; 80 % of memory, shared by the workers, if None.
    retry : bool
        Run failed jobs again.
    rerun : tuple of str
        Names of reducers and datasets whose jobs run again even if they are done.
    allow_failures : bool
        Do not let failed jobs decide the exit code.
    plugins : tuple of Path
        Plugin folders.
    """

    out: Path
    workers: int | None
    time_limit: float
    memory_limit: float | None
    retry: bool
    allow_failures: bool
    plugins: tuple[Path, ...]
    rerun: tuple[str, ...] = ()

    @property
    def limits(self) -> Limits:
        """The limits of each job."""
        given = int((self.memory_limit or 0) * 2**30)
        return Limits(self.time_limit, given or shared_memory(self.workers or cores()))


def run_suite(suite: Suite, overrides: Overrides, settings: Settings) -> int:
    """Run what the store does not have of a suite, publish all of it, and return the exit code.

    Raises
    ------
    BenchError
        If the suite cannot be planned, or the results cannot be written.
    KeyboardInterrupt
        After Ctrl-C, when the workers have stopped and what is kept has been said.
    """
    registry = registry_for(suite, settings.plugins)
    jobs = jobs_of(suite, registry, overrides)
    store = Store(settings.out)
    with store.run():
        announce(store.folder, TABLES)  # what cannot be published later is refused now
        todo = left_to_run(jobs, store, registry, retry=settings.retry, rerun=settings.rerun)
        results = _carry_out(todo, store, settings, registry)
    ids = {job.id for job in jobs}
    _show(results, ids)
    failed = _say_what_failed(results, ids, store)
    return 1 if (failed or registry.broken) and not settings.allow_failures else 0


def rescore(settings: Settings) -> int:
    """Compute what stored embeddings lack of the current metrics, and publish.

    Returns
    -------
    int
        The exit code: 1 if a record could not be rescored, or a metric cannot be imported.

    Raises
    ------
    BenchError
        If there are no records, or the results cannot be written.
    """
    registry = registry_of_metrics(settings.plugins)
    store = Store(settings.out)
    jobs = stored_jobs(store)
    with store.run():
        todo = left_to_run(jobs, store, registry)
        results = _carry_out(todo, store, settings, registry)
    _show(results, {job.id for job in jobs})
    still = what_is_left(jobs, store, current=revisions(registry)).outdated
    return 1 if still or registry.broken else 0


def _carry_out(todo: Todo, store: Store, settings: Settings, registry: Registry) -> Results:
    """Run what is left, publish, and say what came of it."""
    _say_what_is_left(todo)
    download(todo, registry)
    run = _run(todo, store, settings, registry)
    warn(run.problems)
    results = load(store, registry)
    _publish(results, store, again=False)
    if run.records or run.rescored:
        console.print(
            f"{len(run.records)} job(s) run, {len(run.rescored)} rescored in "
            f"{run.wall_seconds:.0f} s on {run.workers} worker(s), utilisation "
            f"{run.utilisation:.2f}."
        )
    return results


def report(
    source: Store | Published,
    store: Store,
    ks: Sequence[str] = (),
    plugins: tuple[Path, ...] = (),
    table: str = "",
) -> None:
    """Write the tables and figures of some results into a store, and show the headline.

    Parameters
    ----------
    source : Store or Published
        Where the records are.
    store : Store
        Where the tables and figures go.
    ks : sequence of str, optional
        Where curves are read for tables; 15 and n/10 if not given.
    plugins : tuple of Path
        Plugin folders: their metrics say how to label and mark them.
    table : str
        Which table to show; the summary if empty.

    Raises
    ------
    BenchError
        If there is nothing to report, a k is out of range, or there is no such table.
    """
    results = load(source, registry_of_metrics(plugins), ks=ks)
    chosen = find_tables(results, table) if table else []  # a wrong name is refused at once
    with store.run():
        _publish(results, store, again=True)
    for one in chosen:
        console.print(*one.rich(console.width), sep="\n")
    if not chosen:
        _show(results, {record.job.id for record in results.all_records})


def _publish(results: Results, store: Store, *, again: bool) -> None:
    """Write what is not up to date."""
    supplements = (supplement(store.folder),)
    if not again and is_published(results, store.folder, supplements):
        console.print(f"Tables and figures in '{store.folder}' are up to date.", soft_wrap=True)
    else:
        with console.status("Writing tables and figures"):
            publish(results, store.folder, supplements)
        written = f"Wrote {', '.join(TABLES)} and figures/ in '{store.folder}'."
        console.print(written, soft_wrap=True)


def _show(results: Results, jobs: Collection[str]) -> None:
    """Show what some jobs came to, and whether it is what is published, in about twenty lines."""
    for title, table, left_out in summary_tables(results, jobs, console.width):
        console.print(f"[bold]{title}[/bold]", table, sep="\n")
        if left_out:
            console.print(f"{left_out}: see comparison.md.")
    own = [record.job for record in results.records if record.job.id in jobs]
    if not (own and PUBLISHED.is_dir()):
        return
    try:
        published, _ = load_results(Published(PUBLISHED, {job.dataset.name for job in own}))
    except BenchError:
        return  # none of these datasets is published
    for line in agreement_lines(agreement(results, published, jobs)):
        console.print(line, highlight=False, soft_wrap=True)


def _say_what_is_left(todo: Todo) -> None:
    done, planned = len(todo.done), len(todo.done) + len(todo.jobs)
    if todo.outdated:
        names = sorted({name for _, outdated in todo.outdated for name in outdated})
        console.print(
            f"{len(todo.outdated)} stored embedding(s) lack the current scores of "
            f"{', '.join(names)}: they are computed, and nothing is fitted again.",
            soft_wrap=True,
        )
    if not todo.jobs:
        console.print(f"All {planned} jobs are done already: nothing to run.")
    else:
        before = f", {done} done before" if done else ""
        console.print(f"{len(todo.jobs)} of {planned} jobs to run{before}.")


def _run(todo: Todo, store: Store, settings: Settings, registry: Registry) -> Run:
    tasks = len(todo.jobs) + len(todo.outdated)
    display = Display(console, tasks)
    workers = min(settings.workers or cores(), max(tasks, 1))
    settings = replace(settings, workers=workers)  # more than jobs would only divide the memory
    try:
        with display.live():
            return run_jobs(
                todo.jobs,
                store,
                display,
                limits=settings.limits,
                workers=settings.workers,
                registry=registry,
                datasets=todo.datasets,
                outdated=todo.outdated,
            )
    except (KeyboardInterrupt, SystemExit):  # Ctrl-C, or a signal to end
        kept, planned = len(todo.done) + display.done, len(todo.done) + len(todo.jobs)
        errors.print(
            f"Stopped. {kept} of {planned} jobs are kept in '{store.folder}'; "
            "the same command resumes.",
            soft_wrap=True,
        )
        raise


def _say_what_failed(results: Results, jobs: Collection[str], store: Store) -> bool:
    """Name the jobs that failed, those that failed alike in one line; say whether any did."""
    found = failures(results, jobs)
    found = found[found["status"] != Status.UNSUPPORTED]
    if found.empty:
        return False
    console.print(f"{found['jobs'].sum()} job(s) failed:")
    for row in found.head(_MAX_LINES).itertuples():
        text = f"  {row.status}: {row.reducer} on {row.datasets} ({row.jobs} job(s)): {row.reason}"
        console.print(escape(text), highlight=False, soft_wrap=True)
    if len(found) > _MAX_LINES:
        console.print(f"  and {len(found) - _MAX_LINES} more kinds: see comparison.md.")
    console.print(
        f"The output of each is beside its record in '{store.folder / 'records'}'; --retry runs "
        "them again.",
        soft_wrap=True,
    )
    return True
