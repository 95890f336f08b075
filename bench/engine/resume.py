"""Resume: hold a plan against a store, and find what is left to run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.engine.rescore import outdated
from bench.errors import BenchError
from bench.job import DatasetConfig, Job
from bench.record import Record, Status
from bench.store import Store


@dataclass(frozen=True)
class Todo:
    """What is left of a plan.

    Parameters
    ----------
    jobs : list of Job
        To be run.
    outdated : list of (Record, tuple of str)
        Done, but for these metrics: they are computed on the stored embedding.
    datasets : list of DatasetConfig
        Without a job to run, but to be drawn again: what the tables say of them is damaged.
    done : list of Record
        There already.
    damaged : list of str
        What is wrong with each file that must be made again.
    """

    jobs: list[Job]
    outdated: list[tuple[Record, tuple[str, ...]]]
    datasets: list[DatasetConfig]
    done: list[Record]
    damaged: list[str]

    @property
    def all_datasets(self) -> list[DatasetConfig]:
        """Every dataset that is drawn, once for each task that needs it."""
        jobs = [*self.jobs, *(record.job for record, _ in self.outdated)]
        return [*(job.dataset for job in jobs), *self.datasets]


def what_is_left(
    jobs: Sequence[Job],
    store: Store,
    *,
    retry: bool = False,
    current: Mapping[str, str] | None = None,
) -> Todo:
    """Hold a plan against a store.

    Parameters
    ----------
    jobs : sequence of Job
        The plan.
    store : Store
        Where records are.
    retry : bool
        Whether a recorded failure is to be run again.
    current : mapping of str to str, optional
        Revisions of the metrics (`bench.engine.rescore.revisions`); no record is outdated without.

    Returns
    -------
    Todo
    """
    left: list[Job] = []
    done: list[Record] = []
    damaged: list[str] = []
    for job in jobs:
        try:
            record = store.find(job)
        except BenchError as error:
            damaged.append(str(error))
            record = None
        if record is None or (retry and record.status.is_failure):
            left.append(job)
        else:
            done.append(record)
    stale = [(record, outdated(record, current or {})) for record in done]
    stale = [(record, names) for record, names in stale if names]
    drawn_anyway = {job.dataset.id for job in [*left, *(record.job for record, _ in stale)]}
    scored = {r.job.dataset.id: r.job.dataset for r in done if r.status is Status.OK}
    datasets = []
    for id_, config in scored.items():
        try:
            store.dataset(config)
        except BenchError as error:
            damaged.append(str(error))
            if id_ not in drawn_anyway:
                datasets.append(config)
    return Todo(left, stale, datasets, done, damaged)
