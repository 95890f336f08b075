"""Store: a folder of records, the arrays beside them, each at a path that the job decides.

A record counts once its JSON is in place; that is renamed into place last, so that a run killed
at any moment leaves either the whole result or none of it.
"""

import hashlib
import re
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from bench.errors import BenchError
from bench.files import Arrays, read_arrays, read_json, write_arrays, write_json
from bench.job import DatasetConfig, Job, short_name
from bench.record import DatasetFacts, Record, Status
from bench.record_checks import check_arrays, check_facts, check_job, check_scores
from bench.results_folder import claim

_LONGEST_NAME = 255  # bytes, of a file


class DamagedError(BenchError):
    """A record whose job is known, with numbers that cannot be used.

    Parameters
    ----------
    path : Path
        The file that is wrong.
    why : ValueError
        What is wrong with it.
    record : Record
        As it was read.
    """

    def __init__(self, path: Path, why: ValueError, record: Record) -> None:
        super().__init__(f"{path} is damaged ({why}).")
        self.why = why
        self.record = record


@dataclass(frozen=True, eq=False)
class Stored:
    """A record as it is on disk, with its arrays.

    Parameters
    ----------
    record : Record
    arrays : dict of str to ndarray
        The embedding of an ``ok`` record, its curves and pictures; else nothing.
    """

    record: Record
    arrays: dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Store:
    """Results on disk.

    Parameters
    ----------
    folder : Path
        ``results/`` or what ``--out`` names.

    Examples
    --------
    >>> import tempfile
    >>> Store(Path(tempfile.mkdtemp())).records()
    ([], [])
    """

    folder: Path

    @property
    def scratch(self) -> Path:
        """Where datasets and references wait for the jobs that share them; emptied after a run."""
        return self.folder / ".manifold-bench-scratch"

    @property
    def _lock(self) -> Path:
        return self.folder / ".manifold-bench-lock"

    def path(self, job: Job) -> Path:
        """Return where the record of a job is, or will be."""
        dataset, reducer = slug(job.dataset.name), slug(job.reducer.name)
        return self.folder / "records" / dataset / reducer / f"{job.seed}-{job.id}.json"

    def dataset_path(self, config: DatasetConfig) -> Path:
        """Return where the facts of a dataset are, or will be."""
        name = f"{config.seed}-{config.id}.json"
        return self.folder / "datasets" / slug(config.name) / name

    def log_path(self, job: Job) -> Path:
        """Return where the output of a failed job is kept."""
        return self.path(job).with_suffix(".log")

    def save(self, record: Record, arrays: Arrays | None = None) -> Record:
        """Write a record and its arrays; return the record as written."""
        path = self.path(record.job)
        if arrays:
            digest = write_arrays(path.with_suffix(".npz"), arrays)
            record = msgspec.structs.replace(record, arrays_sha256=digest)
        write_json(path, record)
        return record

    def save_dataset(self, facts: DatasetFacts, arrays: Arrays) -> None:
        """Write the facts of a dataset and what figures need of it."""
        path = self.dataset_path(facts.config)
        write_arrays(path.with_suffix(".npz"), arrays)
        write_json(path, facts)

    def load(self, path: Path) -> Stored:
        """Read one record and its arrays, with all their claims checked.

        Raises
        ------
        BenchError
            If the file is not a whole record, or is not where its job belongs.
        DamagedError
            If it holds what no run can have written, or its arrays are missing or changed.
        """
        try:
            record = read_json(path, Record)
            _demand(self.path(record.job) == path, f"it holds another job, {record.job.id}")
            check_job(record.job)
        except (ValueError, RecursionError, OverflowError) as error:
            raise BenchError(f"{path} is not a record of its job ({error}).") from error
        try:
            check_scores(record)
        except ValueError as error:
            raise DamagedError(path, error, record) from error
        return Stored(record, self.arrays(record) if record.status is Status.OK else {})

    def find(self, job: Job) -> Record | None:
        """Return the record of a job, or None if it is not there; a damaged one raises."""
        path = self.path(job)
        return self.load(path).record if _is_there(path) else None

    def read(self, jobs: Collection[str] | None = None) -> tuple[list[Stored], list[BenchError]]:
        """Return every whole record with its arrays, and what is wrong with each damaged one.

        Parameters
        ----------
        jobs : collection of str, optional
            Ids of the jobs to read; all if not given.
        """
        good, damaged = list[Stored](), list[BenchError]()
        for path in sorted((self.folder / "records").glob("*/*/*.json")):
            if jobs is None or path.stem.rpartition("-")[2] in jobs:
                try:
                    good.append(self.load(path))
                except BenchError as error:
                    damaged.append(error)
        return good, damaged

    def records(self) -> tuple[list[Record], list[str]]:
        """Return every whole record, and what is wrong with each damaged file."""
        good, damaged = self.read()
        return [stored.record for stored in good], list(map(str, damaged))

    def arrays(self, record: Record) -> dict[str, NDArray[Any]]:
        """Return the embedding of an ``ok`` record, its curves and pictures.

        Raises
        ------
        DamagedError
            If they are missing, were changed after they were written, or are not what they
            should be.
        """
        path = self.path(record.job).with_suffix(".npz")
        try:
            arrays, digest = read_arrays(path)
            _demand(digest == record.arrays_sha256, "it was changed after it was written")
            check_arrays(record, arrays)
        except ValueError as error:
            raise DamagedError(path, error, record) from error
        return arrays

    def dataset(self, config: DatasetConfig) -> tuple[DatasetFacts, dict[str, NDArray[Any]]]:
        """Return the facts and arrays of a dataset.

        Raises
        ------
        BenchError
            If they are missing or damaged.
        """
        path = self.dataset_path(config)
        try:
            facts = read_json(path, DatasetFacts)
            _demand(facts.config.id == config.id, f"it holds another, {facts.config.id}")
            arrays, _ = read_arrays(path.with_suffix(".npz"))
            check_facts(facts, arrays)
        except (ValueError, RecursionError, OverflowError) as error:
            raise BenchError(
                f"{path}: what is known of the dataset cannot be read ({error})."
            ) from error
        return facts, arrays

    @contextmanager
    def run(self) -> Iterator[None]:
        """Hold the folder for one run, with an empty scratch folder.

        Raises
        ------
        BenchError
            If the folder cannot be written or is not for results (`bench.results_folder.claim`),
            or another run holds it.
        """
        try:
            claim(self.folder)
            for path in (self._lock, self.scratch):
                if path.is_symlink():
                    raise BenchError(f"'{path}' is a symbolic link: remove it, and run again.")
            lock = FileLock(self._lock, timeout=0)
            lock.acquire()
        except Timeout:
            raise BenchError(
                f"Another run is using '{self.folder}'. Wait for it, or choose another --out."
            ) from None
        except OSError as error:
            raise BenchError(
                f"Cannot write to '{self.folder}' ({error.strerror}). Choose another --out."
            ) from error
        try:
            shutil.rmtree(self.scratch, ignore_errors=True)  # a killed run may have left one
            yield
        finally:
            shutil.rmtree(self.scratch, ignore_errors=True)
            lock.release()


def _demand(condition: bool, otherwise: str) -> None:
    if not condition:
        raise ValueError(otherwise)


def slug(name: str) -> str:
    """Return a name that is safe for a folder, and no longer than a folder's name may be."""
    slug = re.sub(r"[^A-Za-z0-9_-]+", "_", short_name(name)) or "_"
    if len(slug) <= _LONGEST_NAME:
        return slug
    digest = hashlib.sha256(slug.encode()).hexdigest()[:16]
    return f"{slug[: _LONGEST_NAME - 17]}-{digest}"


def _is_there(path: Path) -> bool:
    """Whether there is something at a path, if it may be looked at or not."""
    try:
        return path.exists() or path.is_symlink()
    except OSError:
        return True
