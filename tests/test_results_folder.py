"""The folder that --out names: only what we wrote is replaced or removed."""

from pathlib import Path

import pytest

from bench import Job, Record, Store
from bench.errors import BenchError
from bench.files import write_whole
from bench.job import DatasetConfig, ReducerConfig
from bench.record import Circumstances, Status
from bench.results_folder import MARKER, announce, claim, publish_files, published, withdraw

WHERE = Circumstances({}, "processor", 1, 1, "system", 1, "2026-01-01T00:00:00+00:00")
JOB = Job(DatasetConfig("line", {"n": 20}, 0), ReducerConfig("pca", {}))
COMMITTED = Path(__file__).parents[1] / "results" / "published"


def tree(folder):
    """All files below a folder, with what they hold; links are not followed."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def fill(folder, *names):
    """Write files of the user's."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("mine")


@pytest.mark.parametrize(
    "names",
    [
        ("scratch/thesis.txt", "figures/photo_me.png", "sub/.draft.tmp", "comparison.md"),
        ("records/patients/anna/1.json",),
        ("records/1-0123456789abcdef.json",),
        (".lock",),
        ("deep/down/notes.txt",),
    ],
)
def test_folder_of_the_users_is_refused_and_not_touched(tmp_path, names):
    """A folder with files and without a marker or records is refused with what to do."""
    fill(tmp_path, *names)
    before = tree(tmp_path)
    with pytest.raises(BenchError, match=f"create an empty file '{MARKER}'"), Store(tmp_path).run():
        pass
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    "prepare", [lambda f: None, Path.mkdir, lambda f: (f / "a/b").mkdir(parents=True)]
)
def test_new_or_empty_folder_is_marked(tmp_path, prepare):
    """A folder that is not there, or holds no file, becomes a results folder."""
    prepare(tmp_path / "out")
    with Store(tmp_path / "out").run():
        assert (tmp_path / "out" / MARKER).is_file()


def test_folder_that_the_user_marks_is_used_and_keeps_all_files(tmp_path):
    """In a folder marked by hand nothing of the user's is replaced or removed."""
    fill(tmp_path, "scratch/thesis.txt", "figures/photo_me.png", "sub/.draft.tmp", "comparison.md")
    (tmp_path / MARKER).touch()
    before = tree(tmp_path)
    with Store(tmp_path).run(), pytest.raises(BenchError, match="was not written by"):
        announce(tmp_path, ["comparison.md"])
    del before[tmp_path / MARKER]
    assert before.items() <= tree(tmp_path).items()


def test_folder_of_studies_alone_takes_a_run(tmp_path):
    """Results folders within a folder do not make it foreign."""
    with Store(tmp_path / "studies" / "likelihood").run():
        pass
    with Store(tmp_path).run():
        pass
    fill(tmp_path / "other" / "studies", "notes.txt")
    with pytest.raises(BenchError, match="not a results folder"), Store(tmp_path / "other").run():
        pass


def test_committed_results_list_what_is_published():
    """The marker of the committed results lists every file that is there, and no other."""
    files = {path.relative_to(COMMITTED).as_posix() for path in COMMITTED.rglob("*")}
    listed = published(COMMITTED)
    assert listed
    assert listed | {MARKER} == {name for name in files if (COMMITTED / name).is_file()}


def test_only_listed_files_are_removed(tmp_path):
    """What is withdrawn but was never published stays, whatever the list of names says."""
    publish_files(tmp_path, {"figures/a_b.png": b"ours", "comparison.md": b"ours"})
    fill(tmp_path, "figures/c_d.png")
    withdraw(tmp_path, {"figures/a_b.png", "figures/c_d.png", "../thesis.txt"})
    assert published(tmp_path) == {"comparison.md"}
    assert not (tmp_path / "figures/a_b.png").exists()
    assert (tmp_path / "figures/c_d.png").read_text() == "mine"


@pytest.mark.parametrize("line", ["../thesis.txt", "/etc/passwd", "figures/../../thesis.txt"])
def test_marker_names_nothing_outside_its_folder(tmp_path, line):
    """A path that leads out of the folder is not one of its published files."""
    (tmp_path / MARKER).write_text(f"{line}\ncomparison.md\n")
    assert published(tmp_path) == {"comparison.md"}


