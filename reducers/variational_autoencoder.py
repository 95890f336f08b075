"""Variational autoencoder: a Gaussian code, charged with its divergence from N(0, 1) (Keras).

``kl_weight`` 1 maximises the evidence lower bound, other values are the beta of Higgins et al.
(ICLR 2017); it rises from 0 over the first ``warm_up`` share of the epochs. The embedding is the
codes' means. The likelihood is a Gaussian of one learned variance: of a fixed one, its value would
decide how much of the code survives.
"""

from typing import Any

from bench.reducer import Reducer


def make(
    n_components: int,
    random_state: int,
    *,
    kl_weight: float = 1.0,
    warm_up: float = 0.2,
    likelihood: str = "learned_gaussian",
    hidden: tuple[int, ...] = (128, 64),
    epochs: int | None = None,
    batch_size: int = 50,
    learning_rate: float = 3e-3,
) -> Any:  # noqa: ANN401 - estimators share no base class
    """Make a `bench.autoencoders.estimator.Autoencoder`."""
    from bench.autoencoders.estimator import Autoencoder

    return Autoencoder(
        n_components,
        code="variational",
        code_weight=kl_weight,
        warm_up=warm_up,
        likelihood=likelihood,
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
    grid={"kl_weight": [0.1, 1.0, 4.0], "hidden": [(64,), (128, 64), (256, 128, 64)]},
    reference="Kingma & Welling, Auto-encoding variational Bayes, ICLR 2014",
)
