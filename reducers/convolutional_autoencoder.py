"""Convolutional autoencoder: for images, strided convolutions and their transposes (Keras).

Without ``image_shape`` (height, width) images are taken to be square; points that are no images
end the job as unsupported.
"""

from typing import Any

from bench.reducer import Reducer

REVISION = 2


def make(
    n_components: int,
    random_state: int,
    *,
    image_shape: tuple[int, int] | None = None,
    filters: tuple[int, ...] = (16, 32),
    hidden: tuple[int, ...] = (64,),
    likelihood: str = "gaussian",
    epochs: int | None = None,
    batch_size: int = 50,
    learning_rate: float = 3e-3,
) -> Any:  # noqa: ANN401 - estimators share no base class
    """Make a `bench.autoencoders.estimator.Autoencoder`."""
    from bench.autoencoders.estimator import Autoencoder

    return Autoencoder(
        n_components,
        network="convolutional",
        image_shape=image_shape,
        filters=filters,
        hidden=hidden,
        likelihood=likelihood,
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
    grid={"filters": [(16, 32), (32, 64)], "learning_rate": [1e-3, 3e-3]},
    reference="Masci, Meier, Ciresan & Schmidhuber, ICANN 2011",
)
