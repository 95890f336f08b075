"""Settings of the whole test session, and its quick tier: ``pytest -m unit``."""

import os
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import settings

# Before numpy is loaded: libraries that take all cores for arrays of a few rows slow each other
# down, the more so where several tests run at once.
THREADS = ("OMP_NUM_", "OPENBLAS_NUM_", "MKL_NUM_", "TF_NUM_INTRAOP_", "TF_NUM_INTEROP_")
os.environ |= {f"{name}THREADS": "1" for name in THREADS}

# The same examples on every run, and none kept on disk: a red test is red for everyone.
settings.register_profile("suite", deadline=None, max_examples=40, derandomize=True, database=None)
settings.load_profile("suite")

NOT_UNIT = (
    *("autoencoders", "datasets", "docs", "engine", "studies"),
    *("data/test_downloads.py", "data/test_own.py", "data/test_real_numbers.py"),
    *("geometry/test_point_tree.py", "geometry/test_screened.py"),
    *("manifolds/test_graph_error.py", "manifolds/test_images.py"),
    *("manifolds/test_parameter_grid.py", "manifolds/test_reach.py", "manifolds/test_sampled.py"),
    *("manifolds/test_surface.py", "manifolds/test_traits.py"),
    *("metrics/decoder/test_card.py", "metrics/test_comparison.py", "metrics/test_row_order.py"),
    *("report/test_floor.py", "report/test_published.py", "report/test_statistics.py"),
    *("report/test_tables.py", "report/test_escape.py", "report/test_panels.py"),
    *("test_cli.py", "test_contract.py", "test_damaged_records.py", "test_environment.py"),
    *("test_layout.py", "test_packaging.py", "test_results.py", "test_scoring.py"),
    *("test_registry.py", "test_suite.py", "test_visible_text.py", "test_extending.py"),
    *("api/test_run.py", "test_examples.py", "test_user_program.py"),
)
"""Folders and files of tests that take long, load TensorFlow or start processes."""


def is_unit(path: Path) -> bool:
    """Say whether a file of tests, or a folder of some, is of the quick tier."""
    name = path.relative_to(Path(__file__).parent).as_posix()
    return not f"{name}/".startswith(tuple(f"{slow}/" for slow in NOT_UNIT))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Import no other tests, nor what they import, if only the quick ones are asked for."""
    only_unit = config.option.markexpr == "unit"
    return True if only_unit and not is_unit(collection_path) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests of the quick tier."""
    for item in items:
        if is_unit(item.path):
            item.add_marker("unit")
    if config.option.markexpr == "unit" and "tensorflow" in sys.modules:
        raise pytest.UsageError("a file of unit tests imports TensorFlow as it is read")


def refuse(*_: object, **__: object) -> None:
    """Stand in for the start of a process."""
    raise RuntimeError("a unit test starts a process: list its file in tests/conftest.py")


@contextmanager
def no_tensorflow():
    """Let nothing import TensorFlow, whether it is loaded or not."""
    loaded = sys.modules.get("tensorflow")
    sys.modules["tensorflow"] = None
    try:
        yield
    finally:
        del sys.modules["tensorflow"]
        if loaded:
            sys.modules["tensorflow"] = loaded


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item):
    """Let a unit test, and the fixtures that it uses, neither start a process nor TensorFlow."""
    with ExitStack() as guards:
        if item.get_closest_marker("unit"):
            guards.enter_context(patch.object(BaseProcess, "start", refuse))
            guards.enter_context(patch.object(subprocess.Popen, "__init__", refuse))
            guards.enter_context(no_tensorflow())
        return (yield)
