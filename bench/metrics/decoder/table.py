"""The table of the decoder's metrics: each a function, and a row that says all else of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.manifolds.intrinsic_dimension import participation_ratio
from bench.metrics.decoder.decoding import (
    NOISE_LEVELS,
    PAIRS,
    SAMPLES,
    STEPS,
    Decoding,
    root_mean_square,
)

Function = Callable[[Decoding], Any]
MANIFOLD, HELD_OUT = "manifold", "held-out data"
_LEVEL = 0.2  # of the noise that single numbers are given for


@dataclass(frozen=True)
class DecoderMetric:
    """One measure of a decoder, and of the encoder before it.

    Parameters
    ----------
    name, label : str
        In records, and in tables.
    function : callable
        Takes a `Decoding`; returns a number.
    low, high : float
        The range.
    best : float or None
        The value of a perfect decoder.
    source : str
        The paper.
    higher_is_better : bool or None
        The direction; None for what describes and does not judge.
    reference : str or None
        What it is held against, ``"manifold"`` or ``"held-out data"``; None for the manifold
        where it is known and held-out data elsewhere.
    curve : bool
        Whether the function returns a value for each level of noise.
    decodings : int
        How many codes must be decoded for a number that can be held beside others. Where fewer
        can be afforded (`Decoding.affordable`) there is none.
    tabulated : bool
        Whether the report gives it a table; records and the CSV file have all.
    """

    name: str
    label: str
    function: Function
    low: float
    high: float
    best: float | None
    source: str
    higher_is_better: bool | None = False
    reference: str | None = None
    curve: bool = False
    decodings: int = 1
    tabulated: bool = True

    def reference_of(self, decoding: Decoding) -> str | None:
        """Return what the metric holds a decoding against; None if that is not known."""
        known = decoding.manifold is not None
        if self.reference == MANIFOLD and not known:
            return None
        return self.reference or (MANIFOLD if known else HELD_OUT)


DECODER_METRICS: dict[str, DecoderMetric] = {}


def _row(label: str, span: tuple[float, float], **more: Any) -> Callable[[Function], Function]:  # noqa: ANN401 - fields of `DecoderMetric`
    """Enter a function into the table under its own name."""

    def enter(function: Function) -> Function:
        name = function.__name__
        DECODER_METRICS[name] = DecoderMetric(name, label, function, *span, **more)
        return function

    return enter


_INFINITE = float("inf")


@_row(
    "held-out reconstruction error",
    (0, _INFINITE),
    best=0,
    source="Hinton & Salakhutdinov 2006",
    reference=HELD_OUT,
)
def held_out_reconstruction(decoding: Decoding) -> float:
    """Share of the held-out points' variance that is lost; 1 for the mean of training points."""
    points = decoding.held_out[decoding.rows]
    lost = ((points - decoding.rebuilt) ** 2).sum()
    return float(lost / ((points - decoding.centre) ** 2).sum())


@_row(
    "denoising gain",
    (-_INFINITE, 1),
    best=1,
    source="Vincent, Larochelle, Bengio & Manzagol 2008",
    higher_is_better=True,
    curve=True,
)
def denoising_gain(decoding: Decoding) -> NDArray[np.float64]:
    """Share of the distance from the truth that coding and decoding a noisy point takes away.

    Noise is added to clean held-out points at each level; distances are root mean squares from the
    manifold, or where it is not known from the point itself without the noise.
    """
    gains = []
    for level in NOISE_LEVELS:
        noisy = decoding.noisy(level)
        cleaned = decoding.through(noisy)
        if decoding.manifold is None:
            clean = decoding.clean[decoding.rows]
            after, before = root_mean_square(cleaned - clean), root_mean_square(noisy - clean)
        else:
            after, before = (
                float(np.sqrt((decoding.manifold.distances(points) ** 2).mean()))
                for points in (cleaned, noisy)
            )
        gains.append(1 - after / before)
    return np.array(gains)


@_row(
    "normal error",
    (0, _INFINITE),
    best=0,
    source="Alain & Bengio 2014",
    reference=MANIFOLD,
)
def normal_error(decoding: Decoding) -> float:
    """How far clean held-out points, coded and decoded, come to lie off the manifold, in radii."""
    rebuilt, feet = decoding.rebuilt_from_clean
    return root_mean_square(rebuilt - feet) / decoding.radius


@_row(
    "tangential error",
    (0, _INFINITE),
    best=0,
    source="Alain & Bengio 2014",
    reference=MANIFOLD,
)
def tangential_error(decoding: Decoding) -> float:
    """How far from where they were on the manifold these points come to lie, in radii."""
    _, feet = decoding.rebuilt_from_clean
    return root_mean_square(feet - decoding.clean[decoding.rows]) / decoding.radius


@_row(
    "code instability",
    (0, _INFINITE),
    best=0,
    source="Rifai, Vincent, Muller, Glorot & Bengio 2011",
    reference=HELD_OUT,
)
def code_instability(decoding: Decoding) -> float:
    """How far noise moves the codes of held-out points, over the radius of the codes."""
    clean = decoding.clean[decoding.rows]
    moved = decoding.encoded(decoding.noisy(_LEVEL)) - decoding.encoded(clean)
    return root_mean_square(moved) / max(decoding.code_radius, 1e-300)


