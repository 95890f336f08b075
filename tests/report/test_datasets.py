"""The table of datasets, and files that were written before traits were measured."""

from types import SimpleNamespace

import msgspec
import pytest

from bench.job import DatasetConfig
from bench.record import DatasetFacts
from bench.report.datasets import datasets_section

KNOWN = ("closed-form", {"relative_error": 0.005}, True, {"15": 0.5}, 0.7, "a | b", "licence")
TRAITS = {"estimated_dimension": 2.0, "reach": 4.0, "neighbor_distance": 2.0, "diameter": 25.0}


def facts(seed=0, **traits):
    return DatasetFacts(DatasetConfig("roll", {"n": 40}, seed), 40, 3, *KNOWN, **traits)


def row(*found):
    results = SimpleNamespace(all_facts={("roll", f.config.seed): f for f in found})
    head, _, cells = datasets_section(results).splitlines()[:3]
    return dict(
        zip(*([c.strip() for c in line.split(" | ")] for line in (head, cells)), strict=True)
    )


def test_traits_are_means_over_seeds_and_lengths_are_ratios():
    seeds = [facts(seed, intrinsic_dimension=2, **TRAITS) for seed in (0, 1)]
    other = msgspec.structs.replace(seeds[1], estimated_dimension=2.4, neighbor_distance=3.0)
    found = row(seeds[0], other)
    assert (found["d"], found["d by TwoNN"], found["reach"]) == ("2", "2.2", "4")
    assert found["10th neighbour / reach"] == "0.62"  # of 0.5 and 0.75
    assert found["10th neighbour / diameter"] == "0.1"  # of 0.08 and 0.12
    assert found["geodesics"] == "closed-form (relative_error 0.005)"
    assert (found["overlap AUC"], found["overlap 15"]) == ("0.700", "0.500")


@pytest.mark.parametrize(
    ("reach", "text", "density"), [("infinite", "infinite", "0"), (0.0, "0", ""), (None, "", "")]
)
def test_the_reach_of_what_is_flat_sharp_or_unknown_is_said_and_kept(reach, text, density):
    before = facts(**(TRAITS | {"reach": reach}))
    after = msgspec.json.decode(msgspec.json.encode(before), type=DatasetFacts)
    assert after == before
    found = row(after)
    assert (found["reach"], found["10th neighbour / reach"]) == (text, density)


def test_a_file_from_before_traits_were_measured_is_read_and_its_places_are_empty():
    old = {"config": {"name": "roll", "parameters": {"n": 40}, "seed": 0}, "n": 40, "dimensions": 3}
    names = ("geodesic_status", "geodesic_notes", "isometric", "overlap", "overlap_auc")
    old |= dict(zip((*names, "source", "licence"), KNOWN, strict=True))
    found = row(msgspec.json.decode(msgspec.json.encode(old), type=DatasetFacts))
    empty = ("d", "d by TwoNN", "reach", "10th neighbour / reach", "10th neighbour / diameter")
    assert {found[name] for name in empty} == {""}
    assert found["D"] == "3"
