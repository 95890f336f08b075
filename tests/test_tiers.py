"""The quick tier of tests holds to what it promises."""

import importlib
import multiprocessing
import subprocess
import sys

import pytest


def test_this_test_is_a_unit_test(request):
    """Tests are marked by where they are."""
    assert request.node.get_closest_marker("unit")


@pytest.mark.parametrize(
    "start",
    [
        lambda: subprocess.run([sys.executable, "--version"], check=True),
        lambda: multiprocessing.get_context("spawn").Process(target=print).start(),
    ],
)
def test_no_process(start):
    """A unit test that starts a process fails."""
    with pytest.raises(RuntimeError, match="a unit test starts a process"):
        start()


def test_no_tensorflow():
    """A unit test that imports TensorFlow fails."""
    with pytest.raises(ImportError):
        importlib.import_module("tensorflow")
