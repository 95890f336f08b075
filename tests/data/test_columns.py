"""Tables as people have them: labels, columns to drop, scaling, and what may mislead."""

import numpy as np
import pandas as pd
import pytest
from controls import embedding

from bench import Registry
from bench.cli.own_data import own_parameters
from bench.data.columns import as_labels, find_doubts, rescale
from bench.data.own import check, most
from bench.data.own_options import OwnOptions
from bench.data.own_points import read_points
from bench.data.table_files import read_table
from bench.errors import BenchError
from bench.suite import Choice, Suite, plan
from bench.testing import checks_of

X = np.random.default_rng(0).normal(size=(60, 3))
KINDS = np.array(["setosa", "virginica", "ant"])[np.arange(60) % 3]
FRAME = pd.DataFrame(X, columns=list("xyz")).assign(kind=KINDS, where="here", size=X[:, 0])


@pytest.fixture(scope="module", params=["a.csv", "a.parquet", "semicolons.csv"])
def table(request, tmp_path_factory):
    """Write a table with columns of text, in each format."""
    path = tmp_path_factory.mktemp("table") / request.param
    if path.suffix == ".parquet":
        FRAME.to_parquet(path)
    else:
        separator = ";" if path.stem == "semicolons" else ","
        FRAME.to_csv(path, index=False, sep=separator, float_format="%.17g")
    return path


# --- reading ---


def test_labels(table):
    """The column of labels is kept out of the points, and numbered in the order of its values."""
    own = read_points(table, labels="kind", drop=("where", "size"))
    assert (own.points == X).all()
    assert own.columns == ("x", "y", "z")
    assert own.labels.tolist() == [1, 2, 0] * 20
    assert own.color is None


def test_color(table):
    """A column of fractions becomes a colour."""
    own = read_points(table, labels="size", drop=("where", "kind"))
    assert (own.color == X[:, 0]).all()
    assert own.labels is None
    assert own.points.shape == (60, 3)


def test_text_column(table):
    """The error for columns of text names them, and the options that take them out."""
    with pytest.raises(BenchError, match=r"'kind', 'where'.*--labels kind .*--drop kind "):
        read_table(table)
    with pytest.raises(BenchError, match=r"'where'.*--labels where"):
        read_table(table, labels="kind")


def test_row_numbers(tmp_path):
    """A column that numbers the rows is refused, with the option that leaves it out."""
    FRAME[["x", "y"]].assign(id=range(60)).to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(BenchError, match=r"'id' looks like the numbers of .*--drop COLUMN"):
        read_table(tmp_path / "a.csv")
    assert read_table(tmp_path / "a.csv", drop=["id"]).columns == ("x", "y")


@pytest.mark.parametrize("options", [{"labels": "kin"}, {"drop": ["kin"]}])
def test_wrong_column(table, options):
    """A wrong name gets the closest match."""
    with pytest.raises(BenchError, match=r"Unknown column .*'kin'\. Did you mean 'kind'\?"):
        read_table(table, **options)


def test_column_named_twice(table):
    """One column cannot be labels and dropped."""
    with pytest.raises(BenchError, match=r"Column 'kind' of .* is named twice"):
        read_table(table, labels="kind", drop=["kind"])


def test_columns_of_one_name(tmp_path):
    """A name that two columns have names neither."""
    (tmp_path / "a.csv").write_text("x,y,y\n" + "1.5,2,3\n" * 12)
    with pytest.raises(BenchError, match=r"Column 'y' of 'a.csv' is there twice"):
        read_table(tmp_path / "a.csv", drop=["y"])


def test_no_header(tmp_path):
    """Columns without names are numbered; a text that is repeated below is not a name."""
    FRAME[["x", "y", "z", "kind"]].to_csv(tmp_path / "a.csv", index=False, header=False)
    found = read_table(tmp_path / "a.csv", labels="4")
    np.testing.assert_allclose(found.points, X)
    assert found.labels.tolist() == KINDS.tolist()
    assert found.layout == "commas between columns, no line of names"


@pytest.mark.parametrize(
    ("options", "layout"),
    [
        ({"index": False}, ""),
        ({"index": False, "sep": "\t"}, "tabs between columns, a line of names"),
        (
            {"index": False, "sep": ";", "decimal": ","},
            "semicolons between columns, decimal commas, a line of names",
        ),
        (
            {"index": False, "sep": " ", "header": False},
            "white space between columns, no line of names",
        ),
    ],
)
def test_layout(tmp_path, options, layout):
    """How a file was understood is said where it is not commas and a line of names."""
    FRAME[["x", "y", "z"]].to_csv(tmp_path / "a.csv", **options)
    assert read_table(tmp_path / "a.csv").layout == layout


