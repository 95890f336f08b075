"""CSV files as people have them: read right, or refused in one line that says what to do."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_digits

from bench.data.arrays import check_points
from bench.data.table_files import read_array
from bench.errors import BenchError

GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=(40, 3))
DIGITS = load_digits().data[:50].astype(int)
LINES = [",".join(map(repr, row)) for row in X.tolist()]


@pytest.fixture
def read(tmp_path):
    """Read what a CSV file of this content holds, as `bench.score` does."""

    def call(content):
        path = tmp_path / "a.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return check_points(read_array(path), "points")

    return call


def joined(lines):
    return "\n".join(lines) + "\n"


# --- what is read ---


@pytest.mark.parametrize(
    "options",
    [
        {"header": list("xyz")},
        {"header": False},
        {"header": ["x", "x", "x"]},
        {"header": ["x", "the y, in mm", "größe"]},
        {"header": ["0", "1", "flag"]},
        {"sep": ";", "header": list("xyz")},
        {"sep": ";", "header": False, "decimal": ","},
        {"sep": "\t", "header": list("xyz"), "decimal": ","},
        {"sep": "\t", "header": False},
        {"sep": " ", "header": False},
        {"sep": "|", "header": list("xyz")},
        {"quoting": 1, "header": list("xyz")},
        {"sep": ";", "decimal": ",", "quoting": 1, "header": False},
        {"encoding": "utf-8-sig", "header": list("xyz")},
        {"encoding": "utf-16", "header": list("xyz"), "sep": "\t"},
        {"encoding": "cp1252", "header": ["x", "y", "größe"]},
        {"lineterminator": "\r\n", "header": False},
        {"lineterminator": "\r", "header": list("xyz")},
    ],
)
def test_what_pandas_writes_is_read_to_the_last_digit(tmp_path, options):
    """Separators, decimal commas, quotes, encodings and names of every kind give the same bits."""
    pd.DataFrame(X).to_csv(tmp_path / "a.csv", index=False, **options)
    assert (read_array(tmp_path / "a.csv") == X).all()


@pytest.mark.parametrize(
    "content",
    [
        joined(["# made here", *LINES]),
        joined(["", "x,y,z", "", *LINES[:7], "# half", *LINES[7:], "", ""]),
        joined(["sep=;", *(line.replace(",", ";") for line in LINES)]),
        joined(f"{line}," for line in LINES),
        joined(["x,y,z,", *(f"{line}," for line in LINES)]),
        joined(["x,y,z", *(f"{line}," for line in LINES)]),
        joined([*LINES, ",,", ",,"]),
        joined(line.replace(",", " , ") for line in LINES),
        joined(f"  {line.replace(',', '   ')} " for line in LINES),
    ],
)
def test_comments_blank_lines_and_empty_columns_are_not_data(read, content):
    """Comments, blank lines, trailing separators and white space change nothing."""
    assert (read(content) == X).all()


def test_numpys_own_text_is_read(tmp_path):
    """A file of `numpy.savetxt` is read, with white space or commas and with its header."""
    np.savetxt(tmp_path / "a.csv", X)
    np.savetxt(tmp_path / "b.csv", X, delimiter=",", header="x,y,z")
    for name in ("a.csv", "b.csv"):
        assert (read_array(tmp_path / name) == X).all()


@pytest.mark.parametrize("values", [DIGITS, X, DIGITS / 16])
def test_the_names_that_pandas_gives_are_no_point(tmp_path, values):
    """A first line 0, 1, 2, ... above a frame of whole numbers or fractions holds its names."""
    pd.DataFrame(values).to_csv(tmp_path / "a.csv", index=False)
    np.testing.assert_array_equal(read_array(tmp_path / "a.csv"), values)


def test_a_first_point_of_whole_numbers_is_kept(read):
    """Points of whole numbers without names keep their first one."""
    assert (read(joined(",".join(map(str, row)) for row in DIGITS)) == DIGITS).all()


@pytest.mark.parametrize("written", [("True", "False"), ("TRUE", "FALSE"), ("true", "false")])
def test_booleans_are_0_and_1(read, written):
    """A column of true and false counts as 1 and 0."""
    flags = X[:, 0] > 0
    lines = [f"{line},{written[0 if flag else 1]}" for line, flag in zip(LINES, flags, strict=True)]
    assert (read(joined(["x,y,z,flag", *lines])) == np.column_stack([X, flags])).all()


@pytest.mark.parametrize("offset", [1.7e9, 5e6])
def test_large_offsets_keep_their_digits(read, offset):
    """Time stamps and map coordinates come as float64, with names or without."""
    moved = np.column_stack([offset + np.arange(40) / 8, X[:, 0]])
    lines = [",".join(map(repr, row)) for row in moved.tolist()]
    assert (read(joined(lines)) == moved).all()
    assert (read(joined(["seconds,y", *lines])) == moved).all()


def test_whole_seconds_are_a_coordinate(read):
    """Time stamps that follow each other by 1 are not taken for an index."""
    found = read(joined(["seconds,x", *(f"{1700000000 + i},{i % 7}" for i in range(40))]))
    assert found.shape == (40, 2)


def test_a_matrix_of_distances_may_begin_with_a_count(tmp_path):
    """Distances from the first of evenly spaced points are not an index."""
    steps = np.abs(np.subtract.outer(np.arange(20), np.arange(20))) * 1.0
    pd.DataFrame(steps, columns=[f"p{i}" for i in range(20)]).to_csv(
        tmp_path / "a.csv", index=False
    )
    assert (read_array(tmp_path / "a.csv") == steps).all()


# --- what is refused ---

YEARS = ["2019,2020,2021", *("5,7,9", "1,8,2", "3,3,1", "6,2,2")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("\n# nothing\n", "is empty"),
        ("x,y\n", "must have 3 rows or more, got 0"),
        # names or a point
        (joined(YEARS), "begins with 2019, 2020, 2021, which may be names or a point"),
        (joined(line[:9] for line in YEARS), "begins with 2019, 2020, which may be"),
        (joined(["2019,2020,2021", *LINES]), "begins with 2019, 2020, 2021, which may be"),
        (joined(["400.5,401.0,401.5", *LINES]), "begins with 400.5, 401.0, 401.5, which may be"),
        (joined(["1,2,3,4,5,6", *["3,1,4,1,5,9"] * 9]), "begins with 1, 2, 3, ..., which may be"),
        (joined(["0,1,2", *["30,19,40", "32,18,46"] * 9]), "begins with 0, 1, 2, which may be"),
        (joined(["x,2020,2021", *LINES]), "mixes text ('x') and numbers ('2020') in its first"),
        # gaps
        (joined([",1.5,2.5", *LINES]), "must be finite; it holds NaN or infinity (or a gap)"),
        (joined(["1.5,,2.5", *LINES]), "first in row 1: fill or drop such rows"),
        (joined(["1.5,NA,2.5", *LINES]), "first in row 1"),
        (joined(["1.5,?,2.5", *LINES]), "(column 2) must be real numbers, got text ('?')"),
        (joined(["1.5,missing,2.5", *LINES]), "mixes text ('missing') and numbers ('1.5')"),
        (joined(["x,y,z", *LINES, "1.5,,2.5", *LINES]), "first in row 41"),
        (joined(["x,y,z", *LINES, "1.5,2.5", *LINES]), "first in row 41"),
        (joined(["flag,y", *["True,1", ",2", "False,3"] * 9]), "first in row 2"),
        # rows of unequal lengths
        (joined(["x,y", *LINES]), "Expected 2 fields in each row"),
        (joined(["x,y,z,w", *LINES]), "Expected 4 fields in each row"),
        (joined([*LINES, "1,2,3,4"]), "Expected 3 fields in line 41"),
        # row numbers
        (joined([",x,y,z", *(f"{i},{one}" for i, one in enumerate(LINES))]), "row names"),
        (joined([",0,1,2", *(f"{i},{one}" for i, one in enumerate(LINES))]), "row names"),
        (joined([",x,y,z", *(f"p{i},{one}" for i, one in enumerate(LINES))]), "row names"),
        (joined(["x,y,z", *(f"{i},{one}" for i, one in enumerate(LINES))]), "Expected 3 fields"),
        (joined(f"{i},{one}" for i, one in enumerate(LINES)), "column '1' looks like the numbers"),
        (joined(f"{i + 1};{i % 7}" for i in range(40)), "column '1' looks like the numbers"),
        (joined(["n,x", *(f"{i},{i % 7}" for i in range(40))]), "column 'n' looks like"),
        (joined(["x,id", *(f"{i % 7},{90 - i}" for i in range(40))]), "column 'id' looks like"),
        # text
        (
            joined(["x,y,z,kind,where", *(f"{one},setosa,here" for one in LINES)]),
            "(columns 'kind', 'where') must be real numbers, got text ('setosa'): remove it, or",
        ),
        (joined(f"{one},setosa" for one in LINES), "(column 4) must be real numbers, got text"),
        (joined(["1,2,setosa", *(f"{one},ant" for one in LINES)]), "mixes text ('setosa') and"),
        (
            joined(["when,x", *(f"2024-01-{i:02d},{i}" for i in range(10, 30))]),
            "(column 'when') must be real numbers, got text ('2024-01-10')",
        ),
        (joined(["x,y", *["1+2j,3"] * 9]), "(column 'x') must be real numbers, got text"),
        (joined(["m,kg", "length,mass", *["1,2"] * 9]), "(columns 'm', 'kg') must be real numbers"),
        (joined(['"1,234","2"', *['"5,678","3"'] * 9]), "(column 1) must be real numbers"),
        (joined(["x;y", *["1,234;5,678"] * 9]), "a fraction or thousands: write a decimal point"),
        (joined(["x,y", *["17000000000000000001,2"] * 9]), "(column 'x') must be at most 2^53"),
        (joined(["x,y\0", *["1\0,2"] * 9]), "must be real numbers, got text"),
    ],
)
def test_what_can_be_misread_is_refused(read, content, message):
    """One line says what is in the way, and what to do."""
    with pytest.raises(BenchError) as refused:
        read(content)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_frame_that_was_saved_twice_is_refused(tmp_path):
    """The index that pandas wrote, read back as a column, does not become a dimension."""
    pd.DataFrame(X).to_csv(tmp_path / "once.csv")
    pd.read_csv(tmp_path / "once.csv").to_csv(tmp_path / "twice.csv", index=False)
    pd.read_csv(tmp_path / "once.csv").to_parquet(tmp_path / "twice.parquet")
    for name in ("once.csv", "twice.csv", "twice.parquet"):
        with pytest.raises(BenchError, match=r"column of row names|'Unnamed: 0' looks like"):
            read_array(tmp_path / name)


# --- parquet ---


def test_nullable_columns_of_parquet_are_numbers_and_their_gaps_are_refused(tmp_path):
    """Nullable integers, floats and booleans are read; a missing one is named by its row."""
    frame = pd.DataFrame(X, columns=list("xyz")).assign(n=DIGITS[:40, 3], flag=X[:, 0] > 0)
    frame.convert_dtypes().to_parquet(tmp_path / "a.parquet")
    assert (read_array(tmp_path / "a.parquet") == frame.to_numpy(float)).all()
    gaps = frame.convert_dtypes()
    gaps.loc[4, "n"] = pd.NA
    gaps.to_parquet(tmp_path / "b.parquet")
    with pytest.raises(BenchError, match=r"points must be finite.* first in row 5"):
        check_points(read_array(tmp_path / "b.parquet"), "points")


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (pd.Timestamp("2024-01-01"), r"\(column 'more'\) must be real numbers, got times"),
        ("text", r"\(column 'more'\) must be real numbers, got text \('text'\)"),
        (
            pd.Categorical(["a", "b"] * 20),
            r"\(column 'more'\) must be real numbers, got categories",
        ),
    ],
)
def test_columns_of_parquet_that_are_not_numbers_are_named(tmp_path, column, message):
    """Times, text and categories are refused by the name of their column."""
    pd.DataFrame(X, columns=list("xyz")).assign(more=column).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(BenchError, match=message):
        read_array(tmp_path / "a.parquet")
