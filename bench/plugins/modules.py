"""Import the file of a plugin, and the modules beside it.

Each folder of plugins is a package of its own, under a name that no other folder has. Statements
``import helper`` inside it find the module beside the plugin, at any time; two folders may each
have a ``helper`` without seeing the other's.
"""

import builtins
import hashlib
import importlib
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from importlib import util
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

from bench.plugins.source import folder_of, module_in

_PREFIX = "bench_plugins_"
_folders: dict[str, Path] = {}  # by the name of their package


def import_file(file: Path) -> ModuleType:
    """Import a plugin anew.

    Parameters
    ----------
    file : Path
        A Python file, or the ``__init__.py`` of a package.

    Raises
    ------
    BaseException
        Whatever the file raises.
    """
    is_package = file.name == "__init__.py"
    stem = file.parent.name if is_package else file.stem
    name = f"{_package_of(folder_of(file))}.{stem.replace('.', '_')}"
    spec = util.spec_from_file_location(
        name,
        file,
        loader=_Loader(name, str(file)),
        submodule_search_locations=[str(file.parent)] if is_package else None,
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is not a Python file")
    module = util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _package_of(folder: Path) -> str:
    """Return the name of a folder's package, made if it is not there yet."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
    name = _PREFIX + hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    if name not in _folders:
        package = ModuleType(name, f"Plugins in {folder}.")
        package.__path__ = [str(folder)]
        sys.modules[name], _folders[name] = package, folder
    return name


class _Finder(MetaPathFinder):
    """Finds the modules of the folders' packages; they import what lies beside them too."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,  # noqa: ARG002 - the interface of a finder
    ) -> ModuleSpec | None:
        if not fullname.startswith(_PREFIX):
            return None
        spec = PathFinder.find_spec(fullname, path)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(fullname, spec.loader.path)
        return spec


class _Loader(SourceFileLoader):
    """Runs a module with an ``import`` that looks beside the plugin."""

    def exec_module(self, module: ModuleType) -> None:
        package = module.__name__.partition(".")[0]
        looks_beside = partial(_import, package, Path(self.path))
        module.__dict__["__builtins__"] = vars(builtins) | {"__import__": looks_beside}
        super().exec_module(module)


def _import(
    package: str,
    importer: Path,
    name: str,
    globals: Mapping[str, Any] | None = None,  # noqa: A002 - the interface of `__import__`
    locals: Mapping[str, Any] | None = None,  # noqa: A002 - the same
    fromlist: Sequence[str] | None = (),
    level: int = 0,
) -> ModuleType:
    """Import as the statement does: an installed package first, then what lies beside."""
    top = name.partition(".")[0]
    if level or not module_in(_folders[package], top, importer) or _is_elsewhere(top):
        return builtins.__import__(name, globals, locals, fromlist or (), level)
    builtins.__import__(f"{package}.{name}", globals, locals, fromlist or (), 0)
    return importlib.import_module(f"{package}.{name if fromlist else top}")


def _is_elsewhere(name: str) -> bool:
    """Whether Python finds a module that does not lie in a folder of plugins."""
    try:
        spec = util.find_spec(name)
    except ValueError:  # imported already, by other means
        return True
    if spec is None or spec.loader is None or spec.origin is None:
        return False
    return folder_of(Path(spec.origin)) not in _folders.values()
