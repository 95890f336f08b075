"""The decoder's report card: closed forms, controls, and decoders that are bad in one way each."""

import dataclasses
from functools import cache

import numpy as np
import pytest
from controls import coder
from scipy.spatial.distance import cdist

from bench.manifolds.sampled import SampledManifold
from bench.metrics.decoder.card import judge
from bench.metrics.decoder.decoding import NOISE_LEVELS, Decoding
from bench.metrics.decoder.samples import coverage, precision
from bench.metrics.decoder.table import DECODER_METRICS, HELD_OUT, MANIFOLD

AMBIENT = 5
ROWS = DECODER_METRICS.values()


def plane(n, seed):
    """Draw points of a unit square in five dimensions."""
    points = np.zeros((n, AMBIENT), dtype=np.float32)
    points[:, :2] = np.random.default_rng(seed).uniform(-1, 1, size=(n, 2))
    return points


def decoding(encode, decode, *, known=True, **changed):
    training, held_out = plane(400, 1), plane(120, 2)
    found = Decoding(
        encode=encode,
        decode=decode,
        training=training,
        codes=np.asarray(encode(training)),
        held_out=held_out,
        clean=held_out,
        geodesics=cdist(held_out, held_out),
        manifold=SampledManifold(plane(3000, 3), 2, flat(plane(3000, 3))) if known else None,
        seed=0,
    )
    return dataclasses.replace(found, **changed)


def control(name, **options):
    return decoding(*coder(name, plane(400, 1)), **options)


def flat(points):
    return points[:, :2]


def lift(codes):
    return np.pad(codes, ((0, 0), (0, AMBIENT - 2)))


def values(found, rows=ROWS):
    scores, problems = judge(found, rows)
    assert problems == []
    return values_of(scores)


@cache
def projector():
    """Return the card of the projector onto the plane."""
    return values(decoding(flat, lift))


def values_of(scores):
    return {(s.metric if s.k is None else f"{s.metric} {s.k}"): s.value for s in scores}


def gain_of_a_projector(level):
    """Noise that carries a point over the border of the square is not a projector's to remove."""
    noisy = decoding(flat, lift).noisy(level)
    nearest = lift(np.clip(flat(noisy), -1, 1))
    after, before = np.linalg.norm(lift(flat(noisy)) - nearest), np.linalg.norm(noisy - nearest)
    return 1 - after / before


def test_a_projector_onto_the_plane_has_the_best_value_of_every_row():
    found = projector()
    assert found["held_out_reconstruction"] == pytest.approx(0, abs=1e-12)
    assert found["normal_error"] <= found["manifold_resolution"] < 0.1
    assert found["tangential_error"] <= found["manifold_resolution"]
    assert found["interpolant_distance"] == pytest.approx(0, abs=1e-3)
    assert found["interpolant_excess_length"] == pytest.approx(0, abs=1e-5)
    assert found["active_units"] == 1
    assert found["code_dimensions"] == pytest.approx(2, abs=0.1)
    for level in (0.05, 0.2):
        stated = found[f"denoising_gain {round(100 * level)}"]
        assert stated == pytest.approx(gain_of_a_projector(level), abs=0.04)
    assert found["sample_coverage"] > 0.8
    assert found["sample_precision"] > 0.9


def test_the_identity_loses_nothing_and_cleans_nothing():
    found = values(control("identity"))
    assert found["held_out_reconstruction"] == pytest.approx(0, abs=1e-6)
    for name in ("normal_error", "tangential_error"):
        assert found[name] <= found["manifold_resolution"]
    for level in NOISE_LEVELS:
        assert found[f"denoising_gain {round(100 * level)}"] == pytest.approx(0, abs=1e-6)
    # The noise of 20 % on each coordinate, over the radius.
    assert found["code_instability"] == pytest.approx(0.2, rel=0.1)


def test_the_mean_is_one_point_of_no_use():
    found = values(control("mean_point"))
    assert found["held_out_reconstruction"] == pytest.approx(1, abs=1e-9)
    assert found["code_instability"] == found["active_units"] == 0
    assert found["interpolant_excess_length"] == -1
    assert found["sample_coverage"] < 0.1
    assert found["tangential_error"] == pytest.approx(1, abs=0.1)


def test_what_is_learnt_by_heart_is_on_the_manifold_and_loses_little():
    found = values(control("nearest_training_point"))
    assert found["normal_error"] <= found["manifold_resolution"]
    assert 0 < found["held_out_reconstruction"] < 0.02
    assert found["denoising_gain 20"] > 0.9
    assert 0 < found["tangential_error"] < 0.2


