"""Numbers of any real type are taken, and everything else is refused in one line."""

from decimal import Decimal
from fractions import Fraction

import ml_dtypes
import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import tensorflow as tf

import bench
from bench.data.real_numbers import real_array
from bench.engine.fit import check_places
from bench.errors import BenchError, DegenerateError

X = np.random.default_rng(0).integers(-200, 200, (12, 2)) / 8  # whatever the type, the same numbers
MISSING = np.arange(24).reshape(12, 2) == 9
FRAME = pd.DataFrame(X, columns=["x", "y"])


@pytest.mark.parametrize(
    "given",
    [
        X,
        X.tolist(),
        tuple(map(tuple, X.tolist())),
        X.astype(np.float16),
        X.astype(np.longdouble),
        X.astype(">f4"),
        X.astype(ml_dtypes.bfloat16),
        tf.constant(X),
        memoryview(X),
        np.matrix(X),
        np.ma.array(X, mask=False),
        X.astype(object),
        [[Fraction(value) for value in row] for row in X.tolist()],
        [[Decimal(value) for value in row] for row in X.tolist()],
        FRAME,
        FRAME.convert_dtypes(),
        FRAME.astype(object),
        FRAME.astype("float32[pyarrow]"),
        FRAME.astype(pd.SparseDtype(float)),
        FRAME.set_axis(["x", "x"], axis="columns"),
        FRAME.set_axis([0, "x"], axis="columns"),
        FRAME.assign(x=FRAME["x"].map(Decimal)),
    ],
    ids=lambda given: type(given).__name__,
)
def test_numbers_of_every_real_type_are_taken_as_they_are(given):
    """The same numbers come out of every container and type, as at most 64 bits."""
    found = real_array(given)
    assert type(found) is np.ndarray
    assert found.dtype.kind == "f"
    assert found.dtype.itemsize <= 8
    assert (found == X).all()
    assert (check_places(given, 12, 2) == X).all()


@pytest.mark.parametrize(
    "flags",
    [X > 0, (X > 0).tolist(), FRAME > 0, (FRAME > 0).convert_dtypes(), (X > 0).astype(object)],
)
def test_booleans_are_0_and_1(flags):
    """Booleans of every kind count as numbers."""
    assert (real_array(flags) == (X > 0)).all()
    assert check_places(flags, 12, 2).dtype == np.float64


def test_a_frame_may_mix_types():
    """Floating-point numbers, integers and booleans, nullable or not, are columns of one array."""
    mixed = FRAME.assign(n=np.arange(12) % 5, flag=X[:, 0] > 0, maybe=pd.array([1, 2] * 6, "Int8"))
    assert (
        real_array(mixed) == np.column_stack([X, np.arange(12) % 5, X[:, 0] > 0, [1, 2] * 6])
    ).all()


def masked(where=0):
    hidden = np.ma.array(X, mask=False)
    hidden[where] = np.ma.masked
    return hidden


REFUSED = [
    (None, "got nothing (None)"),
    (masked(), "must have no masked values, 2 of 24 are: fill them, or drop their rows"),
    (list(masked()), "no masked values"),
    ([list(row) for row in masked()], "no masked values"),
    (scipy.sparse.csr_array(X), "must not be sparse (scipy.sparse._csr.csr_array): give it dense"),
    (scipy.sparse.coo_matrix(X), "must not be sparse"),
    ([scipy.sparse.csr_array(X[:1])] * 12, "csr_array"),
    (tf.sparse.from_dense(X), "SparseTensor"),
    (X + 0j, "complex128"),
    (FRAME + 1j, "complex128"),
    ([[1, 2], [3]], "rows of unequal lengths"),
    (tf.ragged.constant([[1, 2], [3]]), "must be"),
    (X.astype(str), "got text ('"),
    ("abc", "got text ('abc')"),
    ([["1.5", 2.5]] * 12, "got text ('1.5')"),
    ([[object(), 2.5]] * 12, "builtins.object"),
    (FRAME.assign(kind="a", site="b"), "(columns 'kind', 'site') must be real numbers, got text"),
    (
        FRAME.assign(when=pd.Timestamp("2024-01-01")),
        "(column 'when') must be real numbers, got times",
    ),
    (
        FRAME.assign(kind=pd.Categorical([1, 2] * 6)),
        "(column 'kind') must be real numbers, got cat",
    ),
    (FRAME.reset_index(), "column 'index' looks like the numbers of the rows"),
    (FRAME.assign(**{"Unnamed: 0": X[:, 0]}), "column 'Unnamed: 0' looks like"),
    (np.array(["2024-01-01"] * 12, "M8[s]"), "got times"),
    (FRAME.to_records(), "got records"),
    ({"x": [1, 2]}, "builtins.dict"),
    ((row for row in X), "builtins.generator"),
    (np.array([[1, 2**60]] * 12), "at most 2^53 where whole"),
    (np.array([[1, -(2**63)]] * 12), "at most 2^53 where whole"),
    ([[1, 10**400]] * 12, "at most 2^53 where whole"),
    ([[1, Fraction(10**400, 3)]] * 12, "numbers that float64 can hold"),
    ([[1, Decimal("sNaN")]] * 12, "numbers that float64 can hold"),
]


