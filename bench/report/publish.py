"""Publish: write the tables and figures of a store into its folder."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pandas as pd

from bench.errors import BenchError
from bench.files import write_whole
from bench.record import Status
from bench.report.captions import figures_section
from bench.report.datasets import datasets_section
from bench.report.decoder import decoder_section
from bench.report.escape import LATEX_PREAMBLE, csv_text, markdown_escape
from bench.report.floor import above_floor, floor_section
from bench.report.frame import Results
from bench.report.held_out import held_out_numbers, held_out_section, held_out_tables
from bench.report.panels import FIGURES
from bench.report.statistics import summarise
from bench.report.tables import Table, all_tables, github_table, headline_tables, legend, tidy
from bench.results_folder import announce, published, withdraw

_NUMBER = r"\d+(?:[.,]\d+)*(?:e[+-]?\d+)?"
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


def publish(
    results: Results,
    folder: Path,
    supplements: Sequence[Supplement] = (),
    *,
    figures: Collection[str] | None = None,
) -> None:
    """Write ``comparison.md``, ``.csv`` and ``.tex`` and ``figures/`` into a folder.

    Each file is replaced whole, figures of what is no longer there are removed, and the Markdown
    comes last: if it says what these results say, so does everything else.

    Parameters
    ----------
    results : Results
    folder : Path
    supplements : sequence of Supplement
    figures : collection of str, optional
        Names of the files of figures; all if not given.

    Raises
    ------
    BenchError
        If a file cannot be written, or one is there that we did not write.
    """
    from bench.report.figures import draw_figures

    drawn = {name: picture for one in supplements for name, picture in one.draw().items()}
    wanted = {*figure_names(results), *drawn} if figures is None else set(figures)
    current = {*TABLES, *wanted}
    announce(folder, current)
    for name, picture in chain(draw_figures(results, folder, wanted), drawn.items()):
        if name in wanted:
            write_whole(folder / name, picture)
    withdraw(folder, {name for name in published(folder) if name.startswith(FIGURES)} - current)
    latex = "\n".join(table.latex for table in headline_tables(results))
    page = _markdown(results, supplements, figures)
    texts = (csv_text(numbers(results)), LATEX_PREAMBLE + latex, page)
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


def find_tables(results: Results, words: str) -> list[Table]:
    """Return the tables whose title holds these words.

    Parameters
    ----------
    results : Results
    words : str
        In any order; upper and lower case are the same.

    Raises
    ------
    BenchError
        If there is none; it names the titles that there are.
    """
    tables = [
        table for table in (*all_tables(results), *held_out_tables(results)) if len(table.frame)
    ]
    wanted = words.lower().split()
    found = [one for one in tables if all(word in one.title.lower() for word in wanted)]
    if not found:
        titles = "; ".join(table.title for table in tables)
        raise BenchError(f"No table has a title with {words!r}. There are: {titles}.")
    return found


def failures(results: Results, jobs: Collection[str] | None = None) -> pd.DataFrame:
    """Return the jobs without scores, those of one kind in one row.

    Reasons that differ in their numbers alone are of one kind; the first of them is given.

    Parameters
    ----------
    results : Results
    jobs : collection of str, optional
        Ids of the jobs to look at; all if not given.

    Returns
    -------
    DataFrame
        With the columns status, reducer, datasets, jobs (how many) and reason.
    """
    table = results.all_jobs
    if jobs is not None:
        table = table[[record.job.id in jobs for record in results.all_records]]
    failed = table[table["status"] != Status.OK]
    if failed.empty:
        return failed.assign(datasets="", jobs=0)
    kind = failed["reason"].str.replace(_NUMBER, "#", regex=True)
    grouped = failed.groupby(["status", "reducer", kind], sort=True)
    found = grouped.agg(
        datasets=("dataset", lambda names: "; ".join(sorted(set(names)))),
        jobs=("seed", "size"),
        reason=("reason", "first"),
    )
    return found.droplevel("reason").reset_index()


def numbers(results: Results) -> pd.DataFrame:
    """Return every number that the tables show."""
    above = above_floor(results)
    above["reference"] += " above floor"
    fitted = pd.concat([tidy(results), summarise(above).assign(mark="")], ignore_index=True)
    parts = [fitted.assign(placement=""), held_out_numbers(results)]
    return pd.concat(parts, ignore_index=True)


def _markdown(
    results: Results,
    supplements: Sequence[Supplement],
    figures: Collection[str] | None = None,
) -> str:
    parts = ["# Comparison\n", f"{legend(results)}\n", "## Scores and costs\n"]
    parts += [table.markdown for table in all_tables(results) if len(table.frame)]
    parts += ["## Above the floor\n", floor_section(results)]
    parts += ["## Held-out points\n", held_out_section(results)]
    parts += ["## Decoders\n", decoder_section(results), figures_section(results, figures)]
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
