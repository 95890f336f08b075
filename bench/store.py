"""Store: a folder of records, the arrays beside them, each at a path that the job decides.

A record counts once its JSON is in place; that is renamed into place last, so that a run killed
at any moment leaves either the whole result or none of it.
"""

import hashlib
import io
import os
import re
import shutil
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import msgspec
import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from bench.errors import BenchError
from bench.job import DatasetConfig, Job, short_name
from bench.record import DatasetFacts, Record, Status

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Store:
    """Results on disk.

    Parameters
    ----------
    folder : Path
        ``results/`` or what ``--out`` names.
    """

    folder: Path

    @property
    def scratch(self) -> Path:
        """Where datasets and references wait for the jobs that share them; emptied after a run."""
        return self.folder / "scratch"

    def path(self, job: Job) -> Path:
        """Return where the record of a job is, or will be."""
        dataset, reducer = _slug(job.dataset.name), _slug(job.reducer.name)
        return self.folder / "records" / dataset / reducer / f"{job.seed}-{job.id}.json"

    def dataset_path(self, config: DatasetConfig) -> Path:
        """Return where the facts of a dataset are, or will be."""
        name = f"{config.seed}-{config.id}.json"
        return self.folder / "datasets" / _slug(config.name) / name

    def log_path(self, job: Job) -> Path:
        """Return where the output of a failed job is kept."""
        return self.path(job).with_suffix(".log")

    def save(self, record: Record, arrays: Arrays | None = None) -> Record:
        """Write a record and its arrays; return the record as written."""
        path = self.path(record.job)
        if arrays:
            digest = _save_arrays(path, arrays)
            record = msgspec.structs.replace(record, arrays_sha256=digest)
        write_whole(path, msgspec.json.format(msgspec.json.encode(record), indent=1))
        return record

    def save_dataset(self, facts: DatasetFacts, arrays: Arrays) -> None:
        """Write the facts of a dataset and what figures need of it."""
        path = self.dataset_path(facts.config)
        _save_arrays(path, arrays)
        write_whole(path, msgspec.json.format(msgspec.json.encode(facts), indent=1))

    def load(self, path: Path) -> Record:
        """Read one record, with all its claims checked.

        Raises
        ------
        BenchError
            If the file is not a whole record, is not where its job belongs, or its arrays are
            missing or changed.
        """
        try:
            record = msgspec.json.decode(path.read_bytes(), type=Record)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise BenchError(f"{path} is not a record ({error}).") from error
        if self.path(record.job) != path:
            raise BenchError(f"{path} holds the record of another job ({record.job.id}).")
        if record.status is Status.OK:
            self.arrays(record)
        return record

    def find(self, job: Job) -> Record | None:
        """Return the record of a job, or None if it is not there; a damaged one raises."""
        path = self.path(job)
        return self.load(path) if path.exists() else None

    def records(self) -> tuple[list[Record], list[str]]:
        """Return every whole record, and for each damaged file what is wrong with it."""
        good, damaged = [], []
        for path in sorted((self.folder / "records").glob("*/*/*.json")):
            try:
                good.append(self.load(path))
            except BenchError as error:
                damaged.append(str(error))
        return good, damaged

    def arrays(self, record: Record) -> dict[str, NDArray[Any]]:
        """Return the embedding of an ``ok`` record, its curves and pictures.

        Raises
        ------
        BenchError
            If they are missing, were changed after they were written, or are not what they
            should be.
        """
        path = self.path(record.job).with_suffix(".npz")
        arrays, digest = _load_arrays(path)
        if digest != record.arrays_sha256:
            raise BenchError(f"{path} was changed after it was written.")
        embedding = arrays.pop("embedding", np.empty(0))
        if embedding.ndim != 2 or not all(_is_kept(*one) for one in arrays.items()):
            raise BenchError(f"{path} does not hold an embedding, curves and pictures.")
        return {"embedding": embedding, **arrays}

    def dataset(self, config: DatasetConfig) -> tuple[DatasetFacts, dict[str, NDArray[Any]]]:
        """Return the facts and arrays of a dataset.

        Raises
        ------
        BenchError
            If they are missing or damaged.
        """
        path = self.dataset_path(config)
        try:
            facts = msgspec.json.decode(path.read_bytes(), type=DatasetFacts)
        except (OSError, UnicodeDecodeError, msgspec.MsgspecError) as error:
            raise BenchError(
                f"{path}: what is known of the dataset cannot be read ({error})."
            ) from error
        return facts, _load_arrays(path.with_suffix(".npz"))[0]

    @contextmanager
    def run(self) -> Iterator[None]:
        """Hold the folder for one run: leftovers of a killed one are cleared first.

        Raises
        ------
        BenchError
            If the folder cannot be written, or another run holds it.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.folder / ".lock", timeout=0)
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
            shutil.rmtree(self.scratch, ignore_errors=True)
            for leftover in self.folder.rglob(".*.tmp"):
                leftover.unlink(missing_ok=True)
            yield
        finally:
            shutil.rmtree(self.scratch, ignore_errors=True)
            lock.release()


def _is_kept(name: str, array: NDArray[Any]) -> bool:
    """Whether an array beside an embedding is a curve, or a picture (`bench.decoder.pictures`)."""
    if name.startswith("pictures/"):
        return array.ndim in (2, 3) and array.dtype in (np.uint8, np.float32)
    return array.ndim == 1 and array.dtype.kind == "f"


def _slug(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "_", short_name(name))


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _load_arrays(path: Path) -> tuple[dict[str, NDArray[Any]], str]:
    try:
        data = path.read_bytes()
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            return dict(file), _sha256(data)
    # What a damaged archive raises depends on where the damage is.
    except (OSError, ValueError, EOFError, TypeError, BadZipFile, zlib.error) as error:
        raise BenchError(f"{path} cannot be read ({error}).") from error


def _save_arrays(path: Path, arrays: Arrays) -> str:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    write_whole(path.with_suffix(".npz"), buffer.getvalue())
    return _sha256(buffer.getvalue())


def write_whole(path: Path, data: bytes) -> None:
    """Replace a file in one step: never is half of it to be seen, not after a power cut either.

    Raises
    ------
    BenchError
        If it cannot be written; what was there before is still there.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise BenchError(
            f"Cannot write {path} ({error.strerror}). What was written before is kept; make room "
            "and run the same command again."
        ) from error
