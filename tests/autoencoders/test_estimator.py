"""The estimator: its grammar, what it refuses, how well it does, and that it is the same again."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from bench.autoencoders.estimator import Autoencoder
from bench.datasets import s_curve
from bench.errors import DegenerateError, UnsupportedDataError
from bench.testing.rules import images

SMALL = {"hidden": (16,), "epochs": 100}
KINDS = {
    "plain": {},
    "bernoulli": {"likelihood": "bernoulli"},
    "gaussian noise": {"corruption": "gaussian"},
    "masking": {"corruption": "masking"},
    "salt and pepper": {"corruption": "salt_and_pepper"},
    "variational": {"code": "variational", "likelihood": "learned_gaussian"},
    "contractive": {"code": "contractive", "code_weight": 0.01},
    "convolutional": {"network": "convolutional", "filters": (8,)},
}


def lost(X, restored):
    return ((X - restored) ** 2).sum() / ((X - X.mean(axis=0)) ** 2).sum()


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_rebuilds_images_of_a_moving_spot_better_than_pca_of_one_dimension_less(kind):
    X = images(300)
    model = Autoencoder(2, **SMALL | KINDS[kind])
    restored = model.inverse_transform(model.fit_transform(X))
    flat = PCA(1)
    assert lost(X, restored) < lost(X, flat.inverse_transform(flat.fit_transform(X)))
    losses = model.history_["loss"]
    assert losses[-1] < losses[0]
    assert len(losses) == len(model.history_["held_out_loss"]) <= 100


def test_one_linear_layer_spans_the_principal_subspace():
    """Baldi & Hornik 1989: the global minimum, and the only one that is not a saddle."""
    X = np.random.default_rng(0).normal(size=(500, 6)) * [3, 2, 1, 0.5, 0.3, 0.2]
    model = Autoencoder(2, hidden=(), epochs=300, held_out=0).fit(X)
    flat = PCA(2)
    best = lost(X, flat.inverse_transform(flat.fit_transform(X)))
    assert lost(X, model.inverse_transform(model.transform(X))) == pytest.approx(best, rel=0.01)


def test_a_curved_sheet_is_rebuilt_far_better_than_by_pca():
    X = s_curve.dataset(n=400).X
    model, flat = Autoencoder(2, hidden=(32, 32), batch_size=20, epochs=200), PCA(2)
    by_pca = lost(X, flat.inverse_transform(flat.fit_transform(X)))
    assert lost(X, model.inverse_transform(model.fit_transform(X))) < by_pca / 5


def test_a_code_of_the_digits_keeps_their_classes_apart_and_loses_far_less_than_pca():
    X, labels = load_digits(return_X_y=True)
    X, flat = X / 16, PCA(2)
    model = Autoencoder(2, epochs=120)
    codes = model.fit_transform(X)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    right = cross_val_score(KNeighborsClassifier(5), codes, labels, cv=folds).mean()
    assert right > 0.85  # PCA: 0.63
    by_pca = lost(X, flat.inverse_transform(flat.fit_transform(X)))
    assert lost(X, model.inverse_transform(codes)) < by_pca / 2


def test_it_has_the_grammar_of_scikit_learn():
    given = Autoencoder(3, hidden=[8], code="variational", random_state=7)
    assert clone(given).get_params() == given.get_params()
    with pytest.raises(ValueError, match="not fitted"):
        given.transform(np.zeros((3, 2)))
    X = images(60) * 9 - 4
    line = make_pipeline(MinMaxScaler(), Autoencoder(2, likelihood="bernoulli", **SMALL))
    codes = line.fit_transform(X)
    assert codes.shape == (60, 2)
    np.testing.assert_allclose(line.transform(X), codes, atol=1e-5)
    assert line.inverse_transform(codes).shape == X.shape


def test_the_embedding_follows_the_points_when_they_are_moved_and_scaled():
    X = images(100).astype(np.float64)
    near, far = (Autoencoder(2, **SMALL).fit(Z) for Z in (X, 1000 * X + 5000))
    np.testing.assert_allclose(near.transform(X), far.transform(1000 * X + 5000), atol=1e-2)
    restored = far.inverse_transform(far.transform(1000 * X + 5000))
    assert lost(1000 * X + 5000, restored) < 0.5


def test_training_stops_early_and_keeps_the_best_weights():
    X = np.random.default_rng(0).normal(size=(60, 20))  # noise: it can only be learned by heart
    model = Autoencoder(2, hidden=(64, 64), epochs=400, patience=0.05).fit(X)
    losses = model.history_["held_out_loss"]
    assert len(losses) == int(np.argmin(losses)) + 1 + 20 < 400
    _, apart = model.split(X)
    outputs = np.asarray(model.decoder_(model.encoder_(apart)))
    now = 0.5 * (((apart - outputs) ** 2).mean() + np.log(2 * np.pi))
    assert now == pytest.approx(min(losses), rel=1e-5)


def test_progress_is_told_of_every_epoch():
    told = []
    Autoencoder(2, **SMALL).fit(images(60), progress=lambda epoch, row: told.append((epoch, row)))
    assert [epoch for epoch, _ in told] == list(range(len(told)))
    assert set(told[0][1]) >= {"loss", "held_out_loss", "learning_rate"}


SCRIPT = """
from bench.autoencoders.estimator import Autoencoder
from bench.testing.rules import images
import hashlib
for kind in ({"corruption": "masking"}, {"code": "variational", "network": "convolutional"}):
    model = Autoencoder(2, hidden=(16,), filters=(4,), epochs=5, **kind, random_state=3)
    print(hashlib.sha256(model.fit_transform(images(120)).tobytes()).hexdigest())
