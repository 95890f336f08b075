"""Manifold: do images lie near a surface of few dimensions? The manifold hypothesis in numbers.

(Stated in Goodfellow, Bengio & Courville, Deep Learning, MIT Press, 2016, section 5.11.3; as a
statistical test in Fefferman, Mitter & Narayanan, J. Amer. Math. Soc. 29, 2016.)

Real images, rendered images whose dimension is known, the real images with the pixels of each in an
order of its own, and noise: how many dimensions do they have, how close are neighbours and how fast
do they close in as images are added, and how many numbers does it take to rebuild an image that was
not seen (by PCA, and by an autoencoder)? What speaks for a manifold must not be found in noise.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.studies.study import Cell, Values

SEEDS = (0, 1, 2)
# By family; what stands beside the name goes to the dataset.
DATASETS: dict[str, list[dict[str, Any]]] = {
    "real": [{"dataset": "digits"}, {"dataset": "mnist"}],
    "rendered": [
        {"dataset": "translated_bump"},
        {"dataset": "translated_gabor"},
        {"dataset": "rotated_shape"},
        {"dataset": "rendered_face"},
    ],
    "shuffled": [{"dataset": "shuffled_digits"}],
    "noise": [
        {"dataset": "uniform_noise", "dimensions": 64},
        {"dataset": "gaussian_noise", "dimensions": 64},
        {"dataset": "uniform_noise", "dimensions": 784},
    ],
}
CODES = (1, 2, 4, 8, 16, 32)
SIZES = (100, 200, 400, 800, 1500)
IMAGES, HELD_OUT, NEIGHBORS = 1500, 300, 20
Points = NDArray[np.float32]


def cells(seeds: Sequence[int]) -> list[Cell]:
    """List every dataset."""
    return [
        Cell({"family": family, **dataset}, seed)
        for family, datasets in DATASETS.items()
        for dataset in datasets
        for seed in seeds
    ]


def run(cell: Cell) -> Values:
    """Measure one draw of one dataset."""
    from bench.engine.fit import seed_global_generators
    from bench.registry import Registry

    seed_global_generators(cell.seed)
    given = {name: value for name, value in cell.parameters.items() if name != "family"}
    factory = Registry().find("dataset", given.pop("dataset")).load()[0]
    dataset = factory(n=IMAGES, seed=cell.seed, **given)
    known = dataset.intrinsic_dimension
    training, held_out = dataset.X[HELD_OUT:], dataset.X[:HELD_OUT]  # drawn in no order
    return {
        "dimensions": float(dataset.X.shape[1]),
        "true_dimension": None if known is None else float(known),
        **estimates(dataset.X),
        "neighbor_distance": closeness(dataset.X),
        "pca_lost": [lost(_pca(k, training), training, held_out) for k in CODES],
        "autoencoder_lost": [lost(_autoencoder(k, cell.seed), training, held_out) for k in CODES],
    }


def estimates(X: Points) -> Values:
    """Estimate the intrinsic dimension in four ways.

    Points that coincide with another one are looked at once.
    """
    from bench.manifolds.intrinsic_dimension import (
        correlation_dimension,
        maximum_likelihood,
        participation_ratio,
    )
    from bench.manifolds.traits import two_nn

    points = np.unique(X, axis=0)
    distances = _distances(points)
    nearest = np.sort(distances, axis=1)[:, 1 : NEIGHBORS + 1]
    return {
        "two_nn": two_nn(nearest[:, :2]),
        "maximum_likelihood": maximum_likelihood(nearest),
        "correlation": correlation_dimension(distances[np.triu_indices(len(points), 1)]),
        "participation_ratio": participation_ratio(points),
    }


def closeness(X: Points) -> list[float | None]:
    """Return how near the nearest neighbour is among more and more of the points.

    Returns
    -------
    list of float
        For each of `SIZES` the median distance to the nearest neighbour among the first so many
        points, over the median distance of any two. On a manifold of d dimensions it falls as the
        number of points to the power of -1/d.
    """
    distances = _distances(X)
    scale = float(np.median(distances[np.triu_indices(len(X), 1)]))
    np.fill_diagonal(distances, np.inf)
    return [
        float(np.median(distances[:size, :size].min(axis=1))) / scale if size <= len(X) else None
        for size in SIZES
    ]


def lost(model: Any, training: Points, held_out: Points) -> float | None:  # noqa: ANN401 - estimators share no base class
    """Return the share of the variance around the training mean that a code loses of new images.

    Parameters
    ----------
    model : estimator or None
        With ``transform`` and ``inverse_transform``; fitted here.
    training, held_out : ndarray of shape (n, D) and (m, D)

    Returns
    -------
    float or None
        From 0, rebuilt exactly, to 1, no better than the mean image, and above; None if there is
        no model.
    """
    if model is None:
        return None
    model.fit(training)
    rebuilt = model.inverse_transform(model.transform(held_out))
    error = ((held_out - rebuilt).astype(np.float64) ** 2).sum()
    return float(error / ((held_out - training.mean(axis=0)).astype(np.float64) ** 2).sum())


def _distances(X: Points) -> NDArray[np.float64]:
    from bench.geometry.euclidean import EuclideanDistances

    return EuclideanDistances(X).distances(np.arange(len(X)))


def _pca(k: int, training: Points) -> Any:  # noqa: ANN401
    from sklearn.decomposition import PCA

    return PCA(k, svd_solver="full") if k <= min(training.shape) else None


def _autoencoder(k: int, seed: int) -> Any:  # noqa: ANN401
    from bench.autoencoders.estimator import Autoencoder

    # A plain code is charged nothing: without a charge to warm up, any epoch may be the best one.
    # Of noise it is one of the first; later ones have learned the training images by heart.
    return Autoencoder(k, random_state=seed)
