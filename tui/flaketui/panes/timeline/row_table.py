"""What the rows of the timeline can be, and where each stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flakecore.timeline import Lane
from flakecore.timeline.lanes.user_annotations import Span

TASKS = "tasks"
"""Key of the group of user tasks."""


@dataclass(frozen=True, slots=True)
class Heading:
    """The line above a group.

    Attributes:
        key: the group's name in ``Arrangement.turned``.
        count: lanes in it.
        open: whether its lanes are listed.
        hidden: how many of them the person has hidden.
    """

    key: str
    text: str
    count: int
    open: bool
    hidden: int = 0

    @property
    def noun(self) -> str:
        """What it holds, as a word for that many."""
        if self.key in ("procs", "threads", TASKS):
            return ""
        return "goroutine" if self.count == 1 else "goroutines"


@dataclass(frozen=True, slots=True)
class Fold:
    """Many goroutines of one function in one row."""

    key: str
    text: str
    lanes: tuple[Lane, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class LaneRow:
    """One lane with the words for it; ``pinned`` above all groups, ``inner`` within a fold."""

    lane: Lane
    label: str
    pinned: bool = False
    inner: bool = False


@dataclass(frozen=True, slots=True)
class AnnotationRow:
    """Below a goroutine's lane: its regions of one depth, on the first row its logs as well."""

    lane: Lane
    depth: int


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A user task over time."""

    key: str
    task: Span


Row = Heading | Fold | LaneRow | AnnotationRow | TaskRow


class Table:
    """Rows from top to bottom, and where each stands."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        self._places = {
            row.lane if isinstance(row, LaneRow) else row.key: index
            for index, row in enumerate(rows)
            if not isinstance(row, AnnotationRow)
        }

    def place(self, wanted: Lane | str | None) -> int:
        """Return the row of a lane, or of a heading's or fold's key; -1 where it is not listed."""
        return self._places.get(wanted, -1) if wanted is not None else -1

    def beside(self, place: int, delta: int) -> int:
        """Return the row so many steps away; what belongs to the lane above is no step."""
        step = 1 if delta > 0 else -1
        wanted = max(0, min(len(self.rows) - 1, place + delta))
        while isinstance(self.rows[wanted], AnnotationRow) and wanted + step < len(self.rows):
            wanted += step
        return wanted if not isinstance(self.rows[wanted], AnnotationRow) else place
