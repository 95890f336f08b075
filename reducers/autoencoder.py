"""Autoencoder: a dense network that learns an encoder and a decoder at once (Keras).

The loss is the squared error with linear outputs: the negative log-likelihood of a Gaussian of
fixed variance around the decoded point.
"""

from typing import Any

from bench.reducer import Reducer

REVISION = 3


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
    grid={"hidden": [(64,), (128, 64), (256, 128, 64)], "learning_rate": [1e-3, 3e-3]},
    reference="Hinton & Salakhutdinov, Science 313, 2006",
)
