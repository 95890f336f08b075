"""The rules of metrics of decoders."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from bench.manifolds.sampled import SampledManifold
from bench.metrics.decoder.decoding import NOISE_LEVELS, Decoding
from bench.metrics.decoder.table import DecoderMetric
from bench.registry import Registry
from bench.seeds import stream
from bench.testing.rules import Rule, require

_LEVEL = NOISE_LEVELS.index(0.2)  # where curves are read
_AMBIENT = 4
_NEAR = 0.1  # of the best: what samples are drawn at random for
Points = NDArray[np.floating]
Coder = Callable[[Points], Points]
_CONTROLS = ("identity", "mean_point", "nearest_training_point")


def _control(name: str, training: NDArray[np.float32]) -> tuple[Coder, Coder]:
    """Return the encoder and the decoder of a control that has seen the training points."""
    estimator = Registry().find("reducer", name).load()[0].build({}, n_components=2, seed=0)
    estimator.fit_transform(training)
    return estimator.transform, estimator.inverse_transform


def _flat(n: int, purpose: str, size: float = 1, place: float = 0) -> NDArray[np.float32]:
    """Return points of a square in four dimensions."""
    square = stream(0, f"testing:{purpose}").uniform(-1, 1, size=(n, 2))
    points = np.pad(square, ((0, 0), (0, _AMBIENT - 2)))
    return (size * points + place).astype(np.float32)


def _decoding(name: str, *, unit: float = 1, size: float = 1, place: float = 0) -> Decoding:
    """Return one of the decoders below, or a control, of points so large and codes so large."""
    training, held_out, sample = (
        _flat(n, purpose, size, place)
        for n, purpose in ((300, "training"), (200, "held out"), (2000, "manifold"))
    )

    def encode(points: Points) -> Points:
        places = (points.astype(np.float64) - place) / size
        follows_noise = name == "a code that follows noise alone"
        return unit * (20 * places[:, 2:] if follows_noise else places[:, :2])

    def decode(codes: Points) -> Points:
        codes = codes / unit
        if name == "points swapped":
            codes = codes[:, ::-1]
        if name == "points drawn together":
            codes = 0.05 * codes
        if name == "a code whose second unit is ignored":
            codes = codes * [1, 0]
        lifted = np.pad(codes, ((0, 0), (0, _AMBIENT - 2)))
        if name == "points beside the manifold":
            lifted[:, 2] = 0.7
        return size * lifted + place

    encoder, decoder = _control(name, training) if name in _CONTROLS else (encode, decode)
    return Decoding(
        encode=encoder,
        decode=decoder,
        training=training,
        codes=np.asarray(encoder(training)),
        held_out=held_out,
        clean=held_out,
        geodesics=cdist(held_out, held_out),
        manifold=SampledManifold(sample, 2),
        seed=0,
    )


_RIGHT = "the projection onto the manifold"
_WRONG = (
    "points swapped",
    "points drawn together",
    "points beside the manifold",
    "a code whose second unit is ignored",
    "a code that follows noise alone",
)


def _value(metric: DecoderMetric, decoding: Decoding) -> float | None:
    found = metric.function(decoding)
    if found is None:
        return None
    values = np.atleast_1d(np.asarray(found, dtype=np.float64))
    return float(values[_LEVEL if metric.curve else 0])


@dataclass(frozen=True, eq=False)
class JudgedMetric:
    """A metric under test, with its values for the decoders that its rules share."""

    metric: DecoderMetric
    _known: dict[str, float | None] = field(default_factory=dict)

    def values(self, *names: str) -> list[float]:
        """Return the values of some decoders, of those that have one."""
        for name in names:
            if name not in self._known:
                self._known[name] = _value(self.metric, _decoding(name))
        found = (self._known[name] for name in names)
        return [value for value in found if value is not None]


def _has_a_row_that_holds(judged: JudgedMetric) -> None:
    """Have the best value at one end of the range if it judges, and all values inside it."""
    metric = judged.metric
    end = metric.high if metric.higher_is_better else metric.low
    holds = metric.higher_is_better is None or metric.best == end
    require(holds, f"best {metric.best} is no end of the range")
    for name in (_RIGHT, *_WRONG, *_CONTROLS):
        for value in judged.values(name):
            # A sum of rounded squares may be a hair off the end.
            inside = metric.low - 1e-6 <= value <= metric.high + 1e-6
            require(inside, f"{name}: {value} is outside the range")


def _returns_what_it_states(judged: JudgedMetric) -> None:
    """Return one number, or one for each level of noise if it is a curve."""
    metric = judged.metric
    found = metric.function(_decoding(_RIGHT))
    if found is not None:
        shape = (len(NOISE_LEVELS),) if metric.curve else ()
        require(np.shape(found) == shape, f"its value has shape {np.shape(found)}, not {shape}")


def _reaches_its_best(judged: JudgedMetric) -> None:
    """Come near the best for the projection onto the manifold, or for a control."""
    metric = judged.metric
    values, best = judged.values(_RIGHT, *_CONTROLS), metric.best
    if metric.higher_is_better is not None and best is not None and values:
        nearest = min(values, key=lambda value: abs(value - best))
        close = abs(nearest - best) <= _NEAR
        require(close, f"the best of what should be best scored {nearest:.3f}, not {best}")


def _sees_what_is_bad(judged: JudgedMetric) -> None:
    """Score some decoder that is bad in one way far worse than the projection."""
    metric = judged.metric
    right, wrong = judged.values(_RIGHT), judged.values(*_WRONG, "mean_point")
    if metric.higher_is_better is not None and right and wrong:
        worst = min(wrong) if metric.higher_is_better else max(wrong)
        lost = right[0] - worst if metric.higher_is_better else worst - right[0]
        require(lost > 2 * _NEAR, f"the worst scored {worst:.3f}, the projection {right[0]:.3f}")


def _ignores_units(judged: JudgedMetric) -> None:
    """Give the same number for points moved and scaled, and for codes scaled."""
    metric = judged.metric
    value = _value(metric, _decoding(_RIGHT))
    others = {
        "points scaled": _decoding(_RIGHT, size=1e3),
        "points moved": _decoding(_RIGHT, place=3),
        "codes scaled": _decoding(_RIGHT, unit=1e-4),
    }
    for what, other in others.items():
        found = _value(metric, other)
        same = found == value or abs((found or 0) - (value or 0)) < 1e-3 * max(1, abs(value or 0))
        require(same, f"{what}: {value} became {found}")


def _repeats_itself_and_alters_nothing(judged: JudgedMetric) -> None:
    """Give the same number twice, and leave the points and the codes as they were."""
    metric = judged.metric
    decoding = _decoding(_RIGHT)
    first = _value(metric, decoding)
    fresh = _decoding(_RIGHT)
    for name in ("training", "codes", "held_out", "clean", "geodesics"):
        kept = np.array_equal(getattr(decoding, name), getattr(fresh, name))
        require(kept, f"{name} was altered")
    second = _value(metric, decoding)
    require(first == second, f"{first} became {second} when it was asked again")


DECODER_METRIC_RULES: list[Rule] = [
    _has_a_row_that_holds,
    _returns_what_it_states,
    _reaches_its_best,
    _sees_what_is_bad,
    _ignores_units,
    _repeats_itself_and_alters_nothing,
]
