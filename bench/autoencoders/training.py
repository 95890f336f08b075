"""Training: Adam over shuffled batches, a whole epoch in each call of one compiled function.

At these sizes Python between batches costs more than the arithmetic; here the loop over batches,
the gather of each batch and the optimizer's fused update are all inside the graph, and Python is
entered once an epoch, to stop early, keep the best weights, and report.

Source: Kingma & Ba, Adam, ICLR 2015; cosine decay: Loshchilov & Hutter, SGDR, ICLR 2017.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.autoencoders.untyped import Tensor
from bench.errors import DegenerateError
from bench.seeds import stream

Objective = Callable[[Tensor, Tensor, Tensor], tuple[Tensor, Tensor]]
"""``(batch, seed, weight) -> (loss, charge)``: what is minimised, and the code's charge in it."""
RunEpoch = Callable[[Tensor, Tensor, Tensor], dict[str, Tensor]]
"""``(order, noise, epoch) -> losses``: all batches of one epoch."""
Epoch = dict[str, float]
Progress = Callable[[int, Epoch], None]

_BETA_1, _BETA_2, _EPSILON = 0.9, 0.999, 1e-7


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to train.

    Parameters
    ----------
    epochs, batch_size : int
        Passes over the points, at most; points for each update.
    learning_rate : float
        Of Adam at the start; it falls to zero along a cosine over all epochs.
    warm_up : float
        Share of the epochs over which the weight of the code's charge rises from 0 to 1; until
        then no epoch counts as the best.
    patience : int
        Epochs without a lower held-out loss after which training stops.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    warm_up: float
    patience: int


def train(
    objective: Objective,
    variables: list[Any],
    points: NDArray[np.float32],
    held_out: NDArray[np.float32],
    schedule: Schedule,
    *,
    seed: int,
    progress: Progress | None = None,
) -> dict[str, list[float]]:
    """Minimise an objective, and leave the variables at the lowest held-out loss.

    Parameters
    ----------
    objective : callable
        Mean loss of a batch, given the batch, a seed of two integers and the charge's weight.
    variables : list of tf.Variable
        What is trained.
    points, held_out : ndarray of shape (n, D) and (m, D)
        To train on, and to stop by.
    schedule : Schedule
    seed : int
        Orders the batches and seeds all noise.
    progress : callable, optional
        Told the number and the losses of each epoch.

    Returns
    -------
    dict of str to list of float
        A learning curve for each of ``loss``, ``held_out_loss``, ``charge``, ``held_out_charge``,
        in nats per input, and ``learning_rate``, one value an epoch.

    Raises
    ------
    DegenerateError
        If a loss is not finite: the training diverged.
    """
    run_epoch = compiled_epoch(objective, variables, points, held_out, schedule)
    orders = stream(seed, "autoencoder:batches")
    noise = int(stream(seed, "autoencoder:noise").integers(2**31))
    history: dict[str, list[float]] = {}
    best, best_loss, best_epoch = [v.numpy() for v in variables], math.inf, 0
    for epoch in range(schedule.epochs):
        order = orders.permutation(len(points)).astype(np.int32)
        found = run_epoch(order, np.int32(noise), np.int32(epoch))
        row = {name: float(value) for name, value in found.items()}
        if not np.isfinite([row["loss"], row["held_out_loss"]]).all():
            raise DegenerateError(
                f"the training diverged: in epoch {epoch + 1} the loss became {row['loss']}, on "
                f"held-out points {row['held_out_loss']}; try a learning_rate below "
                f"{schedule.learning_rate:g}"
            )
        for name, value in row.items():
            history.setdefault(name, []).append(value)
        if progress is not None:
            progress(epoch, row)
        if epoch + 1 < schedule.warm_up * schedule.epochs:
            best_epoch = epoch  # until then another loss is minimised than is compared here
        elif row["held_out_loss"] < best_loss:
            best, best_loss, best_epoch = (
                [v.numpy() for v in variables],
                row["held_out_loss"],
                epoch,
            )
        elif epoch - best_epoch >= schedule.patience:
            break
    for variable, value in zip(variables, best, strict=True):
        variable.assign(value)
    return history


def compiled_epoch(
    objective: Objective,
    variables: list[Any],
    points: NDArray[np.float32],
    held_out: NDArray[np.float32],
    schedule: Schedule,
) -> RunEpoch:
    """Return a compiled function ``(order, noise, epoch) -> losses`` that runs one epoch."""
    import tensorflow as tf

    data, apart = tf.constant(points), tf.constant(held_out)
    n, size = len(points), min(schedule.batch_size, len(points))
    steps = -(-n // size)
    moments = [(tf.Variable(tf.zeros_like(v)), tf.Variable(tf.zeros_like(v))) for v in variables]
    ramp = max(1.0, schedule.warm_up * schedule.epochs)

    def step(order: Tensor, noise: Tensor, done: Tensor, weight: Tensor, at: Tensor) -> Tensor:
        rows = order[at * size : tf.minimum((at + 1) * size, n)]
        batch = tf.gather(data, rows)
        with tf.GradientTape() as tape:
            loss, charge = objective(batch, tf.stack([noise, done]), weight)
        gradients = tape.gradient(loss, variables)
        rate = _cosine(schedule.learning_rate, done, steps * schedule.epochs)
        _adam(variables, gradients, moments, rate, done)
        return tf.stack([loss, charge]) * tf.cast(tf.size(rows), tf.float32) / n

    def run(order: Tensor, noise: Tensor, epoch: Tensor) -> dict[str, Tensor]:
        weight = tf.minimum(1.0, (tf.cast(epoch, tf.float32) + 1) / ramp)
        _, sums = tf.while_loop(
            lambda at, _: at < steps,
            lambda at, sums: (
                at + 1,
                sums + step(order, noise, epoch * steps + at, weight, at),
            ),
            (tf.constant(0), tf.zeros(2)),
            parallel_iterations=1,
        )
        # The same noise and the full weight every time: the epochs are compared by this.
        loss, charge = objective(apart, tf.stack([noise, -1]), 1.0)
        rate = _cosine(schedule.learning_rate, epoch * steps, steps * schedule.epochs)
        return {
            "loss": sums[0],
            "held_out_loss": loss,
            "charge": sums[1],
            "held_out_charge": charge,
            "learning_rate": rate,
        }

    compiled: RunEpoch = tf.function(run, autograph=False)
    return compiled


def _cosine(start: float, done: Tensor, total: int) -> Tensor:
    import tensorflow as tf

    return start * 0.5 * (1 + tf.cos(math.pi * tf.cast(done, tf.float32) / total))


def _adam(
    variables: list[Tensor], gradients: Tensor, moments: Tensor, rate: Tensor, done: Tensor
) -> None:
    """Update by TensorFlow's fused kernel: one operation for each variable."""
    import tensorflow as tf

    power = tf.cast(done + 1, tf.float32)
    for variable, gradient, (first, second) in zip(variables, gradients, moments, strict=True):
        tf.raw_ops.ResourceApplyAdam(
            var=variable.handle,
            m=first.handle,
            v=second.handle,
            beta1_power=tf.pow(_BETA_1, power),
            beta2_power=tf.pow(_BETA_2, power),
            lr=rate,
            beta1=_BETA_1,
            beta2=_BETA_2,
            epsilon=_EPSILON,
            grad=gradient,
        )
