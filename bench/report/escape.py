"""Text of other people for Markdown, LaTeX and CSV: it shows as it is, and means nothing there."""

import re

import pandas as pd

from bench.visible_text import visible

_MARKDOWN = {
    "&": "&amp;",
    "<": "&lt;",
    "|": "\\|",
    "\\": "&#92;",  # a backslash before a pipe would take its own from it
    "$": "&#36;",  # mathematics, on GitHub
    "@": "&#64;",  # an address, or a person's name
} | {character: f"\\{character}" for character in "`*[]~"}
_LATEX = (
    {character: rf"\{character}" for character in "&%$#_{}"}
    # After a line break, brackets and stars would be its arguments.
    | {character: f"{{{character}}}" for character in "[]*`'"}
    | {"<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", "±": r"$\pm$"}
    | {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\\": r"\textbackslash{}"}
)
# Letters that pdflatex sets in its standard font; some of Latin-1 are not in it.
_PDFLATEX = re.compile(
    r"[ -~À-ÏÑ-ÖØ-Ýß-ïñ-öø-ýÿĂăĆćČčĎďĚěĞğİıĹĺĽľŁłŃńŇňŐőŒœŔŕŘřŚśŞşŠšŢţŤťŮůŰűŸŹźŻżŽž]"
)
LATEX_PREAMBLE = (
    "% \\usepackage{booktabs}\n"
    "% Letters that pdflatex does not have are given by their number; xelatex and lualatex set "
    "them.\n"
    "\\providecommand{\\otherletter}[2]{\\ifdefined\\Umathcode#1\\else U+#2\\fi}\n"
)
_FORMULA = tuple("=+-@＝＋－＠")


def markdown_escape(text: str) -> str:
    """Make text safe for a line or a cell of Markdown: no column, HTML, link, image or style."""
    text = visible(" ".join(text.split()))
    text = "".join(_MARKDOWN.get(character, character) for character in text)
    text = re.sub(r"(?<![^\W_])_|_(?![^\W_])", r"\\_", text)  # within a word it means nothing
    return re.sub(r"\bwww\.", "www&#46;", text.replace("://", "&#58;//"), flags=re.IGNORECASE)


def latex_escape(text: str) -> str:
    """Make text safe for LaTeX; `LATEX_PREAMBLE` must stand before it."""
    text = "".join(map(_latex_character, visible(" ".join(text.split()))))
    return re.sub("-(?=-)", "-{}", text)  # two hyphens are two hyphens, and not a dash


def csv_text(frame: pd.DataFrame) -> str:
    """Write a frame as CSV: numbers with six digits, and text that no spreadsheet computes.

    Text that begins as a formula gets an apostrophe before it (OWASP, CSV injection).
    """
    cells = {name: _csv_column(column) for name, column in frame.items()}
    return str(pd.DataFrame(cells).to_csv(index=False, lineterminator="\n"))


def _latex_character(character: str) -> str:
    if character in _LATEX:
        return _LATEX[character]
    if _PDFLATEX.match(character):
        return character
    return rf"\otherletter{{{character}}}{{{ord(character):04X}}}"


def _csv_column(column: pd.Series) -> pd.Series:
    return column.map(_csv_cell, na_action="ignore").astype(object)


def _csv_cell(value: object) -> str:
    if isinstance(value, str):
        text = visible(" ".join(value.split()))
        return f"'{text}" if text.startswith(_FORMULA) else text
    return f"{value:.6g}" if isinstance(value, float) else str(value)
