"""Marked sections of a page: ``<!-- name -->`` ... ``<!-- /name -->``, filled by a script."""

import re
from collections.abc import Mapping
from pathlib import Path


def fill(text: str, contents: Mapping[str, str]) -> str:
    """Return a page with the contents of its marked sections replaced.

    Raises
    ------
    ValueError
        If a section is not in the page exactly once: nothing is left out in silence.
    """
    for name, content in contents.items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        found = len(pattern.findall(text))
        if found != 1:
            message = f"'<!-- {name} --> ... <!-- /{name} -->' must be there once, it is {found}"
            raise ValueError(message)
        block = f"\n{content.strip()}\n\n"
        text = pattern.sub(lambda match, block=block: f"{match[1]}{block}{match[2]}", text)
    return text


def update(page: Path, contents: Mapping[str, str], *, check: bool) -> bool:
    """Fill the sections of a page; with ``check`` only tell whether that changes nothing."""
    old = page.read_text(encoding="utf-8")
    new = fill(old, contents)
    if not check and new != old:
        page.write_text(new, encoding="utf-8")
    return new == old
