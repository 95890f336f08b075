"""Record: what came of a job; status, scores, costs and circumstances."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal

import msgspec
from msgspec.structs import force_setattr

from bench.job import DatasetConfig, Job
from bench.visible_text import shorten, visible

LONGEST_REASON = 5000  # characters
Positive = Annotated[int, msgspec.Meta(ge=1, lt=2**53)]
Count = Annotated[int, msgspec.Meta(ge=0, lt=2**53)]
NotNegative = Annotated[float, msgspec.Meta(ge=0)]
TimeStamp = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}T")]


class Status(StrEnum):
    """How a job ended. Only ``ok`` has scores."""

    OK = "ok"
    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out-of-memory"
    CRASHED = "crashed"
    ERROR = "error"
    DEGENERATE = "degenerate"
    UNAVAILABLE = "unavailable"
    UNSUPPORTED = "unsupported"

    @property
    def is_failure(self) -> bool:
        """Whether something went wrong; ``unsupported`` is a limit that is known and declared."""
        return self not in (Status.OK, Status.UNSUPPORTED)


Placement = Literal["fitted", "transform", "neighbors"]


class Score(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One number: a metric against a reference, at a k if the metric is a curve.

    Parameters
    ----------
    metric, reference : str
        What was measured, against what.
    value : float or None
        None if the metric failed.
    k : int or None
        Of a curve.
    placement : str or None
        Of a job that holds points out, whose neighbours the score looks at, and how these points
        came to their place: the training points by the fit (``fitted``), those held out by the
        reducer's own ``transform`` or by the rule of `bench.engine.held_out` (``neighbors``).
    """

    metric: str
    reference: str
    value: float | None
    k: Positive | None = None
    placement: Placement | None = None


class Costs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the fit cost, after a warm-up on a few points.

    Parameters
    ----------
    fit_seconds, cpu_seconds : float
        Wall-clock and processor time of ``fit_transform``.
    peak_memory_bytes : int or None
        Highest resident memory of the fit above what was resident before it; None where the
        system does not tell.
    """

    fit_seconds: NotNegative
    cpu_seconds: NotNegative
    peak_memory_bytes: Count | None = None


class OutOfSample(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a job that holds points out says of the reducer's ``transform``.

    Deviations are root mean squares of distances in the embedding, over its root-mean-square
    radius: 0 is best, 1 is as far off as the embedding is wide.

    Parameters
    ----------
    training, held_out : int
        Numbers of points.
    transform_seconds : float or None
        For all held-out points; None without a ``transform`` that worked, as all that follows.
    batch_deviation : float or None
        Of the held-out points placed in two halves, and some of them singly, from the same placed
        all at once: whether a point's place depends on its company.
    fit_deviation : float or None
        Of ``transform`` of the training points from where the fit has put them.
    largest_batch_deviation : float or None
        Of one point, in the same unit: the largest where ``batch_deviation`` is the mean.
    """

    training: Count
    held_out: Count
    transform_seconds: NotNegative | None = None
    batch_deviation: NotNegative | None = None
    fit_deviation: NotNegative | None = None
    largest_batch_deviation: NotNegative | None = None


