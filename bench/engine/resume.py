"""Resume: hold a plan against a store, and find what is left to run."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.engine.rescore import outdated
from bench.errors import BenchError, unknown_name
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
    edited : mapping of str to int
        Plugins with results of another state of their code, and how many jobs run again for it.
    """

    jobs: list[Job]
    outdated: list[tuple[Record, tuple[str, ...]]]
    datasets: list[DatasetConfig]
    done: list[Record]
    damaged: list[str]
    edited: Mapping[str, int]

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
    rerun: Collection[str] = (),
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
    rerun : collection of str
        Names of reducers and datasets whose jobs are run again even if they are done.
    current : mapping of str to str, optional
        Revisions of the metrics (`bench.engine.rescore.revisions`); no record is outdated without.

    Returns
    -------
    Todo

    Raises
    ------
    BenchError
        If a name in ``rerun`` is that of no reducer or dataset of the plan.
    """
    names = {name for job in jobs for name in (job.reducer.name, job.dataset.name)}
    for name in rerun:
        if name not in names:
            raise unknown_name("name in --rerun", name, names)
    edited: Counter[str] = Counter()
    left: list[Job] = []
    done: list[Record] = []
    damaged: list[str] = []
    for job in jobs:
        try:
            record = store.find(job)
        except BenchError as error:
            damaged.append(str(error))
            record = None
        again = not {job.reducer.name, job.dataset.name}.isdisjoint(rerun)
        if record is None or again or (retry and record.status.is_failure):
            left.append(job)
            if record is None:
                edited.update(_edited(job, store))
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
    return Todo(left, stale, datasets, done, damaged, edited)


def _edited(job: Job, store: Store) -> Iterator[str]:
    """Name the plugins of a job that the store has with another state of their code."""
    if not (job.reducer.code or job.dataset.code):
        return
    for path in sorted(store.path(job).parent.glob(f"{job.seed}-*.json")):
        try:
            then = store.load(path).record.job
        except BenchError:
            continue
        pairs = ((job.reducer, then.reducer), (job.dataset, then.dataset))
        for now, other in pairs:
            same = (now.name, now.parameters) == (other.name, other.parameters)
            if same and now.code != other.code:
                yield now.name
                return
