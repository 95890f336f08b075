"""Decoding: a fitted encoder and decoder, and the points that they are judged on."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.manifolds.sampled import SampledManifold
from bench.seeds import stream

Points = NDArray[np.floating]
NOISE_LEVELS = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Standard deviations of the noise that is to be removed, in units of `Decoding.spread`."""
PAIRS = 24
STEPS = 16  # of a line, its ends included
SAMPLES = 300
_COMPONENTS = 10  # of the mixture that codes are drawn from
_FULL_COVARIANCE = 20  # dimensions; beyond, that of a mixture's component is diagonal
_MOST = 200  # held-out points that are rebuilt with noise and without


@dataclass(frozen=True, eq=False)
class Decoding:
    """An encoder and a decoder after the fit, with what they are held against.

    Parameters
    ----------
    encode : callable
        (m, D) to (m, c).
    decode : callable
        (m, c) to (m, D).
    training, codes : ndarray of shape (n, D) and (n, c)
        The points of the fit, and where the fit has put them.
    held_out : ndarray of shape (m, D)
        Points that the fit has not seen.
    clean : ndarray of shape (m, D)
        The same without the dataset's own noise.
    geodesics : ndarray of shape (m, m)
        Between the held-out points.
    manifold : SampledManifold or None
        The truth, where it is known.
    seed : int
        Draws noise, pairs and samples.
    chart : ndarray of shape (m, d) or None
        Coordinates of the held-out points in which the manifold is flat, where there are any.
    affordable : int or None
        How many codes may be decoded for one measure; None for any number.
    divergences : callable, optional
        (m, D) to (m, c): of the code's distribution from its prior, in nats, if it has one.
    """

    encode: Callable[[Points], Points]
    decode: Callable[[Points], Points]
    training: Points
    codes: Points
    held_out: Points
    clean: Points
    geodesics: Points
    manifold: SampledManifold | None
    seed: int
    chart: Points | None = None
    affordable: int | None = None
    divergences: Callable[[Points], Points] | None = None

    @cached_property
    def spread(self) -> float:
        """Root-mean-square deviation of a coordinate of the training points: the unit of noise."""
        return float(np.sqrt(((self.training - self.centre) ** 2).mean()))

    @cached_property
    def radius(self) -> float:
        """Root-mean-square distance of the training points from their mean: the unit of errors."""
        return self.spread * float(np.sqrt(self.training.shape[1]))

    @cached_property
    def centre(self) -> Points:
        """Mean of the training points, shape (D,)."""
        return np.asarray(self.training.mean(axis=0, dtype=np.float64))

    @cached_property
    def rows(self) -> NDArray[np.intp]:
        """The held-out points that are rebuilt: as many as can be afforded."""
        m = len(self.held_out)
        size = min(m, self.affordable or _MOST)
        return np.sort(stream(self.seed, "decoder:rows").choice(m, size, replace=False))

    @cached_property
    def held_out_codes(self) -> Points:
        """Codes of `rows`."""
        return self.encoded(self.held_out[self.rows])

    @cached_property
    def rebuilt(self) -> Points:
        """What becomes of `rows` by way of their codes, shape (m, D)."""
        return self.decoded(self.held_out_codes)

    @cached_property
    def rebuilt_from_clean(self) -> tuple[Points, Points]:
        """What becomes of the clean `rows`, and the feet of that on the known manifold."""
        assert self.manifold is not None  # noqa: S101 - only metrics of the manifold ask
        rebuilt = self.through(self.clean[self.rows])
        return rebuilt, self.manifold.project(rebuilt)

    @cached_property
    def code_radius(self) -> float:
        """Root-mean-square distance of the training codes from their mean."""
        return root_mean_square(self.codes - self.codes.mean(axis=0))

    def noisy(self, level: float) -> Points:
        """Return the clean `rows` with noise on each coordinate, ``level`` times `spread`."""
        clean = self.clean[self.rows]
        noise = stream(self.seed, f"decoder:noise {level}").standard_normal(clean.shape)
        return clean + level * self.spread * noise

    def through(self, points: Points) -> Points:
        """Encode and decode points."""
        return self.decoded(self.encoded(points))

    @cached_property
    def pairs(self) -> NDArray[np.intp]:
        """Pairs of held-out points that a finite path joins, shape (p, 2), drawn by the seed."""
        drawn = stream(self.seed, "decoder:pairs").integers(
            len(self.held_out), size=(20 * PAIRS, 2)
        )
        lengths = self.geodesics[drawn[:, 0], drawn[:, 1]]
        return np.asarray(drawn[np.isfinite(lengths) & (lengths > 0)][:PAIRS])

    @cached_property
    def lines(self) -> Points:
        """Straight lines between codes of `pairs`, decoded: shape (p, steps, D)."""
        ends = self.encoded(self.held_out[self.pairs.ravel()])
        codes = straight(ends.reshape(len(self.pairs), 2, -1))
        decoded = self.decoded(codes.reshape(-1, codes.shape[-1]))
        return decoded.reshape(*codes.shape[:2], -1)

    @cached_property
    def pixel_lines(self) -> Points:
        """Straight lines between the same points themselves, to hold the others against."""
        return straight(self.held_out[self.pairs].astype(np.float64))

    @cached_property
    def samples(self) -> Points:
        """Points made up: codes drawn from a mixture of Gaussians fitted to the codes, decoded.

        Fitting a density to the codes afterwards needs no prior (Ghosh, Sajjadi, Vergari, Black &
        Schölkopf, ICLR 2020).
        """
        from sklearn.mixture import GaussianMixture

        full = self.codes.shape[1] <= _FULL_COVARIANCE
        seed = int(stream(self.seed, "decoder:samples").integers(2**31))
        mixture = GaussianMixture(
            min(_COMPONENTS, len(np.unique(self.codes, axis=0))),
            covariance_type="full" if full else "diag",
            random_state=seed,
        )
        # In units of their own: the mixture adds a fixed amount to variances, whatever their size.
        unit = self.code_radius or 1.0
        drawn = mixture.fit(self.codes.astype(np.float64) / unit).sample(self.sample_size)[0]
        return self.decoded(drawn * unit)

    @property
    def sample_size(self) -> int:
        """How many points are made up."""
        return min(SAMPLES, self.affordable or SAMPLES)

    def off_truth(self, points: Points) -> Points:
        """Return how far points are from the truth, in units of its kind, shape (m,).

        From the manifold, over `radius`, where it is known; else from the nearest held-out point,
        over the median distance of a held-out point from its own nearest: about 1 for real data.
        """
        if self.manifold is not None:
            return self.manifold.distances(points) / self.radius
        return np.asarray(self._search.kneighbors(points, 1)[0][:, 0] / self._apart)

    def lines_off_truth(self, lines: Points) -> Points:
        """Return likewise how far the points of lines between `pairs` are, shape (p, steps).

        Where held-out points are the truth, the two that a line joins are not its own truth: a
        straight line begins and ends in them, whatever lies between.
        """
        points = lines.reshape(-1, lines.shape[-1])
        if self.manifold is not None:
            return self.off_truth(points).reshape(lines.shape[:2])
        distances, rows = self._search.kneighbors(points, 3)
        ends = np.repeat(self.pairs, lines.shape[1], axis=0)
        distances[(rows[:, :, None] == ends[:, None]).any(axis=2)] = np.inf
        return np.asarray(distances.min(axis=1) / self._apart).reshape(lines.shape[:2])

    @cached_property
    def _search(self) -> Any:  # noqa: ANN401 - scikit-learn is untyped
        from sklearn.neighbors import NearestNeighbors

        return NearestNeighbors().fit(self.held_out)

    @cached_property
    def _apart(self) -> float:
        """Median distance of a held-out point from its nearest other one."""
        return max(float(np.median(self._search.kneighbors(n_neighbors=1)[0])), 1e-300)

    def encoded(self, points: Points) -> Points:
        """Encode points; raises `ValueError` if the codes are not finite or of another shape."""
        codes = np.asarray(self.encode(points.astype(np.float32)), dtype=np.float64)
        return _finite(codes, "encoding", (len(points), self.codes.shape[1]))

    def decoded(self, codes: Points) -> Points:
        """Decode codes; raises `ValueError` likewise."""
        kind = self.codes.dtype if self.codes.dtype.kind == "f" else np.float64
        points = np.asarray(self.decode(codes.astype(kind)), dtype=np.float64)
        return _finite(points, "decoding", (len(codes), self.training.shape[1]))


def straight(ends: Points, steps: int = STEPS) -> Points:
    """Return points at equal steps between pairs: (p, 2, c) to (p, steps, c)."""
    share = np.linspace(0, 1, steps)[None, :, None]
    return np.asarray((1 - share) * ends[:, :1] + share * ends[:, 1:])


def root_mean_square(differences: Points) -> float:
    """Return the root mean square of the lengths of rows."""
    return float(np.sqrt((np.asarray(differences, dtype=np.float64) ** 2).sum(axis=-1).mean()))


def _finite(found: Any, what: str, shape: tuple[int, int]) -> Points:  # noqa: ANN401 - what a plugin returns
    if found.shape != shape:
        raise ValueError(f"{what} gave shape {found.shape}, expected {shape}")
    if not np.isfinite(found).all():
        raise ValueError(f"{what} gave values that are not finite")
    return np.asarray(found)
