"""What all figures share: the style, the layout of panels, labels that are safe."""

import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from PIL import Image

from bench.visible_text import visible

FIGURES = "figures/"  # in the folder of the results
COLUMNS = 4
MARKERS = "osD^vPX<>*"
_GREY_OF_PALETTE = 7  # left to the controls
_DOTS_PER_INCH = 130
_LONGEST_LABEL = 48  # characters
_LONGEST_NAME = 200  # bytes; a file system allows 255
_KEY_INCHES, _LETTER_INCHES, _LINE_INCHES = 0.6, 0.075, 0.17  # of a legend, at 8 points


@dataclass(frozen=True, eq=False)
class Drawing:
    """A figure that can be drawn.

    Parameters
    ----------
    name : str
        Unlike that of any other figure of the results; the file is called after it.
    draw : callable
        Draws it.
    caption : str
        What it shows, for the page; empty for one that is not on it.
    dataset : str
        Label of the only dataset that it shows; empty if it shows several.
    """

    name: str
    draw: Callable[[], Figure]
    caption: str = ""
    dataset: str = ""

    @property
    def file(self) -> str:
        """The path of its file in the folder of the results."""
        return f"{FIGURES}{file_name(self.name)}.png"


class PanelFigure(Figure):
    """A figure that a notebook shows, though it belongs to no window of matplotlib.pyplot."""

    def _repr_png_(self) -> bytes:
        with io.BytesIO() as buffer:
            self.savefig(buffer, dpi=_DOTS_PER_INCH, format="png")
            return buffer.getvalue()


def distinct_colors() -> list[tuple[float, float, float]]:
    """Return colours that the colour-blind can tell apart too; grey is not among them."""
    palette = list(sns.color_palette("colorblind", 10))
    del palette[_GREY_OF_PALETTE]
    return palette


@contextmanager
def drawing_style() -> Iterator[None]:
    """Draw in seaborn's white grid, whatever the user's matplotlibrc says."""
    with mpl.rc_context():
        mpl.rcdefaults()  # but for the backend: a `Figure` of no window is drawn by Agg
        with sns.axes_style("whitegrid"), sns.plotting_context("paper"):
            yield


def as_png(draw: Callable[[], Figure], made_from: str = "") -> bytes:
    """Draw a figure in our style.

    Parameters
    ----------
    draw : callable
        Returns the figure.
    made_from : str
        Names what it is drawn from; `drawn_from` reads it back from the file.

    Returns
    -------
    bytes
        Of a PNG file.
    """
    with drawing_style(), io.BytesIO() as buffer:
        metadata = {"Description": made_from} if made_from else None
        draw().savefig(buffer, dpi=_DOTS_PER_INCH, format="png", metadata=metadata)
        return buffer.getvalue()


def drawn_from(path: Path) -> str:
    """Return what a PNG file of `as_png` says that it was drawn from; empty if nothing."""
    try:
        with Image.open(path) as image:
            return str(image.info.get("Description", ""))
    except (OSError, ValueError, SyntaxError):  # as Pillow calls a file that is damaged
        return ""


def grid_of_panels(
    panels: int, *, panel: tuple[float, float], shared: bool = False, in_space: bool = False
) -> tuple[Figure, list[Any]]:
    """Lay out panels in rows of four; places left over stay empty.

    Parameters
    ----------
    panels : int
    panel : tuple of float
        Width and height of each, in inches.
    shared : bool
        Whether all have the same axes.
    in_space : bool
        Whether they are drawn in three dimensions.
    """
    columns = min(COLUMNS, max(panels, 1))
    rows = -(-max(panels, 1) // columns)
    figure = PanelFigure(figsize=(panel[0] * columns, panel[1] * rows + 0.5), layout="constrained")
    kind = {"projection": "3d"} if in_space else {}
    grid = figure.subplots(
        rows, columns, squeeze=False, sharex=shared, sharey=shared, subplot_kw=kind
    )
    axes = grid.ravel().tolist()
    for ax in axes[panels:]:
        ax.remove()
    for ax in axes[panels - columns : panels]:
        ax.tick_params(labelbottom=True)  # also where nothing stands below
    return figure, axes[:panels]


def legend_beside(figure: Figure, names: Sequence[str], handles: Sequence[Any]) -> None:
    """Write a legend to the right of all panels, and make the figure wider by what it takes.

    Parameters
    ----------
    figure : Figure
    names : sequence of str
        Labels, as they are.
    handles : sequence of matplotlib artists
        One for each name.
    """
    labels = list(map(plain, names))
    width, height = figure.get_size_inches()
    rows = max(1, int((height - 1) / _LINE_INCHES))
    columns = max(1, -(-len(labels) // rows))
    column = _KEY_INCHES + _LETTER_INCHES * max(map(len, labels), default=0)
    figure.set_size_inches(width + columns * column, height)
    figure.legend(
        handles, labels, loc="outside right center", ncols=columns, frameon=False, fontsize=8
    )


def plain(label: str) -> str:
    """Make text of other people safe for a figure: no mathematics, and no longer than a title.

    Characters that the font does not have are written by their code. A legend leaves out what
    begins with an underscore, so that a space comes before it.
    """
    text = visible(" ".join(label.split()))
    font = get_font(findfont(FontProperties())).get_charmap()
    text = "".join(c if ord(c) in font else f"U+{ord(c):04X}" for c in text)
    if len(text) > _LONGEST_LABEL:  # how it ends may be all in which it differs
        text = f"{text[: _LONGEST_LABEL - 12]}...{text[-9:]}"
    return f"{' ' if text.startswith('_') else ''}{text}".replace("$", r"\$")


def file_name(label: str) -> str:
    """Make a label safe for the name of a file, and short enough for one with its suffix."""
    name = "".join(c if c.isalnum() or c in "-_" else "_" for c in label).strip("_")
    if len(name.encode()) <= _LONGEST_NAME:
        return name
    digest = hashlib.sha256(label.encode()).hexdigest()[:8]
    return f"{name.encode()[: _LONGEST_NAME - 9].decode(errors='ignore')}-{digest}"