"""


def test_the_same_seed_gives_the_same_bits_in_separate_processes():
    runs = [
        subprocess.run([sys.executable, "-c", SCRIPT], check=True, capture_output=True).stdout
        for _ in range(2)
    ]
    assert runs[0] == runs[1]
    assert len(set(runs[0].split())) == 2
    one, other = (Autoencoder(2, **SMALL, random_state=s).fit_transform(images()) for s in (0, 1))
    assert not np.array_equal(one, other)


def test_keras_json_does_not_reach_the_networks(tmp_path):
    """Float type, channel order, epsilon and backend of the user's Keras change no embedding."""
    settings = {"floatx": "float64", "image_data_format": "channels_first", "epsilon": 0.5}
    embeddings = []
    for name, content in (("theirs", settings | {"backend": "torch"}), ("none", {})):
        home = tmp_path / name
        home.mkdir()
        (home / "keras.json").write_text(json.dumps(content))
        env = os.environ | {"KERAS_HOME": str(home), "KERAS_BACKEND": content.get("backend", "")}
        command = [sys.executable, "-c", SCRIPT]
        done = subprocess.run(command, check=False, env=env, capture_output=True)
        assert done.returncode == 0, done.stderr[-2000:]
        embeddings.append(done.stdout)
    assert embeddings[0] == embeddings[1]


def test_settings_of_keras_come_back_after_a_fit():
    """A fit takes default settings, and leaves those of the program around it."""
    import keras

    keras.config.set_floatx("float16")
    keras.config.set_dtype_policy("mixed_float16")
    try:
        model = Autoencoder(2, **SMALL).fit(images(60))
        assert keras.config.floatx() == "float16"
        assert keras.config.dtype_policy().name == "mixed_float16"
    finally:
        keras.config.set_floatx("float32")
        keras.config.set_dtype_policy("float32")
    assert {weight.dtype for weight in model.encoder_.weights} == {"float32"}


