"""Corruptions of the input: a denoising autoencoder sees these and must rebuild the clean point.

Source: Vincent, Larochelle, Bengio & Manzagol, Extracting and composing robust features with
denoising autoencoders, ICML 2008 (masking); the same with Lajoie, JMLR 11, 2010 (Gaussian and
salt-and-pepper noise). Noise is drawn afresh for every batch, and follows from the seed alone.
"""

from collections.abc import Callable

from bench.autoencoders.untyped import Tensor

Corrupt = Callable[[Tensor, Tensor, float, Tensor], Tensor]
"""``(x, seed, level, (low, high)) -> x``: tensors (m, D) and a seed of two integers."""


def gaussian(x: Tensor, seed: Tensor, level: float, _extremes: Tensor) -> Tensor:
    """Add Gaussian noise of standard deviation ``level``, in scaled units."""
    import tensorflow as tf

    return x + level * tf.random.stateless_normal(tf.shape(x), seed)


def masking(x: Tensor, seed: Tensor, level: float, _extremes: Tensor) -> Tensor:
    """Set a share ``level`` of the values to 0: of centred points, to their mean."""
    import tensorflow as tf

    return tf.where(tf.random.stateless_uniform(tf.shape(x), seed) < level, 0.0, x)


def salt_and_pepper(x: Tensor, seed: Tensor, level: float, extremes: Tensor) -> Tensor:
    """Set a share ``level`` of the values to the least or the largest of their input, by a coin."""
    import tensorflow as tf

    low, high = extremes
    drawn = tf.random.stateless_uniform(tf.shape(x), seed)
    x = tf.where(drawn < level, tf.broadcast_to(high, tf.shape(x)), x)
    return tf.where(drawn < level / 2, tf.broadcast_to(low, tf.shape(x)), x)


CORRUPTIONS: dict[str, Corrupt] = {
    function.__name__: function for function in (gaussian, masking, salt_and_pepper)
}
