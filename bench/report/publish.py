"""Publish: write the tables and figures of a store into its folder."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pandas as pd

from bench.files import write_whole
from bench.record import Status
from bench.report.captions import figures_section
from bench.report.datasets import datasets_section
from bench.report.decoder import decoder_section
from bench.report.escape import LATEX_PREAMBLE, csv_text, markdown_escape
from bench.report.floor import above_floor, floor_section
from bench.report.frame import Results
from bench.report.held_out import held_out_numbers, held_out_section
from bench.report.panels import FIGURES
from bench.report.statistics import summarise
from bench.report.tables import all_tables, github_table, headline_tables, legend, tidy
from bench.results_folder import announce, published, withdraw

TABLES = ("comparison.csv", "comparison.tex", "comparison.md")


@dataclass(frozen=True)
class Supplement:
    """A section of the page, and its figures, that do not follow from the records of jobs.

    Parameters
    ----------
    markdown : str
        The section, with its heading.
    draw : callable
        Returns its figures by the names of their files.
    """

    markdown: str
    draw: Callable[[], Mapping[str, bytes]]


def publish(results: Results, folder: Path, supplements: Sequence[Supplement] = ()) -> None:
    """Write ``comparison.md``, ``.csv`` and ``.tex`` and ``figures/`` into a folder.

    Each file is replaced whole, figures of what is no longer there are removed, and the Markdown
    comes last: if it says what these results say, so does everything else.

    Raises
    ------
    BenchError
        If a file cannot be written, or one is there that we did not write.
    """
    from bench.report.figures import draw_figures

    drawn = {name: picture for one in supplements for name, picture in one.draw().items()}
    current = {*TABLES, *figure_names(results), *drawn}
    announce(folder, current)
    for name, picture in chain(draw_figures(results), drawn.items()):
        write_whole(folder / name, picture)
    withdraw(folder, {name for name in published(folder) if name.startswith(FIGURES)} - current)
    latex = "\n".join(table.latex for table in headline_tables(results))
    texts = (csv_text(numbers(results)), LATEX_PREAMBLE + latex, _markdown(results, supplements))
    for name, text in zip(TABLES, texts, strict=True):
        write_whole(folder / name, text.encode())


def is_published(results: Results, folder: Path, supplements: Sequence[Supplement] = ()) -> bool:
    """Say whether a folder holds what `publish` would write."""
    expected = [folder / name for name in (*TABLES, *figure_names(results))]
    if not all(path.is_file() for path in expected):
        return False
    return (folder / "comparison.md").read_bytes() == _markdown(results, supplements).encode()


def figure_names(results: Results) -> list[str]:
    """Return what each figure of these results is called in the folder of the results."""
    from bench.report.figures import figures

    return [drawing.file for drawing in figures(results)]


def failures(results: Results) -> pd.DataFrame:
    """Return the jobs without scores: status, reducer, dataset, seeds and reason."""
    failed = results.all_jobs[results.all_jobs["status"] != Status.OK]
    if failed.empty:
        return failed
    grouped = failed.groupby(["status", "reducer", "dataset", "reason"], sort=True)["seed"]
    seeds = grouped.apply(lambda seed: ", ".join(map(str, sorted(seed))))
    return seeds.rename("seeds").reset_index()


def numbers(results: Results) -> pd.DataFrame:
    """Return every number that the tables show."""
    above = above_floor(results)
    above["reference"] += " above floor"
    fitted = pd.concat([tidy(results), summarise(above).assign(mark="")], ignore_index=True)
    parts = [fitted.assign(placement=""), held_out_numbers(results)]
    return pd.concat(parts, ignore_index=True)


def _markdown(results: Results, supplements: Sequence[Supplement]) -> str:
    parts = ["# Comparison\n", f"{legend(results)}\n", "## Scores and costs\n"]
    parts += [table.markdown for table in all_tables(results) if len(table.frame)]
    parts += ["## Above the floor\n", floor_section(results)]
    parts += ["## Held-out points\n", held_out_section(results)]
    parts += ["## Decoders\n", decoder_section(results), figures_section(results)]
    parts += [one.markdown for one in supplements]
    parts += ["## Datasets\n", datasets_section(results), "## Jobs without scores\n"]
    failed = failures(results)
    parts.append(github_table(failed) if len(failed) else "None.\n")
    parts += ["## Circumstances\n", footer(results)]
    return "\n".join(parts)


def footer(results: Results) -> str:
    """Say with what, where and from what the numbers were made."""
    where = [record.circumstances for record in results.all_records]
    versions: dict[str, set[str]] = {}
    for circumstances in where:
        for package, version in circumstances.versions.items():
            versions.setdefault(package, set()).add(version)
    machines = sorted(
        {
            f"{c.processor}, {c.cores} cores, {c.memory_bytes / 2**30:.0f} GiB, {c.system}, "
            f"{c.threads} thread(s) per job"
            for c in where
        }
    )
    packages = ", ".join(f"{name} {' / '.join(sorted(v))}" for name, v in sorted(versions.items()))
    jobs = results.all_jobs
    missing = (jobs["status"] != Status.OK).sum()
    seeds = ", ".join(map(str, sorted(jobs["seed"].unique())))
    protocols = ", ".join(str(p) for p in sorted({r.job.protocol for r in results.all_records}))
    days = sorted({c.started.partition("T")[0] for c in where})
    lines = [
        f"- Packages: {packages}",
        *[f"- Machine: {machine}" for machine in machines],
        f"- Protocol {protocols}; seeds {seeds}; run {' to '.join(sorted({days[0], days[-1]}))}",
        f"- Jobs: {len(jobs)}, of which {missing} without scores",
    ]
    return "\n".join(map(markdown_escape, lines)) + "\n"
