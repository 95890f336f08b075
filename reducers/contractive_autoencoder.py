"""Contractive autoencoder: codes are charged for how much they move with the point (Keras).

The charge is the squared Frobenius norm of the encoder's Jacobian, computed exactly, with points
and codes each in units of their own spread; ``contraction`` is its factor.
"""

from typing import Any

from bench.reducer import Reducer


def make(
    n_components: int,
    random_state: int,
    *,
    contraction: float = 0.01,
    hidden: tuple[int, ...] = (128, 64),
    epochs: int | None = None,
    batch_size: int = 50,
    learning_rate: float = 3e-3,
) -> Any:  # noqa: ANN401 - estimators share no base class
    """Make a `bench.autoencoders.estimator.Autoencoder`."""
    from bench.autoencoders.estimator import Autoencoder

    return Autoencoder(
        n_components,
        code="contractive",
        code_weight=contraction,
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
    grid={"contraction": [0.001, 0.01, 0.1], "hidden": [(64,), (128, 64), (256, 128, 64)]},
    reference="Rifai, Vincent, Muller, Glorot & Bengio, ICML 2011",
)
