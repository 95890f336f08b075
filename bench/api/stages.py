"""The stages of a run that Python and the command line share."""

import sys
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from bench.console import warn
from bench.data.downloads import Source, fetch
from bench.engine.child import apart
from bench.engine.quarantine import known_metrics, metrics_of_plugins, quarantine
from bench.engine.rescore import revisions
from bench.engine.resume import Todo, what_is_left
from bench.engine.sources import downloads_of
from bench.errors import BenchError, UnavailableError
from bench.job import Job
from bench.registry import Item, Kind, Registry
from bench.report.frame import Results, load_results
from bench.report.frame import Source as ResultsSource
from bench.store import Store
from bench.suite import Overrides, Suite, chosen_items, plan


def registry_for(suite: Suite, plugins: Sequence[Path]) -> Registry:
    """Return the registry that a suite is run with.

    Every plugin of the suite is imported once in a process of its own; metrics that are left out
    are warned of.

    Parameters
    ----------
    suite : Suite
        What is to be run; data of the user's own in it become datasets.
    plugins : sequence of Path
        Plugin folders.

    Raises
    ------
    BenchError
        If a plugin folder cannot be used, or a name is not known.
    """
    registry = Registry(tuple(plugins))
    own = (registry.own_data(choice.name) for choice in suite.datasets)
    registry = replace(registry, data=tuple(dict.fromkeys(path for path in own if path)))
    kinds: tuple[Kind, ...] = ("metric", "decoder_metric") if suite.held_out else ("metric",)
    metrics = [item for kind in kinds for item in metrics_of_plugins(registry, kind)]
    return _quarantined(registry, [*chosen_items(suite, registry), *metrics])


def registry_of_metrics(plugins: Sequence[Path]) -> Registry:
    """Return the registry that results are read with: the metrics of plugins are imported.

    Raises
    ------
    BenchError
        If a plugin folder cannot be used.
    """
    registry = Registry(tuple(plugins))
    return _quarantined(registry, metrics_of_plugins(registry, "metric"))


def jobs_of(suite: Suite, registry: Registry, overrides: Overrides) -> list[Job]:
    """Cross a suite into jobs, as `bench.suite.plan` does.

    Parameters
    ----------
    suite : Suite
    registry : Registry
        Of `registry_for`.
    overrides : mapping of str to mapping
        Parameters by the name of the dataset or reducer.

    Raises
    ------
    BenchError
        If it cannot be planned, or the dotted path of a reducer leads nowhere; a broken file among
        plugins becomes a row of the results instead.
    """
    jobs = plan(suite, registry, overrides)
    for choice in suite.reducers:
        item = registry.find("reducer", choice.name)
        in_a_file = item.module.partition(".")[0] not in sys.builtin_module_names
        if ":" in choice.name and in_a_file and (why := item.unavailable):
            raise BenchError(
                f"{why.rstrip('.')}. Check the path, and that its package is installed."
            )
    return jobs


def stored_jobs(store: Store) -> list[Job]:
    """Return the jobs of every record of a store, and warn of damaged ones.

    Raises
    ------
    BenchError
        If there is no record: nothing is written then.
    """
    records, damaged = store.records()
    warn(damaged)
    if not records:
        raise BenchError(
            f"'{store.folder}' holds no records: run `python -m bench all` first, or give the "
            "folder of another run."
        )
    return [record.job for record in records]


def left_to_run(
    jobs: Sequence[Job],
    store: Store,
    registry: Registry,
    *,
    retry: bool = False,
    rerun: Sequence[str] = (),
) -> Todo:
    """Hold a plan against a store, and warn of what is there and cannot be used.

    Parameters
    ----------
    jobs : sequence of Job
        The plan.
    store : Store
        Where records are.
    registry : Registry
        With the current metrics.
    retry : bool
        Whether a recorded failure is to be run again.
    rerun : sequence of str
        Names of reducers and datasets whose jobs run again even if they are done.

    Raises
    ------
    BenchError
        If a name in ``rerun`` is not in the plan.
    """
    todo = what_is_left(jobs, store, retry=retry, rerun=rerun, current=revisions(registry))
    warn(f"{problem} It is made again." for problem in todo.damaged)
    warn(
        f"The code of {name} is not that of its stored results: {count} job(s) run again."
        for name, count in sorted(todo.edited.items())
    )
    return todo


def download(todo: Todo, registry: Registry) -> None:
    """Fetch what datasets are read from before any job begins.

    Here it is seen and can be stopped, takes no time from a job's limit, and is done once. What
    cannot be had becomes a row of each job of that dataset.
    """
    configs = {config.id: config for config in todo.all_datasets}
    tried: set[Source] = set()
    for config in configs.values():
        try:
            item = registry.find("dataset", config.name)
            sources = apart(item, downloads_of, config.parameters)
        except Exception:  # noqa: BLE001, S112 - a plugin may do anything: its jobs will say what
            continue
        new = [source for source in sources if source not in tried]
        tried.update(new)
        try:
            for source in new:
                fetch(source)
        except UnavailableError as error:
            warn([str(error)])


def load(
    source: ResultsSource,
    registry: Registry,
    *,
    jobs: Collection[str] | None = None,
    ks: Sequence[str] = (),
) -> Results:
    """Read results with the metrics of a registry, and warn of what is damaged.

    Parameters
    ----------
    source : Store or Published
    registry : Registry
        Of `registry_for` or `registry_of_metrics`.
    jobs : collection of str, optional
        Ids of the jobs to keep; all if not given.
    ks : sequence of str, optional
        Where curves are read for tables; 15 and n/10 if not given.

    Raises
    ------
    BenchError
        If there is nothing to read, or a k is out of range.
    """
    metrics = known_metrics(registry)
    results, damaged = load_results(source, jobs=jobs, ks=ks, metrics=metrics, registry=registry)
    warn(damaged)
    return results


def _quarantined(registry: Registry, items: Sequence[Item]) -> Registry:
    registry = quarantine(registry, items)
    kinds: tuple[Kind, ...] = ("metric", "decoder_metric")
    warn(why for kind in kinds for why in registry.refused(kind).values())
    broken = (why.rstrip(".") for key, why in registry.broken if key.startswith(kinds))
    warn(f"{why}. It is left out." for why in broken)
    return registry
