"""The examples in docstrings: all run, and every public name has one."""

import doctest
import importlib
import inspect
from pathlib import Path

import pytest

import bench
from bench.console import errors

PUBLIC = [name for name in bench.__all__ if name != "__version__"]
ROOT = Path(bench.__file__).parent
WITH_EXAMPLES = [
    ".".join(("bench", *path.relative_to(ROOT).with_suffix("").parts))
    for path in sorted(ROOT.rglob("*.py"))
    if ">>> " in path.read_text(encoding="utf-8")
]


def examples(module):
    """Find the docstrings of a module that have examples."""
    found = doctest.DocTestFinder(exclude_empty=True).find(importlib.import_module(module))
    return [test for test in found if test.examples]


@pytest.mark.parametrize("module", WITH_EXAMPLES)
def test_examples(module, tmp_path, monkeypatch):
    """Every example of a module gives what it says."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(errors, "quiet", True)
    said = []
    for test in examples(module):
        doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test, out=said.append)
    assert not said, "".join(said)


def test_wrong_example():
    """An example that gives something else is found."""
    test = doctest.DocTestParser().get_doctest(">>> 1 + 1\n3\n", {}, "wrong", None, 0)
    assert doctest.DocTestRunner(verbose=False).run(test, out=lambda text: None).failed == 1


@pytest.mark.parametrize("name", PUBLIC)
def test_public(name):
    """Every public function and class has an example of its own."""
    public = getattr(bench, name)
    test = doctest.DocTestFinder(recurse=False).find(public, name)[0]
    assert test.examples, f"{name} in {inspect.getsourcefile(public)}"
    assert public.__module__ in WITH_EXAMPLES
