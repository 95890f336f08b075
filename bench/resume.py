"""Resume: hold a plan against a store, and find what is left to run."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.errors import BenchError
from bench.job import Job
from bench.record import Record
from bench.store import Store


@dataclass(frozen=True)
class Todo:
    """What is left of a plan.

    Parameters
    ----------
    jobs : list of Job
        To be run.
    done : list of Record
        There already.
    damaged : list of str
        What is wrong with each record that must be made again.
    """

    jobs: list[Job]
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
    return Todo(left, done, damaged)
