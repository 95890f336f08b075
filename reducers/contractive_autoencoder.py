"""Contractive autoencoder: codes are charged for how much they move with the point (Keras).

The charge is the squared Frobenius norm of the encoder's Jacobian, computed exactly, with points
and codes each in units of their own spread; ``contraction`` is its factor.
"""

from bench.autoencoders.factory import autoencoder

reducer = autoencoder(
    fixed={"code": "contractive"},
    parameters={"contraction": 0.01},
    names={"contraction": "code_weight"},
    grid={"contraction": [0.001, 0.01, 0.1], "hidden": [(64,), (128, 64), (256, 128, 64)]},
    reference="Rifai, Vincent, Muller, Glorot & Bengio, ICML 2011",
)
