"""The study of likelihoods: the pair, the textbook's neuron, and words that follow numbers."""

import numpy as np
import pytest

from bench.engine.circumstances import circumstances
from bench.record import Status
from bench.report.statistics import Interval
from bench.results_folder import MARKER
from bench.studies.likelihood.cells import DESCENT, LIKELIHOODS, STARTS, measures, neuron, train_one
from bench.studies.likelihood.numbers import MEASURES, differences, epochs_to_tenth, frame
from bench.studies.likelihood.report import (
    PAIRS,
    neurons,
    of_descent,
    of_saturation,
    publish_likelihood,
    sentences,
    verdict,
)
from bench.studies.study import Cell, Outcome

WHERE = circumstances(1)


def images(n, seed=0):
    """Draw images of 5 x 5 pixels in [0, 1] of two dimensions."""
    place = np.random.default_rng(seed).uniform(1, 3, size=(n, 2, 1))
    grid = np.arange(5)
    x, y = np.exp(-((grid - place[:, 0]) ** 2)), np.exp(-((grid - place[:, 1]) ** 2))
    return (x[:, :, None] * y[:, None, :]).reshape(n, -1).astype(np.float32)


@pytest.mark.parametrize(
    ("w", "b", "before", "after"), [(0.6, 0.9, 0.82, 0.09), (2.0, 2.0, 0.98, 0.20)]
)
def test_the_neuron_ends_where_the_textbook_says(w, b, before, after):
    outputs = neuron(w, b, cross_entropy=False, rate=0.15)
    assert outputs[0] == pytest.approx(before, abs=0.005)
    assert outputs[300] == pytest.approx(after, abs=0.005)


def test_the_neurons_gradients_are_those_of_their_losses():
    step, rate = 1e-6, 1e-3

    def loss(z, cross_entropy):
        output = 1 / (1 + np.exp(-z))
        return -np.log(1 - output) if cross_entropy else output**2 / 2

    for cross_entropy in (True, False):
        z = 1.7
        slope = (loss(z + step, cross_entropy) - loss(z - step, cross_entropy)) / (2 * step)
        moved = 1 / (1 + np.exp(-(z - 2 * rate * slope)))
        found = neuron(1.0, 0.7, cross_entropy=cross_entropy, rate=rate, epochs=1)[1]
        assert found == pytest.approx(moved, abs=1e-9)


def test_squared_error_begins_slowly_where_the_neuron_is_saturated_and_cross_entropy_does_not():
    table = neurons().set_index(["start", "loss", "rate"])
    largest = table["epoch of the largest step"]
    assert largest["w = 2, b = 2", "squared error", "0.15"] > 100
    assert largest["w = 2, b = 2", "cross-entropy", "0.15"] < 30
    share = table["first step / largest"].astype(float)["w = 2, b = 2"]
    assert share["squared error", "0.15"] < 0.02
    assert share.loc["cross-entropy"].min() > 0.1
    halved = table["epochs until the output is half"]["w = 2, b = 2"]
    assert halved["cross-entropy", "0.005"] == "never"
    for w, b in ((0.6, 0.9), (2.0, 2.0)):
        slow, fast = (neuron(w, b, cross_entropy=c, rate=0.15) for c in (False, True))
        assert (fast[1:] < slow[1:]).all()


@pytest.fixture(scope="module")
def trained():
    found = {}
    for likelihood in LIKELIHOODS:
        for start in STARTS:
            found[likelihood, start] = train_one(
                images(120),
                images(40, 1),
                likelihood=likelihood,
                saturated=start != "default",
                descent=start == DESCENT,
                seed=0,
                epochs=3,
            )
    return found


