"""Autoencoder with a Bernoulli likelihood: cross-entropy on logits, for values in [0, 1] (Keras).

The same network as `autoencoder`; on other values the job ends as unsupported.
"""

from bench.autoencoders.factory import autoencoder

REVISION = 2

reducer = autoencoder(
    fixed={"likelihood": "bernoulli"},
    images=True,
    grid={"hidden": [(64,), (128, 64), (256, 128, 64)], "learning_rate": [1e-3, 3e-3]},
    reference="Hinton & Salakhutdinov, Science 313, 2006",
)
