"""Registry: names to reducers, datasets and metrics, by one resolver through three doors.

1. A file: ``reducers/NAME.py`` of this package or of a plugin folder, offering ``reducer``
   (likewise ``datasets/`` and ``dataset``, ``metrics/`` and ``metric``, ``decoder_metrics/`` and
   ``decoder_metric``).
2. An entry point in the group ``manifold_bench.reducers`` (``.datasets``, ``.metrics``).
3. A dotted path ``package.module:Name``.

A dataset may also be named by the path of a file or folder of the user's own, see `bench.own_data`.
Built-in reducers and datasets use the first door like everyone. Listing imports nothing: what a
file needs is read off its import statements.
"""

import ast
import importlib
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from importlib import metadata, util
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from bench.errors import BenchError, UnavailableError, one_line, unknown_name

Kind = Literal["reducer", "dataset", "metric", "decoder_metric"]


@dataclass(frozen=True)
class Item:
    """One name in the registry.

    Parameters
    ----------
    kind : {"reducer", "dataset", "metric"}
        What it is.
    name : str
        What it is called.
    origin : str
        The file, entry point or dotted path that defines it, as shown to users.
    module : str
        The module to import, or the path of the file to load.
    attribute : str
        The name inside the module.
    bound : tuple of str
        Arguments that the name stands for: the path, of data of the user's own.
    """

    kind: Kind
    name: str
    origin: str
    module: str
    attribute: str
    bound: tuple[str, ...] = ()

    @cached_property
    def _file(self) -> Path | None:
        if self.module.endswith(".py"):
            return Path(self.module)
        spec = _find(self.module)
        return Path(spec.origin) if spec and spec.origin and spec.has_location else None

    @property
    def third_party(self) -> bool:
        """Whether the code is not part of this package."""
        return not self.module.startswith("bench.")

    @cached_property
    def unavailable(self) -> str | None:
        """Why the item cannot be used here, or None; found without importing it."""
        try:
            if self._file is None:
                return f"no module {self.module!r}"
            tree = ast.parse(self._file.read_text(encoding="utf-8"))
        except SyntaxError as error:
            return f"syntax error in line {error.lineno}: {error.msg}"
        except (ImportError, OSError, ValueError) as error:
            return f"{type(error).__name__}: {error}"
        missing = sorted(name for name in set(_imports(tree)) if util.find_spec(name) is None)
        extras = sorted({extra for name in missing for extra in _extras(name)})
        hint = f" (extra [{', '.join(extras)}] of manifold-bench)" if extras else ""
        return f"needs {', '.join(missing)}: not installed{hint}" if missing else None

    @cached_property
    def summary(self) -> str:
        """The first line of the docstring, of the function of that name or else of its file."""
        if self._file is None or self.unavailable:
            return ""
        tree = ast.parse(self._file.read_text(encoding="utf-8"))
        own = self.attribute.rpartition(".")[2]
        functions = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == own]
        docs = [ast.get_docstring(node) for node in functions if self.name == own]
        return ((docs and docs[0]) or ast.get_docstring(tree) or "").partition("\n")[0]

    def load(self) -> tuple[Any, int]:
        """Import the item.

        Returns
        -------
        item : object
            What the module offers under its attribute.
        revision : int
            The module's ``REVISION``, 1 if it has none: part of a job's identity, so that a
            changed method or dataset is another job.

        Raises
        ------
        UnavailableError
            If the module cannot be imported, for whatever reason.
        """
        try:
            module = self._import()
            item: Any = module
            for part in self.attribute.split("."):
                item = item[part] if isinstance(item, dict) else getattr(item, part)
            item = partial(item, *self.bound) if self.bound else item
            return item, int(getattr(module, "REVISION", 1))
        except (Exception, SystemExit) as error:  # a plugin's module may do anything
            where = f"{self.kind} {self.name!r} ({self.origin})"
            raise UnavailableError(f"{where}: {one_line(error)}") from error

    def beside(self, name: str) -> Callable[..., Any] | None:
        """Return a function that the item's file offers beside it, or None if it has none.

        Raises
        ------
        Exception
            Whatever importing the file raises; `load` says it in words.
        """
        function = getattr(self._import(), name, None)
        return partial(function, *self.bound) if callable(function) else None

    def _import(self) -> ModuleType:
        if not self.module.endswith(".py"):
            return importlib.import_module(self.module)
        name = f"bench_plugin_{self.kind}_{self.name}"
        spec = util.spec_from_file_location(name, self.module)
        if spec is None or spec.loader is None:
            raise ImportError(f"{self.module} is not a Python file")
        module = util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        return module


