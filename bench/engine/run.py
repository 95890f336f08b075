"""A run: every job in a worker process, one record for each whatever happens."""

import shutil
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import msgspec

from bench.engine.circumstances import circumstances
from bench.engine.guarded import Workplace, prepare_dataset, run_job
from bench.engine.outcome import Arrays, Failure, Outcome
from bench.engine.pool import Ended, Limits, Pool
from bench.engine.quarantine import metrics_of_plugins
from bench.engine.rescore import rescore_job, revisions
from bench.engine.schedule import Schedule, Task
from bench.engine.threads import JOB_THREADS, cores
from bench.engine.worker import Call
from bench.job import DatasetConfig, Job
from bench.record import DatasetFacts, Record, Status
from bench.registry import Kind, Registry
from bench.store import Store

_MAX_SPOILED_RUNS = 2  # of a plugin's job; after that it is taken to be what changes files


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
    rescored : list of Record
        Of jobs that had run before, with metrics that they lacked.
    problems : list of str
        Why a record could not be rescored; it is as it was.
    wall_seconds, busy_seconds : float
        Duration of the run, and the time its workers spent on tasks.
    workers : int
        Number of workers.
    """

    records: list[Record]
    rescored: list[Record]
    problems: list[str]
    wall_seconds: float
    busy_seconds: float
    workers: int

    @property
    def utilisation(self) -> float:
        """Busy time over the time that the workers were there."""
        return self.busy_seconds / max(self.wall_seconds * self.workers, 1e-9)


def run_jobs(
    jobs: Sequence[Job],
    store: Store,
    listener: Listener,
    *,
    limits: Limits,
    registry: Registry,
    workers: int | None = None,
    datasets: Sequence[DatasetConfig] = (),
    outdated: Sequence[tuple[Record, tuple[str, ...]]] = (),
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
    registry : Registry
        With plugin folders and data of the user's own.
    workers : int, optional
        Processes at once; one for each core if not given.
    datasets : sequence of DatasetConfig
        To be drawn for what tables say of them, even if no job needs them.
    outdated : sequence of (Record, tuple of str)
        Records that lack these metrics: they are computed on the stored embeddings.

    Returns
    -------
    Run

    Raises
    ------
    BenchError
        If worker processes cannot be started, or a record cannot be written.
    """
    everything = [*jobs, *(record.job for record, _ in outdated)]
    workers = min(workers or cores(), max(len(everything), 1))
    if not everything and not datasets:
        return Run([], [], [], 0.0, 0.0, workers)
    began = time.perf_counter()
    with Pool(workers, JOB_THREADS, limits, run_job.__module__) as pool:
        # A plugin may change the working directory before another one is loaded.
        absolute = replace(registry, plugins=tuple(path.absolute() for path in registry.plugins))
        schedule = Schedule(everything, workers, datasets)
        execution = _Execution(pool, store, listener, absolute, schedule, outdated)
        execution.work()
    seconds = time.perf_counter() - began
    done = execution.records, execution.rescored, execution.problems
    return Run(*done, seconds, execution.busy, workers)


