"""The functions that a worker process runs. They never raise: they return plain results."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
from numpy.typing import NDArray

from bench.decoder.table import DecoderMetric
from bench.engine.circumstances import circumstances
from bench.engine.fit import embed
from bench.engine.held_out import place_held_out
from bench.engine.prepare import Prepared, prepare
from bench.engine.score import score
from bench.errors import (
    BenchError,
    DegenerateError,
    UnavailableError,
    UnsupportedError,
    one_line,
)
from bench.job import DatasetConfig, Job
from bench.metrics.comparison import compare
from bench.metrics.table import Metric
from bench.record import Circumstances, DatasetFacts, Record, Status
from bench.registry import Kind, Registry

Arrays = dict[str, NDArray[Any]]


class Failure(msgspec.Struct, frozen=True):
    """Why something could not be done, in a form that crosses any pool."""

    status: Status
    reason: str

    def record(self, job: Job, where: Circumstances, busy_seconds: float) -> Record:
        """Make the record of a job that failed so; it has no scores."""
        return Record(job, self.status, where, reason=self.reason, busy_seconds=busy_seconds)


class Workplace(msgspec.Struct, frozen=True):
    """What a worker is told beside the job: nothing of it may change a result.

    Parameters
    ----------
    prepared : str
        Folder of the job's prepared dataset.
    log : str
        File that takes all output; beside it the process id is left for the memory watch.
    plugins : tuple of str
        Plugin folders.
    threads : int
        Threads that the worker may use.
    data : tuple of str
        Files and folders of the user's own that are datasets.
    broken : tuple of (str, str)
        Plugins that must not be imported (`Registry.broken`).
    """

    prepared: str
    log: str
    plugins: tuple[str, ...]
    threads: int
    data: tuple[str, ...] = ()
    broken: tuple[tuple[str, str], ...] = ()

    @property
    def registry(self) -> Registry:
        """The registry, plugin folders and the user's own data included."""
        return Registry(tuple(map(Path, self.plugins)), tuple(map(Path, self.data)), self.broken)


def run_guarded(job: Job, workplace: Workplace) -> tuple[Record, Arrays]:
    """Run one job: embed, score, and return the record with the embedding and the curves."""
    found = circumstances(workplace.threads)
    begin = time.perf_counter()
    outcome = guard(lambda: _run(job, workplace), Path(workplace.log))
    busy = time.perf_counter() - begin
    if isinstance(outcome, Failure):
        return outcome.record(job, found, busy), {}
    record, arrays = outcome
    return msgspec.structs.replace(record, circumstances=found, busy_seconds=busy), arrays


def prepare_guarded(
    config: DatasetConfig, workplace: Workplace
) -> tuple[DatasetFacts, Arrays] | Failure:
    """Prepare one dataset for its jobs."""
    begin = time.perf_counter()
    folder = Path(workplace.prepared)
    outcome = guard(lambda: prepare(config, folder, workplace.registry), Path(workplace.log))
    if isinstance(outcome, Failure):
        return outcome
    facts, arrays = outcome
    return msgspec.structs.replace(facts, busy_seconds=time.perf_counter() - begin), arrays


def _run(job: Job, workplace: Workplace) -> tuple[Record, Arrays]:
    registry = workplace.registry
    prepared = Prepared.load(Path(workplace.prepared))
    if job.held_out:
        return _run_held_out(job, prepared, registry, workplace.threads)
    embedded = embed(job, prepared, registry)
    comparisons = compare(prepared.references, embedded.embedding)
    scores, curves, problems = score(comparisons, metrics(registry))
    if embedded.problem:
        problems.append(embedded.problem)
    record = Record(
        job,
        Status.OK,
        circumstances(workplace.threads),
        reason="; ".join(problems) or None,
        scores=tuple(scores),
        costs=embedded.costs,
        reconstruction_error=embedded.reconstruction_error,
        reconstruction_points=embedded.reconstruction_points,
    )
    return record, {"embedding": embedded.embedding, **curves}


def _run_held_out(
    job: Job, prepared: Prepared, registry: Registry, threads: int
) -> tuple[Record, Arrays]:
    found = place_held_out(job, prepared, registry, metrics(registry), decoder_metrics(registry))
    record = Record(
        job,
        Status.OK,
        circumstances(threads),
        reason="; ".join(found.problems) or None,
        scores=tuple(found.scores),
        costs=found.costs,
        out_of_sample=found.out_of_sample,
    )
    return record, {"embedding": found.embedding, **found.arrays}


def metrics(registry: Registry) -> list[Metric]:
    """Load every metric; one that cannot be loaded is left out, `list` says why."""
    return _rows(registry, "metric")


def decoder_metrics(registry: Registry) -> list[DecoderMetric]:
    """Load every metric of decoders, likewise."""
    return _rows(registry, "decoder_metric")


def _rows(registry: Registry, kind: Kind) -> list[Any]:
    found = []
    for item in registry.items(kind).values():
        try:
            # The registry's name is the one that nothing else has.
            found.append(replace(item.load()[0], name=item.name))
        except UnavailableError:
            continue
    return found


def guard(function: Callable[[], Any], log: Path) -> Any:  # noqa: ANN401 - returns what it is given
    """Call a function with its output in a file; turn whatever it raises into a `Failure`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    log.with_suffix(".pid").write_text(str(os.getpid()), encoding="ascii")
    with _output_to(log):
        try:
            return function()
        except UnavailableError as error:
            failure = Failure(Status.UNAVAILABLE, str(error))
        except UnsupportedError as error:
            failure = Failure(Status.UNSUPPORTED, str(error))
        except BenchError as error:
            failure = Failure(Status.ERROR, str(error))
        except DegenerateError as error:
            failure = Failure(Status.DEGENERATE, str(error))
        except MemoryError as error:
            failure = Failure(Status.OUT_OF_MEMORY, f"an allocation failed: {error}")
        except BaseException as error:  # noqa: BLE001 - a plugin may raise anything, or exit
            sys.excepthook(type(error), error, error.__traceback__)
            failure = Failure(_import_failed(error), one_line(error))
        return failure


def _import_failed(error: BaseException) -> Status:
    return Status.UNAVAILABLE if isinstance(error, ImportError) else Status.ERROR


@contextmanager
def _output_to(path: Path) -> Iterator[None]:
    """Send all output of this process to a file, that of compiled code too."""
    sys.stdout.flush()
    sys.stderr.flush()
    kept = os.dup(1), os.dup(2)
    with path.open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os.dup2(kept[0], 1)
        os.dup2(kept[1], 2)
        os.close(kept[0])
        os.close(kept[1])
