"""Codes: how an encoder's outputs become a code, and what is charged for it beside the rebuilding.

``plain``
    The outputs themselves, free of charge (Hinton & Salakhutdinov, Science 313, 2006).
``variational``
    Drawn from N(m, s²) by m + s·e with e ~ N(0, 1), charged with its Kullback-Leibler divergence
    from N(0, 1) (Kingma & Welling, Auto-encoding variational Bayes, ICLR 2014).
``contractive``
    The outputs, charged with the squared Frobenius norm of their Jacobian (Rifai, Vincent, Muller,
    Glorot & Bengio, ICML 2011).
"""

from bench.autoencoders.untyped import Network, Tensor


class Plain:
    """The encoder's outputs."""

    outputs = 1
    """Outputs of the encoder for each dimension of the code."""
    charged = False
    """Whether a charge is added to the loss."""

    def draw(self, encoder: Network, x: Tensor, _seed: Tensor) -> tuple[Tensor, Tensor]:
        """Return codes (m, d) and what each is charged, (m,) or 0: both from tensors (m, D)."""
        return encoder(x, training=True), 0.0

    def centre(self, outputs: Tensor) -> Tensor:
        """Return the code that stands for a point, without noise."""
        return outputs


class Variational(Plain):
    """A Gaussian for each point; the encoder gives means and logarithms of variances."""

    outputs = 2
    charged = True

    def draw(self, encoder: Network, x: Tensor, seed: Tensor) -> tuple[Tensor, Tensor]:
        """Return drawn codes (m, d) and divergences from N(0, 1) in nats, (m,)."""
        import tensorflow as tf

        outputs = encoder(x, training=True)
        mean, log_variance = tf.split(outputs, 2, axis=1)
        noise = tf.random.stateless_normal(tf.shape(mean), seed)
        return mean + tf.exp(0.5 * log_variance) * noise, tf.reduce_sum(divergences(outputs), 1)

    def centre(self, outputs: Tensor) -> Tensor:
        """Return the means."""
        return outputs[:, : outputs.shape[1] // 2]


def divergences(outputs: Tensor) -> Tensor:
    """Return KL(N(m, s²) ‖ N(0, 1)) in nats of every code and dimension: (m, 2d) to (m, d)."""
    import tensorflow as tf

    mean, log_variance = tf.split(outputs, 2, axis=1)
    return 0.5 * (tf.square(mean) + tf.exp(log_variance) - log_variance - 1)


class Contractive(Plain):
    """Outputs that should move little when the point does.

    Rifai et al. tie the decoder's weights to the encoder's; else the encoder shrinks all codes,
    the decoder blows them up again, and nothing is won. Here the decoder is free, so both sides are
    measured in units of their own spread in the batch, which no shrinking changes: a projection
    that keeps all of the variance in d dimensions is charged d for each input.
    """

    charged = True

    def draw(self, encoder: Network, x: Tensor, _seed: Tensor) -> tuple[Tensor, Tensor]:
        """Return codes (m, d) and the relative squared norms of their Jacobians, times D, (m,)."""
        import tensorflow as tf

        code, squares = squared_jacobian(encoder, x)
        spread, own = (tf.reduce_sum(tf.math.reduce_variance(y, axis=0)) for y in (x, code))
        return code, x.shape[1] * squares * spread / (own + 1e-6)


def squared_jacobian(encoder: Network, x: Tensor) -> tuple[Tensor, Tensor]:
    """Return codes (m, d) and ‖∂code/∂x‖² (Frobenius), (m,): exact, one pass a dimension."""
    import tensorflow as tf

    with tf.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
        tape.watch(x)
        code = encoder(x, training=True)
        columns = tf.unstack(code, axis=1)
    rows = [tf.reduce_sum(tf.square(tape.gradient(column, x)), axis=1) for column in columns]
    return code, tf.add_n(rows)


CODES = {"plain": Plain, "variational": Variational, "contractive": Contractive}
