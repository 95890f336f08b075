"""How a CSV file is laid out, told from its first lines: separator, decimal mark, line of names."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

_SEPARATORS = {  # of several that fit equally, the first
    ";": "semicolons",
    "\t": "tabs",
    "|": "bars",
    ",": "commas",
    " ": "white space",
}
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[+-]?inf(inity)?|true|false", re.I)
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+(e[+-]?\d+)?", re.I)
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_FRACTION = re.compile(r"[+-]?\d*\.\d+(e[+-]?\d+)?", re.I)
_MISSING = {"", "na", "n/a", "#n/a", "<na>", "nan", "-nan", "null", "none"}
_MANY_COLUMNS = 5  # a point that happens to be 0, 1, 2, 3, 4 is not to be expected
_FEWEST_ROWS = 2  # for a range to be told
_FAR = 10  # times the range of a column
_REMEDY = (
    "if they are names, add a letter to each (y2019); if they are a point, put a line of names "
    "above."
)


@dataclass(frozen=True)
class Layout:
    """How a CSV file is laid out.

    Parameters
    ----------
    separator, decimal : str
        One character each; a space stands for any white space.
    names : tuple of str or None
        The names in its first line, if that is what the line holds.
    lines : int
        How many lines come before the first row of numbers.
    width : int
        Fields in a row.
    """

    separator: str
    decimal: str
    names: tuple[str, ...] | None
    lines: int
    width: int

    @property
    def description(self) -> str:
        """How the file was understood; empty if plain: commas, and a line of names."""
        if (self.separator, self.decimal) == (",", ".") and self.names:
            return ""
        between = _SEPARATORS.get(self.separator, repr(self.separator))
        decimal = ", decimal commas" if self.decimal == "," else ""
        names = "a line of names" if self.names else "no line of names"
        return f"{between} between columns{decimal}, {names}"


def find_layout(lines: Sequence[str]) -> Layout:
    """Tell the layout from the first lines of a file.

    Raises
    ------
    ValueError
        If there are none, or they can be understood in two ways; the message continues a
        sentence whose subject is the file.
    """
    start = _first_of_interest(lines)
    if start == len(lines):
        raise ValueError("is empty: a row for each point is expected.")
    forced = re.fullmatch(r"sep=(.)\s*", lines[start])  # Excel's hint to itself
    if forced:
        start += 1 + _first_of_interest(lines[start + 1 :])
    separator = forced[1] if forced else _separator(lines[start:])
    rows, first_lines = _split(lines[start:], separator)
    decimal = _decimal(rows, separator)
    rows = [[_with_point(cell, decimal) for cell in row] for row in rows]
    names = tuple(rows[0]) if _holds_names(rows[0], rows[1:]) else None
    # Longer rows are refused: without names in reading them, else when they are named.
    width = max(map(len, rows[1:]), default=len(rows[0])) if names else len(rows[0])
    return Layout(separator, decimal, names, start + first_lines * bool(names), width)


def _first_of_interest(lines: Sequence[str]) -> int:
    """Return where blank lines and comments end."""
    return next((i for i, line in enumerate(lines) if not _is_comment(line)), len(lines))


def _is_comment(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _split(lines: Sequence[str], separator: str) -> tuple[list[list[str]], int]:
    """Return the cells of each row, and how many lines the first row takes."""
    kept = [line for line in lines if not _is_comment(line)]
    if separator == " ":
        kept = [" ".join(line.split()) for line in kept]
    reader = csv.reader(kept, delimiter=separator, skipinitialspace=True)
    first, used = next(reader), reader.line_num
    rows = [[cell.strip() for cell in row] for row in reader]
    return [[cell.strip() for cell in first], *(row for row in rows if any(row))], used


def _separator(lines: Sequence[str]) -> str:
    """Choose the separator that gives most numbers; a comma where all rows have one field."""

    def numbers(separator: str) -> float:
        rows = _split(lines, separator)[0]
        cells = [cell for row in rows[1:] or rows for cell in row]
        if not any(len(row) > 1 for row in rows[1:] or rows):
            return -1
        commas = separator != ","
        return sum(_is_number(c) or (commas and _has_decimal_comma(c)) for c in cells) / len(cells)

    best = max(_SEPARATORS, key=numbers)
    return best if numbers(best) >= 0 else ","


def _decimal(rows: Sequence[Sequence[str]], separator: str) -> str:
    cells = [cell for row in rows for cell in row]
    with_comma = [cell for cell in cells if _has_decimal_comma(cell)]
    if separator == "," or not with_comma or any(map(_FRACTION.fullmatch, cells)):
        return "."
    if all(map(_THOUSANDS.fullmatch, with_comma)):
        raise ValueError(
            f"holds numbers such as '{with_comma[0]}', a fraction or thousands: write a decimal "
            "point, and no separator of thousands."
        )
    return ","


def _holds_names(first: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    """Say whether the first row holds names, not a point."""
    if _counts(first[1:]) and first[0] == "":  # an index without a name, as pandas writes it
        return True
    texts = [cell for cell in first if not _is_number(cell) and not _is_missing(cell)]
    numbers = [cell for cell in first if _is_number(cell)]
    if any(letter.isalpha() for text in texts for letter in text):
        if numbers and _repeats_text(first, body):
            return False
        if numbers and not _counts(numbers):
            raise ValueError(
                f"mixes text ('{texts[0][:20]}') and numbers ('{numbers[0]}') in its first line: "
                f"{_REMEDY}"
            )
        return True
    if texts or len(numbers) < len(first) or not body:
        return False
    columns = [[row[i] for row in body if i < len(row)] for i in range(len(first))]
    if _counts(first):
        return _counted_are_names(first, columns)
    if _stands_apart(first, columns, body):
        said = ", ".join(first[:3]) + ", ..." * (len(first) > 3)
        raise ValueError(f"begins with {said}, which may be names or a point: {_REMEDY}")
    return False


def _repeats_text(first: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    """Say whether a text of the first row stands below itself again, as classes do."""
    texts = [(i, cell) for i, cell in enumerate(first) if any(map(str.isalpha, cell))]
    wanted = [(i, cell) for i, cell in texts if not _is_number(cell) and not _is_missing(cell)]
    return any(row[i : i + 1] == [cell] for i, cell in wanted for row in body)


def _counted_are_names(first: Sequence[str], columns: Sequence[Sequence[str]]) -> bool:
    """Say whether a first row of 0, 1, 2, ... holds the names that pandas gives."""
    cells = [cell for column in columns for cell in column]
    whole = [_is_whole(cell) for cell in cells]
    text = any(not _is_number(cell) and not _is_missing(cell) for cell in cells)
    if len(first) >= _MANY_COLUMNS or text or (not any(whole) and len(first) > 1):
        return True
    fits = any(_distance(cell, column) == 0 for cell, column in zip(first, columns, strict=True))
    if all(whole) and fits:
        return False
    if not all(whole) and not fits:
        return True
    raise ValueError(f"begins with {', '.join(first)}, which may be names or a point: {_REMEDY}")


def _stands_apart(
    first: Sequence[str], columns: Sequence[Sequence[str]], body: Sequence[Sequence[str]]
) -> bool:
    """Say whether a first row of numbers may hold names: years, wavelengths, pixels."""
    if len(set(first)) < len(first) or len(body) < _FEWEST_ROWS:  # names differ
        return False
    distances = [_distance(cell, column) for cell, column in zip(first, columns, strict=True)]
    other_kind = all(map(_is_whole, first)) and not any(_is_whole(c) for row in body for c in row)
    mostly_outside = sum(map(bool, distances)) > len(first) / 2
    even = _is_even(first) and sum(map(_is_even, body)) < len(body) / 2
    evenly_named = even and (mostly_outside or len(first) >= _MANY_COLUMNS)
    return other_kind or evenly_named or min(distances) > _FAR


def _distance(cell: str, column: Sequence[str]) -> float:
    """Return how far a number is outside a column, in units of the column's range."""
    values = [float(other) for other in column if _is_finite(other)]
    if not values or not _is_finite(cell):
        return 0
    outside = max(min(values) - float(cell), float(cell) - max(values), 0)
    span = max(values) - min(values)
    if not outside:
        return 0
    return outside / span if span else float("inf")


def _is_even(cells: Sequence[str]) -> bool:
    """Say whether three or more numbers have equal steps, as the names of bands and years do."""
    if len(cells) < 3 or not all(map(_is_finite, cells)):
        return False
    steps = [float(b) - float(a) for a, b in pairwise(cells)]
    return steps[0] != 0 and max(steps) - min(steps) <= 1e-6 * abs(steps[0])


def _counts(cells: Sequence[str]) -> bool:
    return bool(cells) and list(cells) == [str(i) for i in range(len(cells))]


def _with_point(cell: str, decimal: str) -> str:
    return cell.replace(",", ".") if decimal == "," and _has_decimal_comma(cell) else cell


def _has_decimal_comma(cell: str) -> bool:
    return bool(_DECIMAL_COMMA.fullmatch(cell))


def _is_number(cell: str) -> bool:
    return bool(_NUMBER.fullmatch(cell))


def _is_finite(cell: str) -> bool:
    return _is_number(cell) and not cell[-1:].isalpha()


def _is_whole(cell: str) -> bool:
    return bool(re.fullmatch(r"[+-]?\d+", cell))


def _is_missing(cell: str) -> bool:
    return cell.casefold() in _MISSING
