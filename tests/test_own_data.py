"""Data of the user's own, named by their path."""

import shutil
import sys

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from bench import Registry
from bench.cli import main
from bench.errors import BenchError
from bench.geometry.graph import graph_geodesics
from bench.own_data import name_of
from bench.record import Status
from bench.session import Settings, run_suite
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
    assert planned(table).dataset.parameters == {"n": None, "n_neighbors": 10}
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
        return tmp_path / "no" / "such.npy", "There is no file or folder"
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


def test_pickled_objects_are_never_loaded(tmp_path, refused):
    np.save(tmp_path / "a.npy", np.array([{"a": 1}]), allow_pickle=True)
    assert "Python objects are never loaded" in refused(tmp_path / "a.npy")


def test_a_path_that_is_no_data_is_refused_by_the_registry(tmp_path):
    (tmp_path / "a.txt").write_text("hello")
    with pytest.raises(BenchError, match=r"must end in \.npy, \.npz, \.csv, \.parquet"):
        Registry().find("dataset", str(tmp_path / "a.txt"))
