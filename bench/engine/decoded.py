"""The decoder of a job that holds points out: gather what it is judged on, and judge it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.controls import DECODERS
from bench.engine.fit import Fitted
from bench.engine.prepare import Prepared
from bench.engine.split import Split
from bench.engine.truth import sampled_manifold, without_noise
from bench.errors import one_line
from bench.job import Job
from bench.metrics.decoder.card import judge
from bench.metrics.decoder.decoding import Decoding
from bench.metrics.decoder.pictures import draw
from bench.metrics.decoder.table import DecoderMetric
from bench.record import Score
from bench.reducer import Reducer
from bench.registry import Registry

Points = NDArray[Any]
Arrays = dict[str, NDArray[Any]]


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
            reducer.decodings,
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
) -> tuple[list[Score], list[str], Arrays]:
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
        As `bench.metrics.decoder.card.judge`.
    arrays : dict of str to ndarray
        As `bench.metrics.decoder.pictures.draw`.
    """
    training, held_out = parts.training, parts.held_out
    clean = without_noise(job.dataset, registry)
    manifold = sampled_manifold(job.dataset, clean, registry)
    flat = manifold is not None and manifold.chart is not None
    geodesics = prepared.references["geodesic"].block(held_out, ranked=False).distances
    decoding = Decoding(
        encode=coder.encode,
        decode=coder.decode,
        training=prepared.X[training],
        codes=coder.codes,
        held_out=prepared.X[held_out],
        clean=clean.X[held_out],
        geodesics=geodesics[:, held_out],
        manifold=manifold,
        seed=job.seed,
        chart=clean.chart[held_out] if flat and clean.chart is not None else None,
        affordable=coder.affordable,
        divergences=coder.divergences,
    )
    scores, problems = judge(decoding, table)
    try:
        return scores, problems, draw(decoding, clean.image_shape)
    except Exception as error:  # noqa: BLE001 - a plugin's decoder may raise anything
        return scores, [*problems, f"pictures: {one_line(error)}"], {}
