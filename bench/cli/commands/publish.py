"""`python -m bench publish`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.cli.options import LOCAL, PUBLISHED, Out

if TYPE_CHECKING:
    from bench.report.frame import Results
    from bench.store import Store

EPILOG = "Example: python -m bench publish"
SUITES = ("all", "held_out", "floor")
# What pages of the repository show; all other figures are drawn by `report --published`.
FIGURES = (
    "figures/gallery_swiss_roll.png",
    "figures/references.png",
    "figures/lines_translated_gabor.png",
    "figures/calibration.png",
)


def command(
    *,
    out: Out = LOCAL,
    to: Annotated[Path, typer.Option(help="What git keeps.", metavar="DIR")] = PUBLISHED,
) -> None:
    """Replace the published results by those of DIR (for maintainers).

    Every job of the suites all, held_out and floor must be there, the calibration and all studies.
    """
    from bench.console import console
    from bench.registry import Registry
    from bench.report.publish import publish
    from bench.report.published import write_published
    from bench.results_folder import claim, publish_files, withdraw
    from bench.store import Store
    from bench.studies.calibration.report import supplement
    from bench.suite import load_suite, plan

    store, registry = Store(out), Registry()
    jobs = {job.id for name in SUITES for job in plan(load_suite(name, registry), registry)}
    claim(to)
    with store.run():
        write_published(store, to, jobs)
        # From the store and not from what was written: figures show what git does not keep.
        publish(_load(store, jobs), to, (supplement(out),), figures=FIGURES)
        publish_files(to, _other_pages(out))
        publish_files(to, {name: _smaller(to / name) for name in FIGURES})
        withdraw(to, ["comparison.csv"])  # `scores.csv` of each dataset has the numbers
    size = sum(path.stat().st_size for path in to.rglob("*") if path.is_file())
    console.print(f"Published '{out}' in '{to}' ({size / 1e6:.1f} MB).", soft_wrap=True)


def _load(store: "Store", jobs: set[str]) -> "Results":
    from bench.errors import BenchError
    from bench.report.frame import load_results

    results, damaged = load_results(store, jobs=jobs)
    if damaged:
        raise BenchError(f"'{store.folder}' cannot be published: {damaged[0]}")
    return results


def _other_pages(out: Path) -> dict[str, bytes]:
    """Return the pages of the calibration and of the studies, as they were published in DIR."""
    from bench.errors import BenchError
    from bench.results_folder import published
    from bench.studies.calibration.report import FILES
    from bench.studies.study import study_names

    names = list(FILES)
    for study in study_names():
        pages = published(out / "studies" / study)
        if not pages:
            raise BenchError(f"Run `python -m bench study {study} --out {out}` first.")
        names += sorted(f"studies/{study}/{page}" for page in pages)
    missing = [name for name in names if not (out / name).is_file()]
    if missing:
        raise BenchError(f"'{out / missing[0]}' is missing: run what writes it first.")
    return {name: (out / name).read_bytes() for name in names}


def _smaller(path: Path) -> bytes:
    """Return a PNG with a palette of 256 colours, which takes a third of the bytes."""
    import io

    from PIL import Image

    with Image.open(path) as image, io.BytesIO() as buffer:
        image.convert("RGB").quantize(256).save(buffer, format="PNG", optimize=True)
        return buffer.getvalue()
