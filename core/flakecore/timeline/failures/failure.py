"""A failure of a case: its test, its kind, its time and its source line."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from flakecore.gotest import Message


class FailureKind(StrEnum):
    """Why a test counts as failed."""

    ASSERTION = "assertion"
    PANIC = "panic"
    TIMEOUT = "timeout"
    RACE = "race"
    FATAL = "fatal"
    """The runtime gave up: deadlock, concurrent map access, out of memory, a signal."""
    EXIT = "exit"
    """The process ended without a result of a test: ``os.Exit``, ``log.Fatal``, a kill."""
    BUILD = "build"


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure of a case.

    Attributes:
        index: its index in ``Case.failures`` (ordered by time).
        test: index of the failed test in ``Case.tests``; -1 where no test is to blame (a build,
            an exit outside any test), or one that the output names nowhere else.
        test_name: its full name, or the package's name where no test is to blame.
        kind: why it counts as failed.
        at_ns: the moment it failed: the failing call where the trace has it, else its line's stamp.
        message: its text, lines joined by newlines, without the ``file:line:`` prefix.
        file, line: the source line that reported it, as in the output or the trace; "" and 0 if
            unknown.
        goroutine: the goroutine that failed; 0 if unknown.
        output_line: index into ``Case.output`` of the line that reports it, or -1.
        crash: index into ``Case.crashes`` of what it died of, or -1.
        races: indices into ``Case.races`` of the races in this test; or, where it failed for races
            of others, of those that package testing counted while it ran.
        race_goroutines: for each of the races in this test, the runtime's number of the goroutine
            of each of its accesses; 0 where that is not certain. Empty for others' races.
        messages: all that the test printed with ``t.Error``, ``t.Log`` and their kin, in order.
        subject: what failed inside the test: a spec of ginkgo, a method of gocheck; "" for none.
    """

    index: int
    test: int
    test_name: str
    kind: FailureKind
    at_ns: int
    message: str
    file: str
    line: int
    goroutine: int
    output_line: int
    crash: int = -1
    races: tuple[int, ...] = ()
    race_goroutines: tuple[tuple[int, ...], ...] = ()
    messages: tuple[Message, ...] = ()
    subject: str = ""