def test_a_fitted_model_comes_back_from_a_folder_as_it_was(tmp_path):
    X = images(100)
    for kind in ("variational", "convolutional", "bernoulli"):
        model = Autoencoder(2, **SMALL | KINDS[kind]).fit(X)
        model.save(tmp_path / kind)
        again = Autoencoder.load(tmp_path / kind)
        np.testing.assert_array_equal(again.transform(X), model.transform(X))
        codes = model.transform(X)
        np.testing.assert_array_equal(
            again.inverse_transform(codes), model.inverse_transform(codes)
        )
        assert again.history_ == model.history_
        if kind == "variational":
            np.testing.assert_array_equal(again.evidence(X), model.evidence(X))
    assert not [p for p in tmp_path.rglob("*") if p.suffix in {".pkl", ".pickle"}]
    with pytest.raises(ValueError, match="holds no saved autoencoder"):
        Autoencoder.load(tmp_path / "nowhere")


def test_a_saved_network_with_code_in_it_is_refused(tmp_path):
    import keras

    Autoencoder(2, **SMALL).fit(images(60)).save(tmp_path)
    evil = keras.Sequential([keras.Input((64,)), keras.layers.Lambda(lambda x: x[:, :2])])
    evil.save(tmp_path / "encoder.keras")
    with pytest.raises(ValueError, match=r"safe_mode|unsafe|Lambda"):
        Autoencoder.load(tmp_path)


@pytest.mark.parametrize(
    ("parameters", "X", "message"),
    [
        ({"likelihood": "poisson"}, images(), "one of gaussian, learned_gaussian"),
        ({"code": "sparse"}, images(), "one of plain, variational, contractive"),
        ({"corruption": "blur"}, images(), "one of gaussian, masking, salt_and_pepper"),
        ({"network": "graph"}, images(), "one of dense, convolutional"),
        ({"held_out": 1.0}, images(), "held_out is a share"),
        ({"epochs": 0}, images(), "epochs must be 1 or more, got 0"),
        ({}, np.full((20, 3), np.nan), "holds NaN"),
        ({}, np.zeros(20), "of shape"),
        ({}, np.zeros((1, 4)), "at least 2"),
    ],
)
def test_what_cannot_be_is_refused_in_words(parameters, X, message):
    with pytest.raises(ValueError, match=message):
        Autoencoder(**parameters).fit(X)


@pytest.mark.parametrize(
    ("parameters", "X", "message"),
    [
        ({"likelihood": "bernoulli"}, 2 * images(), r"needs values in \[0, 1\], got .* to 1\.9"),
        ({"network": "convolutional"}, images()[:, :60], "60 values fill no square"),
        ({"network": "convolutional", "image_shape": (6, 6)}, images(), "does not hold the 64"),
    ],
)
def test_points_that_a_method_cannot_take_are_unsupported_and_a_value_error(parameters, X, message):
    with pytest.raises(UnsupportedDataError, match=message) as caught:
        Autoencoder(**parameters).fit(X)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("shape", [(8, 8), (5, 7), (20, 17), (9, 33)])
def test_images_of_any_shape_come_back_in_it(shape):
    X = np.random.default_rng(0).uniform(size=(30, shape[0] * shape[1]))
    model = Autoencoder(
        3, network="convolutional", filters=(4, 6), hidden=(), image_shape=shape, epochs=2
    )
    assert model.inverse_transform(model.fit_transform(X)).shape == X.shape


def test_odd_points_are_taken():
    constant = np.column_stack([images(40)[:, :5], np.full(40, 3.0)])
    few, narrow = images(7), images(50)[:, 20:22]
    for X, d in ((constant, 2), (few, 2), (narrow, 5), (np.ones((30, 3)), 2), (images(2), 1)):
        model = Autoencoder(d, hidden=(8,), epochs=5)
        codes = model.fit_transform(X)
        assert codes.shape == (len(X), d)
        assert np.isfinite(codes).all()
        assert np.isfinite(model.inverse_transform(codes)).all()


def test_training_that_diverges_is_degenerate_and_says_so():
    with pytest.raises(DegenerateError, match=r"diverged: in epoch \d+ .* learning_rate below"):
        Autoencoder(2, hidden=(8, 8), learning_rate=1e12, epochs=30).fit(images())