def test_all_start_from_the_same_weights(trained):
    import tensorflow as tf

    from bench.autoencoders.estimator import Autoencoder

    weights = []
    for likelihood in LIKELIHOODS:
        model = Autoencoder(2, likelihood=likelihood, random_state=0)
        model.prepare(images(120))
        weights.append([*model.encoder_.get_weights(), *model.decoder_.get_weights()])
        assert (model.mean_ == 0).all()
        assert model.scale_ == 1
    for others in weights[1:]:
        assert all(tf.reduce_all(a == b) for a, b in zip(weights[0], others, strict=True))


def test_all_see_the_same_batches(monkeypatch):
    from bench.autoencoders import training

    compiled, seen = training.compiled_epoch, {}

    def spied(*given):
        run = compiled(*given)

        def epoch(order, *others):
            seen.setdefault(likelihood, []).append(order.tolist())
            return run(order, *others)

        return epoch

    monkeypatch.setattr(training, "compiled_epoch", spied)
    for likelihood in LIKELIHOODS:
        train_one(
            images(60), images(20, 1), likelihood=likelihood, saturated=False, seed=3, epochs=2
        )
    first, *others = (seen[likelihood] for likelihood in LIKELIHOODS)
    assert len(first) == 2
    assert first[0] != first[1]
    assert others == [first, first]


def test_the_last_epoch_is_measured_also_where_an_earlier_one_was_better_on_held_out_images():
    held_out = 1 - images(40, 1)  # the better the training images are rebuilt, the worse these
    model, curves = train_one(
        images(120), held_out, likelihood="bernoulli", saturated=False, seed=0, epochs=4
    )
    errors = curves["mean_squared_error"]
    assert errors[-1] > 1.01 * min(errors[1:])
    assert measures(model, images(120), held_out)["squared_error"] == pytest.approx(errors[-1])


def test_a_saturated_start_takes_the_gradient_from_the_squared_error_behind_a_sigmoid(trained):
    first = {key: curves["gradient_norm"][0] for key, (_, curves) in trained.items()}
    ratio = {name: first[name, "saturated"] / first[name, "default"] for name in LIKELIHOODS}
    assert ratio["sigmoid_gaussian"] < 0.1
    assert ratio["bernoulli"] > 0.5
    assert ratio["unscaled_gaussian"] > 0.5


def test_by_plain_gradient_descent_squared_error_stays_saturated_and_cross_entropy_does_not():
    left = {}
    for likelihood in ("sigmoid_gaussian", "bernoulli"):
        _, curves = train_one(
            images(300),
            images(40, 1),
            likelihood=likelihood,
            saturated=True,
            descent=True,
            seed=0,
            epochs=30,
        )
        errors = curves["mean_squared_error"]
        left[likelihood] = errors[-1] / errors[0]
    assert left["sigmoid_gaussian"] > 0.95
    assert left["bernoulli"] < 0.5


def test_the_outputs_of_a_saturated_start_are_all_nearly_white(trained):
    for likelihood in LIKELIHOODS:
        _, curves = trained[likelihood, "saturated"]
        white = ((images(40, 1) - 1) ** 2).mean()
        assert curves["mean_squared_error"][0] == pytest.approx(white, rel=0.1)
        assert len(curves["mean_squared_error"]) == len(curves["gradient_norm"]) == 4


def test_measures_are_those_of_their_definitions():
    class Half:
        def transform(self, X):
            return X

        def inverse_transform(self, Y):
            return 0.5 * Y

    training, held_out = images(50), images(20, 1)
    found = measures(Half(), training, held_out)
    errors = (held_out.astype(float) / 2) ** 2
    assert found["squared_error"] == pytest.approx(errors.mean())
    p = np.clip(0.5 * held_out.astype(float), 1e-3, 1 - 1e-3)
    cross = -(held_out * np.log(p) + (1 - held_out) * np.log(1 - p)).mean()
    assert found["cross_entropy"] == pytest.approx(cross)
    variance = ((training.astype(float) / 2) ** 2).mean()
    density = -0.5 * errors / variance - 0.5 * np.log(2 * np.pi * variance)
    assert found["negative_log_likelihood"] == pytest.approx(-density.mean())


