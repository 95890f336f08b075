"""Data of the user's own, named by their path."""

import shutil
import sys

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from bench import Registry
from bench.cli.main import main
from bench.cli.session import Settings, run_suite
from bench.data.own import name_of
from bench.errors import BenchError
from bench.manifolds.graph import graph_geodesics
from bench.record import Status
from bench.store import Store
from bench.suite import Choice, Suite, plan
from bench.testing import check_dataset

GENERATOR = np.random.default_rng(0)
POINTS = GENERATOR.normal(size=(130, 5)).astype(np.float32)
IMAGES = GENERATOR.integers(0, 256, (130, 6, 4), dtype=np.uint8)


def load(path):
    return Registry().find("dataset", str(path)).load()[0]


def save(image, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(image).save(path)


@pytest.fixture
def folder(tmp_path):
    """Images whose order by name is not that of their making."""
    for i in GENERATOR.permutation(len(IMAGES)):
        save(IMAGES[i], tmp_path / "pictures" / f"{i:03d}.png")
    return tmp_path / "pictures"


@pytest.fixture
def table(tmp_path):
    np.save(tmp_path / "points.npy", POINTS)
    return tmp_path / "points.npy"


# --- what is read ---


def test_a_folder_of_images_is_read_in_the_order_of_names_from_0_to_1(folder):
    (folder / ".hidden").write_text("left out")
    data = load(folder)()
    np.testing.assert_allclose(data.X, IMAGES.reshape(130, -1) / 255, atol=1e-7)
    assert data.image_shape == (6, 4)
    assert data.labels is None
    assert data.chart is None


def test_a_subfolder_is_a_class(tmp_path):
    for i, image in enumerate(IMAGES[:30]):
        save(image, tmp_path / "mine" / ["cats", "ants", "dogs"][i % 3] / f"{i:02d}.png")
    data = load(tmp_path / "mine")()
    assert data.labels.tolist() == [0] * 10 + [1] * 10 + [2] * 10
    order = [*range(1, 30, 3), *range(0, 30, 3), *range(2, 30, 3)]
    np.testing.assert_allclose(data.X, IMAGES[order].reshape(30, -1) / 255, atol=1e-7)


def write(path, points):
    if path.suffix == ".csv":
        pd.DataFrame(points, columns=list("abcde")).to_csv(path, index=False)
    elif path.suffix == ".parquet":
        pd.DataFrame(points, columns=list("abcde")).to_parquet(path)
    elif path.suffix == ".npz":
        np.savez(path, points)
    else:
        np.save(path, points)


@pytest.mark.parametrize("suffix", [".npy", ".npz", ".csv", ".parquet"])
def test_a_table_is_read_whatever_its_format(tmp_path, suffix):
    write(tmp_path / f"a{suffix}", POINTS)
    data = load(tmp_path / f"a{suffix}")()
    np.testing.assert_allclose(data.X, POINTS, rtol=1e-6)
    assert data.image_shape is None


def test_an_array_of_three_dimensions_holds_images(tmp_path):
    np.save(tmp_path / "a.npy", IMAGES)
    data = load(tmp_path / "a.npy")()
    assert data.image_shape == (6, 4)
    assert (IMAGES.reshape(130, 24) == data.X).all()


def test_geodesics_are_estimated_on_the_neighbour_graph(table):
    data = load(table)(n_neighbors=6)
    rows = np.arange(130)
    expected = graph_geodesics(POINTS, n_neighbors=6).distances(rows)
    np.testing.assert_allclose(data.geodesics.distances(rows), expected)
    assert data.geodesics.status == "graph"


def test_the_data_keep_the_contract_of_datasets(folder, table):
    check_dataset(load(folder))
    check_dataset(load(table))


def test_a_subsample_is_drawn_by_its_seed_and_no_more_than_there_are(table):
    rows = {tuple(row) for row in POINTS}
    first, again, other = (load(table)(n=50, seed=seed).X for seed in (1, 1, 2))
    assert (first == again).all()
    assert not (first == other).all()
    assert len({tuple(row) for row in first} & rows) == 50
    with pytest.raises(ValueError, match="n must be 10 to 130, got 131"):
        load(table)(n=131)


@pytest.mark.parametrize("name", ["Thumbs.db", "desktop.ini", "__MACOSX/001.png", "@eaDir/x.txt"])
def test_files_of_the_system_are_passed_over_with_a_word(folder, name, capsys):
    """What systems leave in folders is no data, does not change the name, and is said."""
    before = name_of(folder)
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(b"\0\1")
    assert name_of(folder) == before
    assert load(folder)().n == 130
    said = " ".join(capsys.readouterr().err.split())
    assert f"Warning: Passed over in 'pictures', as files of the system: {name}." in said


@pytest.mark.parametrize("suffix", [".NPY", ".NPZ", ".CSV", ".Parquet"])
def test_suffixes_may_be_in_capitals(tmp_path, suffix, monkeypatch):
    """DATA.CSV is a table as data.csv is, with a folder before it or without."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / f"a{suffix.lower()}", POINTS)
    (tmp_path / f"a{suffix.lower()}").rename(tmp_path / f"DATA{suffix}")
    np.testing.assert_allclose(load(f"DATA{suffix}")().X, POINTS, rtol=1e-6)


def test_ten_points_are_enough_for_the_default_graph(tmp_path):
    """Ten points are joined with the nine others; more neighbours on request are refused."""
    np.save(tmp_path / "a.npy", POINTS[:10])
    data = load(tmp_path / "a.npy")()
    assert data.geodesics.notes["n_neighbors"] == 9
    straight = np.linalg.norm(POINTS[:10, None] - POINTS[:10], axis=2)
    np.testing.assert_allclose(data.geodesics.distances(np.arange(10)), straight, atol=1e-6)
    assert load(tmp_path / "a.npy")(n_neighbors=5).geodesics.notes["n_neighbors"] == 5
    with pytest.raises(
        ValueError, match=r"n_neighbors must be in 1 \.\.\. 9 for 10 points, got 11"
    ):
        load(tmp_path / "a.npy")(n_neighbors=11)


@pytest.mark.parametrize("name", ["digits", "uniform_noise", "gaussian_noise", "shuffled_digits"])
def test_ten_points_of_every_estimate_are_enough(name):
    """Datasets whose geodesics are estimated give as few points as are allowed, by default."""
    assert Registry().find("dataset", name).load()[0](n=10, seed=0).geodesics.n_neighbors == 9


# --- the digits of large offsets ---


@pytest.mark.parametrize("offset", [1.7e9, -5e6, 1e12])
@pytest.mark.parametrize("suffix", [".npy", ".csv", ".parquet"])
def test_columns_with_large_offsets_keep_their_digits(tmp_path, offset, suffix):
    """Time stamps and map coordinates are centred before float32 would round their spread away."""
    steps = np.arange(130) / 128
    moved = np.column_stack([offset + steps, steps**2, *POINTS.T[:3]])
    write(tmp_path / f"a{suffix}", moved)
    data = load(tmp_path / f"a{suffix}")()
    np.testing.assert_allclose(
        data.X[:, 0] - data.X[0, 0], steps, atol=1e-4 if offset > 1e10 else 1e-6
    )
    assert (data.X[:, 1:] == moved[:, 1:].astype(np.float32)).all()
    straight = np.linalg.norm(moved[:, None] - moved, axis=2)
    complete = load(tmp_path / f"a{suffix}")(n_neighbors=129).geodesics.distances(np.arange(130))
    np.testing.assert_allclose(complete, straight, atol=1e-4)


def test_one_wrong_time_stamp_does_not_take_the_digits_of_the_others(tmp_path):
    """The centre is the median: a clock that once stood at 0 moves nothing."""
    seconds = 1.7e9 + np.arange(130) / 128
    seconds[7] = 0
    np.save(tmp_path / "a.npy", seconds[:, None])
    kept = np.delete(load(tmp_path / "a.npy")().X[:, 0], 7)
    assert (np.diff(kept) > 1 / 256).all()


@pytest.mark.parametrize(
    "points",
    [
        POINTS.astype(float) / 3,
        np.hstack([POINTS, np.full((130, 1), 0.1)]).astype(float),
        np.where(POINTS > 0, 0.996, 0.1).astype(float),
        (POINTS > 0),
        (1e6 + np.arange(390).reshape(130, 3) * 7 % 1000).astype(np.int64),
    ],
)
def test_what_float32_holds_well_enough_is_not_moved(tmp_path, points):
    """Columns without a large offset, constant ones, two values and whole numbers stay in place."""
    np.save(tmp_path / "a.npy", points)
    assert (points.astype(np.float32) == load(tmp_path / "a.npy")().X).all()


def test_images_are_never_moved(tmp_path):
    """Pixels keep their black, however little they differ."""
    images = 0.7 + IMAGES / 255e6
    np.save(tmp_path / "a.npy", images)
    assert (images.reshape(130, -1).astype(np.float32) == load(tmp_path / "a.npy")().X).all()


# --- what they are called ---


def test_the_name_follows_the_content_and_not_the_place(folder, tmp_path):
    name = name_of(folder)
    assert name.startswith("pictures-")
    moved = tmp_path / "elsewhere" / "pictures"
    shutil.copytree(folder, moved)
    assert name_of(moved) == name
    save(IMAGES[0], moved / "001.png")
    changed = name_of(moved)
    assert changed != name
    (moved / "129.png").rename(moved / "130.png")
    assert name_of(moved) not in (name, changed)


def test_a_registered_name_comes_before_a_folder_of_that_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for i, image in enumerate(IMAGES[:12]):
        save(image, tmp_path / "digits" / f"{i:02d}.png")
        save(image, tmp_path / "others" / f"{i:02d}.png")
    registry = Registry()
    assert registry.find("dataset", "digits").origin == "built-in datasets/digits.py"
    assert registry.find("dataset", "./digits").name.startswith("digits-")
    assert registry.find("dataset", "others").name.startswith("others-")
    assert registry.own_data("swiss_rol") is None


def planned(path, n=1500, **overrides):
    suite = Suite((Choice(str(path)),), (Choice("pca"),), (0,), n)
    return plan(suite, Registry(), {str(path): overrides} if overrides else {})[0]


def test_the_number_of_points_of_a_suite_is_held_against_what_there_is(table):
    own = {"drop": [], "labels": None, "n_neighbors": 10, "scale": "none"}
    assert planned(table).dataset.parameters == {"n": None, **own}
    assert planned(table).dataset.label == name_of(table)
    assert planned(table, n=100).dataset.parameters["n"] == 100
    assert planned(table, n_neighbors=5).dataset.label == f"{name_of(table)}(n_neighbors=5)"


def test_changed_data_are_another_job_and_moved_data_the_same(table, tmp_path):
    before = planned(table)
    (tmp_path / "moved").mkdir()
    moved = table.rename(tmp_path / "moved" / table.name)
    assert planned(moved).id == before.id
    np.save(moved, POINTS + 1)
    assert planned(moved).id != before.id


def test_a_run_goes_through_and_no_record_holds_the_path(folder, tmp_path):
    suite = Suite((Choice(str(folder)),), (Choice("pca"),), (0,), 1500)
    settings = Settings(tmp_path / "out", 1, 600, None, False, False, ())
    assert run_suite(suite, {}, settings) == 0
    records, _ = Store(tmp_path / "out").records()
    assert [r.job.dataset.name for r in records] == [name_of(folder)]
    assert records[0].status is Status.OK
    assert records[0].scores
    written = [p for p in (tmp_path / "out").rglob("*") if p.suffix in (".json", ".md", ".csv")]
    assert written
    assert not [p for p in written if str(tmp_path) in p.read_text()]


# --- what is refused ---


@pytest.fixture
def refused(monkeypatch, capsys):
    """Run on a path that must be refused; return the one line."""

    def call(path):
        command = ["bench", "run", "--dataset", str(path), "--reducer", "pca"]
        monkeypatch.setattr(sys, "argv", command)
        with pytest.raises(SystemExit) as end:
            main()
        said = capsys.readouterr().err
        assert end.value.code == 2
        assert said.startswith("Error: ")
        assert said.count("\n") == 1
        return said

    return call


def bad(tmp_path, kind):
    """Make something that is no data, and say what must be said of it."""
    path = tmp_path / "bad"
    for i in range(12):
        save(IMAGES[i], path / f"{i:02d}.png")
    if kind == "missing":
        return tmp_path / "no" / "such.npy", "its folder does not exist either. Check the path"
    if kind == "empty":
        (tmp_path / "empty").mkdir()
        return tmp_path / "empty", "'empty' is empty: there is no image in it"
    if kind == "a text among images":
        (path / "notes.txt").write_text("hello")
        return path, "'notes.txt' in 'bad' is no image: a folder of data holds only"
    if kind == "a text called an image":
        (path / "05.png").write_text("hello")
        return path, "In 'bad': '05.png' is no image of a kind that is read"
    if kind == "a broken image":
        (path / "05.png").write_bytes((path / "05.png").read_bytes()[:50])
        return path, "In 'bad': '05.png' is a broken image"
    if kind == "two sizes":
        save(IMAGES[0, :5], path / "07.png")
        save(IMAGES[0, :4], path / "09.png")
        return path, "'07.png' in 'bad' has 4 x 5 pixels, '00.png' has 4 x 6"
    if kind == "both levels":
        save(IMAGES[0], path / "deeper" / "00.png")
        return path, "it holds both, or deeper ones"
    for i in range(3, 12):
        (path / f"{i:02d}.png").unlink()
    return path, "'bad' has 3 points; 10 or more are needed"


@pytest.mark.parametrize("target", ["", "gone.png"])
def test_a_link_to_a_folder_or_to_nothing_is_refused_and_not_passed_over(folder, refused, target):
    (folder / "99.png").symlink_to(folder.parent / target)
    assert "'99.png' in 'pictures' is a link to a folder, or to nothing" in refused(folder)


@pytest.mark.parametrize(
    "kind",
    [
        "missing",
        "empty",
        "a text among images",
        "a text called an image",
        "a broken image",
        "two sizes",
        "both levels",
        "too few",
    ],
)
def test_bad_folders_get_one_line_and_exit_code_2(tmp_path, refused, kind):
    path, message = bad(tmp_path, kind)
    assert message in refused(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (np.where(POINTS > 2, np.nan, POINTS), "'a.npy' must be finite"),
        (POINTS[:, 0], "'a.npy' must have shape (n, dimensions)"),
        (IMAGES[None], "'a.npy' must have shape (n, dimensions)"),
        (POINTS.astype(str), "'a.npy' must be real numbers"),
        (POINTS[:9], "'a.npy' has 9 points; 10 or more"),
        (
            np.vstack([POINTS, 1e9 + POINTS.astype(np.float64)]),
            "'a.npy' has 129 points that differ",
        ),
        (np.int64(1.7e18) + np.arange(40)[:, None], "'a.npy' must be at most 2^53 where whole"),
        (
            POINTS.astype(np.float64) * 1e300,
            "'a.npy' has values beyond 3.4e38, the most of float32",
        ),
    ],
)
def test_bad_arrays_get_one_line_and_exit_code_2(tmp_path, refused, content, message):
    np.save(tmp_path / "a.npy", content)
    assert message in refused(tmp_path / "a.npy")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", "1,2\n3\n4,5,6\n", "Cannot read"),
        ("a.parquet", "no table", "Cannot read"),
        ("a.npy", "no array", "holds no array of numbers"),
        ("a.npz", "no archive", "holds no array of numbers"),
    ],
)
def test_files_that_are_not_what_they_are_called_get_one_line(
    tmp_path, refused, name, text, message
):
    (tmp_path / name).write_text(text)
    assert message in refused(tmp_path / name)


def test_a_name_longer_than_a_file_may_have_gets_one_line(tmp_path, refused):
    """A path of 300 letters is refused in one line, as a path and as a name."""
    assert "Cannot read" in refused(tmp_path / ("x" * 300))
    assert "Unknown dataset" in refused("x" * 300)


def test_pickled_objects_are_never_loaded(tmp_path, refused):
    np.save(tmp_path / "a.npy", np.array([{"a": 1}]), allow_pickle=True)
    assert "Python objects are never loaded" in refused(tmp_path / "a.npy")


def test_a_path_that_is_no_data_is_refused_by_the_registry(tmp_path):
    (tmp_path / "a.txt").write_text("hello")
    with pytest.raises(BenchError, match=r"must end in \.npy, \.npz, \.csv, \.parquet"):
        Registry().find("dataset", str(tmp_path / "a.txt"))
