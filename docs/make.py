"""Write all that is generated in the pages, so that none of it can drift.

::

    python docs/make.py            # write
    python docs/make.py --figure   # and draw datasets.png
    python docs/make.py --check    # exit code 1 if there is something to write

What takes minutes to measure has a command of its own: ``docs/peers.py``, ``docs/intervals.py``.
"""

import importlib
import sys
from pathlib import Path
from typing import Annotated

import typer
from sections import update

ROOT = Path(__file__).parents[1]
PAGES = {  # and the module beside this one that says what stands in their sections
    "README.md": "readme",
    "docs/metrics.md": "metrics_page",
    "docs/datasets.md": "gallery",
    "docs/calibration.md": "calibration",
}


def main(
    *,
    check: Annotated[bool, typer.Option("--check", help="Write nothing.")] = False,
    figure: Annotated[bool, typer.Option("--figure", help="Draw datasets.png too.")] = False,
) -> None:
    """Write the generated sections of every page."""
    stale = [
        page
        for page, module in PAGES.items()
        if not update(ROOT / page, importlib.import_module(module).contents(), check=check)
    ]
    if figure and not check:
        importlib.import_module("gallery").draw()
    if stale and check:
        typer.echo(f"{', '.join(stale)}: not what is generated. Run python docs/make.py")
        sys.exit(1)


if __name__ == "__main__":
    typer.run(main)
