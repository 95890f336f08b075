"""CSV files as people have them, read into columns."""

import codecs
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import numpy as np

from bench.data.csv_layout import Layout, find_layout
from bench.errors import BenchError

if TYPE_CHECKING:
    import pandas as pd

_LINES_LOOKED_AT = 100
_MOST_CHARACTERS = 2**24  # of one line: a file without line ends is not a table


def read_csv(path: Path) -> "tuple[pd.DataFrame, Layout]":
    """Read a table of numbers with commas, semicolons, tabs, bars or white space between them.

    A line of names is told from a point, and a decimal comma from a separator, by the first 100
    lines. Blank lines, lines that begin with ``#`` and empty columns and rows at the end are
    passed over; a gap is NaN. UTF-8 with or without a byte order mark, or UTF-16 with one.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    frame : DataFrame
        A column for each field, of numbers, booleans or text; named as in the file or, where it
        has no names, from 1 on.
    layout : Layout
        How the file was understood.

    Raises
    ------
    BenchError
        If the file can be understood in two ways, has rows of different lengths, or begins with a
        column without a name.
    """
    import pandas as pd

    with _open(path) as file:
        lines = list(islice(iter(partial(file.readline, _MOST_CHARACTERS), ""), _LINES_LOOKED_AT))
    try:
        layout = find_layout(lines)
    except ValueError as error:
        raise BenchError(f"'{path}' {error}") from error
    with _open(path) as file:
        for _ in range(layout.lines):
            file.readline()
        frame = pd.read_csv(
            file,
            sep=r"\s+" if layout.separator == " " else layout.separator,
            decimal=layout.decimal,
            header=None,
            names=range(1, layout.width + 1),
            comment="#",
            skipinitialspace=True,
            low_memory=False,  # else a long column is judged in parts
            float_precision="round_trip",
        )
    return _named(_without_empty_end(frame, layout), layout, path), layout


def _open(path: Path) -> TextIO:
    with path.open("rb") as file:
        start = file.read(2)
    wide = start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    # Letters of another encoding can only be in names and in text, neither of which is used.
    return path.open(encoding="utf-16" if wide else "utf-8-sig", errors="replace", newline="")


def _without_empty_end(frame: "pd.DataFrame", layout: Layout) -> "pd.DataFrame":
    """Drop rows at the end that hold separators only, and columns beyond the last name or value."""
    filled = frame.notna().to_numpy()
    rows, columns = (np.flatnonzero(filled.any(axis=axis)) for axis in (1, 0))
    height = rows[-1] + 1 if len(rows) else 0
    named = [i for i, name in enumerate(layout.names or ()) if name]
    width = max([*columns[-1:], *named[-1:]], default=-1) + 1
    return frame.iloc[:height, :width]


def _named(frame: "pd.DataFrame", layout: Layout, path: Path) -> "pd.DataFrame":
    if layout.names is None:
        return frame
    if layout.names[0] == "":
        raise BenchError(
            f"'{path}' begins with a column of row names: write it without them (pandas: "
            "index=False)."
        )
    names = layout.names[: frame.shape[1]] if not any(layout.names[frame.shape[1] :]) else None
    if names is None or len(names) < frame.shape[1]:
        raise BenchError(
            f"Expected {len(layout.names)} fields in each row of '{path}', as many as names in its "
            f"first line, got {frame.shape[1]}: name every column, and write no row names."
        )
    return frame.set_axis(list(names), axis="columns")