@pytest.mark.parametrize(("given", "message"), REFUSED)
def test_what_is_not_an_array_of_real_numbers_is_refused_in_one_line(given, message):
    """The same line is given for points, for an embedding and for what a reducer returns."""
    if not hasattr(given, "send"):  # a generator is used up by the first
        with pytest.raises(ValueError, match=r"^the embedding ") as refused:
            check_places(given, 12, 2)
        assert message in str(refused.value)
        with pytest.raises(BenchError, match=r"^embedding "):
            bench.score(X, given, k=2)
    with pytest.raises(BenchError, match=r"^points ") as refused:
        bench.score(given, X, k=2)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "given",
    [
        np.where(MISSING, np.nan, X),
        np.where(MISSING, np.inf, X),
        [[1.0, None], *X[1:].tolist()],
        FRAME.convert_dtypes().mask(MISSING),
        FRAME.assign(n=pd.array([None, *[1] * 11], "Int64"))[["x", "n"]],
        [[Decimal("nan"), 1], *X[1:].tolist()],
        np.full((12, 2), np.longdouble("1e4000")),
    ],
)
def test_missing_and_infinite_values_are_named(given):
    """What is missing is refused as not finite, and makes an embedding degenerate."""
    with pytest.raises(BenchError, match=r"points must be finite.* first in row \d+: fill or drop"):
        bench.score(given, X, k=2)
    with pytest.raises(DegenerateError, match="of 12 points are not finite"):
        check_places(given, 12, 2)


def test_a_wrong_shape_is_refused_by_its_shape():
    """An embedding of another shape than asked for is an error that names both."""
    with pytest.raises(ValueError, match=r"has shape \(12, 2\), expected \(12, 3\)"):
        check_places(FRAME, 12, 3)
    with pytest.raises(ValueError, match=r"has shape \(12,\), expected"):
        check_places(FRAME["x"], 12, 1)


@pytest.mark.parametrize("name", ["geodesics", "intrinsic"])
def test_masks_of_other_arguments_are_not_lost_either(name):
    """Masked geodesics and masked coordinates are refused as masked points are."""
    D = np.ma.array(np.abs(np.subtract.outer(np.arange(12.0), np.arange(12.0))), mask=False)
    D[3, 4] = np.ma.masked
    with pytest.raises(BenchError, match=f"{name} must have no masked values, 1 of 144 are"):
        bench.score(X, X, k=2, **{name: D})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"graph_neighbors": 5.0}, "graph_neighbors must be a whole number, got 5.0"),
        ({"graph_neighbors": True}, "graph_neighbors must be a whole number, got True"),
        ({"graph_neighbors": "5"}, "graph_neighbors must be a whole number, got '5'"),
        ({"k": 5.0}, "k must be one or more whole numbers from 1 on, got 5.0"),
        ({"k": True}, "k must be one or more whole numbers from 1 on, got True"),
        ({"threads": 1.0}, "threads must be a whole number, got 1.0"),
        ({"memory": 1e9}, "memory must be a whole number, got 1000000000.0"),
        ({"sample": 5.0}, "sample must be a whole number, got 5.0"),
        ({"sample": 5, "seed": 0.5}, "seed must be a whole number, got 0.5"),
    ],
)
def test_numbers_that_must_be_whole_are_refused_otherwise(options, message):
    """A float, a boolean or text in place of a count ends in one line."""
    with pytest.raises(BenchError) as refused:
        bench.score(X, X, **{"k": 2, **options})
    assert str(refused.value).startswith(message)


def test_numpys_whole_numbers_are_whole_numbers():
    """Counts may be numpy's integers, and k an array."""
    given = {"k": np.array([2, 3]), "graph_neighbors": np.int64(5), "threads": np.int8(1)}
    same = {"k": (2, 3), "graph_neighbors": 5, "threads": 1}
    assert bench.score(X, X, **given) == bench.score(X, X, **same)
