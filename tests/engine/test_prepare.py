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
