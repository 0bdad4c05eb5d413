"""Progress of a long task on a terminal."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TextColumn, TimeRemainingColumn
from rich.text import Text


class StageBar:
    """A bar for each stage of a long task, with its rate; where the console is no terminal, a line for slow ones.

    Bars that are `passing` are gone at the end.
    """

    def __init__(self, console: Console, *, passing: bool = False) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), _Count(), _Rate(), TimeRemainingColumn())
        self._progress = Progress(*columns, console=console, disable=not console.is_terminal, transient=passing)
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None:
            self._end_stages()
        self._progress.stop()

    def show(self, stage: str, done: int, total: int | None) -> None:
        """The bar of `stage`, made when first named, at `done` of `total`; no total means that it is not known."""
        if stage not in self._tasks:
            self._end_stages()
            self._tasks[stage] = self._progress.add_task(stage, total=total)
            if self._progress.disable and not done:  # no bar to see: a long silence is explained
                self._progress.console.print(f"{stage} ...")
        self._progress.update(self._tasks[stage], completed=done, total=total)

    def _end_stages(self) -> None:
        """Fills the bars of stages whose total was not known: a stage ends where the next one begins."""
        for task in self._progress.tasks:
            if task.total is None:
                self._progress.update(task.id, total=task.completed)


class _Count(ProgressColumn):
    def render(self, task: Task) -> Text:
        if task.total in (None, task.completed):
            return Text(f"{task.completed:,.0f}" if task.completed else "", "cyan")
        return Text(f"{task.completed:,.0f}/{task.total:,.0f}", "cyan")


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f}/s" if speed else "", "dim")
