"""Autoencoder: a dense network that learns an encoder and a decoder at once (Keras).

The loss is the squared error with linear outputs: the negative log-likelihood of a Gaussian of
fixed variance around the decoded point.
"""

from bench.autoencoders.factory import autoencoder

REVISION = 3

reducer = autoencoder(
    grid={"hidden": [(64,), (128, 64), (256, 128, 64)], "learning_rate": [1e-3, 3e-3]},
    reference="Hinton & Salakhutdinov, Science 313, 2006",
)
