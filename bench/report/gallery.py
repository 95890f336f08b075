"""One embedding drawn: points in colour, or pictures in their places."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.offsetbox import AnnotationBbox, OffsetImage
from numpy.typing import NDArray

_PICTURES_ACROSS = 6  # how many thumbnails would fit side by side
_PICTURE_POINTS = 20  # their size on paper


def draw_embedding(
    ax: Axes,
    embedding: NDArray[np.floating],
    pictures: Mapping[str, NDArray[Any]],
) -> None:
    """Draw the first two dimensions of an embedding.

    Parameters
    ----------
    ax : matplotlib axes
    embedding : ndarray of shape (n, n_components)
    pictures : mapping of str to ndarray
        ``color`` or ``labels`` of each point and ``thumbnails`` of the first few, if there are.
    """
    shown = np.zeros((len(embedding), 2))
    shown[:, : embedding.shape[1]] = embedding[:, :2]
    shown /= np.abs(shown).max() or 1  # axes without numbers; widths near the largest overflow
    x, y = shown.T
    if "labels" in pictures:
        palette = np.array(sns.color_palette("colorblind", 10))
        ax.scatter(x, y, c=palette[pictures["labels"] % 10], s=3, linewidths=0)
    elif "color" in pictures:
        ax.scatter(x, y, c=pictures["color"], cmap="viridis", s=3, linewidths=0)
    else:
        ax.scatter(x, y, color=".4", s=3, linewidths=0)
    ax.set_aspect("equal", adjustable="datalim")
    if "thumbnails" in pictures:
        ax.margins(0.1)  # room for pictures on the outermost points
        _place_thumbnails(ax, shown, pictures["thumbnails"])


def _place_thumbnails(ax: Axes, shown: NDArray[np.floating], images: NDArray[np.uint8]) -> None:
    """Put pictures on their points, leaving out those that would cover another."""
    extent = float(np.ptp(shown, axis=0).max())
    apart = extent / _PICTURES_ACROSS
    taken: list[NDArray[np.floating]] = []
    zoom = _PICTURE_POINTS / max(images.shape[1:])
    for place, image in zip(shown, images, strict=False):
        if all(np.abs(place - other).max() > apart for other in taken):
            taken.append(place)
            picture = OffsetImage(image, zoom=zoom, cmap="gray")
            box = AnnotationBbox(picture, tuple(place), pad=0.1, bboxprops={"linewidth": 0.3})
            ax.add_artist(box)
