"""Registry: names to reducers, datasets and metrics, by one resolver through three doors.

1. A file ``reducers/NAME.py``, or a package ``reducers/NAME/``, of this package or of a plugin
   folder, offering ``reducer`` (likewise ``datasets/`` and ``dataset``, ``metrics/`` and
   ``metric``, ``decoder_metrics/`` and ``decoder_metric``).
2. An entry point in the group ``manifold_bench.reducers`` (``.datasets``, ``.metrics``).
3. A dotted path ``package.module:Name``.

A dataset may also be named by the path of a file or folder of the user's own, see `bench.data.own`.
Built-in reducers and datasets use the first door like everyone. Listing imports nothing: what a
file needs is read off its import statements.
"""

import hashlib
import importlib
import re
import sys
import traceback
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial
from importlib import metadata, util
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, get_args

from bench.errors import BenchError, UnavailableError, one_line, unknown_name
from bench.plugins.modules import import_file
from bench.plugins.source import defines, docstring_of, missing_packages, stated, why_unreadable

Kind = Literal["reducer", "dataset", "metric", "decoder_metric"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MAX_NAME_BYTES = 100  # a file name, which may have 255, is made of a dataset's and more


@dataclass(frozen=True)
class Item:
    """One name in the registry.

    Parameters
    ----------
    kind : {"reducer", "dataset", "metric", "decoder_metric"}
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
    broken : str
        Why its module must not be imported (`bench.engine.quarantine`); empty if it may be.
    """

    kind: Kind
    name: str
    origin: str
    module: str
    attribute: str
    bound: tuple[str, ...] = ()
    broken: str = ""

    @property
    def is_built_in(self) -> bool:
        """Whether it is this package's own code, which may be imported anywhere."""
        return self.module.partition(".")[0] == "bench"

    @property
    def key(self) -> str:
        """What tells this item from every other, in any process."""
        return f"{self.kind} {self.module}:{self.attribute}"

    @cached_property
    def _file(self) -> Path | None:
        if self.module.endswith(".py"):
            return Path(self.module)
        try:
            spec = _find(self.module)
        except (ImportError, ValueError):
            return None
        return Path(spec.origin) if spec and spec.origin and spec.has_location else None

    @cached_property
    def unavailable(self) -> str | None:
        """Why the item cannot be used here, or None; found without importing it."""
        if self.broken:
            return self.broken
        if self._file is None:
            return f"no module {self.module!r}"
        if why := why_unreadable(self._file):
            return why
        if missing := missing_packages(self._file):
            extras = sorted({extra for name in missing for extra in _extras(name)})
            hint = f" (extra [{', '.join(extras)}] of manifold-bench)" if extras else ""
            return f"needs {', '.join(missing)}: not installed{hint}"
        return f"defines no {self.attribute!r}" if self.is_helper else None

    @cached_property
    def is_helper(self) -> bool:
        """Whether its file lies among plugins and defines none, as a module they share."""
        if self._file is None or not self.module.endswith(".py") or why_unreadable(self._file):
            return False
        return not defines(self._file, self.attribute)

    def offers(self, name: str) -> bool:
        """Whether its file defines a name, found without importing it."""
        return (
            self._file is not None and not why_unreadable(self._file) and defines(self._file, name)
        )

    @cached_property
    def stated(self) -> dict[str, Any]:
        """What its file states by keyword where it makes the item, found without importing it."""
        if self._file is None or why_unreadable(self._file):
            return {}
        return stated(self._file, self.attribute)

    @cached_property
    def summary(self) -> str:
        """The first line of the docstring, of the function of that name or else of its file."""
        if self._file is None or self.unavailable:
            return ""
        own = self.attribute.rpartition(".")[2]
        return docstring_of(self._file, own if self.name == own else None)

    @cached_property
    def version(self) -> str:
        """What tells this state of its code from any other, found without importing it.

        Empty of what is built in, whose revision says it. Of an installed module, its distribution
        and version; of another file twelve hexadecimal digits of its SHA-256, or if it is a
        package of that of all its Python files.
        """
        if self.is_built_in or self._file is None:
            return ""
        package = self.module.partition(".")[0]
        names = metadata.packages_distributions().get(package, ())
        versions = (f"{name} {metadata.version(name)}" for name in sorted(set(names)))
        return ", ".join(versions) or _digest_of(self._file)

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
            If the module cannot be imported, for whatever reason, or offers something else than
            an item of this kind.
        """
        if self.broken:
            raise UnavailableError(self.broken)
        try:
            module = self._import()
            item = self._offered_by(module)
            if not self.is_built_in:
                _check_kind(self.kind, item)
            item = partial(item, *self.bound) if self.bound else item
            return item, int(getattr(module, "REVISION", 1))
        except (Exception, SystemExit) as error:  # a plugin's module may do anything
            line = self._line_of(error)
            where = f"{self.origin}, line {line}" if line else self.origin
            said = f"{self.kind} {self.name!r} ({where}): {one_line(error)}"
            raise UnavailableError(said) from error

    def beside(self, name: str) -> Callable[..., Any] | None:
        """Return a function that the item's file offers beside it, or None if it has none.

        Raises
        ------
        Exception
            Whatever importing the file raises; `load` says it in words.
        """
        if self.broken:
            raise UnavailableError(self.broken)
        function = getattr(self._import(), name, None)
        return partial(function, *self.bound) if callable(function) else None

    def _offered_by(self, module: ModuleType) -> Any:  # noqa: ANN401 - any kind of item
        item: Any = module
        for part in self.attribute.split("."):
            try:
                item = item[part] if isinstance(item, dict) else getattr(item, part)
            except (KeyError, AttributeError) as error:
                raise AttributeError(f"it defines no {part!r}") from error
        return item

    def _import(self) -> ModuleType:
        if self.module.endswith(".py"):
            return import_file(Path(self.module))
        return importlib.import_module(self.module)

    def _line_of(self, error: BaseException) -> int | None:
        """Return the line of the item's file that an error was raised from, if it was."""
        lines = traceback.walk_tb(error.__traceback__)
        own = [line for frame, line in lines if frame.f_code.co_filename == str(self._file)]
        return own[-1] if own else None


@dataclass(frozen=True)
class Registry:
    """All reducers, datasets and metrics that can be named.

    Parameters
    ----------
    plugins : tuple of Path
        Folders that hold ``reducers/``, ``datasets/``, ``metrics/`` or ``decoder_metrics/`` with
        files of their own.
    data : tuple of Path
        Files and folders of the user's own that are datasets here.
    broken : tuple of (str, str)
        By `Item.key`, why an item must not be imported, see `bench.engine.quarantine`.

    Raises
    ------
    BenchError
        If a plugin folder has none of these, or cannot be read.

    Examples
    --------
    >>> registry = Registry()
    >>> registry.find("reducer", "isomap").origin
    'built-in reducers/isomap.py'
    >>> "swiss_roll" in registry.items("dataset")
    True
    """

    plugins: tuple[Path, ...] = ()
    data: tuple[Path, ...] = ()
    broken: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        """Refuse a plugin folder that would add nothing."""
        for folder in self.plugins:
            if not any((folder / f"{kind}s").is_dir() for kind in KINDS):
                *others, last = (f"{kind}s/" for kind in KINDS)
                raise BenchError(
                    f"Plugin folder '{folder}' has no {', '.join(others)} or {last} inside: put "
                    f"a file there, for instance {folder}/reducers/mine.py."
                )

    def items(self, kind: Kind) -> dict[str, Item]:
        """Return every item of a kind by name, sorted."""
        return dict(sorted(self._resolve(kind)[0].items()))

    def refused(self, kind: Kind) -> dict[str, str]:
        """Return, by name, why a plugin of a kind is set aside: its name is taken, or cannot be."""
        return self._resolve(kind)[1]

    def _resolve(self, kind: Kind) -> tuple[dict[str, Item], dict[str, str]]:
        found: dict[str, Item] = {}
        refused: dict[str, str] = {}
        broken = dict(self.broken)
        own = map(_own_data, self.data if kind == "dataset" else ())
        for item in (*self._built_in(kind), *self._files(kind), *_entry_points(kind), *own):
            if problem := _problem_of_name(item.name):
                refused[item.name] = f"{kind} {item.name!r} ({item.origin}) is set aside: {problem}"
            elif item.name in found:
                refused[item.name] = (
                    f"{kind} {item.name!r} is defined twice: by {found[item.name].origin} and by "
                    f"{item.origin}, which is set aside. Rename one of them."
                )
            else:
                found[item.name] = replace(item, broken=broken.get(item.key, ""))
        return found, refused

    def find(self, kind: Kind, name: str) -> Item:
        """Return the item of a name, a dotted path or, of a dataset, the path of the data.

        Raises
        ------
        BenchError
            If there is none; the message offers the closest match. If two sources define it. If
            data of the user's own are not there.
        """
        if kind == "dataset" and (path := self.own_data(name)):
            item = _own_data(path)
            if problem := _problem_of_name(item.name):
                raise BenchError(f"The data '{path.name}' cannot be used: {problem}")
            return item
        if ":" in name:
            return self._dotted(kind, name)
        name = unicodedata.normalize("NFC", name)
        items, refused = self._resolve(kind)
        if name in refused:
            raise BenchError(refused[name])
        if name not in items:
            raise unknown_name(kind, name, items)
        return items[name]

    def is_control(self, reducer: str) -> bool:
        """Whether a name or dotted path is that of a control; one not found here is a method."""
        if ":" in reducer:
            item: Item | None = self._dotted("reducer", reducer)
        else:
            item = self.items("reducer").get(reducer)
        return item is not None and item.stated.get("family") == "control"

    def _dotted(self, kind: Kind, name: str) -> Item:
        module, _, attribute = name.partition(":")
        if not module or not attribute:
            raise BenchError(f"A dotted path is package.module:Name, got {name!r}.")
        if problem := _problem_of_name(name.replace(":", ".")):
            raise BenchError(f"{kind} {name!r} cannot be used: {problem}")
        item = Item(kind, name, name, module, attribute)
        return replace(item, broken=dict(self.broken).get(item.key, ""))

    def own_data(self, name: str) -> Path | None:
        """Return the path of the user's own data that a dataset's name stands for, or None.

        A registered name comes first: ``./digits`` is a folder, ``digits`` the built-in dataset.
        """
        from bench.data.own import looks_like_data

        if not looks_like_data(name) or name in self.items("dataset"):
            return None
        return Path(name).expanduser().resolve()

    def _built_in(self, kind: Kind) -> Iterator[Item]:
        if kind == "metric":
            yield from _table(kind, "bench.metrics.table", "METRICS")
            return
        if kind == "decoder_metric":
            yield from _table(kind, "bench.metrics.decoder.table", "DECODER_METRICS")
            return
        package = util.find_spec(f"bench.{kind}s")
        for folder in (package and package.submodule_search_locations) or ():
            for path in sorted(Path(folder).glob("[a-z]*.py")):
                module = f"bench.{kind}s.{path.stem}"
                yield Item(kind, path.stem, f"built-in {kind}s/{path.name}", module, kind)

    def _files(self, kind: Kind) -> Iterator[Item]:
        for folder in self.plugins:
            for name, file in _plugins_in(folder / f"{kind}s"):
                yield Item(kind, name, str(file), str(file.absolute()), kind)


def _digest_of(file: Path) -> str:
    """Return the first digits of the SHA-256 of a file, or of all in its package."""
    is_package = file.name == "__init__.py"
    files = sorted(file.parent.rglob("*.py")) if is_package else [file]
    digest = hashlib.sha256()
    for one in files:
        digest.update(one.read_bytes())
    return digest.hexdigest()[:12]


def _plugins_in(folder: Path) -> Iterator[tuple[str, Path]]:
    """List the files and packages of a folder, apart from those that begin with ``_`` or a dot."""
    try:
        paths = sorted(folder.iterdir()) if folder.is_dir() else []
    except OSError as error:
        raise BenchError(f"Plugin folder '{folder}' cannot be read: {error.strerror}.") from error
    for path in paths:
        name = unicodedata.normalize("NFC", path.stem)
        if path.name.startswith(("_", ".")):
            continue
        if path.suffix == ".py":
            yield name, path
        elif (path / "__init__.py").is_file():
            yield unicodedata.normalize("NFC", path.name), path / "__init__.py"


def _problem_of_name(name: str) -> str | None:
    """Say why a name cannot be one: it stands in tables, on command lines and in file names."""
    if ":" in name or not name.isprintable():
        return "its name must be printable, without a colon: rename it."
    if (size := len(name.encode())) > MAX_NAME_BYTES:
        return f"its name has {size} bytes, at most {MAX_NAME_BYTES} are allowed: rename it."
    return None


def _check_kind(kind: Kind, item: object) -> None:
    """Refuse what a module offers as a metric and is none."""
    from bench.metrics.decoder.table import DecoderMetric
    from bench.metrics.table import Metric

    rows: dict[Kind, type] = {"metric": Metric, "decoder_metric": DecoderMetric}
    if kind in rows and not isinstance(item, rows[kind]):
        raise TypeError(
            f"{kind} is a {type(item).__name__}, not a {rows[kind].__name__}, which has a range, "
            "a direction and a source beside the function"
        )


def _own_data(path: Path) -> Item:
    from bench.data.own import name_of

    return Item("dataset", name_of(path), str(path), "bench.data.own", "dataset", (str(path),))


def _table(kind: Kind, module: str, table: str) -> Iterator[Item]:
    """List a table of metrics inside the package."""
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
