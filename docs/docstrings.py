"""What the text of a file says: its docstrings as Markdown, and constants in its code."""

import ast
import re
from collections.abc import Iterator
from textwrap import dedent


def as_markdown(text: str) -> str:
    """Turn a docstring into one paragraph of Markdown."""
    return " ".join(dedent(text).replace("``", "`").split())


def described(docstring: str) -> Iterator[tuple[str, str]]:
    """Yield the parameters that a numpydoc docstring describes, and their meaning."""
    _, _, rest = docstring.partition("Parameters\n----------\n")
    section = re.split(r"\n\w+\n-{3,}\n", f"\n{rest}")[0]
    for found in re.finditer(r"^(\w[\w, ]*) : .*\n((?:    .*\n?|\n)+)", section, re.MULTILINE):
        for name in found[1].split(", "):
            yield name, as_markdown(found[2])


def constant(tree: ast.AST, name: str) -> str:
    """Return the text that a file gives as an argument of that name, or under that name."""
    constants = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == name:
            value = node.value
            value = constants.get(value.id, value) if isinstance(value, ast.Name) else value
            return str(ast.literal_eval(value))
    raise ValueError(f"there is no {name} in the file")
