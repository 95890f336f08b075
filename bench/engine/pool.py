"""The local pool: every job in a process that may die, one record for each whatever happens."""

import shutil
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Protocol

import psutil
from pebble import ProcessExpired, ProcessPool

from bench.engine.circumstances import circumstances
from bench.engine.guarded import Failure, Workplace, prepare_guarded, run_guarded
from bench.engine.schedule import Schedule, Task
from bench.engine.threads import cores, thread_limit
from bench.engine.worker import how_it_died, start_worker
from bench.errors import one_line
from bench.job import DatasetConfig, Job
from bench.record import Record, Status
from bench.registry import Registry
from bench.store import Store

_POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Limits:
    """What one job may use.

    Parameters
    ----------
    seconds : float
        Wall-clock time, with warm-up and scoring.
    memory_bytes : int
        Resident memory of its process, interpreter and libraries included.
    """

    seconds: float
    memory_bytes: int


class Listener(Protocol):
    """Whoever wants to be told how the run goes."""

    def started(self, task: Task) -> None:
        """Hear that a job began, or the preparation of a dataset."""
        ...

    def prepared(self, config: DatasetConfig) -> None:
        """Hear that a dataset is ready."""
        ...

    def finished(self, record: Record) -> None:
        """Hear that a job ended, however it did."""
        ...


@dataclass(frozen=True)
class Run:
    """What a run came to.

    Parameters
    ----------
    records : list of Record
        Of the jobs that ran, in the order in which they ended.
    wall_seconds, busy_seconds : float
        Duration of the run, and the time its workers spent on tasks.
    workers : int
        Number of workers.
    """

    records: list[Record]
    wall_seconds: float
    busy_seconds: float
    workers: int

    @property
    def utilisation(self) -> float:
        """Busy time over the time that the workers were there."""
        return self.busy_seconds / max(self.wall_seconds * self.workers, 1e-9)


@dataclass
class _Running:
    task: Task
    workplace: Workplace
    began: float = field(default_factory=time.perf_counter)
    over_memory: int | None = None

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.began


