"""Schedule: which task comes next. Datasets are prepared just before their jobs need them."""

from collections import deque
from collections.abc import Sequence

from bench.job import DatasetConfig, Job

Task = DatasetConfig | Job


class Schedule:
    """Jobs grouped by the dataset they share.

    A dataset is a task of its own, and its jobs wait for it. The next dataset is prepared while
    jobs of the one before are left, so that no worker waits for one.

    Parameters
    ----------
    jobs : sequence of Job
        In the order in which they should run.
    workers : int
        How many tasks run at once.
    datasets : sequence of DatasetConfig
        To be prepared beside those that the jobs need.
    """

    def __init__(
        self, jobs: Sequence[Job], workers: int, datasets: Sequence[DatasetConfig] = ()
    ) -> None:
        self._workers = workers
        configs = {config.id: config for config in (*(job.dataset for job in jobs), *datasets)}
        self._groups: dict[str, list[Job]] = {id_: [] for id_ in configs}
        for job in jobs:
            self._groups[job.dataset.id].append(job)
        self._unprepared = deque(configs.values())
        self._ready: deque[Job] = deque()
        self._open = {id_: len(group) for id_, group in self._groups.items()}

    def next(self) -> Task | None:
        """Return the next task, or None if all that is left waits for a running one."""
        if self._unprepared and len(self._ready) < self._workers:
            return self._unprepared.popleft()
        return self._ready.popleft() if self._ready else None

    def prepared(self, config: DatasetConfig) -> None:
        """Release the jobs of a dataset."""
        self._ready.extend(self._groups[config.id])

    def prepare_again(self, config: DatasetConfig, jobs: Sequence[Job]) -> None:
        """Put a dataset and jobs that were taken back in front, with those that have not begun."""
        unbegun = [job for job in self._ready if job.dataset.id == config.id]
        self._ready = deque(job for job in self._ready if job.dataset.id != config.id)
        self._groups[config.id] = [*jobs, *unbegun]
        if self._groups[config.id]:
            self._unprepared.appendleft(config)

    def jobs_of(self, config: DatasetConfig) -> list[Job]:
        """Return the jobs that wait for a dataset."""
        return self._groups[config.id]

    def finished(self, job: Job) -> bool:
        """Count a job off; return whether it was the last of its dataset."""
        self._open[job.dataset.id] -= 1
        return self._open[job.dataset.id] == 0
