"""Denoising autoencoder: the input is corrupted, the target is the clean point (Keras).

``corruption`` is ``gaussian`` (``corruption_level`` is the standard deviation, in units of the
points' root mean square about their mean), ``masking`` or ``salt_and_pepper`` (the share of the
values).
"""

from typing import Any

from bench.reducer import Reducer

REVISION = 2


def make(
    n_components: int,
    random_state: int,
    *,
    corruption: str = "gaussian",
    corruption_level: float = 0.2,
    hidden: tuple[int, ...] = (128, 64),
    epochs: int | None = None,
    batch_size: int = 50,
    learning_rate: float = 3e-3,
) -> Any:  # noqa: ANN401 - estimators share no base class
    """Make a `bench.autoencoders.estimator.Autoencoder`."""
    from bench.autoencoders.estimator import Autoencoder

    return Autoencoder(
        n_components,
        corruption=corruption,
        corruption_level=corruption_level,
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
    grid={
        "corruption": ["gaussian", "masking", "salt_and_pepper"],
        "corruption_level": [0.1, 0.2, 0.4],
    },
    reference="Vincent, Larochelle, Bengio & Manzagol, ICML 2008; JMLR 11, 2010",
)
