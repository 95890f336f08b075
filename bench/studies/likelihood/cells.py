"""Likelihood: what the loss alone does to an autoencoder of images.

Autoencoders that differ in nothing but the likelihood (same network, same first weights, same
batches, same points in [0, 1]) are trained on the same images: Gaussian with linear outputs,
Gaussian behind a sigmoid, and Bernoulli. Each is also started from a saturated last layer, where
all pixels are white: behind a sigmoid the gradient of a squared error carries the factor
``s(1 - s)``, which vanishes there, and that of a cross-entropy does not (Nielsen, Neural Networks
and Deep Learning, 2015, chapter 3).
"""

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bench.autoencoders.training import Objective
from bench.autoencoders.untyped import Network, Tensor
from bench.errors import DegenerateError
from bench.seeds import stream
from bench.studies.study import Cell, Values

if TYPE_CHECKING:
    from bench.autoencoders.estimator import Autoencoder

SEEDS = (0, 1, 2, 3, 4)
DATASETS = ("translated_bump", "translated_gabor", "rotated_shape", "digits")
LIKELIHOODS = ("unscaled_gaussian", "sigmoid_gaussian", "bernoulli")
DESCENT = "saturated, plain gradient descent"
STARTS = ("default", "saturated", DESCENT)
_N, _HELD_OUT, _EPOCHS, _BATCH = 1000, 200, 60, 50
_RATE = 1e-3
_DESCENT_RATE = 1e-3  # of plain gradient descent, on the loss of an image, not of a pixel
_LOGIT = 6.0  # of a saturated start: a sigmoid of 0.9975
_REVISION = 2
_LEAST = 1e-3  # probabilities are kept from 0 and 1 by so much where their logarithm is taken
Points = NDArray[np.float32]


def cells(seeds: Sequence[int]) -> list[Cell]:
    """List every likelihood and start on every dataset."""
    return [
        Cell({"dataset": dataset, "likelihood": likelihood, "start": start}, seed, _REVISION)
        for dataset in DATASETS
        for seed in seeds
        for start in STARTS
        for likelihood in LIKELIHOODS
    ]


def run(cell: Cell) -> Values:
    """Train one autoencoder, and measure what it does to held-out images and to the geometry."""
    from bench.engine.fit import seed_global_generators
    from bench.geometry.euclidean import EuclideanDistances
    from bench.geometry.reference import LiveReference
    from bench.geometry.tie_keys import tie_keys
    from bench.metrics.comparison import compare
    from bench.metrics.needs import Need
    from bench.registry import Registry

    seed_global_generators(cell.seed)
    factory = Registry().find("dataset", cell.parameters["dataset"]).load()[0]
    dataset = factory(n=_N + _HELD_OUT, seed=cell.seed)
    low, high = float(dataset.X.min()), float(dataset.X.max())
    X = ((dataset.X - low) / (high - low)).astype(np.float32)
    training, held_out = X[:_N], X[_N:]
    model, curves = train_one(
        training,
        held_out,
        likelihood=cell.parameters["likelihood"],
        saturated=cell.parameters["start"] != "default",
        descent=cell.parameters["start"] == DESCENT,
        seed=cell.seed,
    )
    keys = tie_keys(X)
    references = {
        "geodesic": LiveReference(dataset.geodesics, len(X), tie_keys=keys),
        "euclidean": LiveReference(EuclideanDistances(X), len(X), tie_keys=keys),
    }
    found = compare(references, model.transform(X), samples=[np.arange(_N)], needs=(Need.RANKS,))
    aucs = {f"{name}_auc": one.co_ranking.auc for name, one in found.items()}
    return measures(model, training, held_out) | aucs | curves


