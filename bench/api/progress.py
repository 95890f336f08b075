"""Progress: what is running, what is done, what failed, and how long it will take."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from bench.engine.run import Listener
from bench.engine.schedule import Task
from bench.job import DatasetConfig, Job
from bench.record import Record, Status


class Display(Listener):
    """Shows a run as it goes: a live panel on a terminal, else a line for each job.

    Parameters
    ----------
    console : rich.console.Console
        Where to show it.
    total : int
        Number of jobs to run.

    Attributes
    ----------
    done : int
        How many have ended.
    """

    def __init__(self, console: Console, total: int) -> None:
        self._console = console
        self._total = total
        self._running: dict[str, str] = {}
        self.done = 0
        self._failed = 0
        self._bar = Progress(
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[failed]} failed"),
            TimeRemainingColumn(),
            TextColumn("left"),
        )
        self._task = self._bar.add_task("jobs", total=total, failed=0)

    @contextmanager
    def live(self) -> Iterator["Display"]:
        """Show the panel while the context lasts."""
        if not self._console.is_terminal:
            yield self
            return
        with Live(get_renderable=self._panel, console=self._console, transient=True):
            yield self

    def started(self, task: Task) -> None:
        """Add a job, or a dataset that is being prepared, to what is running."""
        doing = task.label if isinstance(task, Job) else f"preparing {task.label}, seed {task.seed}"
        self._running[task.id] = doing

    def prepared(self, config: DatasetConfig) -> None:
        """Take a dataset off what is running."""
        self._running.pop(config.id, None)

    def finished(self, record: Record) -> None:
        """Count a job, and print a line if there is something to say, or no panel that says it."""
        self._running.pop(record.job.id, None)
        self._running.pop(record.job.dataset.id, None)
        self.done += 1
        self._failed += record.status.is_failure
        self._bar.update(self._task, completed=self.done, failed=self._failed)
        noteworthy = record.reason and record.status is not Status.UNSUPPORTED
        if noteworthy or not self._console.is_terminal:
            self._console.print(self._line(record), soft_wrap=True)

    def _line(self, record: Record) -> Text:
        style = "red" if record.status.is_failure else ""
        text = f"{self.done}/{self._total} {record.job.label}: {record.status.value}"
        return Text(text + (f": {record.reason}" if record.reason else ""), style=style)

    def _panel(self) -> Group:
        running = [Text(f"  {doing}", style="dim") for doing in self._running.values()]
        return Group(*running, self._bar)


class Silent(Listener):
    """Shows nothing."""

    def started(self, task: Task) -> None:
        """Say nothing."""

    def prepared(self, config: DatasetConfig) -> None:
        """Say nothing."""

    def finished(self, record: Record) -> None:
        """Say nothing."""
