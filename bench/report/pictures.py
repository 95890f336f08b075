"""Figures of what decoders make: decoded grids, lines between points, cleaned points, learning."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from mpl_toolkits.mplot3d import Axes3D
from numpy.typing import NDArray

from bench.metrics.decoder.pictures import NOISE, PREFIX
from bench.record import Record
from bench.report.frame import Results, reducer_label
from bench.report.panels import Drawing, distinct_colors, grid_of_panels, plain

Arrays = dict[str, NDArray[Any]]
_LINES = {
    "geodesic": "true geodesic",
    "input_line": "line in input space",
    "code_line": "line in the code",
}
_COLORS = [distinct_colors()[i] for i in (2, 1, 0)]
_DASHES = ("-", "--", "-")
_GAP = 1  # pixels between images
_LEARNING = "Learning curves, on what was trained on and on what was set apart"
_DECODED = "Codes at equal steps over the code space, decoded"
_BETWEEN = (
    "From one held-out point to another: along the manifold where it is known, straight through "
    "input space, and straight through each code"
)
_DENOISED = "Held-out images with noise, and what each decoder makes of them"


def picture_figures(results: Results) -> Iterator[Drawing]:
    """Name the figures of jobs that hold points out, with the function that draws each."""
    placed = results.held_out
    if placed is None:
        return
    for dataset in placed.datasets:
        names, images = _names(placed, dataset), _image_shape(placed, dataset)
        kinds: list[tuple[str, Any, str]] = []
        if any(name.startswith("learning/") for name in names):
            kinds.append(("learning", learning, _LEARNING))
        if f"{PREFIX}grid" in names:
            kinds.append(("decoded", decoded, _DECODED))
        if f"{PREFIX}code_line" in names:
            kinds.append(("lines", lines if images else lines_in_space, _BETWEEN))
        if f"{PREFIX}denoised" in names and images:
            kinds.append(("denoised", denoised, _DENOISED))
        for kind, draw, caption in kinds:
            yield Drawing(
                f"{kind}_{dataset}",
                partial(draw, placed, dataset),
                f"{caption}: {dataset}",
                dataset=dataset,
            )


def decoded(placed: Results, dataset: str) -> Figure:
    """Show codes at equal steps over the code space, decoded; in space, the surface they make."""
    found = _first_seed(placed, dataset, f"{PREFIX}grid")
    shape = _image_shape(placed, dataset)
    figure, axes = grid_of_panels(
        len(found), panel=(2.6, 2.75 if shape else 2.1), in_space=shape is None
    )
    for ax, (name, arrays) in zip(axes, found.items(), strict=True):
        ax.set_title(plain(name), fontsize=9)
        made = arrays[f"{PREFIX}grid"]
        if shape is not None:
            _show(ax, mosaic(made, shape))
        else:
            _surface(ax, made, arrays[f"{PREFIX}points"])
    words = "decoded, over the code space" if shape else "decoded, within the box of the data"
    figure.suptitle(f"{plain(dataset)}: codes at equal steps, {words}", fontsize=11)
    return figure


def lines(placed: Results, dataset: str) -> Figure:
    """Show what lies between two held-out points: on the manifold, in input space, in the code."""
    found = _first_seed(placed, dataset, f"{PREFIX}code_line")
    shape = _image_shape(placed, dataset)
    assert shape is not None  # noqa: S101 - only images have this figure
    any_arrays = next(iter(found.values()))
    rows = [
        (label, any_arrays[f"{PREFIX}{name}"])
        for name, label in _LINES.items()
        if name != "code_line" and f"{PREFIX}{name}" in any_arrays
    ]
    rows += [(name, arrays[f"{PREFIX}code_line"]) for name, arrays in found.items()]
    return _strips(
        rows, shape, f"{plain(dataset)}: from one held-out image to another, by way of each code"
    )


def lines_in_space(placed: Results, dataset: str) -> Figure:
    """Show the same for points in space, among some of the training points."""
    found = _first_seed(placed, dataset, f"{PREFIX}code_line")
    figure, axes = grid_of_panels(len(found), panel=(2.6, 2.4), in_space=True)
    for ax, (name, arrays) in zip(axes, found.items(), strict=True):
        ax.set_title(plain(name), fontsize=9)
        _among(ax, arrays[f"{PREFIX}points"])
        for i, (line, label) in enumerate(_LINES.items()):
            if f"{PREFIX}{line}" in arrays:
                ax.plot(
                    *arrays[f"{PREFIX}{line}"].T,
                    color=_COLORS[i],
                    linestyle=_DASHES[i],
                    linewidth=0.8,
                    marker=".",  # only these points were placed or decoded
                    label=label,
                    axlim_clip=True,
                )
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    title = f"{plain(dataset)}: from one held-out point to another; what leaves the box is cut off"
    figure.suptitle(title, fontsize=11)
    return figure


def denoised(placed: Results, dataset: str) -> Figure:
    """Show held-out images, the same with noise, and what each decoder makes of these."""
    found = _first_seed(placed, dataset, f"{PREFIX}denoised")
    shape = _image_shape(placed, dataset)
    assert shape is not None  # noqa: S101 - as above
    # Every card draws the same; one that can afford fewer points draws others.
    any_arrays = next(iter(found.values()))
    same = {n: a for n, a in found.items() if _same(a, any_arrays, f"{PREFIX}noisy")}
    rows = [(name, any_arrays[f"{PREFIX}{name}"]) for name in ("clean", "noisy")]
    rows += [(name, arrays[f"{PREFIX}denoised"]) for name, arrays in same.items()]
    title = (
        f"{plain(dataset)}: held-out images, noise of {100 * NOISE:.0f} %, and the noise removed"
    )
    return _strips(rows, shape, title)


def learning(placed: Results, dataset: str) -> Figure:
    """Show the loss of every epoch, on what was trained on and on what was set apart."""
    found: dict[str, list[Arrays]] = {}
    for record, arrays in _all(placed, dataset):
        if "learning/loss" in arrays:
            found.setdefault(reducer_label(record), []).append(arrays)
    figure, axes = grid_of_panels(len(found), panel=(2.6, 2.1))
    for ax, (name, runs) in zip(axes, found.items(), strict=True):
        ax.set_title(plain(name), fontsize=9)
        for i, arrays in enumerate(runs):
            labels = ("trained on", "set apart") if i == 0 else (None, None)
            ax.plot(arrays["learning/loss"], color="C0", linewidth=0.9, label=labels[0])
            if "learning/held_out_loss" in arrays:
                ax.plot(
                    arrays["learning/held_out_loss"], color="C1", linewidth=0.9, label=labels[1]
                )
        ax.tick_params(labelsize=7)
    if axes:
        axes[0].legend(fontsize=7, frameon=False)
    figure.suptitle(f"{plain(dataset)}: loss by epoch, a line for each seed", fontsize=11)
    figure.supxlabel("epoch", fontsize=9)
    figure.supylabel("loss, nats per input", fontsize=9)
    return figure


def mosaic(images: NDArray[Any], shape: tuple[int, int]) -> NDArray[Any]:
    """Lay images out on a sheet: (rows, columns, pixels) to one image, a white line between."""
    rows, columns = images.shape[:2]
    height, width = shape
    sheet = np.full((rows * (height + _GAP) - _GAP, columns * (width + _GAP) - _GAP), 255, np.uint8)
    for i in range(rows):
        for j in range(columns):
            top, left = i * (height + _GAP), j * (width + _GAP)
            sheet[top : top + height, left : left + width] = images[i, j].reshape(shape)
    return sheet


def _strips(rows: list[tuple[str, NDArray[Any]]], shape: tuple[int, int], title: str) -> Figure:
    height = 0.55 * len(rows) + 0.6
    figure = Figure(figsize=(7.2, height), layout="constrained")
    axes = figure.subplots(len(rows), 1, squeeze=False)[:, 0]
    for ax, (name, images) in zip(axes, rows, strict=True):
        _show(ax, mosaic(images[None], shape))
        ax.set_ylabel(plain(name), rotation=0, ha="right", va="center", fontsize=8)
    figure.suptitle(title, fontsize=10)
    return figure


def _show(ax: Axes, sheet: NDArray[Any]) -> None:
    ax.imshow(sheet, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    ax.set_xticks([])
    ax.set_yticks([])
    ax.grid(visible=False)


def _surface(ax: Axes3D, made: NDArray[Any], points: NDArray[Any]) -> None:
    _among(ax, points)
    mesh = {"linewidth": 0.4, "rstride": 1, "cstride": 1, "axlim_clip": True}
    ax.plot_wireframe(*np.moveaxis(made, -1, 0), color="C3", **mesh)


def _among(ax: Axes3D, points: NDArray[Any]) -> None:
    """Draw points in space, seen along the second axis, about which rolls are rolled up."""
    ax.scatter(*points.T, s=3, color=".6", linewidths=0)
    for axis, values in zip("xyz", points.T, strict=True):
        ax.set(**{f"{axis}lim": (values.min(), values.max()), f"{axis}ticks": []})
    ax.set_proj_type("ortho")
    ax.set_box_aspect((1, 1, 1), zoom=1.15)
    ax.view_init(elev=10, azim=-85)


def _all(placed: Results, dataset: str) -> Iterator[tuple[Record, Arrays]]:
    for record in placed.records:
        facts = placed.facts.get((dataset, record.job.seed))
        if facts and record.job.dataset.label == dataset and record.job.id in placed.arrays:
            arrays = placed.arrays[record.job.id].items()
            yield record, {name: a for name, a in arrays if _fits(name, a, facts.dimensions)}


def _fits(name: str, array: NDArray[Any], dimensions: int) -> bool:
    """Whether a picture is of points of the dataset: records may come from others."""
    if not name.startswith(PREFIX):
        return True
    return array.shape[-1] == dimensions and bool(np.isfinite(array).all())


def _names(placed: Results, dataset: str) -> set[str]:
    return {name for _, arrays in _all(placed, dataset) for name in arrays}


def _first_seed(placed: Results, dataset: str, name: str) -> dict[str, Arrays]:
    """Return the arrays of the first seed, by reducer, controls last, of those that have one."""
    having = [(r, arrays) for r, arrays in _all(placed, dataset) if name in arrays]
    first = min(record.job.seed for record, _ in having)
    found = {reducer_label(r): arrays for r, arrays in having if r.job.seed == first}
    return {name: found[name] for name in placed.reducers if name in found}


def _same(one: Arrays, other: Arrays, name: str) -> bool:
    return one[name].shape == other[name].shape and bool((one[name] == other[name]).all())


def _image_shape(placed: Results, dataset: str) -> tuple[int, int] | None:
    for (label, _), pictures in placed.pictures.items():
        if label == dataset and "thumbnails" in pictures:
            height, width = pictures["thumbnails"].shape[1:]
            return int(height), int(width)
    return None
