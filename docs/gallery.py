"""What the registry says of each dataset, for ``datasets.md``."""

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from docstrings import as_markdown, constant, described

from bench.dataset import Dataset
from bench.engine.sources import downloads_of
from bench.registry import Item, Registry

PAGE = Path(__file__).with_name("datasets.md")
FIGURE = PAGE.with_suffix(".png")
_FEW = 60  # points are enough to ask a dataset what it is


@dataclass(frozen=True, eq=False)
class Entry:
    """What the page says of one dataset.

    Parameters
    ----------
    item : Item
        Its place in the registry.
    """

    item: Item

    @cached_property
    def factory(self) -> Any:  # noqa: ANN401 - a plugin
        """The function that draws it."""
        return self.item.load()[0]

    @cached_property
    def module(self) -> str:
        """The docstring of its file."""
        return inspect.getdoc(sys.modules[self.factory.__module__]) or ""

    @cached_property
    def drawn(self) -> Dataset | None:
        """A few points with the default parameters; None of what needs a download."""
        if downloads_of(self.item):
            return None
        dataset: Dataset = self.factory(n=_FEW, seed=0)
        return dataset

    def section(self, name: str) -> str:
        """Return a section of the file's docstring."""
        found = re.search(rf"^{name}\n((?:    .*\n|\n)+)", f"{self.module}\n", re.MULTILINE)
        if not found:
            raise ValueError(f"the docstring of {self.item.origin} has no section {name}")
        return as_markdown(found[1])

    def parameters(self) -> Iterator[tuple[str, str, str]]:
        """Name each parameter with its default and its meaning.

        Raises
        ------
        ValueError
            If the docstring does not describe it: nothing is left out in silence.
        """
        meaning = dict(described(inspect.getdoc(self.factory) or ""))
        for name, parameter in inspect.signature(self.factory).parameters.items():
            if name not in meaning:
                raise ValueError(f"{self.item.origin} does not describe its parameter {name}")
            yield name, f"{parameter.default!r}", meaning[name]

    def said(self, name: str) -> str:
        """Return the source or the licence of the data.

        Of what needs a download it is read off the text of the file.
        """
        if self.drawn is not None:
            return str(getattr(self.drawn, name))
        return constant(ast.parse(inspect.getsource(sys.modules[self.factory.__module__])), name)

    @property
    def dimensions(self) -> str:
        """D, the ambient dimensions."""
        return "" if self.drawn is None else f"{self.drawn.X.shape[1]:,}"

    @property
    def intrinsic_dimension(self) -> str:
        """The intrinsic dimension, where it is known."""
        known = self.drawn and self.drawn.intrinsic_dimension
        return "" if known is None else str(known)

    @property
    def reach(self) -> str:
        """The reach, where it is known."""
        known = None if self.drawn is None else self.drawn.reach
        return "" if known is None else "infinite" if known == float("inf") else f"{known:.3g}"


def entries() -> list[Entry]:
    """Return every dataset of the registry that comes with the package."""
    items = Registry().items("dataset").values()
    return [Entry(item) for item in items if item.origin.startswith("built-in")]


def overview(found: list[Entry]) -> str:
    """Return a table with a line for each dataset."""
    lines = ["| dataset | shows | geodesics | D | d | reach |", "|---|---|---|---|---|---|"]
    for entry in found:
        name = entry.item.name
        cells = [f"[`{name}`](#{name})", _subject(entry), _status(entry)]
        cells += [entry.dimensions, entry.intrinsic_dimension, entry.reach]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def details(entry: Entry) -> str:
    """Return the part of the page on one dataset."""
    name = entry.item.name
    summary = as_markdown(entry.item.summary)
    lines = [f"### {name}", "", summary, "", "| parameter | default | meaning |", "|---|---|---|"]
    for parameter, default, meaning in entry.parameters():
        lines.append(f"| `{parameter}` | `{default}` | {meaning.replace('|', '&#124;')} |")
    lines += ["", *(f"- {title}: {entry.section(title)}" for title in ("Geodesic", "Status"))]
    lines += [f"- Source: {entry.section('Source')}"]
    lines += [f"- Data: {entry.said('source')}. Licence: {entry.said('licence')}."]
    facts = {"intrinsic dimension": entry.intrinsic_dimension, "reach": entry.reach}
    if said := [f"{what} {value}" for what, value in facts.items() if value]:
        lines += [f"- Known of the default draw: {', '.join(said)}."]
    return "\n".join(lines)


def contents() -> dict[str, str]:
    """Return the sections of the page."""
    found = entries()
    return {"overview": overview(found), "datasets": "\n\n".join(map(details, found))}


def _subject(entry: Entry) -> str:
    """Return what stands before the colon or the comma of the summary."""
    return as_markdown(entry.item.summary.partition(":")[0]).rstrip(".")


def _status(entry: Entry) -> str:
    """Return the first words of the section on the status."""
    return re.split(r"[.:,(]", entry.section("Status"))[0].strip().lower()


def draw() -> None:
    """Draw the figure of all datasets."""
    from gallery_figure import draw_gallery

    draw_gallery([entry.item for entry in entries()], FIGURE)
