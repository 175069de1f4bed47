"""The tests of a case on its clock, each with the goroutine that ran it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class TestStatus(StrEnum):
    """How a test ended, in ``go test``'s own words."""

    __test__ = False

    PASS = "pass"
    FAIL = "fail"
    SKIP = "skip"
    UNFINISHED = "unfinished"
    """It began and nothing says how it ended: the process died or the output was cut."""


@dataclass(frozen=True, slots=True)
class TestSpan:
    """One attempt of one test: when it ran, and on which goroutine.

    Attributes:
        index: its place in ``Case.tests``.
        name: full name, subtests joined by a slash: ``TestDrain/slow``.
        parent: index of the test that ran it, or -1 for a top-level test.
        attempt: 1 for the first run of this name, 2 for the next (``-count``, ``-cpu``).
        start_ns, end_ns: from its ``run`` to its end on the case's clock.
        waits: spans between ``pause`` and ``cont`` (``t.Parallel``), as (start_ns, end_ns).
        goroutine: the goroutine that ran it, 0 where it is not known.
    """

    __test__ = False

    index: int
    name: str
    parent: int
    attempt: int
    status: TestStatus
    start_ns: int
    end_ns: int
    waits: tuple[tuple[int, int], ...]
    goroutine: int

    @property
    def short_name(self) -> str:
        """The last part of the name: ``slow`` of ``TestDrain/slow``."""
        return self.name.rpartition("/")[2]

    @property
    def depth(self) -> int:
        """0 for a top-level test, 1 for its subtests, and so on."""
        return self.name.count("/")

    @property
    def duration_ns(self) -> int:
        """From start to end, pauses included."""
        return self.end_ns - self.start_ns
