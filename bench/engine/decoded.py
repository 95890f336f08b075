"""The decoder of a job that holds points out: gather what it is judged on, and judge it."""

from collections.abc import Sequence

from bench.engine.prepare import Prepared
from bench.engine.result import JobResult
from bench.engine.split import Split
from bench.engine.truth import sampled_manifold, without_noise
from bench.errors import one_line
from bench.job import Job
from bench.metrics.decoder.card import judge
from bench.metrics.decoder.decoding import Decoding
from bench.metrics.decoder.pictures import draw
from bench.metrics.decoder.table import DecoderMetric
from bench.reducer import Reducer
from bench.registry import Registry


def judge_decoder(
    result: JobResult,
    reducer: Reducer,
    job: Job,
    prepared: Prepared,
    registry: Registry,
    parts: Split,
    table: Sequence[DecoderMetric],
) -> JobResult:
    """Judge a decoder on the points that its fit has not seen.

    Parameters
    ----------
    result : JobResult
        The estimator, and the codes of the training points as its embedding.
    reducer : Reducer
        Of the estimator.
    job : Job
    prepared : Prepared
    registry : Registry
        Draws the dataset again, without noise.
    parts : Split
        Which points were fitted on, and which are held out.
    table : sequence of DecoderMetric

    Returns
    -------
    JobResult
        The same with the scores, the problems and the pictures of the decoder.
    """
    training, held_out = parts.training, parts.held_out
    clean = without_noise(job.dataset, registry)
    manifold = sampled_manifold(job.dataset, clean, registry)
    flat = manifold is not None and manifold.chart is not None
    geodesics = prepared.references["geodesic"].block(held_out, ranked=False).distances
    decoding = Decoding(
        encode=result.estimator.transform,
        decode=result.estimator.inverse_transform,
        training=prepared.X[training],
        codes=result.embedding,
        held_out=prepared.X[held_out],
        clean=clean.X[held_out],
        geodesics=geodesics[:, held_out],
        manifold=manifold,
        seed=job.seed,
        chart=clean.chart[held_out] if flat and clean.chart is not None else None,
        affordable=reducer.decodings,
        divergences=getattr(result.estimator, "divergences", None),
    )
    judged = result.plus(*judge(decoding, table))
    try:
        return judged.plus(arrays=draw(decoding, clean.image_shape))
    except Exception as error:  # noqa: BLE001 - a plugin's decoder may raise anything
        return judged.plus(problems=[f"pictures: {one_line(error)}"])
