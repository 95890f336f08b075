"""The estimator of all autoencoders: parameters choose likelihood, code, corruption, network."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from bench.autoencoders import networks
from bench.autoencoders.codes import CODES, divergences
from bench.autoencoders.corruptions import CORRUPTIONS
from bench.autoencoders.likelihoods import LIKELIHOODS
from bench.autoencoders.settings import default_keras
from bench.autoencoders.training import Objective, Progress, Schedule, train
from bench.autoencoders.untyped import Network, Tensor
from bench.seeds import stream

_MOST_HELD_OUT = 2000
_ROWS = 4096  # encoded or decoded at once, so that memory does not grow with the points


class Autoencoder(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """A network that maps points to a code and back, trained to rebuild them.

    Parameters
    ----------
    n_components : int
        Dimensions of the code.
    likelihood : {"gaussian", "learned_gaussian", "bernoulli", ...}
        Of a point given its code: squared error, the same with a learned variance, or
        cross-entropy on logits, for values in [0, 1]. See `bench.autoencoders.likelihoods`.
        But for the last, points are centred and divided by one common scale.
    code : {"plain", "variational", "contractive"}
        What the code is, and what it is charged. See `bench.autoencoders.codes`.
    code_weight : float
        Factor of the charge; of a variational code the beta of Higgins et al. (ICLR 2017), where
        1 gives the evidence lower bound.
    warm_up : float
        Share of the epochs over which that factor rises from 0; the best weights are looked for
        after them. A plain code has no charge and no such share.
    corruption : {None, "gaussian", "masking", "salt_and_pepper"}
        Of the input, with the clean point as target. See `bench.autoencoders.corruptions`.
    corruption_level : float
        Standard deviation in scaled units, or share of the values.
    network : {"dense", "convolutional"}
        The latter takes flattened images.
    hidden : sequence of int
        Widths of the encoder's dense layers; the decoder mirrors them.
    filters : sequence of int
        Of the convolutional layers before those, likewise.
    image_shape : tuple of (int, int), optional
        Height and width; without it images are taken to be square.
    activation : str
        Keras' name of the function after each layer.
    epochs : int, optional
        At most; without it as many as give ``updates`` enough for this number of points and this
        size of the network.
    batch_size : int
        Points for each update.
    learning_rate : float
        Of Adam at the start; it falls to zero along a cosine.
    held_out : float
        Share of the points that the training does not see and is stopped by; at most 2,000.
    patience : float
        Share of the epochs without a lower held-out loss after which training stops.
    random_state : int
        Seeds weights, split, batches and noise.

    Attributes
    ----------
    encoder_, decoder_ : keras.Model
        From scaled points to code outputs, and from codes to likelihood outputs.
    mean_ : ndarray of shape (D,)
    scale_ : float
        Scaled points are ``(X - mean_) / scale_``.
    history_ : dict of str to list of float
        Learning curves: ``loss``, ``held_out_loss``, the ``charge`` of the code in each, all in
        nats per input, and ``learning_rate``, one value an epoch.
    n_features_in_ : int

    References
    ----------
    Hinton & Salakhutdinov, Science 313, 2006; Vincent et al., ICML 2008; Rifai et al., ICML 2011;
    Kingma & Welling, ICLR 2014.
    """

    def __init__(
        self,
        n_components: int = 2,
        *,
        likelihood: str = "gaussian",
        code: str = "plain",
        code_weight: float = 1.0,
        warm_up: float = 0.2,
        corruption: str | None = None,
        corruption_level: float = 0.3,
        network: str = "dense",
        hidden: Sequence[int] = (128, 64),
        filters: Sequence[int] = (16, 32),
        image_shape: tuple[int, int] | None = None,
        activation: str = "elu",
        epochs: int | None = None,
        batch_size: int = 50,
        learning_rate: float = 3e-3,
        held_out: float = 0.1,
        patience: float = 0.2,
        random_state: int = 0,
    ) -> None:
        self.n_components = n_components
        self.likelihood = likelihood
        self.code = code
        self.code_weight = code_weight
        self.warm_up = warm_up
        self.corruption = corruption
        self.corruption_level = corruption_level
        self.network = network
        self.hidden = hidden
        self.filters = filters
        self.image_shape = image_shape
        self.activation = activation
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.held_out = held_out
        self.patience = patience
        self.random_state = random_state

    def fit(
        self,
        X: NDArray[Any],
        y: object = None,  # noqa: ARG002 - scikit-learn's signature
        *,
        progress: Progress | None = None,
    ) -> Self:
        """Train on points.

        Parameters
        ----------
        X : ndarray of shape (n, D)
        y : None
            Not used.
        progress : callable, optional
            Told the number and the losses of each epoch.

        Raises
        ------
        ValueError
            If a parameter is none of those allowed, or X is not a finite matrix of two points or
            more. As `bench.errors.UnsupportedDataError` if the method cannot take such points:
            values outside [0, 1], or points that are no images.
        bench.errors.DegenerateError
            If the training diverges.
        """
        points, apart = self.split(self.prepare(X))
        self.history_ = train(
            self._objective(points),
            self._variables(),
            points,
            apart if len(apart) else points,
            self._schedule(len(points)),
            seed=self.random_state,
            progress=progress,
        )
        return self

    def prepare(self, X: NDArray[Any]) -> NDArray[Any]:
        """Do all of `fit` but the training: check, find the scaling, make the networks.

        Whoever trains by other means starts from here, with the weights that `fit` starts from.

        Parameters
        ----------
        X : ndarray of shape (n, D)

        Returns
        -------
        ndarray of shape (n, D)
            The points, checked.
        """
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
        X = _points(X)
        self._likelihood = _chosen("likelihood", self.likelihood, LIKELIHOODS)()
        self._code = _chosen("code", self.code, CODES)()
        self._check_parameters()
        self._likelihood.check(X)
        self.mean_, self.scale_ = self._likelihood.scaling(X)
        self.n_features_in_ = X.shape[1]
        with default_keras():
            self.encoder_, self.decoder_ = self._networks()
        return X

    def split(self, X: NDArray[Any]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Scale points, and set a seeded share of them apart.

        Parameters
        ----------
        X : ndarray of shape (n, D)

        Returns
        -------
        points : ndarray of shape (n - m, D)
            To train on.
        apart : ndarray of shape (m, D)
            To stop by; m may be 0.
        """
        points = self._scaled(X)
        rows = stream(self.random_state, "autoencoder:held-out").permutation(len(points))
        m = min(round(self.held_out * len(points)), _MOST_HELD_OUT)
        return points[np.sort(rows[m:])], points[np.sort(rows[:m])]

    def transform(self, X: NDArray[Any]) -> NDArray[np.float32]:
        """Encode points: (n, D) to (n, n_components); of a variational code, the means."""
        check_is_fitted(self, "encoder_")
        X = _points(X, self.n_features_in_)
        return _in_blocks(lambda x: self._code.centre(self.encoder_(self._scaled(x))), X)

    def inverse_transform(self, Y: NDArray[Any]) -> NDArray[np.float32]:
        """Decode codes: (n, n_components) to the expected points, (n, D)."""
        check_is_fitted(self, "encoder_")
        Y = _points(Y, self.n_components).astype(np.float32)
        decoded = _in_blocks(lambda y: self._likelihood.mean(self.decoder_(y)), Y)
        return np.asarray(decoded * self.scale_ + self.mean_, dtype=np.float32)

    def evidence(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """Return the evidence lower bound of each point, from one drawn code.

        Parameters
        ----------
        X : ndarray of shape (n, D)

        Returns
        -------
        ndarray of shape (n,)
            log p(x | code) - KL in nats; the density is that of the points as they were given,
            not of the scaled ones.

        Raises
        ------
        ValueError
            If the code is not variational.
        """
        check_is_fitted(self, "encoder_")
        if self.code != "variational":
            raise ValueError(f"Only a variational code has an evidence bound, not {self.code!r}.")
        x = self._scaled(_points(X, self.n_features_in_))
        seed = stream(self.random_state, "autoencoder:evidence").integers(2**31, size=2)
        codes, charges = self._code.draw(self.encoder_, x, seed.astype(np.int32))
        negative = self._likelihood.negative_log(x, self.decoder_(codes)) + charges
        units = self.n_features_in_ * np.log(self.scale_)
        return np.asarray(-np.asarray(negative, dtype=np.float64) - units)

    @available_if(lambda self: self.code == "variational")  # type: ignore[untyped-decorator]
    def divergences(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """Return what each unit of the code is charged for each point.

        Parameters
        ----------
        X : ndarray of shape (n, D)

        Returns
        -------
        ndarray of shape (n, n_components)
            KL divergence of the code's distribution from N(0, 1) in nats; a unit that is near 0
            for all points says nothing of them. The method is there for variational codes only.
        """
        check_is_fitted(self, "encoder_")
        x = self._scaled(_points(X, self.n_features_in_))
        return np.asarray(divergences(self.encoder_(x)), dtype=np.float64)

    def save(self, folder: Path | str) -> None:
        """Write the fitted model to a folder: two Keras files, JSON and plain arrays; no pickle."""
        from bench.autoencoders.storage import save

        check_is_fitted(self, "encoder_")
        save(self, Path(folder))

    @classmethod
    def load(cls, folder: Path | str) -> Self:
        """Read a fitted model from a folder; nothing that is in it is executed."""
        from bench.autoencoders.storage import load

        model: Self = load(cls, Path(folder))
        return model

    def _check_parameters(self) -> None:
        if self.corruption is not None:
            _chosen("corruption", self.corruption, CORRUPTIONS)
        _chosen("network", self.network, {"dense": 0, "convolutional": 0})
        for name in ("n_components", "batch_size", "epochs"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"{name} must be 1 or more, got {value}.")
        for name in ("held_out", "warm_up", "patience"):
            value = getattr(self, name)
            if not 0 <= value <= 1 or (name == "held_out" and value == 1):
                raise ValueError(f"{name} is a share from 0 to 1, got {value}.")

    def _networks(self) -> tuple[Any, Any]:
        seeds = stream(self.random_state, "autoencoder:weights").integers(2**30, size=2)
        first, second = (int(seed) for seed in seeds)
        outputs, options = self._code.outputs * self.n_components, {"activation": self.activation}
        inputs, back = self.n_features_in_, self.n_components
        mirrored = tuple(self.hidden)[::-1]
        if self.network == "dense":
            return (
                networks.dense(inputs, outputs, self.hidden, seed=first, **options),
                networks.dense(back, inputs, mirrored, seed=second, **options),
            )
        shape, filters = networks.image_shape(inputs, self.image_shape), self.filters
        encoder, decoder = networks.convolutional_encoder, networks.convolutional_decoder
        return (
            encoder(shape, outputs, filters, self.hidden, seed=first, **options),
            decoder(back, shape, filters, mirrored, seed=second, **options),
        )

    def _variables(self) -> list[Any]:
        weights = (*self.encoder_.trainable_variables, *self.decoder_.trainable_variables)
        return [*(weight.value for weight in weights), *self._likelihood.variables]

    def _schedule(self, n: int) -> Schedule:
        work = networks.multiplications(self.encoder_) + networks.multiplications(self.decoder_)
        epochs = self.epochs or networks.enough_epochs(n, self.batch_size, work)
        return Schedule(
            epochs=epochs,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            # Where nothing is charged the loss is the same from the first epoch on.
            warm_up=self.warm_up if self._code.charged else 0.0,
            patience=max(5, round(self.patience * epochs)),
        )

    def _objective(self, points: NDArray[np.float32]) -> Objective:
        import tensorflow as tf

        corrupt = CORRUPTIONS[self.corruption] if self.corruption else None
        extremes = points.min(axis=0), points.max(axis=0)
        encoder, decoder, code, likelihood = (
            self.encoder_,
            self.decoder_,
            self._code,
            self._likelihood,
        )

        def objective(clean: Tensor, seed: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
            seen = corrupt(clean, seed + 1, self.corruption_level, extremes) if corrupt else clean
            codes, charges = code.draw(encoder, seen, seed)
            losses = likelihood.negative_log(clean, decoder(codes, training=True))
            charge = self.code_weight * tf.reduce_mean(charges) / points.shape[1]
            return tf.reduce_mean(losses) / points.shape[1] + weight * charge, charge

        return objective

    def _scaled(self, X: NDArray[Any]) -> NDArray[np.float32]:
        return np.asarray((X - self.mean_) / self.scale_, dtype=np.float32)


def _points(X: NDArray[Any], dimensions: int | None = None) -> NDArray[Any]:
    X = np.asarray(X)
    if X.ndim != 2 or (dimensions is None and len(X) < 2) or X.dtype.kind not in "fiub":
        raise ValueError(
            f"X must be numbers of shape (n, D), n at least 2, got {X.dtype} {X.shape}."
        )
    if dimensions is not None and X.shape[1] != dimensions:
        raise ValueError(f"{dimensions} columns are needed, got {X.shape[1]}.")
    if not np.isfinite(X).all():
        raise ValueError("X must be finite; it holds NaN or infinity.")
    return X


def _chosen(parameter: str, name: str, table: Mapping[str, Any]) -> Any:  # noqa: ANN401 - what the table holds
    if name not in table:
        raise ValueError(f"{parameter} must be one of {', '.join(table)}, got {name!r}.")
    return table[name]


def _in_blocks(function: Network, X: NDArray[Any]) -> NDArray[np.float32]:
    blocks = [X[at : at + _ROWS] for at in range(0, len(X), _ROWS)]
    return np.concatenate([np.asarray(function(block)) for block in blocks])
