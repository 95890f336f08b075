"""The decoder of a job that holds points out: gather what it is judged on, and judge it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.controls import DECODERS
from bench.decoder.card import judge
from bench.decoder.decoding import Decoding
from bench.decoder.table import DecoderMetric
from bench.decoder.truth import clean_points, sampled_manifold
from bench.engine.fit import Fitted
from bench.engine.prepare import Prepared
from bench.engine.split import Split
from bench.job import Job
from bench.record import Score
from bench.reducer import Reducer
from bench.registry import Registry

Points = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Coder:
    """An encoder and a decoder after the fit; the fields are those of `Decoding`."""

    encode: Callable[[Points], Points]
    decode: Callable[[Points], Points]
    codes: Points
    affordable: int | None = None
    divergences: Callable[[Points], Points] | None = None

    @classmethod
    def of(cls, fitted: Fitted, reducer: Reducer) -> "Coder":
        """Take the encoder and the decoder of a reducer that has both."""
        one = fitted.estimator
        divergences = getattr(one, "divergences", None)
        return cls(
            one.transform,
            one.inverse_transform,
            fitted.embedding,
            reducer.inverse_sample,
            divergences,
        )

    @classmethod
    def control(cls, name: str, training: Points) -> "Coder":
        """Make one of the controls of decoders."""
        encode, decode = DECODERS[name](training)
        return cls(encode, decode, np.asarray(encode(training)))


def judge_decoder(
    job: Job,
    prepared: Prepared,
    registry: Registry,
    parts: Split,
    coder: Coder,
    table: Sequence[DecoderMetric],
) -> tuple[list[Score], list[str]]:
    """Judge a decoder on the points that its fit has not seen.

    Parameters
    ----------
    job : Job
    prepared : Prepared
    registry : Registry
        Draws the dataset again, without noise.
    parts : Split
        Which points were fitted on, and which are held out.
    coder : Coder
    table : sequence of DecoderMetric

    Returns
    -------
    scores, problems
        As `bench.decoder.card.judge`.
    """
    training, held_out = parts.training, parts.held_out
    geodesics = prepared.references["geodesic"].block(held_out, ranked=False).distances
    decoding = Decoding(
        encode=coder.encode,
        decode=coder.decode,
        training=prepared.X[training],
        codes=coder.codes,
        held_out=prepared.X[held_out],
        clean=clean_points(job.dataset, registry)[held_out],
        geodesics=geodesics[:, held_out],
        manifold=sampled_manifold(job.dataset, registry),
        seed=job.seed,
        affordable=coder.affordable,
        divergences=coder.divergences,
    )
    return judge(decoding, table)