@_row(
    "distance of code interpolants from the truth",
    (0, _INFINITE),
    best=0,
    source="Arvanitidis, Hansen & Hauberg 2018",
    decodings=PAIRS * STEPS,
)
def interpolant_distance(decoding: Decoding) -> float:
    """Mean distance from the truth of straight lines between codes, decoded."""
    return float(decoding.lines_off_truth(decoding.lines).mean())


@_row(
    "distance of straight lines in input space from the truth",
    (0, _INFINITE),
    best=None,
    source="Arvanitidis, Hansen & Hauberg 2018",
    higher_is_better=None,
)
def input_line_distance(decoding: Decoding) -> float:
    """Mean distance from the truth of straight lines between the same points themselves."""
    return float(decoding.lines_off_truth(decoding.pixel_lines).mean())


@_row(
    "excess length of code interpolants",
    (-1, _INFINITE),
    best=0,
    source="Arvanitidis, Hansen & Hauberg 2018",
    higher_is_better=None,
    reference=MANIFOLD,
    decodings=PAIRS * STEPS,
)
def interpolant_excess_length(decoding: Decoding) -> float:
    """Median of the decoded line's length over the true geodesic's, minus 1; a chord is below 0."""
    lengths = np.linalg.norm(np.diff(decoding.lines, axis=1), axis=-1).sum(axis=1)
    true = decoding.geodesics[decoding.pairs[:, 0], decoding.pairs[:, 1]]
    return float(np.median(lengths / true) - 1)


@_row(
    "distance of samples from the truth",
    (0, _INFINITE),
    best=0,
    source="Ghosh, Sajjadi, Vergari, Black & Schölkopf 2020",
)
def sample_distance(decoding: Decoding) -> float:
    """Mean distance from the truth of points that are drawn in the code and decoded."""
    return float(decoding.off_truth(decoding.samples).mean())


@_row(
    "coverage by samples",
    (0, 1),
    best=1,
    source="Naeem, Oh, Uh, Choi & Yoo 2020",
    higher_is_better=True,
    reference=HELD_OUT,
    decodings=SAMPLES,
)
def sample_coverage(decoding: Decoding) -> float:
    """Share of held-out points that have a sample within reach of their fifth neighbour."""
    from bench.metrics.decoder.samples import coverage

    return coverage(decoding.held_out, decoding.samples)


@_row(
    "precision of samples",
    (0, 1),
    best=1,
    source="Kynkäänniemi, Karras, Laine, Lehtinen & Aila 2019",
    higher_is_better=True,
    reference=HELD_OUT,
)
def sample_precision(decoding: Decoding) -> float:
    """Share of samples within reach of some held-out point's fifth neighbour."""
    from bench.metrics.decoder.samples import precision

    return precision(decoding.held_out, decoding.samples)


@_row(
    "recall of samples",
    (0, 1),
    best=1,
    source="Kynkäänniemi, Karras, Laine, Lehtinen & Aila 2019",
    higher_is_better=True,
    reference=HELD_OUT,
    decodings=SAMPLES,
)
def sample_recall(decoding: Decoding) -> float:
    """Share of held-out points within reach of some sample's fifth neighbour among samples."""
    from bench.metrics.decoder.samples import precision

    return precision(decoding.samples, decoding.held_out)


@_row(
    "active units",
    (0, 1),
    best=1,
    source="Burda, Grosse & Salakhutdinov 2016",
    higher_is_better=True,
    reference=HELD_OUT,
)
def active_units(decoding: Decoding) -> float:
    """Share of the code's dimensions that vary: by a variance of over 0.01.

    In units of the prior's variance where the code has a prior, N(0, 1), so that a code that has
    collapsed as a whole is seen; of the variance of the widest dimension where it has none.
    """
    variances = decoding.held_out_codes.var(axis=0)
    unit = variances.max() if decoding.divergences is None else 1.0
    return float((variances > 0.01 * max(unit, 1e-300)).mean())


@_row(
    "effective dimensions of the code",
    (1, _INFINITE),
    best=None,
    source="Gao & Ganguli 2015",
    higher_is_better=None,
    reference=HELD_OUT,
    tabulated=False,
)
def code_dimensions(decoding: Decoding) -> float:
    """Participation ratio of the variances of the training codes; as many as vary alike."""
    return participation_ratio(decoding.codes) if decoding.code_radius else 1.0


@_row(
    "divergence of the least used unit, nats",
    (0, _INFINITE),
    best=None,
    source="Kingma & Welling 2014",
    higher_is_better=None,
    reference=HELD_OUT,
    tabulated=False,
)
def least_divergence(decoding: Decoding) -> float | None:
    """Mean divergence from the prior of the unit that says least; none without a prior."""
    if decoding.divergences is None:
        return None
    return float(np.asarray(decoding.divergences(decoding.held_out)).mean(axis=0).min())


@_row(
    "resolution of the manifold",
    (0, _INFINITE),
    best=None,
    source="see `bench.manifolds.sampled`",
    higher_is_better=None,
    reference=MANIFOLD,
    tabulated=False,
)
def manifold_resolution(decoding: Decoding) -> float:
    """Largest distance from the manifold, in radii, that points of it are measured at."""
    assert decoding.manifold is not None  # noqa: S101 - `reference_of` says so
    return decoding.manifold.resolution / decoding.radius