BAD = {
    "held_out_reconstruction": (flat, lambda codes: 0.5 * lift(codes)),
    "denoising_gain 20": (np.asarray, lambda points: points + 0.5 * np.eye(AMBIENT)[4]),
    "normal_error": (flat, lambda codes: lift(codes) + 0.3 * np.eye(AMBIENT)[4]),
    "tangential_error": (flat, lambda codes: lift(codes[:, ::-1])),
    "code_instability": (lambda points: 10 * points[:, :1] + 1e3 * points[:, 4:], np.tanh),
    "interpolant_distance": (flat, lambda codes: lift(codes) + 0.3 * np.eye(AMBIENT)[4]),
    "sample_distance": (flat, lambda codes: lift(codes) + 0.3 * np.eye(AMBIENT)[4]),
    "sample_coverage": (flat, lambda codes: lift(0.01 * codes)),
    "sample_precision": (flat, lambda codes: lift(codes + 5)),
    "sample_recall": (flat, lambda codes: lift(0.01 * codes)),
    "active_units": (lambda points: points[:, :2] * [1, 1e-3], lift),
}


@pytest.mark.parametrize("name", BAD)
def test_each_metric_has_been_seen_to_fail(name):
    encode, decode = BAD[name]
    if name == "code_instability":
        decode = lambda codes: np.tile(codes[:, :1], (1, AMBIENT))  # noqa: E731
    row = DECODER_METRICS[name.partition(" ")[0]]
    bad, good = values(decoding(encode, decode), [row])[name], projector()[name]
    better = row.higher_is_better
    assert (good - bad if better else bad - good) > 0.2 * max(abs(good), 0.5)


def test_errors_along_and_off_the_manifold_are_told_apart():
    shift = 0.1 * np.eye(AMBIENT)
    off = values(decoding(flat, lambda codes: lift(codes) + shift[4]))
    radius = decoding(flat, lift).radius
    assert off["normal_error"] == pytest.approx(0.1 / radius, rel=1e-3)
    assert off["tangential_error"] <= off["manifold_resolution"]
    along = values(decoding(flat, lambda codes: lift(0.9 * codes)))
    assert along["normal_error"] <= along["manifold_resolution"]
    assert along["tangential_error"] == pytest.approx(0.1, rel=0.1)


def test_without_a_known_manifold_the_truth_is_held_out_data_and_it_is_said():
    scores, _ = judge(decoding(flat, lift, known=False), ROWS)
    assert {score.reference for score in scores} == {HELD_OUT}
    assert "normal_error" not in {score.metric for score in scores}
    known, _ = judge(decoding(flat, lift), ROWS)
    assert {s.reference for s in known if s.metric == "denoising_gain"} == {MANIFOLD}
    # Held-out points themselves are at distance 0, other points of the data at about 1.
    found = decoding(flat, lift, known=False)
    assert found.off_truth(found.held_out).max() == 0
    assert np.median(found.off_truth(plane(500, 9))) == pytest.approx(0.8, abs=0.3)


def test_the_ends_of_a_line_are_not_its_own_truth():
    found = decoding(*coder("identity", plane(400, 1)), known=False)
    distances = found.lines_off_truth(found.pixel_lines)
    others = [np.delete(found.held_out, pair, axis=0) for pair in found.pairs]
    between = cdist(found.held_out, found.held_out)
    np.fill_diagonal(between, np.inf)
    unit = np.median(between.min(axis=1))
    for line, rest, own in zip(found.pixel_lines, others, distances, strict=True):
        np.testing.assert_allclose(own, cdist(line, rest).min(axis=1) / unit, rtol=1e-5)
    assert distances[:, [0, -1]].min() > 0


def test_a_decoder_that_fails_costs_its_own_measures_only_and_says_why():
    def breaks(codes):
        raise RuntimeError("no way back")

    scores, problems = judge(decoding(flat, breaks), ROWS)
    assert {"code_instability", "active_units"} <= {score.metric for score in scores}
    assert all(score.value is not None for score in scores)
    assert any("held_out_reconstruction: RuntimeError: no way back" in text for text in problems)
    _, problems = judge(decoding(flat, lambda codes: lift(codes) * np.nan), ROWS)
    assert any("not finite" in text for text in problems)


