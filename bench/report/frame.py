"""Frames: the records of a store as tidy tables, one row for each number."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import msgspec
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bench.data.own import is_own
from bench.errors import BenchError
from bench.job import DatasetConfig, Job
from bench.metrics.curves import KS, stored_ks, value_at, with_what_follows
from bench.metrics.table import METRICS, Metric
from bench.record import DatasetFacts, Record, Status
from bench.registry import Registry
from bench.store import DamagedError, Stored
from bench.suite import is_deterministic

REFERENCES = ("geodesic", "euclidean")
DEFAULT_KS = ("15", "n/10")


class Source(Protocol):
    """What records are read from: a `bench.Store`, or what is published."""

    @property
    def folder(self) -> Path:
        """Where it is."""
        ...

    def path(self, job: Job) -> Path:
        """Return the file in which a job is."""
        ...

    def read(self, jobs: Collection[str] | None = None) -> tuple[list[Stored], list[BenchError]]:
        """Return every whole record with its arrays, and what is wrong with the others."""
        ...

    def dataset(self, config: DatasetConfig) -> tuple[DatasetFacts, dict[str, NDArray[Any]]]:
        """Return the facts and arrays of a dataset."""
        ...


@dataclass(frozen=True, eq=False)
class Results:
    """All that tables and figures are made of.

    Parameters
    ----------
    records : list of Record
        One for each job.
    facts : dict of (str, int) to DatasetFacts
        By dataset label and seed.
    arrays : dict of str to dict of str to ndarray
        Embedding and curves, by job id, of the jobs that are ``ok``. Curves are given at the k of
        `bench.metrics.curves.stored_ks`.
    pictures : dict of (str, int) to dict of str to ndarray
        Colours, labels and thumbnails, by dataset label and seed.
    metrics : mapping of str to Metric
        The row of each metric that is known here, by name.
    jobs : DataFrame
        One row for each job: dataset, reducer, control, seed, status, reason and costs.
    scores : DataFrame
        One row for each number: dataset, reducer, control, seed, metric, k, reference, placement
        (empty but of jobs that hold points out), value.
    held_out : Results or None
        Of the jobs that hold points out, which are in nothing else.
    same_every_seed : frozenset of (str, str)
        Dataset and reducer where one job stands for all seeds: deterministic reducers on all
        points of the user's own data.
    """

    records: list[Record]
    facts: dict[tuple[str, int], DatasetFacts]
    arrays: dict[str, dict[str, NDArray[Any]]]
    pictures: dict[tuple[str, int], dict[str, NDArray[Any]]]
    metrics: Mapping[str, Metric]
    jobs: pd.DataFrame = field(repr=False)
    scores: pd.DataFrame = field(repr=False)
    held_out: "Results | None" = None
    same_every_seed: frozenset[tuple[str, str]] = frozenset()

    @cached_property
    def finished(self) -> dict[tuple[str, str], pd.Series]:
        """The statuses of each (dataset, reducer), one for each seed."""
        groups = self.jobs.groupby(["dataset", "reducer"])["status"]
        return {(str(key[0]), str(key[1])): statuses for key, statuses in groups}

    @property
    def all_records(self) -> list[Record]:
        """The records of all jobs, those that hold points out among them."""
        return [*self.records, *(self.held_out.records if self.held_out else ())]

    @property
    def all_facts(self) -> dict[tuple[str, int], DatasetFacts]:
        """What is known of the datasets of all jobs, by dataset label and seed."""
        return (self.held_out.facts if self.held_out else {}) | self.facts

    @property
    def all_jobs(self) -> pd.DataFrame:
        """The rows of all jobs; those that hold points out say so beside the dataset."""
        if self.held_out is None:
            return self.jobs
        named = self.held_out.jobs.assign(
            dataset=self.held_out.jobs["dataset"] + ", points held out"
        )
        return pd.concat([self.jobs, named] if len(self.jobs) else [named], ignore_index=True)

    def metric_label(self, metric: str, k: str) -> str:
        """Name a metric for people, with its k if it has one."""
        label = self.metrics[metric].label if metric in self.metrics else metric
        return f"{label} at k = {k}" if k else label

    @property
    def datasets(self) -> list[str]:
        """Labels of the datasets, in the order of their names."""
        return sorted(self.jobs["dataset"].unique())

    @property
    def reducers(self) -> list[str]:
        """Labels of the reducers, controls last."""
        rows = self.jobs[["control", "reducer"]].drop_duplicates()
        return list(rows.sort_values(["control", "reducer"])["reducer"])

    @property
    def controls(self) -> frozenset[str]:
        """Labels of the reducers that are controls."""
        return frozenset(self.jobs.loc[self.jobs["control"].astype(bool), "reducer"])


def load_results(
    store: Source,
    *,
    jobs: Collection[str] | None = None,
    ks: Sequence[str] = (),
    metrics: Mapping[str, Metric] = METRICS,
    registry: Registry | None = None,
) -> tuple[Results, list[str]]:
    """Read a store into frames.

    Parameters
    ----------
    store : Store or Published
        Where the records are.
    jobs : collection of str, optional
        Ids of the jobs to keep (`Job.id`); all if not given.
    ks : sequence of str, optional
        Where curves are read for tables: numbers of `bench.metrics.curves.stored_ks`, or
        ``"n/10"``. If not given, at 15 and n/10 where there are points enough.
    metrics : mapping of str to Metric
        Rows that say how to label and mark each metric; those of plugins among them.
    registry : Registry, optional
        Tells which reducers are controls; without it, of the built-in ones alone.

    Returns
    -------
    results : Results
    damaged : list of str
        What is wrong with each file that could not be used.

    Raises
    ------
    BenchError
        If there is nothing to report, a k is out of range, or curves are not stored there.
    """
    chosen, errors = store.read(jobs)
    damaged = list(map(str, errors))
    chosen += [_as_failure(error) for error in errors if isinstance(error, DamagedError)]
    if not chosen:
        why = f" that can be read ({damaged[0]})" if damaged else ""
        raise BenchError(
            f"'{store.folder}' holds no records{why}: run `python -m bench all` first."
        )
    ks = tuple(dict.fromkeys(ks))
    controls = _controls((stored.record for stored in chosen), registry or Registry())
    whole = [stored for stored in chosen if not stored.record.job.held_out]
    results, more = _tabulated(store, _newest(whole), ks, metrics, controls)
    damaged += more
    results = replace(results, same_every_seed=_same_every_seed(results, registry or Registry()))
    _check_reached(ks, results)
    held_out = [stored for stored in chosen if stored.record.job.held_out]
    if held_out:
        placed, more = _tabulated(store, _newest(held_out), (), metrics, controls)
        results, damaged = replace(results, held_out=placed), damaged + more
    return results, list(dict.fromkeys(damaged))


def _as_failure(error: DamagedError) -> Stored:
    """Let a damaged record show in the tables as a job without scores."""
    job, where = error.record.job, error.record.circumstances
    return Stored(Record(job, Status.ERROR, where, f"its record is damaged: {error.why}"), {})


def _controls(records: Iterable[Record], registry: Registry) -> frozenset[str]:
    names = {record.job.reducer.name for record in records}
    return frozenset(filter(registry.is_control, names))


def _same_every_seed(results: Results, registry: Registry) -> frozenset[tuple[str, str]]:
    """Find the deterministic reducers on points that no seed draws; see `bench.suite.plan`."""
    candidates = {
        (record.job.dataset.label, reducer_label(record)): record.job.reducer.name
        for record in results.records
        if (facts := results.facts.get(_key(record.job.dataset)))
        and is_own(facts.source)
        and facts.config.parameters.get("n") is None
    }
    deterministic = set()
    for name in set(candidates.values()):
        with suppress(BenchError):  # a plugin that is not given here
            deterministic.update([name] if is_deterministic(name, registry) else [])
    return frozenset(row for row, name in candidates.items() if name in deterministic)


def _tabulated(
    store: Source,
    found: list[Stored],
    ks: Sequence[str],
    metrics: Mapping[str, Metric],
    controls: Collection[str],
) -> tuple[Results, list[str]]:
    facts, pictures, damaged = {}, {}, list[str]()
    configs = {one.record.job.dataset.id: one.record.job.dataset for one in found}
    scored = {one.record.job.dataset.id for one in found if one.record.status is Status.OK}
    for id_, config in configs.items():
        try:
            facts[_key(config)], pictures[_key(config)] = store.dataset(config)
        except BenchError as error:
            if id_ in scored:
                damaged.append(str(error))
    found, foreign = _of_as_many_points(store, found, facts)
    records = [one.record for one in found]
    found = [_current(replace(one, arrays=with_what_follows(one.arrays))) for one in found]
    arrays = {one.record.job.id: one.arrays for one in found if one.record.status is Status.OK}
    job_rows = [_job_row(one, controls) for one in found]
    rows = [row for one in found for row in _score_rows(one, ks, controls)]
    scores = pd.DataFrame(rows, columns=_SCORE_COLUMNS)
    frames = pd.DataFrame(job_rows, columns=_JOB_COLUMNS), _with_gap(scores)
    return Results(records, facts, arrays, pictures, metrics, *frames), damaged + foreign


def _current(one: Stored) -> Stored:
    """Leave out what a metric of an earlier revision said: it is another score."""
    old = {
        name
        for name, then in one.record.metrics.items()
        if name in METRICS and then != str(METRICS[name].revision)
    }
    if not old:
        return one
    scores = tuple(score for score in one.record.scores if score.metric not in old)
    arrays = {name: a for name, a in one.arrays.items() if name.partition("/")[2] not in old}
    return Stored(msgspec.structs.replace(one.record, scores=scores), arrays)


def _of_as_many_points(
    store: Source, found: list[Stored], facts: Mapping[tuple[str, int], DatasetFacts]
) -> tuple[list[Stored], list[str]]:
    """Leave out embeddings with another number of points than their dataset."""
    kept, foreign = [], list[str]()
    for one in found:
        dataset = facts.get(_key(one.record.job.dataset))
        points = _points(one.arrays)
        if dataset is None or points in (None, dataset.n):
            kept.append(one)
        else:
            foreign.append(
                f"{store.path(one.record.job)} has an embedding of {points} points, its dataset "
                f"has {dataset.n}."
            )
    return kept, foreign


_COMMON_COLUMNS = ["dataset", "reducer", "control", "seed"]
_JOB_COLUMNS = [
    *_COMMON_COLUMNS,
    "status",
    "reason",
    "fit_seconds",
    "cpu_seconds",
    "peak_memory_mib",
    "reconstruction_error",
    "reconstruction_points",
]
_SCORE_COLUMNS = [*_COMMON_COLUMNS, "metric", "k", "reference", "placement", "value"]


def _newest(found: Sequence[Stored]) -> list[Stored]:
    """Keep the records of the newest code for each row and dataset, one for each seed.

    Seeds that only older code has run are left out: a mean over old and new code describes
    neither. The order follows from the records, and not from when their jobs ended.
    """

    def row(record: Record) -> tuple[str, str]:
        return record.job.dataset.label, reducer_label(record)

    def revision(record: Record) -> tuple[int, int, int]:
        return record.job.protocol, record.job.dataset.revision, record.job.reducer.revision

    def code(record: Record) -> tuple[Any, ...]:
        # Of plugins, whose code has no order, the one that ran last is the newest.
        return revision(record), record.job.dataset.code, record.job.reducer.code

    def age(one: Stored) -> tuple[str, str]:
        return one.record.circumstances.started, one.record.job.id

    newest: dict[tuple[str, str], tuple[Any, ...]] = {}
    for one in sorted(found, key=lambda one: (revision(one.record), *age(one))):
        newest[row(one.record)] = code(one.record)
    kept: dict[tuple[str, str, int], Stored] = {}
    for one in sorted(found, key=age):
        if code(one.record) == newest[row(one.record)]:
            kept[(*row(one.record), one.record.job.seed)] = one
    return [kept[key] for key in sorted(kept)]


def _key(config: DatasetConfig) -> tuple[str, int]:
    return config.label, config.seed


def _common(record: Record, controls: Collection[str]) -> dict[str, Any]:
    return {
        "dataset": record.job.dataset.label,
        "reducer": reducer_label(record),
        "control": record.job.reducer.name in controls,
        "seed": record.job.seed,
    }


def reducer_label(record: Record) -> str:
    """Name a record's row: the reducer, and the dimensions where they are not two."""
    dimensions = record.job.n_components
    return record.job.reducer.label + ("" if dimensions == 2 else f" in {dimensions}-D")


