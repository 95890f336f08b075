"""The published results: the records of a store in a few small files that git can keep.

Of each dataset, in ``datasets/NAME/``:

``jobs.jsonl``
    One line for each job: what was run, how it ended, what it cost, where it ran.
``scores.csv``
    One row for each score: job, reference, metric, k, placement, value (six significant digits).
``facts.jsonl``
    What is known of the dataset, one line for each draw.
``arrays.npz``
    What figures of embeddings are made of: Q_NX of every job, rounded to 1/65535; of the first seed
    also the embeddings, rounded to as much of their width, with colours and thumbnails. Not so of
    noise, which has nothing to show.
"""

import csv
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bench.errors import BenchError
from bench.files import packed, read_arrays
from bench.job import DatasetConfig, Job
from bench.metrics.curves import KS, stored_ks
from bench.record import DatasetFacts, Record, Score
from bench.record_checks import check_facts, check_job, check_scores
from bench.report.floor import NOISE
from bench.results_folder import publish_files
from bench.store import Store, Stored, slug

Arrays = dict[str, NDArray[Any]]
Kind = TypeVar("Kind")
_STEPS = 2**16 - 1
_DAMAGE = (OSError, ValueError, KeyError, TypeError, msgspec.MsgspecError)
_COLUMNS = ["job", "reference", "metric", "k", "placement", "value"]
_ENDS = "ends of the embedding"
_CURVE = "/q_nx"  # the only one that figures show


@dataclass(frozen=True)
class _Draws:
    """The draws of one dataset: their facts, and all arrays, by the id of a job or draw."""

    facts: dict[str, DatasetFacts]
    arrays: dict[str, Arrays]


@dataclass(frozen=True)
class Published:
    """Published results, to be read like a `bench.Store`.

    Parameters
    ----------
    folder : Path
        ``results/published`` of a checkout.
    names : collection of str, optional
        The datasets to read; all if not given.
    """

    folder: Path
    names: Collection[str] | None = None
    _draws: dict[str, _Draws] = field(default_factory=dict, repr=False, compare=False)

    def path(self, job: Job) -> Path:
        """Return the file in which a job is."""
        return self._folder(job.dataset.name) / "jobs.jsonl"

    def read(self, jobs: Collection[str] | None = None) -> tuple[list[Stored], list[BenchError]]:
        """Return every record, and what is wrong with each dataset whose files are damaged.

        Parameters
        ----------
        jobs : collection of str, optional
            Ids of the jobs to read; all if not given.
        """
        good, damaged = list[Stored](), list[BenchError]()
        chosen = None if self.names is None else set(map(slug, self.names))
        for path in sorted(self.folder.glob("datasets/*/jobs.jsonl")):
            if chosen is not None and path.parent.name not in chosen:
                continue
            try:
                found = [Stored(record, self._arrays(record.job)) for record in _records(path)]
            except _DAMAGE as error:
                damaged.append(BenchError(f"{path.parent} cannot be read ({error})."))
            else:
                good += [one for one in found if jobs is None or one.record.job.id in jobs]
        return good, damaged

    def dataset(self, config: DatasetConfig) -> tuple[DatasetFacts, Arrays]:
        """Return the facts of a dataset, and of the first seed what figures need.

        Raises
        ------
        BenchError
            If they are missing or damaged.
        """
        try:
            draws = self._of(config.name)
            facts, arrays = draws.facts[config.id], draws.arrays.get(config.id, {})
            check_facts(facts, arrays)
        except _DAMAGE as error:
            folder = self._folder(config.name)
            raise BenchError(
                f"{folder}: {config.label}, seed {config.seed}, cannot be read ({error!r})."
            ) from error
        return facts, arrays

    def _folder(self, dataset: str) -> Path:
        return self.folder / "datasets" / slug(dataset)

    def _of(self, dataset: str) -> _Draws:
        if dataset not in self._draws:
            folder = self._folder(dataset)
            facts = {one.config.id: one for one in _lines(folder / "facts.jsonl", DatasetFacts)}
            arrays: dict[str, Arrays] = defaultdict(dict)
            for name, array in read_arrays(folder / "arrays.npz")[0].items():
                id_, _, rest = name.partition("/")
                arrays[id_][rest] = array
            self._draws[dataset] = _Draws(facts, dict(arrays))
        return self._draws[dataset]

    def _arrays(self, job: Job) -> Arrays:
        draws = self._of(job.dataset.name)
        arrays = _restored(draws.arrays.get(job.id, {}))
        if any(name.endswith(_CURVE) for name in arrays):
            arrays[KS] = stored_ks(draws.facts[job.dataset.id].n)
        return arrays


