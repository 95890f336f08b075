"""Where modules are: imports between folders point one way, and the top holds what several use."""

import ast
import re
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "bench"
# Of one user, but nouns of the vocabulary or the doors of the package.
ALLOWED_AT_THE_TOP = {"__main__", "record_checks", "suite", "_version"}


def module_name(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def imported(path):
    """Name the modules of the package that a file imports, inside functions too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        yield from (name for name in names if name in MODULES and name != "bench")


def room(module):
    """Return the folder of a module, or the module itself at the top."""
    return ".".join(module.split(".")[:2])


def arrows(place=lambda module: module):
    """Return what each module or folder imports."""
    found = defaultdict(set)
    for module, path in MODULES.items():
        for other in imported(path):
            if place(module) != place(other) and module != "bench":
                found[place(module)].add(place(other))
    return found


def cycle_in(graph):
    """Return a chain of names that ends where it begins, or None."""
    done = set()

    def visit(name, chain):
        if name in chain:
            return [*chain[chain.index(name) :], name]
        if name not in done:
            for other in sorted(graph.get(name, ())):
                if found := visit(other, [*chain, name]):
                    return found
            done.add(name)
        return None

    return next(filter(None, (visit(name, []) for name in sorted(graph))), None)


@pytest.mark.parametrize("place", [room, lambda module: module], ids=["folders", "modules"])
def test_imports_have_no_cycle(place):
    """No folder, and no module, imports one that imports it."""
    assert cycle_in(arrows(place)) is None


def test_a_cycle_is_found():
    """The search for cycles finds one, at any depth."""
    assert cycle_in({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert cycle_in({"a": {"b", "c"}, "b": {"c"}}) is None


def test_the_top_holds_what_several_folders_use():
    """A module at the top that one folder alone uses belongs into that folder."""
    users = defaultdict(set)
    for module, path in MODULES.items():
        for other in imported(path):
            users[other].add(room(module))
    for folder in ("reducers", "datasets"):
        for path in (ROOT / folder).glob("*.py"):
            for other in imported(path):
                users[other].add(folder)
    top = [m for m, path in MODULES.items() if m.count(".") == 1 and path.name != "__init__.py"]
    lonely = {m.removeprefix("bench.") for m in top if len(users[m]) < 2}
    assert lonely - ALLOWED_AT_THE_TOP == set()


def test_contributing_has_every_folder():
    """The map in CONTRIBUTING.md names each folder of the package."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    folders = {path.parent.relative_to(ROOT) for path in PACKAGE.rglob("__init__.py")}
    missing = [str(folder) for folder in sorted(folders) if f"`{folder.as_posix()}/`" not in text]
    assert missing == []


FOLDERS = ("bench", "reducers", "datasets", "docs", "tests", "benchmarks")
SUPPRESSION = re.compile(r"#\s*(noqa|type: ignore)\b")
MAX_SUPPRESSIONS = 120


def test_suppressions():
    """Few lines switch a check of the linter or of the type checker off."""
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py*"))
        if path.suffix in (".py", ".pyi")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if SUPPRESSION.search(line)
    ]
    assert len(found) <= MAX_SUPPRESSIONS, found


def without_annotations(source):
    """Name the functions that are not compiled by numba and have an argument without a type."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            compiled = any("njit" in ast.unparse(one) for one in node.decorator_list)
            given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            named = [one for one in given if one.arg not in ("self", "cls")]
            if not compiled and (node.returns is None or any(not a.annotation for a in named)):
                yield node.name


def test_kernels_alone_lack_types():
    """Where the linter asks for no annotations, compiled functions alone lack them."""
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    ignored = tools["ruff"]["lint"]["per-file-ignores"]
    files = [name for name, rules in ignored.items() if "ANN001" in rules]
    modules = {name.removesuffix(".py").replace("/", ".") for name in files}
    overrides = tools["mypy"]["overrides"]
    unchecked = [one["module"] for one in overrides if one.get("disallow_untyped_defs") is False]
    assert [modules] == list(map(set, unchecked))
    for name in files:
        assert list(without_annotations((ROOT / name).read_text(encoding="utf-8"))) == [], name
    assert list(without_annotations("@njit\ndef a(b): ...\ndef c(d) -> int: ...\n")) == ["c"]
