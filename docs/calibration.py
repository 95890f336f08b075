"""Write the published tables of the calibration into ``calibration.md``, so that none can drift.

::

    python -m bench calibrate            # measure
    python docs/calibration.py           # write
    python docs/calibration.py --check   # exit code 1 if there is something to write
"""

import sys
from pathlib import Path
from typing import Annotated

import typer
from sections import update

from bench.report.calibration import load_calibration, sections

PAGE = Path(__file__).with_name("calibration.md")
RESULTS = Path(__file__).parents[1] / "results"
_NAMES = ("by k", "by dataset", "by reducer", "without truth")


def contents(results: Path = RESULTS) -> dict[str, str]:
    """Return every section that is made of the published numbers."""
    tables = sections(load_calibration(results)).values()
    return dict(zip(_NAMES, tables, strict=True))


def main(
    *,
    page: Annotated[Path, typer.Option(help="The page.")] = PAGE,
    check: Annotated[bool, typer.Option("--check", help="Write nothing.")] = False,
) -> None:
    """Write the sections of the page that follow from the published calibration."""
    if not update(page, contents(), check=check) and check:
        typer.echo(f"{page} is not what is published: run python docs/calibration.py")
        sys.exit(1)


if __name__ == "__main__":
    typer.run(main)
