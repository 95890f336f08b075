"""What is installed: one name, with all its parts, and nothing of anybody else's."""

import ast
import os
import subprocess
import sys
import zipfile
from importlib import metadata, resources
from pathlib import Path

import pytest

import bench

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel from a copy of the tree, so that the checkout stays clean."""
    folder = tmp_path_factory.mktemp("wheel")
    tracked = ["bench", "reducers", "datasets", "pyproject.toml", "README.md", "LICENSE"]
    copy = folder / "tree"
    copy.mkdir()
    for name in tracked:
        subprocess.run(["cp", "-r", str(ROOT / name), str(copy / name)], check=True)  # noqa: S607
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(copy)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return next(folder.glob("*.whl"))


def test_the_only_top_level_name_of_the_wheel_is_bench(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names if ".dist-info/" not in name} == {"bench"}


def test_the_wheel_holds_every_module_and_data_file(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    expected = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("bench/**/*.py")}
    expected |= {f"bench/{path.parent.name}/{path.name}" for path in ROOT.glob("reducers/*.py")}
    expected |= {f"bench/{path.parent.name}/{path.name}" for path in ROOT.glob("datasets/*.py")}
    expected |= {"bench/py.typed"}
    expected |= {f"bench/suites/{name}.toml" for name in ("all", "floor", "smoke")}
    assert expected <= names


@pytest.mark.skipif("MANIFOLD_BENCH_EXPECT_WHEEL" not in os.environ, reason="not run by tox")
def test_tox_tests_the_wheel_and_not_the_checkout():
    assert ROOT not in Path(bench.__file__).parents or ".tox" in Path(bench.__file__).parts


def test_the_reducers_and_datasets_are_found_wherever_bench_is_installed():
    names = {path.stem for path in ROOT.glob("reducers/*.py")}
    assert names <= set(bench.Registry().items("reducer"))
    names = {path.stem for path in ROOT.glob("datasets/*.py")}
    assert names == set(bench.Registry().items("dataset"))


def test_the_version_is_that_of_the_distribution():
    assert bench.__version__ == metadata.version("manifold-bench")


def test_the_public_names_can_all_be_imported():
    for name in bench.__all__:
        assert getattr(bench, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = bench.nothing


def test_importing_bench_loads_nothing_heavy():
    code = "import sys, bench; assert not {'numpy', 'pandas', 'tensorflow'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_types_are_marked_as_such():
    assert (resources.files("bench") / "py.typed").is_file()


def test_no_file_names_a_path_of_a_machine_or_a_registry():
    out = subprocess.run(
        ["git", "ls-files"],  # noqa: S607
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    suspicious = ["/ro" + "ot/", "/wo" + "rk/", "simple" + "/", "index" + "-url"]
    for name in out.stdout.splitlines():
        path = ROOT / name
        if path.suffix in {".py", ".toml", ".md", ".ini", ".txt", ".json", ".csv", ".tex", ""}:
            text = path.read_text(encoding="utf-8", errors="replace")
            assert not [word for word in suspicious if word in text], name


def test_the_repository_is_light():
    """What git keeps of results is below 8 MB, and no file of it is above 1 MB."""
    found = subprocess.run(
        ["git", "ls-files", "-z"],  # noqa: S607
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    sizes = {name: (ROOT / name).stat().st_size for name in found.stdout.split("\0") if name}
    assert {name for name, size in sizes.items() if size > 1_000_000} == set()
    published = [size for name, size in sizes.items() if name.startswith("results/")]
    assert sum(published) <= 8_000_000
    assert not [name for name in sizes if name.startswith("results/local/")]


def test_every_public_name_has_a_type():
    """The stub lists the names that the package offers, and each from where it is defined."""
    stub = ast.parse((Path(bench.__file__).parent / "__init__.pyi").read_text(encoding="utf-8"))
    imports = [node for node in stub.body if isinstance(node, ast.ImportFrom)]
    listed = {alias.asname: node.module for node in imports for alias in node.names}
    assert set(listed) == set(bench.__all__)
    assert {name: bench._PUBLIC[name] for name in bench._PUBLIC} == {
        name: module for name, module in listed.items() if name != "__version__"
    }
