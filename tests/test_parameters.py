"""Parameters as a record holds them, and as code gets them back."""

from enum import Enum
from typing import NamedTuple

import numpy as np
import pytest

from bench.errors import BenchError
from bench.parameters import MAX_DEPTH, as_declared, complete, defaults_of
from bench.reducer import Reducer, as_reducer


class Mode(Enum):
    FAST = "fast"
    SLOW = "slow"


class Window(NamedTuple):
    low: int
    high: int


def make(
    n_components=2,
    *,
    layers=(4, (2, 3)),
    window=Window(1, 2),  # noqa: B008 - a default as people write them
    chosen=frozenset({1}),
    mode=Mode.FAST,
    step=np.float32(0.5),  # noqa: B008 - the same
    k=np.int64(3),  # noqa: B008 - the same
    nested={"sizes": (1, 2)},  # noqa: B006 - the same
    nothing=None,
    function=print,
    missing=float("nan"),
):
    return locals()


def through_a_record(**given):
    recorded, _ = complete(given, defaults_of(make))
    return make(**as_declared(make, recorded))


def test_defaults_reach_the_code_as_declared():
    """A default that was not overridden is the object that the function declares."""
    found, declared = through_a_record(), make()
    for name, value in declared.items():
        assert found[name] is value, name


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("layers", [5, [6, 7]], (5, (6, 7))),
        ("window", [3, 4], Window(3, 4)),
        ("chosen", [1, 2], frozenset({1, 2})),
        ("mode", "slow", Mode.SLOW),
        ("step", 0.25, np.float32(0.25)),
        ("k", 4, np.int64(4)),
        ("nested", {"sizes": [3]}, {"sizes": (3,)}),
        ("nothing", [1], [1]),
    ],
)
def test_override_has_the_type_of_the_default(name, given, expected):
    """A value from the command line gets the type of the default that it replaces."""
    found = through_a_record(**{name: given})[name]
    assert found == expected
    assert type(found) is type(expected)


def test_recorded_defaults():
    """A record holds tuples as lists and NumPy numbers as numbers; a function is left out."""
    recorded, changed = complete({}, defaults_of(make))
    assert recorded["layers"] == [4, [2, 3]]
    assert recorded["step"] == 0.5
    assert not {"function", "missing", "mode", "chosen"} & recorded.keys()
    assert changed == ()


def test_a_reducer_gets_the_tuple_that_it_declares():
    """`Reducer.build` hands over the declared tuple though the record holds a list."""
    reducer = Reducer(make)
    recorded, _ = complete({}, reducer.parameters)
    assert reducer.build(recorded, n_components=3, seed=0)["layers"] == (4, (2, 3))


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 900, 5000])
def test_deep_nesting_is_refused(depth):
    """A value that is nested too deeply is refused in one short line."""
    value = []
    for _ in range(depth):
        value = [value]
    with pytest.raises(BenchError, match=f"nested up to {MAX_DEPTH} deep") as refused:
        complete({"layers": value}, {})
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("value", [float("inf"), "\ud800", print, {(1, 2): 3}])
def test_what_json_cannot_say_is_refused(value):
    """A value that a record could not hold, or not read back, is refused."""
    with pytest.raises(BenchError, match="cannot be recorded"):
        complete({"it": value}, {})


@pytest.mark.parametrize("item", [max, Reducer(max), type("C", (), {"__signature__": 1})])
def test_no_signature(item):
    """A callable whose parameters Python cannot tell is refused with what to do."""
    if isinstance(item, type):
        item.fit_transform = None
    with pytest.raises(BenchError, match=r"has no signature .* wrap it in a function"):
        as_reducer(item)
