"""Draw every dataset: points in three dimensions, or images where each point is one."""

from pathlib import Path

import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from bench.dataset import Dataset
from bench.engine.sources import downloads_of
from bench.registry import Item

_N = 1500
_COLUMNS = 6
_ACROSS = 5  # images in a panel, and down
_GAP = 0.06  # between two of them, in parts of their size
_COLORS = "viridis"
_ENLARGED = 1.2  # matplotlib leaves a wide margin around three dimensions


def draw_gallery(items: list[Item], path: Path) -> None:
    """Draw the datasets of the registry into a PNG, one panel for each.

    Parameters
    ----------
    items : list of Item
        The datasets; those whose data are not on this machine get a grey panel.
    path : Path
        Of the PNG.
    """
    rows = -(-len(items) // _COLUMNS)
    figure = Figure(figsize=(1.7 * _COLUMNS, 1.95 * rows), layout="constrained")
    for place, item in enumerate(items, start=1):
        dataset = _draw(item)
        flat = dataset is None or dataset.image_shape is not None
        ax = figure.add_subplot(rows, _COLUMNS, place, projection=None if flat else "3d")
        ax.set_title(item.name, fontsize=9)
        ax.set_axis_off()
        if dataset is None:
            _say_it_is_not_here(ax)
        elif dataset.image_shape is not None:
            ax.imshow(_contact_sheet(dataset), cmap="gray")
        else:
            _show_points(ax, dataset)
    figure.savefig(path, dpi=110)


def _draw(item: Item) -> Dataset | None:
    """Draw a dataset, with the default parameters but for n; None if that takes a download."""
    if not all(source.path.exists() for source in downloads_of(item)):
        return None
    most = item.beside("most")
    factory, _ = item.load()
    dataset: Dataset = factory(n=min(_N, most()) if most else _N, seed=0)
    return dataset


def _show_points(ax: Axes, dataset: Dataset) -> None:
    """Scatter the points, or their first three principal components."""
    points = _three_dimensions(dataset.X)
    ax.scatter(*points.T, c=_colors(dataset), s=3, linewidths=0, depthshade=False)
    span = np.ptp(points, axis=0)
    ax.set_box_aspect(np.maximum(span, 0.02 * span.max()), zoom=_ENLARGED)
    ax.view_init(elev=20, azim=-75)


def _three_dimensions(X: NDArray[np.float32]) -> NDArray[np.float64]:
    if X.shape[1] > 3:
        from sklearn.decomposition import PCA

        return np.asarray(PCA(3, random_state=0).fit_transform(X.astype(np.float64)))
    points = np.zeros((len(X), 3))
    points[:, : X.shape[1]] = X
    return points


def _colors(dataset: Dataset) -> NDArray[np.float64]:
    """Colour by class, by a true coordinate, or not at all."""
    if dataset.labels is not None:
        palette = np.array(sns.color_palette("colorblind", 10))
        return np.asarray(palette[dataset.labels % 10])
    if dataset.color is not None:
        low, high = dataset.color.min(), dataset.color.max()
        return np.asarray(
            sns.color_palette(_COLORS, as_cmap=True)((dataset.color - low) / (high - low))
        )
    return np.full((dataset.n, 3), 0.4)


def _contact_sheet(dataset: Dataset) -> NDArray[np.float64]:
    """Lay some images side by side, in the order of the true coordinate or the class."""
    order = np.arange(dataset.n)
    by = dataset.color if dataset.color is not None else dataset.labels
    if by is not None:
        order = np.argsort(by, kind="stable")
    chosen = order[np.linspace(0, dataset.n - 1, _ACROSS**2).round().astype(int)]
    height, width = dataset.image_shape or (0, 0)
    gap = max(1, round(_GAP * height))
    images = dataset.X[chosen].astype(np.float64).reshape(-1, height, width)
    padded = np.full((_ACROSS**2, height + gap, width + gap), np.nan)  # nothing is drawn there
    padded[:, :height, :width] = images
    grid = padded.reshape(_ACROSS, _ACROSS, height + gap, width + gap)
    return np.asarray(grid.transpose(0, 2, 1, 3).reshape(_ACROSS * (height + gap), -1))


def _say_it_is_not_here(ax: Axes) -> None:
    ax.add_patch(Rectangle((0, 0), 1, 1, color="0.9"))
    ax.text(0.5, 0.5, "needs a download", ha="center", va="center", fontsize=8, color="0.3")
    ax.set_aspect("equal")
