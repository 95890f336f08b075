"""What a job came to, from the fit to the record."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from bench.engine.outcome import Arrays
from bench.record import Costs, OutOfSample, Score


@dataclass(frozen=True, eq=False)
class JobResult:
    """What a job came to so far: the fit makes it, and each later step adds what it found.

    Parameters
    ----------
    estimator : object
        As fitted.
    embedding : ndarray of shape (n, n_components)
        Of the points that it was fitted on; in a finished job, of all points.
    costs : Costs or None
        Of the fit; None where nothing was fitted.
    scores : tuple of Score
    problems : tuple of str
        What failed without taking anything from the rest.
    arrays : dict of str to ndarray
        What is stored beside the embedding: curves by ``reference/metric``, learning curves by
        ``learning/`` and their name, and `bench.metrics.decoder.pictures.draw`.
    reconstruction_error : float or None
        None where the reducer has no inverse, or it failed.
    reconstruction_points : int or None
        How many points it was measured on.
    out_of_sample : OutOfSample or None
        None where no points are held out.
    """

    estimator: Any
    embedding: NDArray[np.floating]
    costs: Costs | None
    scores: tuple[Score, ...] = ()
    problems: tuple[str, ...] = ()
    arrays: Arrays = field(default_factory=dict)
    reconstruction_error: float | None = None
    reconstruction_points: int | None = None
    out_of_sample: OutOfSample | None = None

    def plus(
        self,
        scores: Iterable[Score] = (),
        problems: Iterable[str] = (),
        arrays: Arrays | None = None,
    ) -> Self:
        """Add scores, problems and arrays to those that are there."""
        return replace(
            self,
            scores=(*self.scores, *scores),
            problems=(*self.problems, *problems),
            arrays={**self.arrays, **(arrays or {})},
        )