def _job_row(stored: Stored, controls: Collection[str]) -> dict[str, Any]:
    record, arrays = stored.record, stored.arrays
    costs, rebuilt = record.costs, record.reconstruction_points
    points = _points(arrays)
    memory = costs.peak_memory_bytes if costs else None
    return _common(record, controls) | {
        "status": record.status.value,
        "reason": record.reason or "",
        "fit_seconds": costs.fit_seconds if costs else np.nan,
        "cpu_seconds": costs.cpu_seconds if costs else np.nan,
        "peak_memory_mib": memory / 2**20 if memory is not None else np.nan,
        "reconstruction_error": (
            np.nan if record.reconstruction_error is None else record.reconstruction_error
        ),
        # None where all were asked for: what is worth saying is that a number rests on a few.
        "reconstruction_points": rebuilt if rebuilt and points and rebuilt < points else None,
    }


def _score_rows(
    stored: Stored, ks: Sequence[str], controls: Collection[str]
) -> Iterable[dict[str, Any]]:
    record, arrays = stored.record, stored.arrays
    common = _common(record, controls)
    for score in record.scores:
        # Of a fitted embedding curves are there whole, and are read below.
        if score.k is None or record.job.held_out:
            yield common | {
                "metric": score.metric,
                "k": "" if score.k is None else str(score.k),
                "reference": score.reference,
                "placement": score.placement or "",
                "value": np.nan if score.value is None else score.value,
            }
    exact = {(s.reference, s.metric, s.k): s.value for s in record.scores}
    named = {f"{reference}/{metric}" for reference, metric, k in exact if k}
    for name in sorted(_curves(arrays) | named) if KS in arrays else ():
        reference, _, metric = name.partition("/")
        for k in ks or DEFAULT_KS:
            number = number_of(k, int(arrays[KS][-1]) + 1)
            value = exact.get((reference, metric, number), value_at(arrays, name, number))
            if value is not None:
                where = {"metric": metric, "k": k, "reference": reference, "placement": ""}
                yield common | where | {"value": value}


