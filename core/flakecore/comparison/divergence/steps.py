"""The steps of each goroutine of a test that another run can be held against.

How long something took, and whether a wait was short or none at all, differs by chance in any two
runs. So a step is what a program does whatever the scheduler does: a line printed, a goroutine
started, its end, a sleep; and a wait that nothing ended, for there it did not go on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from flakecore.comparison.divergence.ended_waits import EndedWait
from flakecore.comparison.divergence.roles import GoroutineRole
from flakecore.comparison.signature import without_varying
from flakecore.timeline import Case, Lane, LaneKind, State, own_frame, with_subtests

_OF_THE_FRAMEWORK = ("=== ", "--- ", "PASS", "FAIL", "ok  ")
_TO_THE_END = "waits to the end"
_MOST = 2_000
"""Lines of a test that are steps, the first ones; a bound, not measured."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a goroutine.

    Attributes:
        time_ns: when, since the test began.
        what: what is held against the other run: words without what varies.
        words: the same for a person.
        at: where it is in the program, ``x_test.go:32``; "" where that is unknown.
    """

    time_ns: int
    what: str
    words: str
    at: str = ""

    @property
    def waits(self) -> bool:
        """Whether it is a wait that nothing ended."""
        return self.what.startswith(_TO_THE_END)


def steps_by_role(
    case: Case,
    test: int,
    roles: Mapping[int, GoroutineRole],
    woken: Iterable[EndedWait],
) -> dict[GoroutineRole, list[Step]]:
    """Return the steps of each goroutine of a test, in order of time.

    Args:
        case: one with a trace.
        test: index of the test.
        roles: role of each goroutine, by number.
        woken: the waits of these that were ended.
    """
    schedule, start_ns = case.schedule, case.tests[test].start_ns
    found: dict[GoroutineRole, list[Step]] = {role: [] for role in roles.values()}
    if schedule is None:
        return found
    for number, role in roles.items():
        goroutine = schedule.goroutine(number)
        if goroutine is None:
            continue
        creator = roles.get(goroutine.creator)
        if creator is not None and creator != role:
            words = f"starts {role.words()}"
            at = place_shown(role.file, role.line)
            found[creator].append(Step(goroutine.created_ns - start_ns, words, words, at))
        if goroutine.ended_ns is not None:
            found[role].append(Step(goroutine.ended_ns - start_ns, "ends", "ends"))
            continue
        last = schedule.last(Lane(LaneKind.GOROUTINE, number))
        if last is not None and last.to_the_end and last.state.waiting:
            frame = own_frame(last.stack, case.package)
            at = place_shown(frame.file, frame.line) if frame is not None else ""
            place = f" at {at}" if at else ""
            words = f"{_TO_THE_END} ({last.state.label}){place}"
            if last.state is State.SLEEP:
                words = f"sleeps{place}"
            found[role].append(Step(last.start_ns - start_ns, words, words, at))
    for each in woken:
        if each.state is State.SLEEP and each.at:
            words = f"sleeps at {each.at}"
            found[each.who].append(Step(each.start_ns - start_ns, words, words, each.at))
    for time_ns, number, text, at in _printed(case, test):
        if number in roles:
            line = without_varying(text)
            found[roles[number]].append(
                Step(time_ns - start_ns, f"prints {line}", f"prints {text}", at)
            )
    for steps in found.values():
        steps.sort(key=lambda step: step.time_ns)
    return found


def printed_lines(case: Case, test: int) -> Iterator[tuple[int, int, str]]:
    """Yield time, goroutine and text of the lines of a test and its subtests.

    Those of package testing itself are left out.
    """
    for time_ns, goroutine, text, _ in _printed(case, test):
        yield time_ns, goroutine, text


def place_shown(file: str, line: int) -> str:
    """Return a source line as ``x_test.go:32``; "" for none."""
    return f"{file.rpartition('/')[2]}:{line}" if file else ""


def _printed(case: Case, test: int) -> Iterator[tuple[int, int, str, str]]:
    columns = case.output.columns
    rows = np.flatnonzero(np.isin(columns.test, with_subtests(case.tests, test)))
    for row in rows[:_MOST].tolist():
        text = columns.texts[row].strip()
        if text and not is_of_the_framework(text):
            at = place_shown(*columns.places[columns.place[row]])
            yield int(columns.time[row]), int(columns.goroutine[row]), text, at


def is_of_the_framework(text: str) -> bool:
    """Return whether a line is one of package testing's own."""
    return text.startswith(_OF_THE_FRAMEWORK)


def failure_lines(case: Case) -> dict[int, set[str]]:
    """Return the lines of the messages that each test failed with, without what varies."""
    found: dict[int, set[str]] = {}
    for failure in case.failures:
        message = map(without_varying, failure.message.splitlines())
        found.setdefault(failure.test, set()).update(line for line in message if line)
    return found


def reports(line: str, reported: Collection[str]) -> bool:
    """Return whether a line, without what varies, is one of those that report a failure."""
    return any(line == one or line.endswith(f": {one}") for one in reported)