def train_one(
    training: Points,
    held_out: Points,
    *,
    likelihood: str,
    saturated: bool,
    seed: int,
    descent: bool = False,
    epochs: int = _EPOCHS,
) -> tuple[Any, Values]:
    """Train an autoencoder for a fixed number of epochs.

    Parameters
    ----------
    training, held_out : ndarray of shape (n, D) and (m, D)
        Values in [0, 1].
    likelihood : str
        One of `LIKELIHOODS`.
    saturated : bool
        Whether the last layer starts where all outputs are nearly 1.
    seed : int
        Of the weights and the batches: the same for every likelihood.
    descent : bool
        Whether to train by plain gradient descent, as the textbook does, and not by Adam, which
        divides a gradient by its own size.
    epochs : int

    Returns
    -------
    model : Autoencoder
    curves : dict of str to list of float
        ``gradient_norm`` of the mean loss per pixel over the training points, before training and
        after each epoch, and ``mean_squared_error`` of the held-out points.
    """
    import tensorflow as tf

    from bench.autoencoders.estimator import Autoencoder
    from bench.autoencoders.likelihoods import LIKELIHOODS as TABLE
    from bench.autoencoders.training import Schedule, train

    model = Autoencoder(2, likelihood=likelihood, random_state=seed)
    model.prepare(training)
    loss = TABLE[likelihood]()
    encoder, decoder = model.encoder_, model.decoder_
    if saturated:
        _saturate(decoder, linear=likelihood == "unscaled_gaussian")
    variables = [v.value for v in (*encoder.trainable_variables, *decoder.trainable_variables)]
    pixels, points = training.shape[1], tf.constant(training)

    def objective(batch: Tensor, _seed: Tensor, _weight: Tensor) -> tuple[Tensor, Tensor]:
        losses = loss.negative_log(batch, decoder(encoder(batch, training=True), training=True))
        return tf.reduce_mean(losses) / pixels, tf.constant(0.0)

    @tf.function(autograph=False)  # type: ignore[untyped-decorator]
    def norm() -> Tensor:
        with tf.GradientTape() as tape:
            value, _ = objective(points, None, None)
        return tf.linalg.global_norm(tape.gradient(value, variables))

    norms: list[float | None] = []
    errors: list[float | None] = []

    def note(*_: object) -> None:
        norms.append(float(norm()))
        error = held_out - model.inverse_transform(model.transform(held_out))
        errors.append(float((error.astype(np.float64) ** 2).mean()))

    note()
    if descent:
        _descend(objective, variables, points, epochs, seed, note)
        return model, {"gradient_norm": norms, "mean_squared_error": errors}
    # A warm-up to the end takes the last epoch's weights. The best epoch's would be chosen by each
    # likelihood for itself, and on the very images that are measured.
    schedule = Schedule(epochs, _BATCH, _RATE, warm_up=1.0, patience=epochs)
    train(objective, variables, training, held_out, schedule, seed=seed, progress=note)
    return model, {"gradient_norm": norms, "mean_squared_error": errors}


def _saturate(decoder: Network, *, linear: bool) -> None:
    """Set the last biases so that all outputs are nearly 1."""
    import tensorflow as tf

    last = decoder.trainable_variables[-1]
    last.assign(tf.fill(last.shape, 1.0 if linear else _LOGIT))


def _descend(
    objective: Objective,
    variables: list[Any],
    points: Tensor,
    epochs: int,
    seed: int,
    note: Callable[[], None],
) -> None:
    """Minimise by plain gradient descent over shuffled batches."""
    import tensorflow as tf

    n, pixels = points.shape
    rate, orders = _DESCENT_RATE * pixels, stream(seed, "study:likelihood:batches")

    @tf.function(autograph=False)  # type: ignore[untyped-decorator]
    def step(rows: Tensor) -> None:
        with tf.GradientTape() as tape:
            loss, _ = objective(tf.gather(points, rows), None, None)
        for variable, gradient in zip(variables, tape.gradient(loss, variables), strict=True):
            variable.assign_sub(rate * gradient)

    for epoch in range(epochs):
        order = orders.permutation(n).astype(np.int32)
        for at in range(0, n, _BATCH):
            step(tf.constant(order[at : at + _BATCH]))
        if not all(np.isfinite(variable.numpy()).all() for variable in variables):
            raise DegenerateError(f"plain gradient descent diverged in epoch {epoch + 1}")
        note()


def measures(model: "Autoencoder", training: Points, held_out: Points) -> Values:
    """Measure the rebuilding of held-out images in the units of every likelihood.

    Returns
    -------
    dict
        ``squared_error`` and ``cross_entropy`` (nats) per pixel, of the expected image, kept in
        [0, 1] for both and from its ends by 0.001 for the latter; and ``negative_log_likelihood``
        in nats per pixel, under a Gaussian around the expected image whose variance is that of
        the training errors: a density of the pixels for either model, which can be compared.
    """
    rebuilt = np.clip(model.inverse_transform(model.transform(held_out)), 0, 1).astype(np.float64)
    fitted = np.clip(model.inverse_transform(model.transform(training)), 0, 1)
    squares = float(((held_out - rebuilt) ** 2).mean())
    variance = float(((training - fitted).astype(np.float64) ** 2).mean())
    inside = np.clip(rebuilt, _LEAST, 1 - _LEAST)
    cross = -(held_out * np.log(inside) + (1 - held_out) * np.log1p(-inside)).mean()
    likelihood = 0.5 * (math.log(2 * math.pi * variance) + squares / variance)
    return {
        "squared_error": squares,
        "cross_entropy": float(cross),
        "negative_log_likelihood": likelihood,
    }


def neuron(
    w: float, b: float, *, cross_entropy: bool, rate: float, epochs: int = 300
) -> NDArray[np.float64]:
    """Train one sigmoid neuron to turn input 1 into 0, and return its outputs.

    Parameters
    ----------
    w, b : float
        Weight and bias at the start.
    cross_entropy : bool
        The loss: cross-entropy, or half the squared error.
    rate : float
        Learning rate of plain gradient descent.
    epochs : int

    Returns
    -------
    ndarray of shape (epochs + 1,)
        Before training, and after each epoch.
    """
    outputs = np.empty(epochs + 1)
    for epoch in range(epochs + 1):
        outputs[epoch] = output = 1 / (1 + math.exp(-(w + b)))
        gradient = output if cross_entropy else output * output * (1 - output)
        w, b = w - rate * gradient, b - rate * gradient
    return outputs