def run_jobs(
    jobs: Sequence[Job],
    store: Store,
    listener: Listener,
    *,
    limits: Limits,
    workers: int | None = None,
    plugins: tuple[Path, ...] = (),
    data: tuple[Path, ...] = (),
    broken: tuple[tuple[str, str], ...] = (),
    datasets: Sequence[DatasetConfig] = (),
) -> Run:
    """Run jobs in worker processes and save each record as soon as it is there.

    Parameters
    ----------
    jobs : sequence of Job
        What to run; the store must be held (`Store.run`).
    store : Store
        Where records go.
    listener : Listener
        Told of every start and end.
    limits : Limits
        A job beyond them is ended, and recorded as such.
    workers : int, optional
        Processes at once; one for each core if not given. The cores are shared out evenly.
    plugins : tuple of Path
        Plugin folders.
    data : tuple of Path
        Files and folders of the user's own that are datasets.
    broken : tuple of (str, str)
        Plugins that no worker may import (`Registry.broken`).
    datasets : sequence of DatasetConfig
        To be drawn for what tables say of them, even if no job needs them.

    Returns
    -------
    Run
    """
    workers = min(workers or cores(), max(len(jobs), 1))
    if not jobs and not datasets:
        return Run([], 0.0, 0.0, workers)
    threads = max(1, cores() // workers)
    began = time.perf_counter()
    with (
        thread_limit(threads),
        ProcessPool(workers, initializer=start_worker, context=get_context("spawn")) as pool,
    ):
        registry = Registry(plugins, data, broken)
        execution = _Execution(pool, store, listener, limits, registry, threads)
        try:
            execution.work(Schedule(jobs, workers, datasets), workers)
        except BaseException:
            pool.stop()  # type: ignore[no-untyped-call]
            raise
    return Run(execution.records, time.perf_counter() - began, execution.busy, workers)


class _Execution:
    """The state of one run: what is running, what it came to."""

    def __init__(
        self,
        pool: ProcessPool,
        store: Store,
        listener: Listener,
        limits: Limits,
        registry: Registry,
        threads: int,
    ) -> None:
        self._pool = pool
        self._store = store
        self._listener = listener
        self._limits = limits
        self._registry = registry
        self._threads = threads
        self._running: dict[Any, _Running] = {}
        self.records: list[Record] = []
        self.busy = 0.0

    def work(self, schedule: Schedule, workers: int) -> None:
        """Keep every worker busy until nothing is left."""
        while True:
            while len(self._running) < workers and (task := schedule.next()):
                self._start(task)
            if not self._running:
                return
            done, _ = wait(self._running, timeout=_POLL_SECONDS, return_when=FIRST_COMPLETED)
            for future in done:
                running = self._running.pop(future)
                self._end(running, self._outcome(future, running), schedule)
            self._watch_memory()

    def _start(self, task: Task) -> None:
        config = task.dataset if isinstance(task, Job) else task
        workplace = Workplace(
            prepared=str(self._store.scratch / config.id),
            log=str(self._store.scratch / f"{task.id}.log"),
            plugins=tuple(map(str, self._registry.plugins)),
            threads=self._threads,
            data=tuple(map(str, self._registry.data)),
            broken=self._registry.broken,
        )
        function: Any = run_guarded if isinstance(task, Job) else prepare_guarded
        future = self._pool.schedule(function, (task, workplace), timeout=self._limits.seconds)
        self._running[future] = _Running(task, workplace)
        self._listener.started(task)

    def _outcome(self, future: Any, running: _Running) -> Any:  # noqa: ANN401 - a future of either kind
        """Return what the worker returned, or the `Failure` that its death amounts to."""
        try:
            return future.result()
        except TimeoutError:
            reason = f"no result within {self._limits.seconds:g} s"
            return Failure(Status.TIMEOUT, reason)
        except ProcessExpired as error:
            if running.over_memory is not None:
                reason = f"held {_gib(running.over_memory)}, the limit is "
                return Failure(Status.OUT_OF_MEMORY, reason + _gib(self._limits.memory_bytes))
            return Failure(Status.CRASHED, how_it_died(error.exitcode))
        except Exception as error:  # noqa: BLE001 - a result that cannot cross the pool
            return Failure(Status.CRASHED, f"no result came back: {one_line(error)}")

    def _end(self, running: _Running, outcome: Any, schedule: Schedule) -> None:  # noqa: ANN401
        task = running.task
        if isinstance(task, Job):
            if isinstance(outcome, Failure):
                where = circumstances(self._threads)
                outcome = outcome.record(task, where, running.seconds), {}
            record, arrays = outcome
            self.busy += record.busy_seconds
            self._finish(record, arrays, running, schedule)
        elif isinstance(outcome, Failure):
            self.busy += running.seconds
            reason = f"dataset {task.label}: {outcome.reason}"
            failure = Failure(outcome.status, reason)
            for job in schedule.jobs_of(task):
                record = failure.record(job, circumstances(self._threads), 0.0)
                self._finish(record, {}, running, schedule)
        else:
            facts, arrays = outcome
            self.busy += facts.busy_seconds
            self._store.save_dataset(facts, arrays)
            schedule.prepared(task)
            self._listener.prepared(task)
            if not schedule.jobs_of(task):
                shutil.rmtree(running.workplace.prepared, ignore_errors=True)

    def _finish(
        self, record: Record, arrays: dict[str, Any], running: _Running, schedule: Schedule
    ) -> None:
        record = self._store.save(record, arrays)
        kept = self._store.log_path(record.job)
        kept.unlink(missing_ok=True)
        if record.status.is_failure and Path(running.workplace.log).exists():
            shutil.copyfile(running.workplace.log, kept)
        self.records.append(record)
        self._listener.finished(record)
        if schedule.finished(record.job):
            shutil.rmtree(running.workplace.prepared, ignore_errors=True)

    def _watch_memory(self) -> None:
        """End the process of a job that holds more memory than it may."""
        for running in self._running.values():
            try:
                note = Path(running.workplace.log).with_suffix(".pid")
                process = psutil.Process(int(note.read_text(encoding="ascii")))
                held = process.memory_info().rss
                if held > self._limits.memory_bytes:
                    running.over_memory = held
                    process.kill()
            except (OSError, ValueError, psutil.Error):
                continue  # not started yet, or ended just now


def _gib(number: int) -> str:
    return f"{number / 2**30:.2f} GiB"
