"""What the source of a plugin tells without being imported."""

import ast
from collections.abc import Iterator
from importlib import util
from pathlib import Path
from typing import Any


def parse(file: Path) -> ast.Module:
    """Parse a file as Python reads it: a byte order mark or a coding line is heeded.

    Raises
    ------
    SyntaxError, ValueError, OSError, RecursionError, MemoryError
        If it is not Python, cannot be read, or is nested too deeply.
    """
    return ast.parse(file.read_bytes())


def why_unreadable(file: Path) -> str | None:
    """Say why a file cannot be parsed, in one line, or return None."""
    try:
        parse(file)
    except SyntaxError as error:
        where = "" if error.lineno is None else f" in line {error.lineno}"
        return f"syntax error{where}: {error.msg}"
    except (OSError, ValueError, RecursionError, MemoryError) as error:
        return " ".join(f"{type(error).__name__}: {error}".split())
    return None


def missing_packages(file: Path) -> list[str]:
    """List the packages that a file needs and that are not installed, sorted.

    What is imported under a condition (``try``, ``if``, ``suppress``) is not needed, and a module
    beside the file is not a package.
    """
    folder, needed = folder_of(file), set(_imports(parse(file)))
    return sorted(n for n in needed if not _is_installed(n) and not module_in(folder, n, file))


def module_in(folder: Path, name: str, but: Path) -> bool:
    """Whether a folder holds a module or package of that name, other than one file."""
    module = folder / f"{name}.py"
    return (module != but and module.is_file()) or (folder / name / "__init__.py").is_file()


def folder_of(file: Path) -> Path:
    """Return the folder that a plugin lies in, be it a file or a package."""
    return file.parent.parent if file.name == "__init__.py" else file.parent


def defines(file: Path, name: str) -> bool:
    """Whether a file may define a name: it is bound, imported, or written out as a text."""
    for node in ast.walk(parse(file)):
        match node:
            case ast.FunctionDef(name=found) | ast.ClassDef(name=found) | ast.Name(id=found):
                pass
            case ast.alias(name=imported, asname=known_as):
                found = known_as or imported
            case ast.Constant(value=str(text)):
                found = text
            case _:
                continue
        if found in (name, "*"):
            return True
    return False


def stated(file: Path, name: str) -> dict[str, Any]:
    """Return the literal keyword arguments of the call that a file assigns to a name.

    Parameters
    ----------
    file : Path
    name : str
        For instance ``reducer``, of a file with ``reducer = Reducer(make, family="control")``.

    Returns
    -------
    dict of str to object
        Here ``{"family": "control"}``; empty if no call is assigned to the name.
    """
    for node in parse(file).body:
        match node:
            case ast.Assign(targets=[ast.Name(id=found)], value=ast.Call(keywords=keywords)):
                if found == name:
                    return {
                        one.arg: one.value.value
                        for one in keywords
                        if one.arg and isinstance(one.value, ast.Constant)
                    }
    return {}


def docstring_of(file: Path, name: str | None) -> str:
    """Return the first line of a function's docstring, or else of the file's."""
    tree = parse(file)
    functions = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == name]
    docs = [ast.get_docstring(node) for node in functions]
    return ((docs and docs[0]) or ast.get_docstring(tree) or "").partition("\n")[0]


def _is_installed(name: str) -> bool:
    try:
        return util.find_spec(name) is not None
    except ValueError:  # imported already, by other means
        return True


def _imports(tree: ast.AST) -> Iterator[str]:
    """Name the packages that the code imports unconditionally."""
    left = [tree]
    while left:
        node = left.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]
        elif not isinstance(node, ast.Try | ast.If | ast.With):
            left += ast.iter_child_nodes(node)
