"""Networks: encoders and decoders of Keras layers, dense for points, convolutional for images."""

import math
from collections.abc import Sequence

from bench.autoencoders.untyped import Network
from bench.errors import UnsupportedDataError

UPDATES = 10_000
"""Updates of the weights after which the losses of the suite's datasets hardly fall further."""

MULTIPLICATIONS = 1.5e11
"""For one training: some ten seconds on one core."""


def dense(
    inputs: int, outputs: int, hidden: Sequence[int], *, activation: str, seed: int
) -> Network:
    """Return a dense network with linear outputs.

    Parameters
    ----------
    inputs, outputs : int
        Its dimensions.
    hidden : sequence of int
        Widths of the layers between.
    activation : str
        Keras' name of the function after each of them.
    seed : int
        Of the weights.
    """
    import keras

    layers = [
        keras.layers.Dense(width, activation=activation, kernel_initializer=_start(seed + i))
        for i, width in enumerate(hidden)
    ]
    last = keras.layers.Dense(outputs, kernel_initializer=_start(seed + len(layers)))
    return keras.Sequential([keras.Input((inputs,)), *layers, last])


def convolutional_encoder(
    shape: tuple[int, int],
    outputs: int,
    filters: Sequence[int],
    hidden: Sequence[int],
    *,
    activation: str,
    seed: int,
) -> Network:
    """Return a network from flattened images to a code.

    Convolutions with ``filters`` reduce the image, dense layers of widths ``hidden`` follow.
    """
    import keras

    layers = [
        keras.layers.Conv2D(
            count,
            _kernel(stride),
            strides=stride,
            padding="same",
            activation=activation,
            kernel_initializer=_start(seed + i),
        )
        for i, (count, stride) in enumerate(zip(filters, strides(shape, len(filters)), strict=True))
    ]
    features = strided_size(shape, len(filters))
    last = dense(
        math.prod(features) * filters[-1],
        outputs,
        hidden,
        activation=activation,
        seed=seed + len(layers),
    )
    return keras.Sequential(
        [
            keras.Input((math.prod(shape),)),
            keras.layers.Reshape((*shape, 1)),
            *layers,
            keras.layers.Flatten(),
            *last.layers,
        ]
    )


def convolutional_decoder(
    inputs: int,
    shape: tuple[int, int],
    filters: Sequence[int],
    hidden: Sequence[int],
    *,
    activation: str,
    seed: int,
) -> Network:
    """Return a network from a code to flattened images, the encoder's layers in reverse."""
    import keras

    steps = strides(shape, len(filters))
    total = math.prod(steps)
    small = strided_size(shape, len(filters))
    widths = [*list(filters)[:-1][::-1], 1]
    layers = [
        keras.layers.Conv2DTranspose(
            count,
            _kernel(stride),
            strides=stride,
            padding="same",
            activation=activation if i < len(widths) - 1 else None,
            kernel_initializer=_start(seed + len(hidden) + 1 + i),
        )
        for i, (count, stride) in enumerate(zip(widths, steps[::-1], strict=True))
    ]
    first = dense(inputs, math.prod(small) * filters[-1], hidden, activation=activation, seed=seed)
    spare = [(0, side * total - full) for side, full in zip(small, shape, strict=True)]
    return keras.Sequential(
        [
            keras.Input((inputs,)),
            *first.layers,
            keras.layers.Activation(activation),
            keras.layers.Reshape((*small, filters[-1])),
            *layers,
            keras.layers.Cropping2D(spare),
            keras.layers.Flatten(),
        ]
    )


def strides(shape: tuple[int, int], layers: int) -> list[int]:
    """Return the stride of each layer: 4 first on images above 16 pixels, where 2 is too slow."""
    return [4 if min(shape) > 16 else 2, *[2] * (layers - 1)]


def strided_size(shape: tuple[int, int], layers: int) -> tuple[int, int]:
    """Return height and width after all the layers."""
    total = math.prod(strides(shape, layers))
    return -(-shape[0] // total), -(-shape[1] // total)


def image_shape(dimensions: int, given: tuple[int, int] | None) -> tuple[int, int]:
    """Return height and width of flattened images.

    Raises
    ------
    UnsupportedDataError
        A `ValueError`, if ``given`` does not hold that many pixels, or if none is given and the
        pixels fill no square of 4 x 4 or more.
    """
    if given is not None:
        if math.prod(given) != dimensions:
            raise UnsupportedDataError(
                f"image_shape {tuple(given)} does not hold the {dimensions} values of each point."
            )
        return int(given[0]), int(given[1])
    side = math.isqrt(dimensions)
    if side * side != dimensions or side < 4:
        raise UnsupportedDataError(
            f"A convolutional network needs images: {dimensions} values fill no square of 4 x 4 "
            "pixels or more. Say image_shape=(height, width) if they are images."
        )
    return side, side


def _kernel(stride: int) -> int:
    # A whole number of strides: then every pixel is written to equally often, with no checkers.
    return 4 if stride == 2 else stride


def _start(seed: int) -> object:
    import keras

    return keras.initializers.GlorotUniform(seed=seed)


def multiplications(network: Network) -> int:
    """Return the multiplications that one point costs on its way through a network."""
    total = 0
    for layer in network.layers:
        for weight in layer.trainable_variables:
            if len(weight.shape) == 4:  # a kernel, at every place of the smaller image
                places = min(math.prod(layer.input.shape[1:3]), math.prod(layer.output.shape[1:3]))
                total += math.prod(weight.shape) * places
            elif len(weight.shape) == 2:
                total += math.prod(weight.shape)
    return total


def enough_epochs(n: int, batch_size: int, work: int) -> int:
    """Return how many epochs a training may take.

    Parameters
    ----------
    n, batch_size : int
        Points to train on; points for each update.
    work : int
        Multiplications for each point, encoded and decoded.

    Returns
    -------
    int
        As many as give `UPDATES`, or fewer where those would take more than `MULTIPLICATIONS` in
        all; from 20 to 400.
    """
    by_updates = UPDATES / math.ceil(n / batch_size)
    by_work = MULTIPLICATIONS / (3 * work * n)  # forward, and back to the weights and the inputs
    return round(min(max(20, min(by_updates, by_work)), 400))
