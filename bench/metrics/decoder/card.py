"""The report card of a decoder: every metric of the table, applied to one decoding."""

from collections.abc import Iterable
from copy import deepcopy

import numpy as np

from bench.errors import one_line
from bench.metrics.decoder.decoding import NOISE_LEVELS, Decoding
from bench.metrics.decoder.table import DECODER_METRICS, DecoderMetric
from bench.metrics.table import as_numbers
from bench.record import Score


def judge(decoding: Decoding, table: Iterable[DecoderMetric]) -> tuple[list[Score], list[str]]:
    """Apply the decoder's metrics.

    A metric that raises, or needs more decodings than can be afforded, gives no number, and takes
    none away from the others.

    Parameters
    ----------
    decoding : Decoding
    table : iterable of DecoderMetric

    Returns
    -------
    scores : list of Score
        With reference ``"manifold"`` or ``"held-out data"``. Of a curve one for each level of
        noise, whose ``k`` is the level in per cent of `Decoding.spread`.
    problems : list of str
        Which metric has no number, and why.
    """
    scores: list[Score] = []
    problems: list[str] = []
    for metric in table:
        reference = metric.reference_of(decoding)
        if reference is None:
            continue
        most = decoding.affordable
        if most is not None and most < metric.decodings:
            problems.append(
                f"metric {metric.name}: needs {metric.decodings} decodings, {most} can be afforded"
            )
            continue
        try:
            scores += _scores(metric, reference, decoding)
        except BaseException as error:  # noqa: BLE001 - a plugin may raise anything, or exit
            problems.append(f"metric {metric.name}: {one_line(error)}")
    return scores, problems


def _scores(metric: DecoderMetric, reference: str, decoding: Decoding) -> list[Score]:
    value = metric.function(decoding if _is_ours(metric) else _copy(decoding))
    if value is None:
        return []
    values = np.atleast_1d(as_numbers(value))
    ks = [round(100 * level) for level in NOISE_LEVELS] if metric.curve else [None]
    if values.shape != (len(ks),):
        raise ValueError(f"gave values of shape {values.shape}, expected {len(ks)} of them")
    return [
        Score(metric.name, reference, float(one) if np.isfinite(one) else None, k)
        for one, k in zip(values, ks, strict=True)
    ]


def _is_ours(metric: DecoderMetric) -> bool:
    known = DECODER_METRICS.get(metric.name)
    return known is not None and known.function is metric.function


def _copy(decoding: Decoding) -> Decoding:
    """Return a copy that the metric of a plugin may write into: no other metric sees it."""
    kept = decoding.encode, decoding.decode, decoding.divergences
    return deepcopy(decoding, {id(one): one for one in kept})