class _Execution:
    """The state of one run: what is running, what it came to."""

    def __init__(
        self,
        pool: Pool,
        store: Store,
        listener: Listener,
        registry: Registry,
        schedule: Schedule,
        outdated: Sequence[tuple[Record, tuple[str, ...]]],
    ) -> None:
        self._pool = pool
        self._store = store
        self._listener = listener
        self._registry = registry
        self._schedule = schedule
        self._tasks: dict[Call, Task] = {}
        self._files: dict[str, frozenset[Any]] = {}
        self._spoiled_runs: Counter[str] = Counter()
        self._own: dict[tuple[Kind, str], bool] = {}
        self._plugin_metrics = {
            kind: bool(metrics_of_plugins(registry, kind)) for kind in ("metric", "decoder_metric")
        }
        self._outdated = {record.job.id: (record, names) for record, names in outdated}
        self._revisions = revisions(registry)
        self.records: list[Record] = []
        self.rescored: list[Record] = []
        self.problems: list[str] = []
        self.busy = 0.0

    def work(self) -> None:
        """Keep every worker busy until nothing is left."""
        while True:
            while self._pool.has_room and (task := self._schedule.next()):
                self._start(task)
            if not self._pool.calls:
                return
            for ended in self._pool.wait():
                if ended.call in self._tasks:  # it was not cancelled meanwhile
                    self._end(ended)

    def _folder(self, config: DatasetConfig) -> Path:
        return self._store.scratch.absolute() / config.id

    def _start(self, task: Task) -> None:
        config = task.dataset if isinstance(task, Job) else task
        workplace = Workplace(self._folder(config), self._registry, JOB_THREADS)
        log = self._store.scratch.absolute() / f"{task.id}.log"
        call = Call(*self._what(task, workplace), log, self._third_party(task))
        self._tasks[call] = task
        self._pool.submit(call)
        self._listener.started(task)

    def _what(self, task: Task, workplace: Workplace) -> tuple[Any, tuple[Any, ...], type]:
        """Return the function that does a task, its arguments, and the type of its result."""
        if not isinstance(task, Job):
            return prepare_dataset, (task, workplace), DatasetFacts
        if task.id not in self._outdated:
            return run_job, (task, workplace), Record
        arrays = self._store.path(task).with_suffix(".npz").absolute()
        return rescore_job, (*self._outdated[task.id], arrays, workplace), Record

    def _third_party(self, task: Task) -> bool:
        """Whether code that is not ours runs in a task: that of a reducer, dataset or metric."""
        if isinstance(task, Job) and task.id in self._outdated:
            return any(self._is_plugin("metric", name) for name in self._outdated[task.id][1])
        if isinstance(task, Job):
            kind = "decoder_metric" if task.held_out else "metric"
            return (
                self._is_plugin("reducer", task.reducer.name)
                or self._plugin_metrics[kind]
                or (bool(task.held_out) and self._plugin_metrics["metric"])
                or (bool(task.held_out) and self._is_plugin("dataset", task.dataset.name))
            )
        return self._is_plugin("dataset", task.name)

    def _is_plugin(self, kind: Kind, name: str) -> bool:
        if (kind, name) not in self._own:
            self._own[kind, name] = not self._registry.find(kind, name).is_built_in
        return self._own[kind, name]

    def _end(self, ended: Ended) -> None:
        task = self._tasks.pop(ended.call)
        self.busy += ended.seconds
        if isinstance(task, Job):
            self._end_job(task, ended)
        elif isinstance(ended.outcome, Failure):
            self._fail_jobs_of(task, ended)
        else:
            self._end_dataset(task, ended)

    def _end_job(self, job: Job, ended: Ended) -> None:
        outcome = ended.outcome
        if self._files[job.dataset.id] != _fingerprint(self._folder(job.dataset)):
            if not self._prepare_again(job, ended.call):
                return
            reason = "the prepared files of its dataset changed while it ran, twice"
            outcome = Failure(Status.ERROR, reason)
        if job.id in self._outdated:
            self._end_rescoring(job, outcome)
        elif isinstance(outcome, Failure):
            self._finish(_failed(job, outcome, ended.seconds), {}, ended.call.log)
        else:
            record, arrays = outcome
            record = msgspec.structs.replace(
                record,
                job=job,
                costs=_with_children(record, ended),
                busy_seconds=ended.seconds,
                metrics={} if job.held_out else self._revisions,
            )
            self._finish(record, arrays, ended.call.log)

    def _end_rescoring(self, job: Job, outcome: Outcome) -> None:
        """Save a record with what it lacked; one that could not be rescored stays as it was."""
        record, names = self._outdated[job.id]
        if isinstance(outcome, Failure):
            self.problems.append(f"{job.label}, not rescored: {outcome.reason}")
        else:
            found, arrays = outcome
            now = {name: self._revisions[name] for name in names}
            # Only what was computed: what a worker says of the rest is not believed.
            record = msgspec.structs.replace(
                record, scores=found.scores, reason=found.reason, metrics=record.metrics | now
            )
            record = self._store.save(record, arrays)
            self.rescored.append(record)
        self._listener.finished(record)
        if self._schedule.finished(job):
            self._discard(job.dataset)

    def _prepare_again(self, job: Job, call: Call) -> bool:
        """Prepare a dataset again whose files changed under its jobs, and run those jobs again.

        Return whether this job is to blame: that of a plugin which ran each time.
        """
        config = job.dataset
        spoiled = {call: job} | {
            other: task
            for other, task in self._tasks.items()
            if isinstance(task, Job) and task.dataset.id == config.id
        }
        for other in spoiled:
            self._pool.cancel(other)
            self._tasks.pop(other, None)
        self._spoiled_runs.update(task.id for one, task in spoiled.items() if one.third_party)
        blamed = self._spoiled_runs[job.id] >= _MAX_SPOILED_RUNS
        again = [task for task in spoiled.values() if not (blamed and task is job)]
        self._discard(config)
        self._schedule.prepare_again(config, again)
        return blamed

    def _end_dataset(self, config: DatasetConfig, ended: Ended) -> None:
        assert not isinstance(ended.outcome, Failure)  # noqa: S101 - for the type checker
        facts, arrays = ended.outcome
        facts = msgspec.structs.replace(facts, busy_seconds=ended.seconds)
        self._store.save_dataset(facts, arrays)
        self._files[config.id] = _fingerprint(self._folder(config))
        self._schedule.prepared(config)
        self._listener.prepared(config)
        if not self._schedule.jobs_of(config):
            self._discard(config)

    def _fail_jobs_of(self, config: DatasetConfig, ended: Ended) -> None:
        assert isinstance(ended.outcome, Failure)  # noqa: S101 - for the type checker
        reason = f"dataset {config.label}: {ended.outcome.reason}"
        failure = Failure(ended.outcome.status, reason)
        for job in self._schedule.jobs_of(config):
            if job.id in self._outdated:
                self._end_rescoring(job, failure)
            else:
                self._finish(_failed(job, failure, 0.0), {}, ended.call.log)

    def _finish(self, record: Record, arrays: Arrays, log: Path) -> None:
        record = self._store.save(record, arrays)
        kept = self._store.log_path(record.job)
        with suppress(OSError):  # a log is no reason to end a run
            kept.unlink(missing_ok=True)
            if record.status.is_failure and log.exists():
                shutil.copyfile(log, kept)
        self.records.append(record)
        self._listener.finished(record)
        if self._schedule.finished(record.job):
            self._discard(record.job.dataset)

    def _discard(self, config: DatasetConfig) -> None:
        shutil.rmtree(self._folder(config), ignore_errors=True)


def _failed(job: Job, failure: Failure, seconds: float) -> Record:
    where = circumstances(JOB_THREADS)
    return Record(job, failure.status, where, reason=failure.reason, busy_seconds=seconds)


def _with_children(record: Record, ended: Ended) -> Any:  # noqa: ANN401 - Costs or None
    """Add to the memory of a job what the processes that it started were seen to hold."""
    costs = record.costs
    if costs is None or costs.peak_memory_bytes is None:
        return costs
    peak = costs.peak_memory_bytes + ended.children_bytes
    return msgspec.structs.replace(costs, peak_memory_bytes=peak)


def _fingerprint(folder: Path) -> frozenset[Any]:
    """Identify the files of a folder as they are now: any write to one changes its ``ctime``."""
    found = []
    for path in folder.rglob("*"):
        try:
            status = path.lstat()
        except OSError:  # gone while we look: a change
            continue
        if not path.is_dir():
            facts = status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
            found.append((path.relative_to(folder), *facts))
    return frozenset(found)
