"""What is recorded of a dataset when it is drawn."""

import dataclasses

import msgspec
import numpy as np
import pytest

from bench import Registry
from bench.engine import prepare as engine
from bench.job import DatasetConfig
from bench.record import DatasetFacts


def facts_of(folder, name, **parameters):
    config = DatasetConfig(name, {"n": 60} | parameters, 0)
    facts, _ = engine.prepare(config, folder, Registry())
    assert msgspec.json.decode(msgspec.json.encode(facts), type=DatasetFacts) == facts
    return facts


def test_traits_are_those_that_the_dataset_states_and_its_points_have(tmp_path):
    facts = facts_of(tmp_path, "circle", radius=2.0, dimensions=5)
    assert (facts.intrinsic_dimension, facts.reach, facts.dimensions) == (1, 2.0, 5)
    assert facts.diameter == pytest.approx(4, rel=0.01)
    assert facts.estimated_dimension == pytest.approx(1, abs=4 / np.sqrt(60))
    assert 0 < facts.neighbor_distance < facts.diameter


@pytest.mark.parametrize(
    ("stated", "kept"),
    [(np.float64(0.5), 0.5), (np.float32(0.5), 0.5), (np.inf, "infinite"), (0, 0.0), (None, None)],
)
def test_any_reach_can_be_recorded(tmp_path, monkeypatch, stated, kept):
    drawn = engine.draw(DatasetConfig("circle", {"n": 60}, 0), Registry())
    other = dataclasses.replace(drawn, reach=stated)
    monkeypatch.setattr(engine, "draw", lambda *_: other)
    assert facts_of(tmp_path, "circle").reach == kept


def drawn_with(monkeypatch, **stated):
    """Have the circle state something else."""
    drawn = engine.draw(DatasetConfig("circle", {"n": 60}, 0), Registry())
    notes = stated.pop("notes", None)
    if notes is not None:
        stated["geodesics"] = Noted(drawn.geodesics, notes)
    other = dataclasses.replace(drawn, **stated)
    monkeypatch.setattr(engine, "draw", lambda *_: other)


class Noted:
    status = "numerical"

    def __init__(self, geodesics, notes):
        self.distances = geodesics.distances
        self.notes = notes


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.bool_(True), 1),
        (True, 1),
        (2**70, 2**70),
        (np.array(4), 4),
    ],
)
def test_notes_of_any_number(tmp_path, monkeypatch, given, kept):
    """A note of any real type is recorded as a plain number and read back."""
    drawn_with(monkeypatch, notes={np.str_("it"): given})
    assert facts_of(tmp_path, "circle").geodesic_notes == {"it": kept}


@pytest.mark.parametrize(
    "notes",
    [
        {"it": float("nan")},
        {"it": np.float64("inf")},
        {"it": "half"},
        {"it": {"nested": 1}},
        {"it": [1, 2]},
        {"it": np.ones(3)},
        {"it": 10**400},
        {"it": 1j},
        {"it": None},
        {3: 1.0},
        [1.0],
    ],
)
def test_notes_that_cannot_be_read_back(tmp_path, monkeypatch, notes):
    """A note that the store could not read back is refused by the dataset's own job."""
    drawn_with(monkeypatch, notes=notes)
    with pytest.raises((TypeError, ValueError), match=r"geodesics\.notes|size 1"):
        facts_of(tmp_path, "circle")


@pytest.mark.parametrize(
    "stated",
    [
        {"source": None},
        {"licence": 3},
        {"isometric": "yes"},
        {"intrinsic_dimension": 1.5},
        {"reach": float("nan")},
    ],
)
def test_facts_that_cannot_be_read_back(tmp_path, monkeypatch, stated):
    """Facts that the store could not read back are refused."""
    drawn_with(monkeypatch, **stated)
    with pytest.raises(ValueError, match="cannot be recorded"):
        facts_of(tmp_path, "circle")


def test_numpy_facts(tmp_path, monkeypatch):
    """NumPy's numbers and texts are facts like Python's."""
    stated = {"isometric": np.bool_(False), "source": np.str_("here")}
    drawn_with(monkeypatch, intrinsic_dimension=np.int64(1), **stated)
    facts = facts_of(tmp_path, "circle")
    assert (facts.isometric, facts.source, facts.intrinsic_dimension) == (False, "here", 1)


@pytest.mark.parametrize(
    ("stated", "why"),
    [
        ({"labels": np.array(["a", "b"] * 30)}, "return_inverse"),
        ({"labels": np.array([None] * 60)}, "integers"),
        ({"labels": np.zeros((60, 1), int)}, "shape"),
        ({"labels": [0] * 60}, "got list"),
        ({"labels": np.zeros(60)}, "integers"),
        ({"color": np.array(["red"] * 60)}, "color must be"),
        ({"color": np.full(60, np.nan)}, "finite"),
        ({"chart": np.zeros(60)}, "chart has shape"),
        ({"chart": np.full((60, 1), np.inf)}, "finite"),
        ({"chart": np.zeros((60, 1), complex)}, "complex128"),
    ],
)
def test_arrays_that_figures_cannot_use(stated, why):
    """A dataset refuses labels that are not integers, and charts and colours of other things."""
    drawn = engine.draw(DatasetConfig("circle", {"n": 60}, 0), Registry())
    with pytest.raises(ValueError, match=why):
        dataclasses.replace(drawn, **stated)


@pytest.mark.parametrize("row", [0, 31])
def test_a_dataset_whose_geodesics_are_not_distances_is_not_prepared(tmp_path, monkeypatch, row):
    """NaN in any row is refused, and nothing is scored."""
    drawn = engine.draw(DatasetConfig("circle", {"n": 60}, 0), Registry())
    geodesics = drawn.geodesics

    class Broken:
        status, notes = "closed-form", {}

        def distances(self, rows):
            """Return the right ones but for one row."""
            return np.where(rows[:, None] == row, np.nan, geodesics.distances(rows))

    monkeypatch.setattr(engine, "draw", lambda *_: dataclasses.replace(drawn, geodesics=Broken()))
    with pytest.raises(ValueError, match=f"0 or more .* got nan from point {row}"):
        facts_of(tmp_path, "circle")
