"""Variational autoencoder: a Gaussian code, charged with its divergence from N(0, 1) (Keras).

``kl_weight`` 1 maximises the evidence lower bound, other values are the beta of Higgins et al.
(ICLR 2017); it rises from 0 over the first ``warm_up`` share of the epochs. The embedding is the
codes' means. The likelihood is a Gaussian of one learned variance: of a fixed one, its value would
decide how much of the code survives.
"""

from bench.autoencoders.factory import autoencoder

reducer = autoencoder(
    fixed={"code": "variational"},
    parameters={"kl_weight": 1.0, "warm_up": 0.2, "likelihood": "learned_gaussian"},
    names={"kl_weight": "code_weight"},
    grid={"kl_weight": [0.1, 1.0, 4.0], "hidden": [(64,), (128, 64), (256, 128, 64)]},
    reference="Kingma & Welling, Auto-encoding variational Bayes, ICLR 2014",
)