class ThreadPool(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A library that computes in threads of its own, as it was loaded when the record was made.

    Parameters
    ----------
    library, version : str
        Its name, and its version where it tells.
    kernel : str
        Of a BLAS: which processor its code was chosen for.
    threads : int
        How many it uses.
    """

    library: str
    version: str
    kernel: str
    threads: Count


class Circumstances(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where and with what a record was made.

    Parameters
    ----------
    versions : dict of str to str
        Of Python and of the packages that compute.
    processor, system : str
        By the name that the machine gives them.
    cores, memory_bytes : int
        What may be used of them; in a container less than the machine has.
    threads : int
        How many a library in this process was told to use at most.
    started : str
        Date and time in UTC (ISO 8601).
    processor_features : tuple of str
        Instruction sets for floating-point vectors, as Linux names them; empty where the system
        does not tell, and in records from before they were kept.
    thread_pools : tuple of ThreadPool
        BLAS and OpenMP libraries of the process that made the record: that of the job, or of the
        harness if the job was ended.
    """

    versions: dict[str, str]
    processor: str
    cores: Count
    memory_bytes: Count
    system: str
    threads: Count
    started: TimeStamp
    processor_features: tuple[str, ...] = ()
    thread_pools: tuple[ThreadPool, ...] = ()


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What came of one job.

    Parameters
    ----------
    job : Job
        What was run.
    status : Status
        How it ended.
    circumstances : Circumstances
        Where it ran.
    reason : str or None
        Why it is not ``ok``, in one line; or of an ``ok`` one, which metric failed. Cut at
        `LONGEST_REASON`, with control characters made visible.
    scores : tuple of Score
        Empty unless ``ok``.
    costs : Costs or None
        None unless the fit finished.
    reconstruction_error : float or None
        For a reducer with an inverse: the squared error of ``inverse_transform`` on the embedded
        points, over their variance. 0 is perfect, 1 is no better than their mean.
    reconstruction_points : int or None
        How many of the points it was measured on.
    busy_seconds : float
        Time that the job held a worker, with warm-up and scoring.
    arrays_sha256 : str or None
        Of the file with the embedding and the curves.
    out_of_sample : OutOfSample or None
        Of a job that holds points out.
    metrics : dict of str to str
        The revision of each metric that was asked for, also of one that does not apply here; empty
        unless ``ok``.

    Examples
    --------
    >>> from bench.job import DatasetConfig, Job, ReducerConfig
    >>> job = Job(DatasetConfig("swiss_roll", {"n": 100}, seed=0), ReducerConfig("pca", {}))
    >>> here = Circumstances({}, "a processor", 2, 2**30, "Linux", 1, "2026-01-02T00:00:00+00:00")
    >>> Record(job, Status.TIMEOUT, here, reason="no result within 600 s").status.is_failure
    True
    """

    job: Job
    status: Status
    circumstances: Circumstances
    reason: str | None = None
    scores: tuple[Score, ...] = ()
    costs: Costs | None = None
    reconstruction_error: NotNegative | None = None
    reconstruction_points: Count | None = None
    busy_seconds: NotNegative = 0.0
    arrays_sha256: str | None = None
    out_of_sample: OutOfSample | None = None
    metrics: dict[str, str] = {}

    def __post_init__(self) -> None:
        """Refuse scores of a failure, and a success without any; make the reason fit to show."""
        if self.reason is not None:
            force_setattr(self, "reason", shorten(visible(self.reason), LONGEST_REASON))
        if (self.status is Status.OK) != bool(self.scores):
            raise ValueError(f"a record with status {self.status} has {len(self.scores)} scores")


class DatasetFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the tables say of a dataset that was drawn.

    Parameters
    ----------
    config : DatasetConfig
        How it was drawn.
    n, dimensions : int
        Points and ambient dimensions.
    geodesic_status : str
        ``closed-form``, ``numerical`` or ``graph``.
    geodesic_notes : dict of str to float or None
        What a reader must know to judge them; None for a number that JSON cannot say.
    isometric : bool
        Whether the oracle must be perfect.
    overlap : dict of str to float
        Share of the k nearest neighbours that both references have in common, by k.
    overlap_auc : float
        The same at every scale: the AUC of one reference against the other.
    source, licence : str
        Of the data.
    busy_seconds : float
        Time that drawing it and computing its references took.
    intrinsic_dimension : int or None
        Where it is known.
    estimated_dimension : float or None
        The same, estimated from the points (`bench.manifolds.traits.two_nn`).
    reach : float, "infinite" or None
        Of the manifold in units of X, where it is known; JSON has no word for infinity.
    neighbor_distance, diameter : float or None
        Median distance to the 10th neighbour, and largest distance between two points, in units
        of X. None, as all traits, in a file that was written before they were measured.
    """

    config: DatasetConfig
    n: Positive
    dimensions: Positive
    geodesic_status: str
    geodesic_notes: Mapping[str, float | None]
    isometric: bool
    overlap: dict[str, float]
    overlap_auc: float
    source: str
    licence: str
    busy_seconds: NotNegative = 0.0
    intrinsic_dimension: Count | None = None
    estimated_dimension: float | None = None
    reach: NotNegative | Literal["infinite"] | None = None
    neighbor_distance: NotNegative | None = None
    diameter: NotNegative | None = None
