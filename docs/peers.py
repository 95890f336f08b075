"""Write into ``metrics.md`` what other libraries give under the names of our scores.

::

    pip install -c constraints.txt -e '.[peers]'
    python docs/peers.py           # write
    python docs/peers.py --check   # exit code 1 if there is something to write

Every difference must have a reason, and every reason a difference: the page gives the reasons, in
a list by number, and this script refuses to write anything else.
"""

import re
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from peer_cases import Case, cases
from peer_graph import graph_table
from peer_scores import PEERS, Scores, bench
from sections import update

from bench.metrics.table import METRICS

PAGE = Path(__file__).with_name("metrics.md")
EQUAL = 1e-9
PACKAGES = (
    "scikit-learn",
    "zadu",
    "pydrmetrics",
    "nxcurve",
    "dr-diagnostics",
    "tensorflow-projection-qm",
)

# Why a library's score differs whatever the points, by the number in the page's list.
REASONS = {
    ("pyDRMetrics", "trustworthiness"): 1,
    ("pyDRMetrics", "continuity"): 1,
    ("pyDRMetrics", "q_nx"): 2,
    ("pyDRMetrics", "lcmc"): 2,
    ("pyDRMetrics", "auc"): 3,
    ("pyDRMetrics", "k_max"): 4,
    ("pyDRMetrics", "q_local"): 4,
    ("pyDRMetrics", "q_global"): 4,
    ("pyDRMetrics", "residual_variance"): 5,
    ("zadu", "mrre_false"): 6,
    ("zadu", "mrre_missing"): 6,
    ("tensorflow-projection-qm", "stress_scale_normalised"): 7,
    ("zadu", "spearman"): 8,
    ("zadu", "stress_nonmetric"): 8,
    ("tensorflow-projection-qm", "spearman"): 8,
}
# Why it differs where distances are tied.
TIES = {
    "scikit-learn": 9,
    "zadu": 10,
    "tensorflow-projection-qm": 10,
    "dr-diagnostics": 11,
    "pyDRMetrics": 12,
    "nxcurve": 12,
}


def contents() -> dict[str, str]:
    """Return every section that is computed with the peers."""
    tables = []
    for case in cases():
        theirs = {name: peer(case.X, case.Y, case.k) for name, peer in PEERS.items()}
        tables.append(_table(case, bench(case.X, case.Y, case.k), theirs))
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return {
        "peers": f"Computed with {packages}.\n\n" + "\n\n".join(tables),
        "peers of graphs": graph_table(),
    }


def _table(case: Case, ours: Scores, theirs: dict[str, Scores]) -> str:
    lines = [f"**{case.name}**, n = {len(case.X)}, k = {case.k}", ""]
    lines += [f"| score | manifold-bench | {' | '.join(theirs)} |"]
    lines += ["|---" * (2 + len(theirs)) + "|"]
    for score in case.scores:
        cells = [_cell(case, name, score, ours[score], peer) for name, peer in theirs.items()]
        found = _number(score, ours[score])
        lines.append(f"| {METRICS[score].label} | {found} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(case: Case, library: str, score: str, ours: float, theirs: Scores) -> str:
    if score not in theirs:
        return ""
    difference = theirs[score] - ours
    if abs(difference) <= EQUAL:
        return "equal"
    reasons = [REASONS.get((library, score), 0), TIES[library] if case.tied else 0]
    if (library, score) in REASONS and library != "pyDRMetrics":
        reasons = reasons[:1]
    numbers = ", ".join(str(reason) for reason in reasons if reason)
    if not numbers:
        message = f"{library} gives {theirs[score]} for {score} of {case.name}, we {ours}: why?"
        raise ValueError(message)
    tiny = abs(difference) < 0.5e-5
    by = f"{difference:+.0e}" if tiny else _number(score, difference, "+")
    return f"{_number(score, theirs[score])} ({by}) [{numbers}]"


def _number(score: str, value: float, sign: str = "") -> str:
    return f"{value:{sign}.{0 if score == 'k_max' else 5}f}"


def unexplained(text: str, sections: dict[str, str]) -> set[int]:
    """Return the numbers of reasons that only the tables, or only the list of the page, have."""
    used = re.findall(r"\[([\d, ]+)\]", "\n".join(sections.values()))
    listed = re.findall(r"^(\d+)\. \*\*", text, re.MULTILINE)
    return {int(n) for numbers in used for n in numbers.split(",")} ^ set(map(int, listed))


def main(
    *,
    page: Annotated[Path, typer.Option(help="The page.")] = PAGE,
    check: Annotated[bool, typer.Option("--check", help="Write nothing.")] = False,
) -> None:
    """Compare, and write the sections of the page about other libraries."""
    found = contents()
    odd = unexplained(page.read_text(encoding="utf-8"), found)
    if odd:
        message = f"the list of reasons in {page} and the tables do not have the same: {odd}"
        raise ValueError(message)
    if not update(page, found, check=check) and check:
        typer.echo(f"{page} is not what the libraries give: run python docs/peers.py")
        sys.exit(1)


if __name__ == "__main__":
    typer.run(main)
