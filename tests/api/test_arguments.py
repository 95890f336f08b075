"""What `bench.run` refuses before anything runs, and what it takes."""

from pathlib import Path

import numpy as np
import pytest

import bench
from bench import Choice, Suite
from bench.api.arguments import chosen_suite, overrides_of
from bench.errors import BenchError


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"reducers": "pca"}, r"reducers must be a list, got 'pca': write reducers=\[...\]"),
        ({"reducers": ["isomop"]}, "Unknown reducer 'isomop'. Did you mean 'isomap'?"),
        ({"reducers": []}, "No reducer chosen"),
        ({"reducers": ["pca", "pca"]}, "chosen twice"),
        ({"datasets": ["swissroll"]}, "Did you mean 'swiss_roll'?"),
        ({"datasets": [np.zeros((20, 3))]}, "save arrays with numpy.save, and give the path"),
        ({"datasets": ["no/such.csv"]}, "no/such.csv"),
        ({"datasets": None}, "No dataset chosen"),
        ({"seeds": [-1]}, "A seed must be a whole number in 0 ... 4294967295, got -1"),
        ({"seeds": [0.5]}, "A seed must be a whole number, got 0.5"),
        ({"seeds": 0}, "No seed chosen"),
        ({"n": 3}, "n must be 10 or more, got 3"),
        ({"n_components": 0}, "n_components must be a whole number from 1 on, got 0"),
        ({"workers": 0}, "workers must be a whole number from 1 on, got 0"),
        ({"time_limit": float("nan")}, "time_limit must be in 1 ... 100000000 s, got nan"),
        ({"parameters": {"isomap": {}}}, "Unknown name in parameters 'isomap'"),
        ({"parameters": {"pca": 3}}, "parameters must be given by name"),
        ({"parameters": {"pca": {"whitening": True}}}, "Unknown parameter of pca 'whitening'"),
        ({"plugins": ["no_such_folder"]}, "has no reducers/, datasets/, metrics/ or"),
        ({"rerun": ["nothing"]}, "'nothing'"),
        ({"suite": "smokee"}, "Did you mean 'smoke'?"),
        ({"suite": 3}, "suite must be a bench.Suite, a name or a TOML file, got int"),
    ],
)
def test_refusals(given, message):
    """What the command line refuses is refused in one line, before anything runs."""
    with pytest.raises(BenchError, match=message) as refused:
        bench.run(**{"reducers": ["pca"], "datasets": ["swiss_roll"]} | given)
    assert "\n" not in str(refused.value)


def test_seeds():
    """A number of seeds counts from 0, a sequence is taken as it is."""
    assert chosen_suite(None, ["digits"], 3, None).seeds == (0, 1, 2)
    assert chosen_suite(None, ["digits"], [7, 3], None).seeds == (7, 3)
    assert chosen_suite(None, [Path("a.csv")], None, None) == Suite(
        (Choice("a.csv"),), (), (0, 1, 2)
    )


def test_suite():
    """A suite says what no argument does."""
    suite = Suite((Choice("digits"),), (Choice("pca"),), seeds=(5,), n_components=3)
    assert chosen_suite(suite, None, None, None) == suite
    changed = chosen_suite(suite, ["s_curve"], 1, 2)
    assert changed == Suite((Choice("s_curve"),), (Choice("pca"),), seeds=(0,), n_components=2)


def test_points():
    """The number of points is a parameter of each dataset that does not have its own."""
    suite = chosen_suite(None, ["digits", "s_curve"], None, None)
    found = overrides_of({"digits": {"n": 50}}, suite, 100)
    assert found == {"digits": {"n": 50}, "s_curve": {"n": 100}}
