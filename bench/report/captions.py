"""The figures of decoders on the page: each with its caption, and what follows from them."""

from collections.abc import Collection, Mapping

from bench.report.escape import markdown_escape
from bench.report.frame import Results
from bench.report.pictures import picture_figures
from bench.report.rebuilding import correlations, rebuilding_figures

Correlation = tuple[float, float, float]
_OTHERS = """\
`python -m bench report --published` draws the other figures of embeddings and scores. What decoders
make is not kept in git: `python -m bench run --suite held_out` draws it.
"""


def figures_section(results: Results, figures: Collection[str] | None = None) -> str:
    """Write the figures of decoders with their captions; nothing if there are none.

    Parameters
    ----------
    results : Results
    figures : collection of str, optional
        Names of the files that are there; all if not given.
    """
    lines = [
        f"![{caption}]({drawing.file})\n\n*{caption}.*\n"
        for drawing in (*rebuilding_figures(results), *picture_figures(results))
        if (caption := markdown_escape(drawing.caption))
        and (figures is None or drawing.file in figures)
    ]
    if figures is not None:
        lines.append(_OTHERS)
    found = correlations(results)
    return "\n".join([*([rebuilding_words(found)] if found else []), *lines])


def rebuilding_words(found: Mapping[str, Correlation]) -> str:
    """Say whether autoencoders that rebuild better unroll better.

    Parameters
    ----------
    found : mapping of str to (float, float, float)
        Rank correlation of reconstruction error and geodesic AUC with its interval, by dataset.
    """
    groups: dict[str, list[str]] = {"yes": [], "no": [], "cannot be told": []}
    for dataset, (rho, low, high) in found.items():
        answer = "yes" if high < 0 else "no" if low > 0 else "cannot be told"
        text = f"{markdown_escape(dataset)} (ρ = {rho:.2f}, {low:.2f} to {high:.2f})"
        groups[answer].append(text)
    words = {
        "yes": "those with the lower reconstruction error have the higher geodesic AUC on",
        "no": "they have the lower one on",
        "cannot be told": "there is no telling on",
    }
    parts = [f"{words[answer]} {', '.join(names)}" for answer, names in groups.items() if names]
    return (
        "Does rebuilding well mean unrolling well? Over all autoencoders and seeds, "
        f"{'; '.join(parts)}. Intervals are of 95 %, by the bootstrap over jobs; those of one "
        "reducer are alike, so they tell of these reducers and not of others.\n"
    )
