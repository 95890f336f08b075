"""What the README shows of the published results."""

from pathlib import Path

from bench.registry import Registry
from bench.report.frame import load_results
from bench.report.published import Published
from bench.report.tables import headline_tables
from bench.suite import load_suite, plan

ROOT = Path(__file__).parents[1]


def contents() -> dict[str, str]:
    """Return every section of the README that is generated."""
    jobs = {job.id for job in plan(load_suite("all"), Registry())}
    results, _ = load_results(Published(ROOT / "results" / "published"), jobs=jobs)
    _, table = headline_tables(results)[0].markdown.split("\n\n", 1)
    return {"headline": table}
