"""The functions that a worker is asked to call: prepare a dataset, run a job.

`bench.engine.guard` turns what they raise into a `Failure`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.engine.circumstances import circumstances
from bench.engine.fit import embed
from bench.engine.held_out import place_held_out
from bench.engine.outcome import Arrays
from bench.engine.prepare import Prepared, prepare
from bench.engine.result import JobResult
from bench.engine.score import score
from bench.errors import UnavailableError
from bench.job import DatasetConfig, Job
from bench.metrics.comparison import compare
from bench.metrics.decoder.table import DecoderMetric
from bench.metrics.table import Metric
from bench.record import DatasetFacts, Record, Status
from bench.registry import Kind, Registry


@dataclass(frozen=True)
class Workplace:
    """What a worker is told beside the job: nothing of it may change a result.

    Parameters
    ----------
    prepared : Path
        Folder of the job's prepared dataset.
    registry : Registry
        With plugin folders and the user's own data; all paths absolute.
    threads : int
        Threads that the worker may use.
    """

    prepared: Path
    registry: Registry
    threads: int


def run_job(job: Job, workplace: Workplace) -> tuple[Record, Arrays]:
    """Embed and score; return the record with the embedding and the curves."""
    started = datetime.now(UTC)
    prepared = Prepared.load(workplace.prepared)
    run = _run_held_out if job.held_out else _run
    result = run(job, prepared, workplace.registry)
    record = Record(
        job,
        Status.OK,
        # Described afterwards, when the libraries that it used have been loaded.
        circumstances(workplace.threads, started),
        reason="; ".join(result.problems) or None,
        scores=result.scores,
        costs=result.costs,
        reconstruction_error=result.reconstruction_error,
        reconstruction_points=result.reconstruction_points,
        out_of_sample=result.out_of_sample,
    )
    return record, {"embedding": result.embedding, **result.arrays}


def prepare_dataset(config: DatasetConfig, workplace: Workplace) -> tuple[DatasetFacts, Arrays]:
    """Draw one dataset and compute its references, for its jobs."""
    return prepare(config, workplace.prepared, workplace.registry)


def _run(job: Job, prepared: Prepared, registry: Registry) -> JobResult:
    result = embed(job, prepared, registry)
    comparisons = compare(prepared.references, result.embedding)
    # Metrics of plugins are imported and computed last: they can change no other score.
    for third_party in (False, True):
        scores, curves, problems = score(comparisons, metrics(registry, third_party=third_party))
        result = result.plus(scores, problems, curves)
    return result


def _run_held_out(job: Job, prepared: Prepared, registry: Registry) -> JobResult:
    return place_held_out(job, prepared, registry, metrics(registry), decoder_metrics(registry))


def metrics(registry: Registry, *, third_party: bool | None = None) -> list[Metric]:
    """Load metrics; one that cannot be loaded is left out, `list` says why.

    Parameters
    ----------
    registry : Registry
    third_party : bool, optional
        Only those of plugins, or only the built-in ones; all, the built-in ones first, if not
        given.
    """
    return _rows(registry, "metric", third_party)


def decoder_metrics(registry: Registry) -> list[DecoderMetric]:
    """Load every metric of decoders, likewise."""
    return _rows(registry, "decoder_metric", None)


def _rows(registry: Registry, kind: Kind, third_party: bool | None) -> list[Any]:
    chosen: Sequence[bool] = (False, True) if third_party is None else (third_party,)
    found = []
    for item in (
        item
        for one in chosen
        for item in registry.items(kind).values()
        if item.is_built_in is not one
    ):
        try:
            # Use the registry name: it is unique.
            found.append(replace(item.load()[0], name=item.name))
        except UnavailableError:
            continue
    return found