def test_no_more_is_decoded_for_one_measure_than_can_be_afforded():
    asked = []

    def decode(codes):
        asked.append(len(codes))
        return lift(codes)

    found = decoding(flat, decode, affordable=20)
    scores, problems = judge(found, ROWS)
    assert max(asked) <= 20
    # A share of a cloud, or a line, from so few would be a number of another kind: none is given.
    absent = {"interpolant_distance", "interpolant_excess_length", "sample_coverage"}
    absent.add("sample_recall")
    assert {problem.split(":")[0] for problem in problems} == {f"metric {name}" for name in absent}
    assert "metric sample_recall: needs 300 decodings, 20 can be afforded" in problems
    assert not absent & {score.metric for score in scores}
    # What decodes nothing is the same number for every reducer.
    assert (
        values_of(scores)["input_line_distance"]
        == values(control("identity"))["input_line_distance"]
    )


def test_coverage_of_few_perfect_samples_would_have_been_low():
    few, many = (plane(n, 4) for n in (20, 300))
    assert coverage(plane(300, 5), few) < 0.4
    assert coverage(plane(300, 5), many) > 0.9


@pytest.mark.parametrize("given", [[0.1, 0.2], "words", np.zeros((2, 2))])
def test_a_metric_that_returns_no_number_takes_none_from_the_others(given):
    odd = dataclasses.replace(
        DECODER_METRICS["active_units"], name="odd", function=lambda decoding: given
    )
    scores, problems = judge(control("identity"), [odd, DECODER_METRICS["active_units"]])
    assert [score.metric for score in scores] == ["active_units"]
    assert problems[0].startswith("metric odd: ")


def test_an_encoder_that_gives_no_numbers_has_no_stability():
    def breaks(points):
        return flat(points) * np.nan

    good = decoding(flat, lift)
    scores, problems = judge(dataclasses.replace(good, encode=breaks), ROWS)
    assert "code_instability" not in {score.metric for score in scores}
    assert any("code_instability: ValueError: encoding gave" in text for text in problems)


def test_samples_are_the_same_whatever_the_unit_of_the_codes():
    whole = decoding(flat, lift).samples
    for unit in (1e-4, 1e4):
        found = decoding(lambda x, u=unit: u * flat(x), lambda c, u=unit: lift(c / u)).samples
        np.testing.assert_allclose(found, whole, atol=1e-4)


def test_a_code_with_a_prior_that_has_collapsed_as_a_whole_is_seen():
    def collapsed(points):
        return 1e-3 * flat(points)

    assert values(decoding(collapsed, lambda c: lift(1e3 * c)))["active_units"] == 1
    prior = {"divergences": lambda points: np.zeros((len(points), 2))}
    assert values(decoding(collapsed, lift, **prior))["active_units"] == 0


def test_divergences_are_those_of_the_least_used_unit():
    units = np.array([[2.0, 0.1], [4.0, 0.3]])
    found = values(decoding(flat, lift, divergences=lambda points: units))
    assert found["least_divergence"] == pytest.approx(0.2)
    assert "least_divergence" not in projector()


def test_pairs_without_a_path_between_them_are_not_joined():
    apart = cdist(plane(120, 2), plane(120, 2))
    apart[:60, 60:] = apart[60:, :60] = np.inf
    pairs = decoding(flat, lift, geodesics=apart).pairs
    assert len(pairs) > 0
    assert ((pairs < 60).all(axis=1) | (pairs >= 60).all(axis=1)).all()


def test_coverage_and_precision_are_those_of_their_definitions():
    rng = np.random.default_rng(0)
    real, made = rng.normal(size=(60, 3)), 1.5 * rng.normal(size=(50, 3))
    reach = [sorted(np.linalg.norm(real - point, axis=1))[5] for point in real]
    covered = [min(np.linalg.norm(made - p, axis=1)) <= r for p, r in zip(real, reach, strict=True)]
    assert coverage(real, made) == np.mean(covered)
    inside = [any(np.linalg.norm(real - p, axis=1) <= reach) for p in made]
    assert precision(real, made) == np.mean(inside)
    assert coverage(real, real) == precision(real, real) == 1
    assert coverage(real, made + 100) == precision(real, made + 100) == 0


def test_the_table_says_what_its_rows_do():
    for name, metric in DECODER_METRICS.items():
        assert metric.name == name == metric.function.__name__
        assert metric.source
        assert metric.function.__doc__
        if metric.higher_is_better is not None:
            assert metric.best == (metric.high if metric.higher_is_better else metric.low)
    assert len({metric.label for metric in ROWS}) == len(DECODER_METRICS)
