"""`bench.score` on what users hand in: right answers, one-line errors, nothing loaded in vain."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn.datasets import make_swiss_roll
from sklearn.manifold import trustworthiness

import bench
from bench.cli.main import main
from bench.data.table_files import read_array
from bench.errors import BenchError
from bench.metrics.table import METRICS

SCORES = {name for name, row in METRICS.items() if "topology" not in row.needs}
WITHOUT_CHART = {name for name in SCORES if not name.startswith("chart")}
JUMPING = {"k_max", "q_local", "q_global"}


def roll(n, seed=0):
    """Return a Swiss roll, a poor embedding of it, and its unrolled coordinates."""
    X, t = make_swiss_roll(n, random_state=seed)
    arc = (t * np.sqrt(1 + t**2) + np.arcsinh(t)) / 2
    return X, X[:, :2], np.column_stack([arc, X[:, 1]])


def flat(scores, path=()):
    """List every number of a nested dictionary with the path to it."""
    for key, value in scores.items():
        if isinstance(value, dict):
            yield from flat(value, (*path, key))
        else:
            yield (*path, key), value


def assert_same(found, expected, rtol=1e-11):
    found, expected = dict(flat(found)), dict(flat(expected))
    assert found.keys() == expected.keys()
    for path, value in expected.items():
        np.testing.assert_allclose(found[path], value, rtol=rtol, atol=1e-12, err_msg=str(path))


# --- what comes out ---


def test_every_score_is_given_for_both_references_with_their_overlap():
    X, Y, U = roll(120)
    found = bench.score(X, Y, intrinsic=U, k=(5, 20))
    assert list(found) == ["euclidean", "geodesic", "reference_overlap"]
    assert (found.n, found.exact) == (120, True)
    assert found["euclidean"].keys() == WITHOUT_CHART
    assert found["geodesic"].keys() == SCORES
    assert found["geodesic"]["trustworthiness"].keys() == {5, 20}
    assert found["reference_overlap"].keys() == {"auc", "q_nx"}


def test_scores_as_json():
    """As JSON, k is a text, and what was not sampled has no errors."""
    X, Y, U = roll(60)
    found = bench.score(X, Y, intrinsic=U, k=(5, 20))
    plain = found.to_dict()
    assert list(plain) == ["n", "exact", "euclidean", "geodesic", "reference_overlap"]
    assert (plain["n"], plain["exact"]) == (60, True)
    assert plain["geodesic"]["q_nx"] == {str(k): v for k, v in found["geodesic"]["q_nx"].items()}
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain


def test_scores_equal_scikit_learn_and_those_of_a_matrix_equal_those_of_its_chart():
    X, Y, U = roll(200)
    D = np.linalg.norm(U[:, None] - U, axis=2)
    found = bench.score(X, Y, geodesics=D, k=7)
    assert found["euclidean"]["trustworthiness"][7] == pytest.approx(
        trustworthiness(X, Y, n_neighbors=7), abs=1e-12
    )
    assert found["geodesic"]["trustworthiness"][7] == pytest.approx(
        trustworthiness(D, Y, n_neighbors=7, metric="precomputed"), abs=1e-12
    )
    by_chart = bench.score(X, Y, intrinsic=U, k=7)["geodesic"]
    assert_same(found["geodesic"], {name: by_chart[name] for name in WITHOUT_CHART})


def test_a_graph_gives_its_pieces_and_bridges():
    X, Y, _ = roll(80)
    X = np.vstack([X, X + 1000])
    found = bench.score(X, np.vstack([Y, Y + 1000]), graph_neighbors=6, metrics=["auc"])
    assert found.graph["bridges"] == found.graph["components"] - 1 >= 1


def test_named_metrics_are_all_that_is_computed_and_the_same():
    X, Y, U = roll(600)
    every = bench.score(X, Y, intrinsic=U, k=(3, 10))
    for name in sorted(SCORES):
        alone = bench.score(X, Y, intrinsic=U, k=(3, 10), metrics=[name])
        for reference in ("euclidean", "geodesic"):
            expected = {name: every[reference][name]} if name in every[reference] else {}
            assert alone[reference] == expected
        assert "reference_overlap" not in alone


def test_topology_is_scored_on_request():
    circle = np.linspace(0, 2 * np.pi, 90, endpoint=False)
    X = np.column_stack([np.cos(circle), np.sin(circle)])
    cut = bench.score(X, circle[:, None], metrics=["h1_bottleneck"])["euclidean"]
    kept = bench.score(X, 3 * X[:, ::-1], metrics=["h1_bottleneck"])["euclidean"]
    assert kept["h1_bottleneck"] < 1e-5 < 0.3 < cut["h1_bottleneck"]


@pytest.mark.parametrize("options", [{"threads": 3}, {"memory": 1}, {"memory": 2**30}])
def test_neither_threads_nor_memory_change_a_score(options):
    X, Y, U = roll(700)
    assert_same(
        bench.score(X, Y, intrinsic=U, **options), bench.score(X, Y, intrinsic=U, threads=1)
    )


def test_more_threads_give_the_same_bits():
    X, Y, U = roll(700)
    one, three = (bench.score(X, Y, intrinsic=U, threads=threads) for threads in (1, 3))
    assert one == three


def test_scores_of_points_average_to_those_of_the_embedding():
    X, Y, U = roll(150)
    points = bench.score(X, Y, intrinsic=U, k=(4, 9)).per_point
    assert points.shape == (300, 2 + 1 + 2 * 7)
    whole = bench.score(X, Y, intrinsic=U, k=(4, 9))
    for reference, part in points.groupby("reference"):
        assert part["point"].tolist() == list(range(150))
        assert part["auc"].mean() == pytest.approx(whole[reference]["auc"], abs=1e-12)
        for name in ("trustworthiness", "q_nx", "mrre_false"):
            for k in (4, 9):
                mean = part[f"{name}_{k}"].mean()
                assert mean == pytest.approx(whole[reference][name][k], abs=1e-12)


# --- samples ---


def test_a_sample_of_all_rows_equals_the_exact_scores_and_is_certain():
    X, Y, U = roll(300)
    exact = bench.score(X, Y, intrinsic=U, k=(5, 50)).to_dict()
    sampled = bench.score(X, Y, intrinsic=U, k=(5, 50), sample=300).to_dict()
    assert (sampled["exact"], sampled["rows"]) == (False, 300)
    for reference in ("euclidean", "geodesic"):
        errors, intervals = (
            {path: value for path, value in flat(sampled[reference].pop(part)) if value is not None}
            for part in ("standard_error", "interval")
        )
        assert set(errors.values()) == {0.0}
        assert {path[0] for path in intervals} == WITHOUT_CHART - JUMPING
        for path, (low, high) in intervals.items():
            value = dict(flat(exact[reference]))[path]
            assert low == pytest.approx(value, abs=1e-9), path
            assert high == pytest.approx(value, abs=1e-9), path
        assert_same(sampled[reference], exact[reference], rtol=1e-9)


def test_the_light_path_and_the_full_one_draw_and_score_the_same_rows():
    X, Y, _ = roll(2000)
    options = {"k": 10, "sample": 1000, "seed": 3}
    light = bench.score(X, Y, metrics=["trustworthiness"], **options).to_dict()["euclidean"]
    full = bench.score(X, Y, **options).to_dict()["euclidean"]
    for part in ("standard_error", "interval"):
        assert_same(light[part], {"trustworthiness": full[part]["trustworthiness"]})
    assert light["trustworthiness"] == full["trustworthiness"]


def test_intervals_of_samples_hold_the_exact_score_as_often_as_they_say():
    """Of the intervals of every smooth score of a torn roll 90 to 98 % hold the exact one."""
    X, _, U = roll(2000)
    outer = U[:, :1] > np.median(U[:, 0])
    Y = np.where(outer, 0.3 * U[:, ::-1] + [400, 0], U)
    names = sorted(WITHOUT_CHART - JUMPING)
    exact = dict(flat(bench.score(X, Y, intrinsic=U, metrics=names).to_dict()["geodesic"]))
    held = {path: [] for path in exact}
    for seed in range(30):
        found = bench.score(X, Y, intrinsic=U, metrics=names, sample=1000, seed=seed).to_dict()
        for path, (low, high) in flat(found["geodesic"]["interval"]):
            held[path].append(low <= exact[path] <= high)
    # Of 30 intervals at 95 %, 24 or more hold the score in all but one of some 1,600 cases.
    for path, hits in held.items():
        assert sum(hits) >= 24, path
    assert 0.90 <= np.mean(list(held.values())) <= 0.98


@pytest.mark.parametrize("m", [100, 1000])
def test_scores_that_jump_have_no_uncertainty_and_small_samples_no_interval(m):
    """Both are None for K_max, Q_local and Q_global; intervals begin at 1,000 rows."""
    X, Y, _ = roll(2000)
    found = bench.score(X, Y, sample=m).to_dict()["euclidean"]
    for name in JUMPING:
        assert found["standard_error"][name] is None
        assert found["interval"][name] is None
    for path, error in flat(found["standard_error"]):
        assert path[0] in JUMPING or error > 0
    for path, interval in flat(found["interval"]):
        assert (interval is None) == (path[0] in JUMPING or m < 1000)


def test_what_is_sampled_is_chosen_by_the_number_of_points_and_can_be_forced(monkeypatch):
    monkeypatch.setattr("bench.scoring.options.EXACT_UP_TO", 400)
    monkeypatch.setattr("bench.scoring.options.SAMPLE", 50)
    X, Y, _ = roll(401)
    automatic = bench.score(X, Y, metrics=["auc"])
    assert (automatic.exact, automatic.sampled) == (False, 50)
    assert bench.score(X, Y, metrics=["auc"], sample=None).exact
    assert bench.score(X[:400], Y[:400], metrics=["auc"]).exact


# --- input of every kind ---


@pytest.mark.parametrize("kind", [np.uint8, np.int8, np.int64, np.float16, np.float32, bool])
def test_numbers_of_any_type_score_as_their_float64(kind):
    pixels = np.random.default_rng(0).integers(0, 2 if kind is bool else 120, (60, 30)).astype(kind)
    Y = pixels[:, :2]
    converted = bench.score(pixels.astype(float), Y.astype(float))
    assert bench.score(pixels, Y) == converted


def test_layout_in_memory_does_not_matter_and_nothing_is_altered():
    X, Y, U = roll(100)
    wide = np.zeros((200, 6))
    wide[::2, ::2] = X
    expected = bench.score(X, Y, intrinsic=U)
    for points in (np.asfortranarray(X), wide[::2, ::2]):
        points.flags.writeable = False
        assert bench.score(points, np.asfortranarray(Y), intrinsic=U) == expected


@pytest.mark.parametrize("scale", [1e-200, 1e-30, 1e30, 1e200])
def test_scale_is_nothing_however_large_or_small(scale):
    X, Y, U = roll(100)
    assert_same(
        bench.score(scale * X, Y / scale, intrinsic=scale * U), bench.score(X, Y, intrinsic=U), 1e-6
    )


def test_one_far_outlier_changes_its_own_row_only():
    X, Y, _ = roll(400)
    X[7], Y[7] = 1e6, 1e6
    found = bench.score(X, Y, k=5)["euclidean"]
    assert found["trustworthiness"][5] == pytest.approx(
        trustworthiness(X, Y, n_neighbors=5), abs=1e-12
    )


def test_constant_columns_and_duplicates_everywhere_are_scored():
    X, Y, _ = roll(60)
    X, Y = np.repeat(X, 3, axis=0), np.repeat(Y, 3, axis=0)
    plain = bench.score(X, Y, k=5)
    assert_same(bench.score(np.column_stack([X, np.full(180, 4.0)]), Y, k=5), plain, 1e-9)
    assert bench.score(X, X, k=5)["euclidean"]["auc"] == 1
    graph = bench.score(X, Y, graph_neighbors=5, k=5)["geodesic"]
    assert all(np.isfinite(value) for _, value in flat(graph))


def test_points_that_are_all_the_same_are_scored_at_chance():
    found = bench.score(np.zeros((80, 3)), np.random.default_rng(0).normal(size=(80, 2)), k=5)
    assert abs(found["euclidean"]["auc"]) < 0.05
    assert found["euclidean"]["spearman"] == 0


numbers = st.floats(-100, 100, allow_subnormal=False) | st.sampled_from([np.nan, np.inf, -np.inf])


@given(
    arrays.arrays(float, arrays.array_shapes(min_dims=1, max_dims=3, max_side=7), elements=numbers),
    arrays.arrays(float, arrays.array_shapes(min_dims=1, max_dims=3, max_side=7), elements=numbers),
    st.integers(-1, 8),
)
def test_any_arrays_get_finite_scores_or_one_clear_line(X, Y, k):
    good = X.ndim == Y.ndim == 2 and len(X) == len(Y) >= 3
    good = good and bool(np.isfinite(X).all() and np.isfinite(Y).all())
    names = ["q_nx", "spearman", "stress_nonmetric"]
    if good and 1 <= k < len(X):
        found = bench.score(X, Y, k=k, metrics=names)["euclidean"]
        assert all(np.isfinite(value) for _, value in flat(found))
    else:
        with pytest.raises(BenchError, match=r"^[^\n]+$"):
            bench.score(X, Y, k=k, metrics=names)


SQUARE = np.abs(np.subtract.outer(np.arange(5.0), np.arange(5.0)))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"points": np.ones((5, 2, 1))}, "points must have shape"),
        ({"points": np.ones((4, 2))}, "embedding has 5 rows, but there are 4 points"),
        ({"points": np.ones((2, 2)), "embedding": np.ones((2, 2))}, "3 rows or more"),
        ({"points": np.array([["a", "b"]] * 5)}, "must be real numbers"),
        ({"points": np.ones((5, 2), complex)}, "must be real numbers"),
        ({"embedding": np.full((5, 2), np.nan)}, "embedding must be finite"),
        ({"k": 0}, "k must be one or more whole numbers from 1 on, got 0"),
        ({"k": ()}, "k must be one or more whole numbers from 1 on"),
        ({"k": 2.5}, "k must be one or more whole numbers from 1 on"),
        ({"k": 5}, "5 points have 4 neighbours each"),
        (
            {"k": 3},
            "k = 3 is out of range for trustworthiness with n = 5: give a number in 1 ...",
        ),
        ({"metrics": ["truthworthiness"]}, "Did you mean 'trustworthiness'?"),
        ({"metrics": []}, "No metric named"),
        ({"geodesics": SQUARE, "graph_neighbors": 2}, "Give one of geodesics, intrinsic"),
        ({"geodesics": SQUARE[:4]}, r"geodesics must have shape (5, 5)"),
        ({"geodesics": np.triu(SQUARE)}, "symmetric"),
        ({"geodesics": SQUARE + np.eye(5)}, "0 on the diagonal"),
        ({"geodesics": -SQUARE}, "negative"),
        ({"geodesics": np.where(SQUARE > 3, np.inf, SQUARE)}, "geodesics must be finite"),
        ({"intrinsic": np.ones((4, 1))}, "intrinsic has 4 rows"),
        ({"graph_neighbors": 5}, "graph_neighbors must be in 1 ... 4"),
        ({"graph_neighbors": 0}, "graph_neighbors must be in 1 ... 4"),
        ({"sample": 1}, "sample"),
        ({"sample": 6}, "sample"),
        ({"sample": "all"}, "sample"),
        ({"threads": 0}, "threads must be 1 or more"),
        ({"metrics": ["chart_affine"]}, "give intrinsic"),
        ({"metrics": ["r_nx"], "k": 4}, "give a number in 1 ... 3"),
    ],
)
def test_each_bad_argument_is_named_with_what_is_allowed(options, message):
    X = np.random.default_rng(0).normal(size=(5, 3))
    arguments = {"points": X, "embedding": X[:, :2], "k": 2} | options
    with pytest.raises(BenchError) as error:
        bench.score(**arguments)
    assert message in str(error.value)


def test_a_score_of_pairs_is_no_score_of_points():
    X, Y, _ = roll(30)
    with pytest.raises(BenchError, match="pearson is not a score of single points"):
        _ = bench.score(X, Y, metrics=["pearson"], k=5).per_point


def test_scores_of_drawn_points_average_to_those_of_the_sample():
    X, Y, _ = roll(300)
    points = bench.score(X, Y, k=5, metrics=["mrre_false"], sample=40, seed=2).per_point
    whole = bench.score(X, Y, k=5, metrics=["mrre_false"], sample=40, seed=2)
    assert len(points) == 40
    mean = points["mrre_false_5"].mean()
    assert mean == pytest.approx(whole["euclidean"]["mrre_false"][5], abs=1e-12)


@pytest.mark.parametrize("scale", [1e-200, 1e160])
def test_a_graph_of_points_of_any_size_is_the_same(scale):
    X, Y, _ = roll(150)
    found, expected = (
        bench.score(Z, Y, graph_neighbors=6, metrics=["auc"])["geodesic"] for Z in (scale * X, X)
    )
    assert_same(found, expected, 1e-9)


# --- files and the command ---


@pytest.fixture
def files(tmp_path):
    X, Y, U = roll(90)
    for name, array in {"X": X, "Y": Y, "U": U}.items():
        np.save(tmp_path / f"{name}.npy", array)
    return tmp_path


def run(capsys, monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["bench", "score", *map(str, arguments)])
    with pytest.raises(SystemExit) as end:
        main()
    return end.value.code, capsys.readouterr()


def test_the_command_prints_what_the_function_returns(files, capsys, monkeypatch):
    pair = ("--points", files / "X.npy", "--embedding", files / "Y.npy", "--k", 5, "--k", 20)
    code, said = run(capsys, monkeypatch, *pair, "--intrinsic", files / "U.npy", "--json")
    assert code == 0
    X, Y, U = (np.load(files / f"{name}.npy") for name in "XYU")
    assert json.loads(said.out) == bench.score(X, Y, intrinsic=U, k=(5, 20)).to_dict()
    code, said = run(capsys, monkeypatch, *pair, "--sample", 40, "--graph-neighbors", 5)
    assert code == 0
    assert "sample of 40 rows" in said.out
    assert "No intervals from 40 rows: give --sample 1000 or more." in said.err
    assert '"components"' in said.out


def test_files_of_each_kind_give_the_same_scores(files, capsys, monkeypatch):
    X = np.load(files / "X.npy")
    np.savez(files / "X.npz", X)
    frame = pd.DataFrame(X, columns=["x", "y", "z"])
    frame.to_parquet(files / "X.parquet")
    frame.to_csv(files / "named.csv", index=False, float_format="%.17g")
    frame.to_csv(files / "bare.csv", index=False, header=False, float_format="%.17g")
    pd.DataFrame(X).to_csv(files / "numbered.csv", index=False, float_format="%.17g")
    found = set()
    for name in ("X.npy", "X.npz", "X.parquet", "named.csv", "bare.csv", "numbered.csv"):
        pair = ("--points", files / name, "--embedding", files / "Y.npy", "--json")
        code, said = run(capsys, monkeypatch, *pair)
        assert code == 0, name
        found.add(said.out)
    assert len(found) == 1


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_scores_of_points_go_to_a_file(files, capsys, monkeypatch, kind):
    pair = ("--points", files / "X.npy", "--embedding", files / "Y.npy")
    code, _ = run(capsys, monkeypatch, *pair, "--per-point", files / f"out.{kind}")
    assert code == 0
    read = pd.read_csv if kind == "csv" else pd.read_parquet
    assert read(files / f"out.{kind}").shape == (90, 10)


class Trap:
    def __reduce__(self):
        return (pytest.fail, ("it was unpickled",))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: None, "There is no file"),
        (lambda path: path.write_bytes(b"not an array"), "holds no array of numbers"),
        (lambda path: path.write_bytes(b""), "Cannot read"),
        (
            lambda path: np.save(path, np.array([[Trap()]], dtype=object), allow_pickle=True),
            "Python objects are never loaded",
        ),
        (lambda path: path.write_bytes(b"\x80\x04K\x01."), "Cannot read|Python objects"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(files, capsys, monkeypatch, make, message):
    make(files / "bad.npy")
    pair = ("--points", files / "bad.npy", "--embedding", files / "Y.npy")
    code, said = run(capsys, monkeypatch, *pair)
    assert code == 2
    assert said.err.startswith("Error: ")
    assert said.err.count("\n") == 1
    assert any(part in said.err for part in message.split("|"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--points", "X.txt"], "must end in .npy, .npz, .csv, .parquet"),
        (["--points", "two.npz"], "must hold one array, it holds 2: a, b"),
        (["--points", "sparse.npz"], "holds a sparse matrix: save it dense, by .toarray()"),
        (["--points", "x" * 300], "Cannot read"),
        (["--points", "rows.csv"], "begins with a column of row names"),
        (["--points", "words.csv"], "must be real numbers"),
        (["--memory", "much"], "--memory takes a size such as 1GiB"),
        (["--exact", "--sample", 5], "exclude each other"),
        (["--per-point", "out.txt"], "--per-point writes .csv or .parquet"),
        (["--per-point", "no/such/out.csv"], "there is no folder"),
        (["--metric", "acu"], "Did you mean 'auc'?"),
        (["--threads", 0], "Invalid value for '--threads'"),
    ],
)
def test_each_bad_option_gets_one_line(files, capsys, monkeypatch, arguments, message):
    monkeypatch.chdir(files)
    X = np.load("X.npy")
    np.savetxt("X.txt", X)
    np.savez("two.npz", a=X, b=X)
    scipy.sparse.save_npz("sparse.npz", scipy.sparse.csr_array(X))
    pd.DataFrame(X).to_csv("rows.csv")
    pd.DataFrame([["a", 1]] * 90).to_csv("words.csv", index=False)
    points = [] if "--points" in arguments else ["--points", "X.npy"]
    code, said = run(capsys, monkeypatch, *points, "--embedding", "Y.npy", *arguments)
    assert code == 2
    assert said.err.startswith("Error: ")
    assert said.err.count("\n") == 1
    assert message in said.err


def test_scoring_loads_neither_tensorflow_nor_umap_nor_matplotlib():
    code = (
        "import sys, numpy as np, bench\n"
        "X = np.random.default_rng(0).normal(size=(50, 3))\n"
        "bench.score(X, X[:, :2], graph_neighbors=5, metrics=['auc', 'h1_wasserstein'])\n"
        "print(sorted({'tensorflow', 'umap', 'matplotlib'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code]
    out = subprocess.run(command, capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


@pytest.mark.parametrize("kind", ["CSV", "PARQUET"])
def test_a_suffix_may_be_in_capitals(files, capsys, monkeypatch, kind):
    """Tables are read and written whatever the case of their suffix."""
    pair = ("--points", files / "X.npy", "--embedding", files / f"Y.{kind}")
    frame = pd.DataFrame(np.load(files / "Y.npy"), columns=["x", "y"])
    if kind == "CSV":
        frame.to_csv(files / "Y.CSV", index=False)
    else:
        frame.to_parquet(files / "Y.PARQUET")
    code, _ = run(capsys, monkeypatch, *pair, "--metric", "auc", "--per-point", files / f"P.{kind}")
    assert code == 0
    read = pd.read_csv if kind == "CSV" else pd.read_parquet
    assert read(files / f"P.{kind}").shape == (90, 3)


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("0,1\n0.5,2.5\n3,4\n", (2, 2)),  # the names that pandas gives
        ("0,1\n1,0\n3,4\n", (3, 2)),  # points, as far as anybody can tell
        ("x,y\n1,2\n", (1, 2)),
        ("1,2\n3,4\n", (2, 2)),
    ],
)
def test_a_line_of_names_is_told_from_a_point(tmp_path, text, shape):
    (tmp_path / "X.CSV").write_text(text)
    assert read_array(tmp_path / "X.CSV").shape == shape


def test_scores_of_points_never_overwrite_an_input(tmp_path, capsys, monkeypatch):
    np.savetxt(tmp_path / "X.csv", roll(30)[0], delimiter=",")
    before = (tmp_path / "X.csv").read_bytes()
    given = ["--points", tmp_path / "X.csv", "--embedding", tmp_path / "X.csv"]
    code, said = run(capsys, monkeypatch, *given, "--per-point", tmp_path / "X.csv")
    assert (code, said.err.count("\n")) == (2, 1)
    assert "which is an input" in said.err
    assert (tmp_path / "X.csv").read_bytes() == before
