"""Likelihoods, codes, corruptions and the optimizer, against closed forms and scipy."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import stats
from sklearn.decomposition import PCA

from bench.autoencoders.codes import Variational, divergences, squared_jacobian
from bench.autoencoders.corruptions import CORRUPTIONS
from bench.autoencoders.estimator import Autoencoder
from bench.autoencoders.likelihoods import LIKELIHOODS
from bench.autoencoders.networks import dense, enough_epochs, multiplications
from bench.autoencoders.training import Schedule, train
from bench.seeds import stream
from bench.testing.rules import images

RANDOM = np.random.default_rng(0)
X = RANDOM.uniform(size=(7, 5)).astype(np.float32)
OUTPUTS = RANDOM.normal(size=(7, 5)).astype(np.float32)
SEED = np.array([3, 4], dtype=np.int32)


def test_the_gaussian_loss_is_scipys_density():
    found = LIKELIHOODS["gaussian"]().negative_log(X, OUTPUTS)
    np.testing.assert_allclose(found, -stats.norm.logpdf(X, OUTPUTS).sum(axis=1), rtol=1e-5)


def test_the_learned_gaussian_loss_is_scipys_density():
    likelihood = LIKELIHOODS["learned_gaussian"]()
    likelihood.log_variance.assign(-1.4)
    expected = -stats.norm.logpdf(X, OUTPUTS, np.exp(-0.7)).sum(axis=1)
    np.testing.assert_allclose(likelihood.negative_log(X, OUTPUTS), expected, rtol=1e-5)


def test_the_bernoulli_loss_is_scipys_and_does_not_overflow():
    bits = (X > 0.5).astype(np.float32)
    expected = -stats.bernoulli.logpmf(bits, 1 / (1 + np.exp(-OUTPUTS.astype(float)))).sum(axis=1)
    likelihood = LIKELIHOODS["bernoulli"]()
    np.testing.assert_allclose(likelihood.negative_log(bits, OUTPUTS), expected, rtol=1e-5)
    far = likelihood.negative_log(np.float32([[1, 0]]), np.float32([[-300, 300]]))
    np.testing.assert_allclose(far, [600])


def test_the_divergence_is_its_integral():
    mean, log_variance = 0.7, -0.9
    z = np.linspace(-12, 12, 20001)
    p = stats.norm(mean, np.exp(log_variance / 2))
    expected = np.trapezoid(p.pdf(z) * (p.logpdf(z) - stats.norm.logpdf(z)), z)
    found = divergences(np.float32([[mean, log_variance]]))
    assert float(found[0, 0]) == pytest.approx(expected, rel=1e-5)


def test_drawn_codes_have_the_mean_and_variance_that_the_encoder_says():
    outputs = np.tile(np.float32([1, -2, np.log(4), np.log(0.25)]), (20000, 1))
    codes, charges = Variational().draw(lambda x, training: x, outputs, SEED)
    np.testing.assert_allclose(np.mean(codes, axis=0), [1, -2], atol=0.05)
    np.testing.assert_allclose(np.std(codes, axis=0), [2, 0.5], rtol=0.03)
    np.testing.assert_allclose(charges[0], 0.5 * (1 + 4 + 4 + 0.25 - 2), rtol=1e-5)


def test_the_jacobian_of_one_sigmoid_layer_is_that_of_rifai_et_al():
    """Their equation: sum over i of (h_i (1 - h_i))² times the sum over j of W_ij²."""
    encoder = keras.Sequential([keras.Input((5,)), keras.layers.Dense(3, activation="sigmoid")])
    code, squares = squared_jacobian(encoder, tf.constant(X))
    weights, h = encoder.layers[0].kernel.numpy(), code.numpy()
    np.testing.assert_allclose(squares, (h * (1 - h)) ** 2 @ (weights**2).sum(axis=0), rtol=1e-5)


def test_a_contractive_code_moves_less_for_its_spread_than_a_plain_one():
    points = images(200)

    def moves(code, weight):
        model = Autoencoder(2, code=code, code_weight=weight, hidden=(16,), epochs=60).fit(points)
        x = tf.constant(model.split(points)[0])
        codes, squares = squared_jacobian(model.encoder_, x)
        return float(tf.reduce_mean(squares)) / codes.numpy().var(axis=0).sum()

    assert moves("contractive", 0.1) < 0.7 * moves("plain", 1)


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_corruption_follows_from_the_seed_and_changes_the_share_that_it_says(name):
    clean = RANDOM.uniform(0.2, 0.8, size=(400, 50)).astype(np.float32)
    extremes = np.zeros(50, dtype=np.float32), np.ones(50, dtype=np.float32)
    one, same = (CORRUPTIONS[name](clean, SEED, 0.3, extremes).numpy() for _ in range(2))
    other = CORRUPTIONS[name](clean, SEED + 1, 0.3, extremes).numpy()
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)
    changed = one != clean
    if name == "gaussian":
        assert np.std(one - clean) == pytest.approx(0.3, rel=0.02)
        return
    assert changed.mean() == pytest.approx(0.3, abs=0.015)
    values = {"masking": [0], "salt_and_pepper": [0, 1]}[name]
    np.testing.assert_array_equal(np.unique(one[changed]), values)
    if name == "salt_and_pepper":
        assert one[changed].mean() == pytest.approx(0.5, abs=0.03)


def test_an_epoch_in_one_call_takes_the_steps_of_keras_adam_one_by_one():
    points = RANDOM.normal(size=(23, 4)).astype(np.float32)
    schedule = Schedule(epochs=6, batch_size=5, learning_rate=0.01, warm_up=0, patience=99)

    def loss(network, batch):
        return tf.reduce_mean(tf.square(network(batch) - batch))

    ours, theirs = (dense(4, 4, (6,), activation="tanh", seed=1) for _ in range(2))
    weights = [v.value for v in ours.trainable_variables]
    train(lambda b, seed, w: (loss(ours, b), 0.0), weights, points, points, schedule, seed=5)

    rate = keras.optimizers.schedules.CosineDecay(0.01, 5 * 6)
    optimizer, orders = keras.optimizers.Adam(rate), stream(5, "autoencoder:batches")
    for _ in range(6):
        order = orders.permutation(23)
        for at in range(0, 23, 5):
            with tf.GradientTape() as tape:
                value = loss(theirs, points[order[at : at + 5]])
            parts = theirs.trainable_variables
            optimizer.apply_gradients(zip(tape.gradient(value, parts), parts, strict=True))
    for one, other in zip(ours.trainable_variables, theirs.trainable_variables, strict=True):
        np.testing.assert_allclose(one.numpy(), other.numpy(), atol=2e-6)


def test_the_evidence_is_that_of_probabilistic_pca_where_the_model_is_linear():
    """One linear layer: the best bound is the likelihood of Tipping & Bishop 1999 (Lucas 2019)."""
    points = RANDOM.normal(size=(2000, 4)) @ np.diag([5, 2, 0.5, 0.5]) + 3
    model = Autoencoder(
        2,
        code="variational",
        likelihood="learned_gaussian",
        hidden=(),
        epochs=60,
        held_out=0.05,
        learning_rate=0.01,
    ).fit(points)
    expected = PCA(2).fit(points).score(points)
    assert model.evidence(points).mean() == pytest.approx(expected, abs=0.06)
    with pytest.raises(ValueError, match="variational"):
        Autoencoder(2, hidden=(), epochs=1).fit(points).evidence(points)


def test_work_is_counted_and_bounds_the_epochs():
    network = dense(10, 2, (5,), activation="elu", seed=0)
    assert multiplications(network) == 10 * 5 + 5 * 2
    assert enough_epochs(1500, 50, 100) == round(10_000 / 30)
    assert enough_epochs(10**6, 50, 10**6) == 20
    assert enough_epochs(20, 50, 10) == 400
