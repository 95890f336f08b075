"""Autoencoder with a Bernoulli likelihood: cross-entropy on logits, for values in [0, 1] (Keras).

The same network as `autoencoder`; on other values the job ends as unsupported.
"""

from typing import Any

from bench.reducer import Reducer

REVISION = 2


def make(
    n_components: int,
    random_state: int,
    *,
    hidden: tuple[int, ...] = (128, 64),
    epochs: int | None = None,
    batch_size: int = 50,
    learning_rate: float = 3e-3,
) -> Any:  # noqa: ANN401 - estimators share no base class
    """Make a `bench.autoencoders.estimator.Autoencoder`."""
    from bench.autoencoders.estimator import Autoencoder

    return Autoencoder(
        n_components,
        likelihood="bernoulli",
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
    images=True,
    grid={"hidden": [(64,), (128, 64), (256, 128, 64)], "learning_rate": [1e-3, 3e-3]},
    reference="Hinton & Salakhutdinov, Science 313, 2006",
)
