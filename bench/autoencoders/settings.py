"""Keras as the autoencoders need it, whatever keras.json or the program around them has set."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from bench.errors import UnavailableError


@contextmanager
def default_keras() -> Iterator[None]:
    """Run with Keras' default settings on TensorFlow; what was set before comes back at the end.

    Networks keep the settings that they were made with: float type and channel order.

    Raises
    ------
    UnavailableError
        If Keras was imported before with another backend: it cannot be changed.
    """
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras

    found = keras.config.backend()
    if found != "tensorflow":
        raise UnavailableError(
            f"autoencoders need Keras on TensorFlow, and it was imported with {found!r}: set "
            "KERAS_BACKEND=tensorflow"
        )
    config = keras.config
    before = config.floatx(), config.epsilon(), config.image_data_format(), config.dtype_policy()
    try:
        _set("float32", 1e-7, "channels_last", "float32")
        yield
    finally:
        _set(*before)


def _set(floatx: str, epsilon: float, image_data_format: str, dtype_policy: object) -> None:
    from keras import config

    config.set_floatx(floatx)
    config.set_epsilon(epsilon)
    config.set_image_data_format(image_data_format)
    config.set_dtype_policy(dtype_policy)