def outcomes(gain, *, seeds=4):
    """Make cells in which the Bernoulli model's numbers are better by a gain, with some noise."""
    made = []
    rng = np.random.default_rng(0)
    for seed in range(seeds):
        for start in STARTS:
            for likelihood in LIKELIHOODS:
                shift = gain if likelihood == "bernoulli" else 0.0
                numbers = {
                    name: 1 + rng.normal(scale=0.01) + (shift if higher else -shift)
                    for name, (_, higher, _) in MEASURES.items()
                }
                numbers["gradient_norm"] = [0.5 if start == "default" else 0.1, 0.2]
                numbers["mean_squared_error"] = [1.0, 0.05, 0.02]
                cell = Cell({"dataset": "it", "likelihood": likelihood, "start": start}, seed)
                made.append(Outcome(cell, Status.OK, WHERE, numbers=numbers))
    return made


@pytest.mark.parametrize(
    ("gain", "words"),
    [(0.5, "Bernoulli is better"), (-0.5, "Gaussian is better"), (0.0, "no difference")],
)
@pytest.mark.parametrize("pair", PAIRS)
def test_the_words_follow_the_numbers(gain, words, pair):
    lines = list(sentences(frame(outcomes(gain)), *pair))
    assert len(lines) == len(MEASURES)
    for line in lines:
        assert words in line


def test_a_pair_is_compared_from_its_own_start():
    cells = frame(outcomes(0.5))
    chosen = (cells["start"] == "saturated") & (cells["likelihood"] == "sigmoid_gaussian")
    cells.loc[chosen, "squared_error"] -= 1
    first = [next(sentences(cells, *pair)) for pair in PAIRS]
    assert ["Gaussian is better" in line for line in first] == [False, False, True]


@pytest.mark.parametrize(("last", "said"), [(2.0, True), (0.5, False)])
def test_a_loss_without_saturation_is_not_laid_to_it(last, said):
    cells = frame(outcomes(0.0))
    cells.loc[cells["start"] == "saturated", "last_error"] *= last
    assert any("another cause" in line for line in of_saturation(cells)) == said


def test_what_gradient_descent_came_to_is_counted():
    cells = frame(outcomes(0.0))
    stuck = (cells["start"] == DESCENT) & (cells["likelihood"] == "sigmoid_gaussian")
    cells.loc[stuck, "epochs_to_tenth"] = np.nan
    linear, sigmoid, bernoulli = of_descent(cells)
    assert "in 0 of 4 cells." in sigmoid
    assert "in 4 of 4 cells, after 1 epochs" in linear
    assert "in 4 of 4 cells" in bernoulli


def test_one_seed_tells_no_difference():
    cells = frame(outcomes(0.5, seeds=1))
    assert verdict(differences(cells, "geodesic_auc")["it"], higher_is_better=True).startswith("no")
    assert verdict(Interval(-0.2, 0.1, 5), higher_is_better=False) == "Bernoulli is better"


def test_the_epochs_to_a_tenth_are_counted_from_the_start():
    assert epochs_to_tenth([1.0, 0.5, 0.1, 0.05]) == 2
    assert np.isnan(epochs_to_tenth([1.0, 0.5]))


def test_the_report_shows_failed_cells_and_is_the_same_twice(tmp_path):
    failed = Outcome(Cell({"dataset": "x"}, 0), Status.CRASHED, WHERE, "it died")
    made = [*outcomes(0.5), failed]
    assert set(publish_likelihood(made, tmp_path)) | {MARKER} == {
        p.name for p in tmp_path.iterdir()
    }
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert "crashed: it died" in first["report.md"].decode()
    publish_likelihood(made, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == first
    nothing = publish_likelihood([failed], tmp_path / "none")
    assert nothing == ["report.md", "likelihood.csv"]
