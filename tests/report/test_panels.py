"""What all figures share: legends with room, labels that are only text, names of files."""

import io
import warnings

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure

from bench.report.panels import drawing_style, file_name, grid_of_panels, legend_beside, plain


def draw(names):
    """Draw one panel with a legend; return the figure as it was laid out."""
    figure, axes = grid_of_panels(1, panel=(2.9, 2.8))
    legend_beside(figure, names, [axes[0].plot([], [])[0] for _ in names])
    figure.supxlabel("x")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure.draw_without_rendering()
    return figure


@pytest.mark.parametrize("count", [0, 1, 30, 100])
@pytest.mark.parametrize("length", [3, 240])
def test_legend_of_any_length_leaves_the_panel_its_room(count, length):
    """The panel keeps its size, and every name is on the page."""
    with drawing_style():
        figure = draw([f"{i:03d}" + "x" * (length - 3) for i in range(count)])
        (box,) = (ax.get_window_extent() for ax in figure.axes)
        assert min(box.width, box.height) / figure.dpi > 1.5
        legend = figure.legends[0].get_window_extent()
        assert len(figure.legends[0].get_texts()) == count
        assert legend.x1 <= figure.bbox.x1 + 1
        assert legend.y0 >= figure.bbox.y0 - 1
        assert legend.y1 <= figure.bbox.y1 + 1


@pytest.mark.parametrize(
    "label", ["$x$", "$\\frac{", "数据", "a\u202eb\x1b", "_hidden", "\\$ \\", "🙂", "%", "{", "^_"]
)
def test_any_label_is_drawn_as_text(label):
    """No label is read as mathematics, left out of a legend, or warned of."""
    with drawing_style():
        figure = draw([label])
        (text,) = figure.legends[0].get_texts()
        assert text.get_text().strip()
        ax = Figure().subplots()
        ax.set_title(plain(label))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            ax.figure.draw_without_rendering()


def test_letters_that_the_font_lacks_are_given_by_their_number():
    """Two names in a script that cannot be drawn are still two names."""
    with drawing_style():
        assert plain("数据") == "U+6570U+636E"
        assert plain("α é") == "α é"


def test_long_labels_keep_both_ends():
    """A label is cut in the middle, as own data differ only at the end."""
    with drawing_style():
        found = plain("x" * 300 + "-1a2b3c")
    assert len(found) <= 48
    assert found.endswith("-1a2b3c")


@pytest.mark.parametrize("label", ["x" * 300, "数" * 100, "a" * 201])
def test_name_of_a_file_has_room_for_its_suffix(label):
    """It has at most 200 bytes, and two long labels have two names."""
    assert len(file_name(label).encode()) <= 200
    assert file_name(label) != file_name(label + "y")


def test_short_names_of_files_are_the_label():
    """What is no letter or digit becomes an underscore."""
    assert file_name("uniform_noise(dimensions=64)") == "uniform_noise_dimensions_64"


ODD_STYLE = {
    "text.usetex": True,
    "font.family": "serif",
    "figure.dpi": 30,
    "savefig.bbox": "tight",
    "lines.linewidth": 9,
    "axes.prop_cycle": mpl.cycler(color=["pink"]),
}


def drawn():
    """Draw as every report does."""
    with drawing_style(), io.BytesIO() as buffer:
        figure, (ax,) = grid_of_panels(1, panel=(2, 2))
        ax.plot([0, 1], [0, 1])
        ax.set_title(plain("cost in $"))
        figure.savefig(buffer, dpi=50, format="png")
        return buffer.getvalue()


def test_the_users_style_does_not_reach_a_figure():
    """A matplotlibrc with TeX and odd styles changes no pixel, and comes back afterwards."""
    plain_style = drawn()
    with mpl.rc_context(ODD_STYLE):
        assert drawn() == plain_style
        assert mpl.rcParams["text.usetex"]


def test_figures_of_the_program_around_stay_open():
    """Drawing ours closes none of the user's."""
    from matplotlib import pyplot as plt

    theirs = plt.figure()
    drawn()
    assert plt.fignum_exists(theirs.number)
    plt.close(theirs)
