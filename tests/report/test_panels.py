"""What all figures share."""

import io

import matplotlib as mpl

from bench.report.panels import drawing_style, grid_of_panels, plain

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