def write_published(store: Store, folder: Path, jobs: Collection[str]) -> None:
    """Write the records of some jobs of a store as published results.

    Parameters
    ----------
    store : Store
    folder : Path
        Of the published results.
    jobs : collection of str
        Ids of the jobs to publish.

    Raises
    ------
    BenchError
        If a record is damaged or missing: half a table is not published.
    """
    found, damaged = store.read(jobs)
    missing = set(jobs) - {one.record.job.id for one in found}
    if damaged or missing:
        why = damaged[0] if damaged else f"{len(missing)} of {len(jobs)} jobs have no record"
        raise BenchError(f"'{store.folder}' cannot be published: {why}. Run these jobs first.")
    by_dataset: dict[str, list[Stored]] = defaultdict(list)
    for one in found:
        by_dataset[slug(one.record.job.dataset.name)].append(one)
    for name, own in sorted(by_dataset.items()):
        files = _files(store, sorted(own, key=_place))
        publish_files(folder, {f"datasets/{name}/{file}": data for file, data in files.items()})


def _place(one: Stored) -> tuple[str, str, int, str]:
    job = one.record.job
    return job.dataset.label, job.reducer.label, job.seed, job.id


def _files(store: Store, found: Sequence[Stored]) -> dict[str, bytes]:
    """Make the files of one dataset."""
    configs = {one.record.job.dataset.id: one.record.job.dataset for one in found}
    is_noise = found[0].record.job.dataset.name in NOISE
    shown = None if is_noise else min(config.seed for config in configs.values())
    rows = [
        (one.record.job.id, s.reference, s.metric, s.k, s.placement, s.value)
        for one in found
        for s in one.record.scores
    ]
    scores = pd.DataFrame(rows, columns=_COLUMNS).astype({"k": "Int64"})
    facts, arrays = list[DatasetFacts](), Arrays()
    for config in configs.values():
        known, pictures = store.dataset(config)
        facts.append(known)
        if config.seed == shown:
            arrays |= {f"{config.id}/{name}": array for name, array in pictures.items()}
    for one in found:
        kept = _rounded(one.arrays, whole=one.record.job.seed == shown)
        arrays |= {f"{one.record.job.id}/{name}": array for name, array in kept.items()}
    return {
        "jobs.jsonl": _as_lines(_without_scores(one.record) for one in found),
        "scores.csv": scores.to_csv(index=False, float_format="%.6g", lineterminator="\n").encode(),
        "facts.jsonl": _as_lines(facts),
        "arrays.npz": packed(arrays),
    }


def _without_scores(record: Record) -> dict[str, Any]:
    raised = {name: revision for name, revision in record.metrics.items() if revision != "1"}
    plain: dict[str, Any] = msgspec.to_builtins(record) | {"metrics": raised}
    left_out = {"scores", "arrays_sha256"} | (set() if raised else {"metrics"})
    return {name: plain[name] for name in plain if name not in left_out}


def _records(path: Path) -> Iterator[Record]:
    scores: dict[str, list[Any]] = defaultdict(list)
    with path.with_name("scores.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            job = row.pop("job")
            filled = {name: value for name, value in row.items() if value}
            score = msgspec.convert({"value": None} | filled, Score, strict=False)
            scores[job].append(msgspec.to_builtins(score))
    for line in _lines(path, dict[str, Any]):
        job = msgspec.convert(line["job"], Job)
        record = msgspec.convert(line | {"scores": scores[job.id]}, Record)
        check_job(record.job)
        check_scores(record)
        yield record


def _as_lines(items: Any) -> bytes:  # noqa: ANN401 - structs or dictionaries
    return b"".join(msgspec.json.encode(item) + b"\n" for item in items)


def _lines(path: Path, kind: type[Kind]) -> list[Kind]:
    return [msgspec.json.decode(line, type=kind) for line in path.read_bytes().splitlines()]


def _rounded(arrays: Arrays, *, whole: bool) -> Arrays:
    """Return what is kept of a job's arrays, as whole numbers between two ends."""
    found = Arrays()
    for name, array in arrays.items():
        if name.endswith(_CURVE):  # a share of the neighbours
            found[name] = np.round(array * _STEPS).astype(np.uint16)
        elif whole and name == "embedding":
            low, high = array.min(axis=0), array.max(axis=0)
            width = np.where(high > low, high - low, 1)
            found[name] = np.round((array - low) / width * _STEPS).astype(np.uint16)
            found[_ENDS] = np.array([low, high], np.float64)
    return found


def _restored(arrays: Arrays) -> Arrays:
    found = {
        name: array / _STEPS if name.endswith(_CURVE) else array for name, array in arrays.items()
    }
    if _ENDS in found:
        low, high = found.pop(_ENDS)
        found["embedding"] = low + found["embedding"] / _STEPS * (high - low)
    return found