def _points(arrays: Mapping[str, NDArray[Any]]) -> int | None:
    """Return how many points the arrays of a job are about, if they tell."""
    if "embedding" in arrays:
        return len(arrays["embedding"])
    return int(arrays[KS][-1]) + 1 if KS in arrays else None


def _curves(arrays: Mapping[str, NDArray[Any]]) -> set[str]:
    """Name the curves over k among the arrays of a job."""
    return {name for name in arrays if name.startswith(tuple(f"{one}/" for one in REFERENCES))}


def _check_reached(ks: Sequence[str], results: Results) -> None:
    """Refuse a k at which a metric has no stored curve, of any dataset."""
    reached: dict[str, set[tuple[int, int]]] = {}  # n, and the largest k that is stored
    for arrays in results.arrays.values():
        for name in _curves(arrays):
            if name.partition("/")[2] not in METRICS:
                continue  # of a plugin, which may end anywhere
            ends = int(arrays[KS][-1]) + 1, int(arrays[KS][len(arrays[name]) - 1])
            reached.setdefault(name.partition("/")[2], set()).add(ends)
    for metric, ends_of in sorted(reached.items(), key=lambda item: max(item[1])[::-1]):
        n, largest = max(ends_of)
        for k in ks:
            number = number_of(k, n)
            if not 1 <= number <= largest:
                raise BenchError(
                    f"k = {k} is out of range for {metric} with n = {n}: give a number in 1 ... "
                    f"{largest}, or n/10."
                )
            if not any(number in stored_ks(other) for other, _ in ends_of):
                near = sorted(stored_ks(n).tolist(), key=lambda one: abs(one - number))[:2]
                raise BenchError(
                    f"k = {k}: curves are not stored there. Near it they are at k = "
                    f"{min(near)} and {max(near)}; every k up to 30, n/10 and round numbers are."
                )


def number_of(k: str, n: int) -> int:
    """Return the k that a text names, 0 if it names none."""
    return max(1, n // 10) if k == "n/10" else int(k) if k.isdecimal() else 0


def _with_gap(scores: pd.DataFrame) -> pd.DataFrame:
    """Add the difference of the references, job by job, as a third reference of the AUC."""
    auc = scores[scores["metric"] == "auc"]
    keys = [name for name in _SCORE_COLUMNS if name not in ("reference", "value")]
    wide = auc.pivot(index=keys, columns="reference", values="value").reset_index()
    if not set(REFERENCES) <= set(wide.columns):
        return scores
    gap = wide[keys].assign(reference="gap", value=wide["geodesic"] - wide["euclidean"])
    return pd.concat([scores, gap], ignore_index=True)


def fixed(number: float, digits: int) -> str:
    """Write a number with so many decimals; one that rounds to zero has no sign."""
    text = f"{number:.{digits}f}"
    return text.removeprefix("-") if float(text) == 0 else text