def test_npz(tmp_path):
    """Of an .npz file, labels are an array by its key."""
    np.savez(tmp_path / "a.npz", X=X, y=KINDS, more=X)
    found = read_table(tmp_path / "a.npz", labels="y", drop=["more"])
    assert (found.points == X).all()
    assert found.labels.tolist() == KINDS.tolist()
    with pytest.raises(BenchError, match=r"Unknown array .*'mor'. Did you mean 'more'"):
        read_table(tmp_path / "a.npz", labels="mor")
    with pytest.raises(BenchError, match="must hold one array, it holds 2: X, more"):
        read_table(tmp_path / "a.npz", labels="y")
    np.savez(tmp_path / "b.npz", X=X, y=KINDS[:9])
    with pytest.raises(BenchError, match=r"labels in 'b.npz' must have shape \(60,\)"):
        read_table(tmp_path / "b.npz", labels="y")


def test_npy(tmp_path):
    """A .npy file has no columns to name, and neither has a folder of images."""
    np.save(tmp_path / "a.npy", X)
    with pytest.raises(BenchError, match=r"'a.npy' has no names: give a \.npz, \.csv or \.parquet"):
        read_table(tmp_path / "a.npy", labels="kind")
    with pytest.raises(BenchError, match="is a folder of images"):
        read_points(tmp_path, labels="kind")


@pytest.mark.parametrize("given", ["iris.cvs", "no/iris.csv", "x/y.csv"])
def test_missing_file(tmp_path, monkeypatch, given):
    """The error for a missing file offers the closest name, or says which folder is missing."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "iris.csv").write_text("x\n")
    says = "Did you mean 'iris.csv'" if "/" not in given else f"begin in '{tmp_path}'"
    with pytest.raises(BenchError, match=says):
        Registry().find("dataset", f"./{given}")


# --- labels ---


@pytest.mark.parametrize(
    ("values", "classes", "color"),
    [
        (np.array(["b", "a", "b"], object), [1, 0, 1], None),
        (np.array([True, False]), [1, 0], None),
        (np.array([7, 3, 7]), [1, 0, 1], None),
        (np.array([7.0, 3.0]), [1, 0], None),
        (np.array([0.5, 3.0]), None, [0.5, 3.0]),
        (np.arange(101), None, [*range(101)]),
        (np.array(["1970-01-01", "1970-01-03"], "M8[D]"), None, [0, 2]),
    ],
)
def test_classes_or_colour(values, classes, color):
    """Text, booleans and few whole numbers are classes; other numbers and times are colours."""
    found = [None if part is None else part.tolist() for part in as_labels(values)]
    assert found == [classes, color]


@pytest.mark.parametrize("gap", [None, np.nan])
def test_gap_in_labels(gap):
    """A gap is refused by its row."""
    with pytest.raises(ValueError, match="has a gap, first in row 2"):
        as_labels(np.array(["a", gap, "b"], object))


# --- scaling ---


def test_scale():
    """Standard scaling gives mean 0 and deviation 1, minmax 0 to 1; a constant column becomes 0."""
    points = np.column_stack([1000 * X, np.full(60, 4.0)])
    standard, minmax = rescale(points, "standard"), rescale(points, "minmax")
    np.testing.assert_allclose(standard.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(standard.std(axis=0), [1, 1, 1, 0], atol=1e-12)
    np.testing.assert_allclose(np.ptp(minmax, axis=0), [1, 1, 1, 0])
    assert rescale(points, "none") is points


# --- what may mislead ---


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ([X[:, 0], 100 * X[:, 1]], "Column b holds 99 % of the variance"),
        ([X[:, 0], 2 * X[:, 1]], None),
        ([100 * X[:, 0]], None),
        ([X[:, 0], np.arange(60) % 4], "Column b: few different whole numbers"),
        ([X[:, 0], np.arange(60) // 20], "Column b: few different whole numbers"),
        ([X[:, 0], np.arange(60) % 2], None),
        ([X[:, 0], np.arange(60) % 4 / 3], None),
        ([np.arange(60) % 4, np.arange(60) % 5], None),
    ],
)
def test_doubts(columns, said):
    """A dominant column and likely codes are doubted; pixels, flags and plain columns are not."""
    found = list(find_doubts(np.column_stack(columns), list("abcd")[: len(columns)]))
    assert len(found) == (said is not None)
    assert all(doubt.startswith(said) for doubt in found)


def test_notes(table, capsys):
    """Before a run, one line says how a file was read and one each what may mislead."""
    check(str(table), labels="kind", drop=["where"])
    said = capsys.readouterr().err
    assert said.count("\n") == (table.stem == "semicolons")
    frame = FRAME.assign(income=1e5 * X[:, 1])
    frame.to_csv(table.with_name("rich.csv"), index=False)
    check(str(table.with_name("rich.csv")), labels="kind", drop=["where"])
    assert "Warning: 'rich.csv': Column income holds 99 %" in capsys.readouterr().err
    check(str(table.with_name("rich.csv")), labels="kind", drop=["where"], scale="standard")
    assert capsys.readouterr().err == ""


def test_check_of_a_table_with_text(table):
    """The command ``check`` says of a table with text what ``run`` does, in one line."""
    with pytest.raises(BenchError, match="--labels kind"):
        list(checks_of(Registry().find("dataset", str(table))))


# --- jobs ---

OPTIONS = {"labels": "kind", "drop": ["where"], "scale": "standard"}


def jobs(path, options, reducers=("pca",), seeds=(0, 1, 2), **more):
    suite = Suite((Choice(str(path)),), tuple(map(Choice, reducers)), seeds, **more)
    return plan(suite, Registry(), {str(path): options})


def test_options_make_another_job(table):
    """Labels, dropped columns and scaling are part of a job's id, and stand in the tables."""
    found = {}
    for scale in ("none", "standard", "minmax"):
        (job,) = jobs(table, OPTIONS | {"scale": scale})
        found[job.id] = job.dataset.label
    assert len(found) == 3
    assert any("drop=['where'], labels=kind, scale=minmax)" in label for label in found.values())
    assert not any("scale=none" in label for label in found.values())
    assert most(str(table), **OPTIONS) == 60


