"""Controls: embeddings that must come out right, fed by the harness and never by a reducer.

They may see the truth; reducers are handed the points alone.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bench.errors import UnsupportedError
from bench.seeds import stream

Points = NDArray[np.floating]
Control = Callable[[Points, Points | None, int, int], Points]


def oracle(X: Points, chart: Points | None, n_components: int, seed: int) -> Points:  # noqa: ARG001 - a control's signature
    """Return the true intrinsic coordinates: the best that an embedding can be."""
    if chart is None:
        raise UnsupportedError("the true intrinsic coordinates of this dataset are not known")
    if chart.shape[1] > n_components:
        raise UnsupportedError(
            f"the chart has {chart.shape[1]} dimensions, the job asks for {n_components}"
        )
    return _padded(chart, n_components)


def random(X: Points, chart: Points | None, n_components: int, seed: int) -> Points:  # noqa: ARG001 - a control's signature
    """Return points drawn at random, without a look at the data: chance."""
    return stream(seed, "control:random").normal(size=(len(X), n_components))


def shuffled(X: Points, chart: Points | None, n_components: int, seed: int) -> Points:
    """Return a good embedding with its rows permuted: the right cloud, the wrong points.

    The good embedding is the oracle where there is one, else the leading principal components.
    It catches a score that looks at the shape of the cloud and not at who is where.
    """
    try:
        good = oracle(X, chart, n_components, seed)
    except UnsupportedError:
        centred = X.astype(np.float64) - X.mean(axis=0, dtype=np.float64)
        left, scale, _ = np.linalg.svd(centred, full_matrices=False)
        good = _padded(left[:, :n_components] * scale[:n_components], n_components)
    return stream(seed, "control:shuffled").permutation(good)


def _padded(points: Points, n_components: int) -> Points:
    """Add columns of zeros, which change no distance."""
    return np.pad(points, ((0, 0), (0, n_components - points.shape[1])))


CONTROLS: dict[str, Control] = {"oracle": oracle, "random": random, "shuffled": shuffled}

Encoder = Callable[[Points], Points]
DecoderControl = Callable[[Points], tuple[Encoder, Encoder]]


def identity(training: Points) -> tuple[Encoder, Encoder]:  # noqa: ARG001 - a control's signature
    """Code a point by itself: nothing is lost, no noise is removed."""
    return np.asarray, np.asarray


def mean_point(training: Points) -> tuple[Encoder, Encoder]:
    """Code every point by nothing, and decode it to the mean of the training points."""
    mean = training.mean(axis=0, dtype=np.float64)

    def decode(codes: Points) -> Points:
        return np.tile(mean, (len(codes), 1))

    return lambda points: np.zeros((len(points), 1)), decode


def nearest_training_point(training: Points) -> tuple[Encoder, Encoder]:
    """Code a point by itself, and decode it to the nearest training point: learnt by heart."""
    from sklearn.neighbors import NearestNeighbors

    search = NearestNeighbors(n_neighbors=1).fit(training)

    def decode(codes: Points) -> Points:
        return np.asarray(training[search.kneighbors(codes, return_distance=False)[:, 0]])

    return np.asarray, decode


DECODERS: dict[str, DecoderControl] = {
    "identity": identity,
    "mean_point": mean_point,
    "nearest_training_point": nearest_training_point,
}
"""Controls of decoders: judged by the decoder's report card alone, on held-out points. Each takes
the training points, and returns an encoder and a decoder."""

ALL_CONTROLS = CONTROLS.keys() | DECODERS.keys()
DETERMINISTIC_CONTROLS = frozenset({"oracle"})
"""Those that the seed does not change."""