@dataclass(frozen=True)
class Registry:
    """All reducers, datasets and metrics that can be named.

    Parameters
    ----------
    plugins : tuple of Path
        Folders that hold ``reducers/``, ``datasets/`` or ``metrics/`` with files of their own.
    data : tuple of Path
        Files and folders of the user's own that are datasets here.

    Raises
    ------
    BenchError
        If a plugin folder has none of these.
    """

    plugins: tuple[Path, ...] = ()
    data: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a plugin folder that would add nothing."""
        for folder in self.plugins:
            if not any((folder / f"{kind}s").is_dir() for kind in ("reducer", "dataset", "metric")):
                raise BenchError(
                    f"Plugin folder '{folder}' has no reducers/, datasets/ or metrics/ inside: put "
                    f"a file there, for instance {folder}/reducers/mine.py."
                )

    def items(self, kind: Kind) -> dict[str, Item]:
        """Return every item of a kind by name, sorted.

        Raises
        ------
        BenchError
            If two sources define the same name.
        """
        found: dict[str, Item] = {}
        own = map(_own_data, self.data if kind == "dataset" else ())
        for item in (*self._built_in(kind), *self._files(kind), *_entry_points(kind), *own):
            if item.name in found:
                raise BenchError(
                    f"{kind} {item.name!r} is defined twice: by {found[item.name].origin} and by "
                    f"{item.origin}. Rename one of them."
                )
            found[item.name] = item
        return dict(sorted(found.items()))

    def find(self, kind: Kind, name: str) -> Item:
        """Return the item of a name, a dotted path or, of a dataset, the path of the data.

        Raises
        ------
        BenchError
            If there is none; the message offers the closest match. If data of the user's own
            are not there, or not what they should be.
        """
        if kind == "dataset" and (path := self.own_data(name)):
            from bench.own_data import read

            item = _own_data(path)
            read(path)  # what is wrong with the data is said at once, not by every job
            return item
        if ":" in name:
            module, _, attribute = name.partition(":")
            if not module or not attribute:
                raise BenchError(f"A dotted path is package.module:Name, got {name!r}.")
            return Item(kind, name, name, module, attribute)
        items = self.items(kind)
        if name not in items:
            raise unknown_name(kind, name, items)
        return items[name]

    def own_data(self, name: str) -> Path | None:
        """Return the path of the user's own data that a dataset's name stands for, or None.

        A registered name comes first: ``./digits`` is a folder, ``digits`` the built-in dataset.
        """
        from bench.own_data import looks_like_data

        if not looks_like_data(name) or name in self.items("dataset"):
            return None
        return Path(name).expanduser().resolve()

    def _built_in(self, kind: Kind) -> Iterator[Item]:
        if kind == "metric":
            yield from _table(kind, "bench.metrics.table", "METRICS")
            return
        if kind == "decoder_metric":
            yield from _table(kind, "bench.decoder.table", "DECODER_METRICS")
            return
        if kind == "reducer":
            yield from _table(kind, "bench.controls", "CONTROLS")
            yield from _table(kind, "bench.controls", "DECODERS")
        package = util.find_spec(f"bench.{kind}s")
        for folder in (package and package.submodule_search_locations) or ():
            for path in sorted(Path(folder).glob("[a-z]*.py")):
                module = f"bench.{kind}s.{path.stem}"
                yield Item(kind, path.stem, f"built-in {kind}s/{path.name}", module, kind)

    def _files(self, kind: Kind) -> Iterator[Item]:
        for folder in self.plugins:
            for path in sorted((folder / f"{kind}s").glob("[a-z]*.py")):
                yield Item(kind, path.stem, str(path), str(path.resolve()), kind)


def _own_data(path: Path) -> Item:
    from bench.own_data import name_of

    return Item("dataset", name_of(path), str(path), "bench.own_data", "dataset", (str(path),))


def _table(kind: Kind, module: str, table: str) -> Iterator[Item]:
    """List a table inside the package: metrics, and the controls that stand among reducers."""
    for name in getattr(importlib.import_module(module), table):
        yield Item(kind, name, f"built-in {table.lower()}", module, f"{table}.{name}")


def _entry_points(kind: Kind) -> Iterator[Item]:
    for point in metadata.entry_points(group=f"manifold_bench.{kind}s"):
        distribution = point.dist.name if point.dist else "an unnamed distribution"
        origin = f"entry point of {distribution}"
        yield Item(kind, point.name, origin, point.module, point.attr or kind)


def _extras(package: str) -> Iterator[str]:
    """Name the extras of this distribution that install a package."""
    try:
        required = metadata.requires("manifold-bench") or []
    except metadata.PackageNotFoundError:  # a checkout that is not installed
        return
    for requirement in required:
        name, _, marker = requirement.partition(";")
        extra = re.search(r"extra\s*==\s*[\"'](\w+)", marker)
        if extra and re.split(r"[^\w.-]", name.strip())[0] == package:
            yield extra[1]


def _find(module: str) -> ModuleSpec | None:
    """Find a module without importing the packages above it, as `util.find_spec` would."""
    spec, path, name = None, None, ""
    for part in module.split("."):
        name = f"{name}.{part}" if name else part
        spec = PathFinder.find_spec(name, path) if name != part else util.find_spec(name)
        if spec is None:
            return None
        known = sys.modules.get(name)  # a package may have extended its path, as bench does
        path = list(getattr(known, "__path__", spec.submodule_search_locations or ()))
    return spec


def _imports(tree: ast.AST) -> Iterator[str]:
    """Name the packages that the code imports, apart from attempts guarded by ``try``."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]
        elif not isinstance(node, ast.Try):
            yield from _imports(node)
