"""What all figures share: the style, the layout of panels, labels that are safe."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
import seaborn as sns
from matplotlib.figure import Figure

COLUMNS = 4
MARKERS = "osD^vPX<>*"
_GREY_OF_PALETTE = 7  # left to the controls


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
    figure = Figure(figsize=(panel[0] * columns, panel[1] * rows + 0.5), layout="constrained")
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


def plain(label: str) -> str:
    """Keep matplotlib from reading a dollar sign as mathematics."""
    return label.replace("$", r"\$")


def file_name(label: str) -> str:
    """Make a label safe for the name of a file."""
    return "".join(c if c.isalnum() or c in "-_" else "_" for c in label).strip("_")
