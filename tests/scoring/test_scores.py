"""What `bench.score` returns, its options, and the check of given geodesics."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import make_swiss_roll

import bench
from bench.cli.main import main
from bench.errors import BenchError
from bench.geometry.euclidean import EuclideanDistances
from bench.scoring.options import ScoreOptions
from bench.scoring.shorter import measure_shortfall

METRICS = ["auc", "trustworthiness", "spearman"]


def roll(n=200, noise=0.0):
    """Return a Swiss roll and its unrolled coordinates."""
    X, t = make_swiss_roll(n, noise=noise, random_state=0)
    arc = (t * np.sqrt(1 + t**2) + np.arcsinh(t)) / 2
    return X, np.column_stack([arc, X[:, 1]])


@pytest.fixture(scope="module")
def scores():
    X, U = roll()
    return bench.score(X, X[:, :2], intrinsic=U, k=(5, 20), metrics=METRICS)


@pytest.fixture(scope="module")
def sampled():
    X, U = roll(1200)
    return bench.score(
        X, X[:, :2], intrinsic=U, metrics=[*METRICS, "k_max", "chart_affine"], sample=1000
    )


# --- Scores ---


def test_frame(scores):
    """The frame has one row for each reference, metric and k, with the values of the mapping."""
    frame = scores.frame()
    names = ["reference", "metric", "k", "value", "standard_error", "low", "high"]
    assert frame.columns.tolist() == names
    assert len(frame) == 2 * 4
    assert frame["k"].dtype == "Int64"
    for row in frame.itertuples():
        value = scores[row.reference][row.metric]
        assert row.value == (value if pd.isna(row.k) else value[row.k])
    assert frame[["standard_error", "low", "high"]].isna().all(axis=None)


def test_frame_of_a_sample(sampled):
    """Errors and intervals of a sample are in the frame, where a score has them."""
    frame = sampled.frame().set_index(["reference", "metric"])
    auc = frame.loc[("geodesic", "auc")]
    assert auc["low"] < auc["value"] < auc["high"]
    assert auc["standard_error"] > 0
    for metric in ("k_max", "chart_affine"):
        assert frame.loc[("geodesic", metric), ["standard_error", "low", "high"]].isna().all()
    plain = sampled.to_dict()["geodesic"]
    assert plain["interval"]["auc"] == [auc["low"], auc["high"]]
    assert plain["standard_error"]["k_max"] is None
    assert "chart_affine" not in plain["standard_error"]


def test_repr(scores, sampled):
    """Scores print as a table with a column for each reference."""
    lines = repr(scores).splitlines()
    assert lines[0] == "200 points, all rows"
    assert lines[1].split() == ["euclidean", "geodesic"]
    (line,) = [line for line in lines if line.startswith("trustworthiness, k = 20")]
    expected = [scores[name]["trustworthiness"][20] for name in ("euclidean", "geodesic")]
    assert [float(cell) for cell in line.split()[-2:]] == pytest.approx(expected, abs=5e-5)
    assert repr(sampled).startswith("1200 points, sample of 1000 rows, ± standard error")


def test_remarks():
    """The overlap of the references and the graph stand below the table."""
    X, _ = roll(60)
    said = repr(bench.score(X, X[:, :2], graph_neighbors=6, k=5)).splitlines()
    assert said[-2].startswith('reference overlap: {"auc": ')
    assert said[-1].startswith('graph: {"n_neighbors": 6')


def test_per_point(scores):
    """Single points have the named metrics that are made of ranks; a distance score has none."""
    X, U = roll()
    named = bench.score(X, X[:, :2], intrinsic=U, k=5, metrics=["auc", "q_nx"])
    assert named.per_point.columns.tolist() == ["point", "reference", "auc", "q_nx_5"]
    assert named.per_point is named.per_point
    for name, part in named.per_point.groupby("reference"):
        assert part["auc"].mean() == pytest.approx(named[name]["auc"], abs=1e-12)
    with pytest.raises(BenchError, match="spearman is not a score of single points"):
        _ = scores.per_point


def test_equality(scores):
    """Two scores are equal if all their values are."""
    X, U = roll()
    options = {"k": (5, 20), "metrics": METRICS}
    assert bench.score(X, X[:, :2], intrinsic=U, **options) == scores
    assert bench.score(X, X[:, 1:], intrinsic=U, **options) != scores


# --- options ---


def test_options_are_frozen():
    """Options cannot be changed after they were checked."""
    with pytest.raises(AttributeError):
        ScoreOptions().seed = 3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"k": 0}, "k must be one or more whole numbers"),
        ({"metrics": ["acu"]}, "Did you mean 'auc'"),
        ({"metrics": []}, "No metric named"),
        ({"sample": "all"}, "sample must be a whole number, got 'all'"),
        ({"seed": 0.5}, "seed must be a whole number"),
        ({"threads": 0}, "threads must be 1 or more"),
        ({"memory": -1}, "memory must be 1 or more"),
    ],
)
def test_bad_options(options, message):
    """Each option is refused without any points."""
    with pytest.raises(BenchError, match=message):
        ScoreOptions(**options)


# --- geodesics that are shorter than straight lines ---


def test_shortfall():
    """The pairs that are shorter are counted, and the worst is named with both lengths."""
    X, _ = roll(50)
    straight = EuclideanDistances(X)
    matrix = straight.distances(np.arange(50))
    matrix[3, 7] *= 0.25
    matrix[9, 2] *= 0.9995  # rounding
    found = measure_shortfall(_Matrix(matrix), straight, 50)
    assert (found.pairs, found.shorter, found.rows) == (50 * 49, 1, (3, 7))
    assert found.given == pytest.approx(found.straight / 4)


class _Matrix:
    def __init__(self, matrix):
        self.matrix = matrix

    def distances(self, rows):
        return self.matrix[rows]


def test_shortfall_of_many_points():
    """A million pairs are compared, however many points there are."""
    X, U = roll(3000)
    found = measure_shortfall(EuclideanDistances(U), EuclideanDistances(X), 3000)
    assert found.shorter == 0
    assert found.pairs == 333 * 2999


@pytest.mark.parametrize("truth", ["intrinsic", "geodesics"])
def test_geodesics_in_another_unit(truth):
    """Geodesics of which many are shorter are refused, with how much and where."""
    X, U = roll(100)
    given = U / 10 if truth == "intrinsic" else EuclideanDistances(U / 10).distances(np.arange(100))
    with pytest.raises(
        BenchError, match=rf"^{truth}: shorter than .* pairs \([\d.]+ %\), .* points"
    ):
        bench.score(X, X[:, :2], **{truth: given}, metrics=["auc"])


def test_rows_in_another_order():
    """Intrinsic coordinates in another order than the points are refused."""
    X, U = roll(100)
    with pytest.raises(BenchError, match="rows are in the order of the points"):
        bench.score(X, X[:, :2], intrinsic=U[::-1], metrics=["auc"])


def test_few_short_geodesics(capsys):
    """A few that are shorter, as noise makes them, are warned of and scored."""
    X, U = roll(300, noise=0.3)
    bench.score(X, X[:, :2], intrinsic=U, metrics=["auc"])
    said = capsys.readouterr().err
    assert said.startswith("Warning: intrinsic: shorter than the straight line for ")
    assert said.count("\n") == 1


def test_exact_geodesics(capsys):
    """True geodesics, rounded to single precision, are taken without a word."""
    X, U = roll(100)
    bench.score(X.astype("f4"), X[:, :2], intrinsic=U.astype("f4"), metrics=["auc"])
    assert capsys.readouterr().err == ""


# --- the command ---


@pytest.fixture
def command(tmp_path, capsys, monkeypatch):
    """Run ``score`` on a table with columns of text; return the exit code and what was said."""
    X, _ = roll(40)
    frame = pd.DataFrame(X, columns=list("xyz"))
    frame.assign(kind=["a", "b"] * 20, where="here").to_csv(tmp_path / "X.csv", index=False)
    np.save(tmp_path / "Y.npy", X[:, :2])

    def call(*arguments):
        fixed = ["--points", "X.csv", "--embedding", "Y.npy", "--metric", "auc"]
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr("sys.argv", ["bench", "score", *fixed, *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        return end.value.code, capsys.readouterr()

    return call


def test_columns_of_points(command, tmp_path):
    """Labels and dropped columns are kept out of the points, and labels written beside them."""
    more = ["--labels", "kind", "--drop", "where", "--per-point", "out.csv"]
    code, said = command(*more)
    assert (code, said.err) == (0, "")
    X, _ = roll(40)
    expected = bench.score(X, X[:, :2], metrics=["auc"])["euclidean"]["auc"]
    assert f"{expected:.4f}" in said.out
    assert pd.read_csv(tmp_path / "out.csv")["label"].tolist() == ["a", "b"] * 20


def test_layout_of_points(command, tmp_path):
    """How a file of points was understood is said in one line."""
    frame = pd.read_csv(tmp_path / "X.csv")
    frame[["x", "y", "z"]].to_csv(tmp_path / "X.csv", sep=";", index=False)
    code, said = command()
    assert code == 0
    assert said.err == "Read 'X.csv' as a table: semicolons between columns, a line of names.\n"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ([], "--labels kind for classes or colours, --drop kind for others"),
        (["--labels", "kin"], "Did you mean 'kind'"),
        (["--metric", "pearson", "--per-point", "out.csv"], "pearson is not a score of single"),
    ],
)
def test_refused_columns(command, more, message):
    """Text columns, wrong names and metrics that points do not have end in one line."""
    code, said = command(*more)
    assert (code, said.err.count("\n")) == (2, 1)
    assert message in said.err
