"""Likelihoods: what a decoder's outputs say about the points, and so what the loss is.

With ``D`` inputs, ``x`` a point and ``o`` the decoder's linear outputs:

``gaussian``
    x ~ N(o, 1): the loss is half the squared error, up to a constant.
``learned_gaussian``
    x ~ N(o, s²) with one learned variance s²: squared error in units of what is left over
    (Rybkin, Daniilidis & Levine, Simple and effective VAE training with calibrated decoders,
    ICML 2021).
``unscaled_gaussian``
    x ~ N(o, 1) in the units of the points as they are given.
``sigmoid_gaussian``
    x_i ~ N(sigmoid(o_i), 1), for values in [0, 1] as they are given: squared error behind a
    function that saturates, as in the textbooks. It is here to be compared with the others.
``bernoulli``
    x_i ~ Bernoulli(sigmoid(o_i)): the loss is the cross-entropy, computed on the logits o. For
    grey values between 0 and 1 it is a loss and not a density (Loaiza-Ganem & Cunningham, The
    continuous Bernoulli, NeurIPS 2019).

TensorFlow tensors go in and come out; it is imported when a model is trained.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.autoencoders.untyped import Tensor
from bench.errors import UnsupportedDataError

_ROUNDING = 1e-6
_LOG_2_PI = math.log(2 * math.pi)


class Gaussian:
    """Gaussian of unit variance, in the units of the scaled points."""

    def check(self, X: NDArray[Any]) -> None:
        """Take any finite points."""

    def scaling(self, X: NDArray[Any]) -> tuple[NDArray[np.float64], float]:
        """Return the centre and one common scale, so that the geometry is kept."""
        mean = X.mean(axis=0, dtype=np.float64)
        spread = float(np.sqrt(((X - mean) ** 2).mean()))
        return mean, spread if spread > np.finfo(np.float32).tiny else 1.0

    @property
    def variables(self) -> list[Any]:
        """What is trained beside the networks."""
        return []

    def negative_log(self, x: Tensor, outputs: Tensor) -> Tensor:
        """Return -log p(x | code) in nats per point: tensors (m, D) to (m,)."""
        import tensorflow as tf

        return 0.5 * tf.reduce_sum(tf.square(x - outputs) + _LOG_2_PI, axis=1)

    def mean(self, outputs: Tensor) -> Tensor:
        """Return the expected point, in scaled units."""
        return outputs


class LearnedGaussian(Gaussian):
    """Gaussian of one learned variance."""

    def __init__(self) -> None:
        import tensorflow as tf

        self.log_variance = tf.Variable(0.0)

    @property
    def variables(self) -> list[Any]:
        """The logarithm of the variance."""
        return [self.log_variance]

    def negative_log(self, x: Tensor, outputs: Tensor) -> Tensor:
        """Return -log p(x | code) in nats per point: tensors (m, D) to (m,)."""
        import tensorflow as tf

        squares = tf.square(x - outputs) * tf.exp(-self.log_variance)
        return 0.5 * tf.reduce_sum(squares + self.log_variance + _LOG_2_PI, axis=1)


class Bernoulli(Gaussian):
    """Independent Bernoulli values, given by their logits."""

    def check(self, X: NDArray[Any]) -> None:
        """Refuse points outside [0, 1], but for what rounding to float32 may add.

        Raises
        ------
        UnsupportedDataError
            A `ValueError` that says what was found.
        """
        low, high = float(X.min()), float(X.max())
        if low < -_ROUNDING or high > 1 + _ROUNDING:
            raise UnsupportedDataError(
                f"The Bernoulli likelihood needs values in [0, 1], got {low:g} to {high:g}: "
                "rescale the points, or take likelihood='gaussian'."
            )

    def scaling(self, X: NDArray[Any]) -> tuple[NDArray[np.float64], float]:
        """Leave the points as they are: their values are probabilities."""
        return np.zeros(X.shape[1]), 1.0

    def negative_log(self, x: Tensor, outputs: Tensor) -> Tensor:
        """Return the cross-entropy in nats per point: tensors (m, D) to (m,)."""
        import tensorflow as tf

        losses = tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=outputs)
        return tf.reduce_sum(losses, axis=1)

    def mean(self, outputs: Tensor) -> Tensor:
        """Return the probabilities."""
        import tensorflow as tf

        return tf.sigmoid(outputs)


class UnscaledGaussian(Gaussian):
    """Gaussian of unit variance, in the points' own units."""

    def scaling(self, X: NDArray[Any]) -> tuple[NDArray[np.float64], float]:
        """Leave the points as they are."""
        return np.zeros(X.shape[1]), 1.0


class SigmoidGaussian(Bernoulli):
    """Gaussian of unit variance around probabilities, given by their logits."""

    def negative_log(self, x: Tensor, outputs: Tensor) -> Tensor:
        """Return -log p(x | code) in nats per point: tensors (m, D) to (m,)."""
        return Gaussian.negative_log(self, x, self.mean(outputs))


LIKELIHOODS = {
    "gaussian": Gaussian,
    "learned_gaussian": LearnedGaussian,
    "unscaled_gaussian": UnscaledGaussian,
    "sigmoid_gaussian": SigmoidGaussian,
    "bernoulli": Bernoulli,
}
