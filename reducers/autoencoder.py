"""Autoencoder: a dense network that learns an encoder and a decoder at once (Keras).

The loss is the mean squared error with linear outputs: the negative log-likelihood of a Gaussian
of fixed variance around the decoded point.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

from bench.reducer import Reducer


class Autoencoder(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """Dense autoencoder with a Gaussian likelihood.

    The points are centred, and divided by one common scale so that the geometry is kept.

    Parameters
    ----------
    n_components : int
        Dimensions of the code.
    hidden : sequence of int
        Widths of the encoder's layers; the decoder mirrors them.
    epochs, batch_size : int
        Of the training.
    learning_rate : float
        Of Adam at the start; it falls to zero along a cosine.
    random_state : int
        Seeds weights and batches.
    """

    def __init__(
        self,
        n_components: int = 2,
        *,
        hidden: tuple[int, ...] = (128, 64),
        epochs: int = 200,
        batch_size: int = 50,
        learning_rate: float = 3e-3,
        random_state: int = 0,
    ) -> None:
        self.n_components = n_components
        self.hidden = hidden
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.random_state = random_state

    def fit(self, X: NDArray[Any], y: None = None) -> "Autoencoder":  # noqa: ARG002 - scikit-learn's signature
        """Train on points of shape (n, D)."""
        import keras
        import tensorflow as tf

        keras.utils.set_random_seed(self.random_state)
        tf.config.experimental.enable_op_determinism()
        self.mean_ = X.mean(axis=0, dtype=np.float64)
        self.scale_ = float(np.sqrt(((X - self.mean_) ** 2).mean())) or 1.0
        points = self._scaled(X)
        self.encoder_ = self._network(keras, points.shape[1], self.hidden, self.n_components)
        self.decoder_ = self._network(
            keras, self.n_components, tuple(self.hidden)[::-1], points.shape[1]
        )
        steps = -(-len(points) // self.batch_size)
        rate = keras.optimizers.schedules.CosineDecay(self.learning_rate, steps * self.epochs)
        model = keras.Sequential([self.encoder_, self.decoder_])
        # A whole epoch in each call: Python between batches would cost more than the arithmetic.
        model.compile(keras.optimizers.Adam(rate), loss="mse", steps_per_execution=steps)
        model.fit(points, points, self.batch_size, self.epochs, verbose=0)
        return self

    def transform(self, X: NDArray[Any]) -> NDArray[np.float32]:
        """Encode points: (n, D) to (n, n_components)."""
        return np.asarray(self.encoder_(self._scaled(X), training=False))

    def inverse_transform(self, Y: NDArray[Any]) -> NDArray[np.float32]:
        """Decode codes: (n, n_components) to (n, D)."""
        decoded = np.asarray(self.decoder_(Y.astype(np.float32), training=False))
        return np.asarray(decoded * self.scale_ + self.mean_, dtype=np.float32)

    def _scaled(self, X: NDArray[Any]) -> NDArray[np.float32]:
        return np.asarray((X - self.mean_) / self.scale_, dtype=np.float32)

    @staticmethod
    def _network(keras: Any, inputs: int, hidden: tuple[int, ...], outputs: int) -> Any:  # noqa: ANN401 - keras is untyped
        layers = [keras.layers.Dense(width, activation="elu") for width in hidden]
        return keras.Sequential([keras.Input((inputs,)), *layers, keras.layers.Dense(outputs)])


def make(
    n_components: int,
    random_state: int,
    *,
    hidden: tuple[int, ...] = (128, 64),
    epochs: int = 200,
    batch_size: int = 50,
    learning_rate: float = 3e-3,
) -> Autoencoder:
    """Make an `Autoencoder`."""
    return Autoencoder(
        n_components,
        hidden=hidden,
        epochs=epochs,
        batch_size=batch_size,
        learning_rate=learning_rate,
        random_state=random_state,
    )


reducer = Reducer(
    make,
    transform=True,
    inverse=True,
    grid={"hidden": [(64,), (128, 64), (256, 128, 64)], "epochs": [100, 200, 400]},
    reference="Hinton & Salakhutdinov, Science 313, 2006",
)
