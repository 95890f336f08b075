"""Resume: hold a plan against a store, and find what is left to run."""

from collections.abc import Sequence
from dataclasses import dataclass

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
    datasets : list of DatasetConfig
        Without a job to run, but to be drawn again: what the tables say of them is damaged.
    done : list of Record
        There already.
    damaged : list of str
        What is wrong with each file that must be made again.
    """

    jobs: list[Job]
    datasets: list[DatasetConfig]
    done: list[Record]
    damaged: list[str]


def what_is_left(jobs: Sequence[Job], store: Store, *, retry: bool = False) -> Todo:
    """Hold a plan against a store.

    Parameters
    ----------
    jobs : sequence of Job
        The plan.
    store : Store
        Where records are.
    retry : bool
        Whether a recorded failure is to be run again.

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
    drawn_anyway = {job.dataset.id for job in left}
    scored = {r.job.dataset.id: r.job.dataset for r in done if r.status is Status.OK}
    datasets = []
    for id_, config in scored.items():
        try:
            store.dataset(config)
        except BenchError as error:
            damaged.append(str(error))
            if id_ not in drawn_anyway:
                datasets.append(config)
    return Todo(left, datasets, done, damaged)
