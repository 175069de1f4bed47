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
class RaceOwner:
    """The evidence for the test that a race is given to where others may be meant.

    Attributes:
        others: indices of the other tests that it may be in.
        goroutines: how many of one test raced, if they share nothing with another; 0 where nothing
            but the place of the report in the output is evidence for the test.
        started: how many that fit the reports the test started, then each of ``others``.
    """

    others: tuple[int, ...]
    goroutines: int = 0
    started: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure of a case.

    Attributes:
        index: its index in ``Case.failures`` (ordered by time).
        test: index of the failed test in ``Case.tests``; -1 where it is of no test (a build,
            an exit outside any test), or one that the output names nowhere else.
        test_name: its full name, or the package's name where it is of no test.
        kind: why it counts as failed.
        at_ns: the moment it failed: the failing call where the trace has it, else its line's stamp.
        message: its text, lines joined by newlines, without the ``file:line:`` prefix.
        file, line: the source line that reported it, as in the output or the trace; "" and 0 if
            unknown.
        goroutine: the goroutine that failed; 0 if unknown.
        output_line: index into ``Case.output`` of the line that reports it, or -1.
        crash: index into ``Case.crashes`` of what it died of, or -1.
        races: indices into ``Case.races`` of the races in this test; or, where it failed for races
            of others, of those that package testing counted while it ran; of an assertion those
            that were, or may be, in its test.
        race_goroutines: for each of the races that are this failure, the runtime's number of the
            goroutine of each of its accesses; 0 where that is not certain. Empty for all others.
        race_owners: for each of them, the evidence for its test where others may be meant; None
            where no other is possible.
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
    race_owners: tuple[RaceOwner | None, ...] = ()
    messages: tuple[Message, ...] = ()
    subject: str = ""
