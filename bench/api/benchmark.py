"""`bench.run` and `bench.rescore`: a benchmark from Python."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import msgspec

from bench.api.arguments import as_sequence, chosen_suite, limits_of, overrides_of
from bench.api.estimators import AnyReducer, as_choice
from bench.api.progress import Display, Silent
from bench.api.results import Results
from bench.api.stages import (
    download,
    jobs_of,
    left_to_run,
    load,
    registry_for,
    registry_of_metrics,
    stored_jobs,
)
from bench.console import console, warn
from bench.engine.pool import Limits
from bench.engine.resume import Todo
from bench.engine.run import run_jobs
from bench.engine.spawning import in_worker
from bench.errors import BenchError
from bench.registry import Registry
from bench.store import Store
from bench.suite import Choice, Suite


def run(
    reducers: Sequence[AnyReducer] | None = None,
    datasets: Sequence[str | Path | Choice] | None = None,
    seeds: int | Sequence[int] | None = None,
    *,
    suite: Suite | str | None = None,
    n: int | None = None,
    n_components: int | None = None,
    parameters: Mapping[str, Mapping[str, Any]] | None = None,
    out: str | Path | None = None,
    workers: int | None = None,
    time_limit: float = 600,
    retry: bool = False,
    rerun: Sequence[str] = (),
    plugins: Sequence[str | Path] = (),
    progress: bool | None = None,
) -> Results:
    """Run reducers on datasets, each job in a worker process, and return what came of it.

    A job that fails is a row of the results with its status and reason. Scripts need no
    ``if __name__ == "__main__":``, because workers do not import them.

    Parameters
    ----------
    reducers : sequence of str, Choice, estimator, or class or function that makes one
        Names, dotted paths ``package.module:Class``, or estimators as scikit-learn has them,
        fitted or not. Of an estimator the class and ``get_params()`` are taken, and
        ``random_state`` follows from the seed of each job. Workers must be able to import it: one
        that is defined in a notebook or in the running script is refused.
    datasets : sequence of str, Path or Choice
        Names, or paths of your own data.
    seeds : int or sequence of int, optional
        A number n means the seeds 0 ... n - 1. Those of the suite if not given, else 0, 1, 2.
    suite : Suite or str, optional
        What the arguments above do not say: a `Suite`, the name of one, or a TOML file.
    n : int, optional
        Points of every dataset; its own default if not given.
    n_components : int, optional
        Dimensions of the embeddings; those of the suite, or 2.
    parameters : mapping of str to mapping, optional
        Parameters by the name of a reducer or dataset, or what follows the colon of its path.
    out : str or Path, optional
        Results folder: jobs that it has are not run again. A temporary one if not given.
    workers : int, optional
        Jobs at once; one for each core if not given.
    time_limit : float
        Seconds for each job.
    retry : bool
        Run again what failed.
    rerun : sequence of str
        Reducers and datasets whose jobs run again even if they are done.
    plugins : sequence of str or Path
        Folders that hold ``reducers/``, ``datasets/`` or ``metrics/``.
    progress : bool, optional
        Show jobs as they end; if not given, yes but in a notebook.

    Returns
    -------
    Results
        Of these jobs.

    Raises
    ------
    BenchError
        If an argument is not what it must be; the message says which and what to do.

    Examples
    --------
    >>> import bench
    >>> from sklearn.manifold import Isomap
    >>> reducers = [Isomap(n_neighbors=8), "oracle"]
    >>> results = bench.run(reducers, ["swiss_roll"], seeds=1, n=60, progress=False)
    >>> results.reducers
    ['sklearn.manifold:Isomap(n_neighbors=8)', 'oracle']
    """
    _require_the_main_process()
    chosen = chosen_suite(suite, datasets, seeds, n_components)
    if reducers is not None:
        given = as_sequence("reducers", reducers)
        choices = tuple(as_choice(one, chosen.n_components) for one in given)
        chosen = msgspec.structs.replace(chosen, reducers=choices)
    limits = limits_of(workers, time_limit)
    registry = registry_for(chosen, [Path(one) for one in as_sequence("plugins", plugins)])
    jobs = jobs_of(chosen, registry, overrides_of(parameters, chosen, n))
    with _results_folder(out) as folder:
        store = Store(folder)
        with store.run():
            todo = left_to_run(jobs, store, registry, retry=retry, rerun=rerun)
            download(todo, registry)
            _carry_out(todo, store, registry, limits, workers, shown=_shown(progress))
            return Results.of(load(store, registry, jobs={job.id for job in jobs}))


def rescore(
    folder: str | Path,
    *,
    plugins: Sequence[str | Path] = (),
    workers: int | None = None,
    time_limit: float = 600,
    progress: bool | None = None,
) -> Results:
    """Compute new or changed metrics on the stored embeddings of a results folder.

    Nothing is fitted again. `run` does so by itself for its own jobs. Scores of held-out points and
    of decoders need the fitted model, which is not stored: these jobs are left alone.

    Parameters
    ----------
    folder : str or Path
        What ``--out`` or ``out=`` named.
    plugins : sequence of str or Path
        Folders that hold ``metrics/``.
    workers : int, optional
        Embeddings at once; one for each core if not given.
    time_limit : float
        Seconds for each.
    progress : bool, optional
        Show each as it ends; if not given, yes but in a notebook.

    Returns
    -------
    Results
        Of all jobs of the folder.

    Raises
    ------
    BenchError
        If there are no records.

    Examples
    --------
    >>> import bench, tempfile
    >>> folder = tempfile.mkdtemp()
    >>> _ = bench.run(["random"], ["swiss_roll"], seeds=1, n=60, out=folder, progress=False)
    >>> "auc" in bench.rescore(folder, progress=False).frame()["metric"].tolist()
    True
    """
    _require_the_main_process()
    limits = limits_of(workers, time_limit)
    registry = registry_of_metrics([Path(one) for one in as_sequence("plugins", plugins)])
    store = Store(Path(folder))
    jobs = stored_jobs(store)
    with store.run():
        todo = left_to_run(jobs, store, registry)
        download(todo, registry)
        _carry_out(todo, store, registry, limits, workers, shown=_shown(progress))
        return Results.of(load(store, registry))


def _carry_out(
    todo: Todo,
    store: Store,
    registry: Registry,
    limits: Limits,
    workers: int | None,
    *,
    shown: bool,
) -> None:
    display = Display(console, len(todo.jobs) + len(todo.outdated))
    with display.live() if shown else nullcontext():
        done = run_jobs(
            todo.jobs,
            store,
            display if shown else Silent(),
            limits=limits,
            registry=registry,
            workers=workers,
            datasets=todo.datasets,
            outdated=todo.outdated,
        )
    warn(done.problems)


def _require_the_main_process() -> None:
    if in_worker():
        raise BenchError(
            "bench.run was called by a module that a worker process imports: put the call in "
            'that module below `if __name__ == "__main__":`, or in another file.'
        )


@contextmanager
def _results_folder(out: str | Path | None) -> Iterator[Path]:
    if out is not None:
        yield Path(out)
        return
    with tempfile.TemporaryDirectory(prefix="manifold-bench-") as folder:
        yield Path(folder)


def _shown(progress: bool | None) -> bool:
    return not console.is_jupyter if progress is None else progress