def test_wrong_scale(table):
    """A wrong scale is refused with those that there are."""
    with pytest.raises(BenchError, match=r"\.scale must be .*'mean'"):
        jobs(table, OPTIONS | {"scale": "mean"})


def test_drawn_dataset(table):
    """The dataset of a job holds scaled points, and the classes of the rows that were drawn."""
    data = Registry().find("dataset", str(table)).load()[0](**OPTIONS, n=30, seed=1)
    everything = Registry().find("dataset", str(table)).load()[0](**OPTIONS)
    np.testing.assert_allclose(everything.X.std(axis=0), 1, rtol=1e-5)
    rows = [int(np.flatnonzero((x == everything.X).all(axis=1))[0]) for x in data.X]
    assert data.labels.tolist() == everything.labels[rows].tolist()


def test_deterministic_reducers_run_once(table):
    """On all points of one's own, a reducer that no seed changes has one job."""
    reducers = ("pca", "isomap", "tsne", "oracle", "random")
    found = [job.reducer.name for job in jobs(table, OPTIONS, reducers)]
    assert {name: found.count(name) for name in reducers} == {
        "pca": 1,
        "isomap": 1,
        "tsne": 3,
        "oracle": 1,
        "random": 3,
    }


@pytest.mark.parametrize("more", [{"n": 30}, {"held_out": 0.2}])
def test_seeds_that_draw_points_run(table, more):
    """Where the seed draws a subsample or the held-out points, every reducer has each seed."""
    assert len(jobs(table, OPTIONS, **more)) == 3


def test_subsample_beside_all_points(table):
    """A subsample has every seed, also beside all points of the same file."""
    chosen = Choice(str(table), OPTIONS), Choice(str(table), OPTIONS | {"n": 30})
    found = plan(Suite(chosen, (Choice("pca"),), (0, 1)), Registry())
    assert [(job.dataset.parameters["n"], job.seed) for job in found] == [
        (None, 0),
        (30, 0),
        (30, 1),
    ]


def test_built_in_datasets_run_every_seed(table):
    """Deterministic reducers keep their published jobs on built-in datasets."""
    suite = Suite((Choice("digits"), Choice(str(table))), (Choice("pca"),), (4, 5))
    found = plan(suite, Registry(), {str(table): OPTIONS})
    assert [(job.dataset.name == "digits", job.seed) for job in found] == [
        (True, 4),
        (True, 5),
        (False, 4),
    ]


def test_options_need_own_data():
    """The options of own data are refused where there is none."""
    with pytest.raises(BenchError, match=r"--scale: for data of your own only, .*Add --dataset"):
        own_parameters(OwnOptions(scale="minmax"), ["digits"], Registry())
    assert own_parameters(OwnOptions(), ["digits"], Registry()) == {}


def test_deterministic_controls_ignore_the_seed():
    """Of the controls, the oracle alone gives the same for each seed."""
    chart = X[:, :2]
    same = {
        name
        for name in ("oracle", "random", "shuffled")
        if (embedding(name, X, chart, 2, 0) == embedding(name, X, chart, 2, 1)).all()
    }
    assert same == {"oracle"}