@pytest.mark.parametrize("content", [b"\xff\xfe", b"\0" * 100, b""])
def test_damaged_marker_lists_nothing(tmp_path, content):
    """A marker that cannot be read protects all files that are there."""
    (tmp_path / MARKER).write_bytes(content)
    fill(tmp_path, "comparison.md")
    claim(tmp_path)
    with pytest.raises(BenchError, match="was not written by"):
        announce(tmp_path, ["comparison.md"])


def test_files_published_before_are_replaced(tmp_path):
    """The second publication replaces the first."""
    for content in (b"one", b"two"):
        publish_files(tmp_path, {"comparison.md": content})
        assert (tmp_path / "comparison.md").read_bytes() == content


def test_link_in_the_place_of_a_published_file_is_not_followed(tmp_path):
    """A link where a file is to be written is refused, and its target is kept."""
    fill(tmp_path, "precious")
    out = tmp_path / "out"
    claim(out)
    (out / "comparison.md").symlink_to(tmp_path / "precious")
    with pytest.raises(BenchError, match="was not written by"):
        publish_files(out, {"comparison.md": b"new"})
    assert (tmp_path / "precious").read_text() == "mine"


@pytest.mark.parametrize("name", [".manifold-bench-scratch", ".manifold-bench-lock", ".lock"])
def test_links_to_files_of_the_users_are_not_followed(tmp_path, name):
    """A lock or scratch folder that is a link neither empties nor locks what it points to."""
    fill(tmp_path, "precious", "folder/thesis.txt")
    before = tree(tmp_path)
    for number, target in enumerate(("precious", "folder", "nowhere")):
        out = tmp_path / f"out{number}"
        claim(out)
        (out / name).symlink_to(tmp_path / target)
        if name == ".lock":  # of no meaning to us
            with Store(out).run():
                pass
        else:
            with pytest.raises(BenchError, match="symbolic link"), Store(out).run():
                pass
    assert before.items() <= tree(tmp_path).items()
    assert not (tmp_path / "nowhere").exists()


def test_run_leaves_the_files_of_a_study_in_the_same_store(tmp_path):
    """Scratch and half-written files of a study that runs at the moment are not removed."""
    store, study = Store(tmp_path), Store(tmp_path / "studies" / "likelihood")
    with study.run():
        fill(study.folder, "records/.half.manifold-bench.tmp", f"{study.scratch.name}/cell.log")
        before = tree(study.folder)
        with store.run():
            fill(store.folder, f"{store.scratch.name}/x/log")
        assert tree(study.folder) == before
        assert not store.scratch.exists()


def test_half_written_file_of_a_killed_run_is_taken_over(tmp_path, monkeypatch):
    """The next write of the same file leaves nothing of the one that was cut short."""
    path, seen = tmp_path / "a.json", []
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", lambda _: seen.extend(tmp_path.iterdir()))
        write_whole(path, b"1")
    (leftover,) = seen
    leftover.write_bytes(b"half")
    write_whole(path, b"2")
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]
    fill(tmp_path, "precious")
    leftover.symlink_to(tmp_path / "precious")
    write_whole(path, b"3")
    assert (tmp_path / "precious").read_text() == "mine"


@pytest.mark.parametrize("length", [200, 240, 255])
def test_names_as_long_as_a_file_may_have_can_be_written(tmp_path, length):
    """A file whose name has 255 bytes is written, and a job of that name has a record."""
    write_whole(tmp_path / ("x" * length), b"1")
    store = Store(tmp_path / "out")
    for name in ("x" * length, "x" * 1000, "数" * length, ""):
        job = Job(DatasetConfig(name, {"n": 20}, 0), ReducerConfig(f"a:{name}", {}))
        record = store.save(Record(job, Status.ERROR, WHERE, reason="why"))
        assert store.find(job) == record
    assert len(store.records()[0]) == 4


def test_folder_in_the_place_of_a_record_is_moved_aside(tmp_path):
    """The record is written, and what the folder held is still there."""
    store = Store(tmp_path)
    fill(store.path(JOB), "thesis.txt")
    with pytest.raises(BenchError, match="not a file"):
        store.find(JOB)
    record = store.save(Record(JOB, Status.ERROR, WHERE, reason="why"))
    assert store.find(JOB) == record
    assert [path.read_text() for path in tmp_path.rglob("thesis.txt")] == ["mine"]
