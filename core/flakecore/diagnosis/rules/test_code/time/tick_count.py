"""``test-itself``: an assertion on how many ticks there were while the test slept.

A ticker "will adjust the time interval or drop ticks to make up for slow receivers" (package time),
and a busy machine makes both late. Reports a failed comparison of a constant with a variable that
nothing changes but what a loop does at a tick of a ticker or of ``time.After``, where the test
itself sleeps for a while before it, or where the loop ends when its own time is up. It is inferred
from the source. Silent where something else changes the variable, too, where the loop ends after so
many ticks, in bubbles of package testing/synctest, and where the source is not at hand.

Example: ``go h.run(); time.Sleep(50 * time.Millisecond); if h.beats.Load() != 5``.
Counterexample: the same where each beat is received from a channel.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from flakecore.diagnosis.failing.failing_source import FailingSource, duration_text
from flakecore.diagnosis.findings import Finding, Role
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, source_rule
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, walk
from flakecore.diagnosis.source.values.variable_writers import (
    VariableWriter,
    read_variables,
    writers_of,
)

_TICKS = re.compile(r"<-\s*(?:[\w.]+\.C\b|time\.(?:After|Tick)\(|\w*[Tt]ick\w*\b)")
"""What receives from a ticker, by its text."""
_BLOCKS = ("communication_case", "for_statement")
_LIMITS = ("time.After", "time.NewTimer")


class CountedTicks(NamedTuple):
    """A number of ticks that a test compares.

    Attributes:
        read: the variable, where the test or one of its functions reads it.
        writer: where a loop changes it.
        sleep: the test's sleep; None where the loop has a time of its own.
    """

    read: Node
    writer: VariableWriter
    sleep: Node | None


def counted_ticks(failing: FailingSource) -> CountedTicks | None:
    """Return the number of ticks that the failing line compares; None where it is another one."""
    sleep = next(
        (
            node
            for node in walk(failing.function)
            if failing.library_function(node) == "time.Sleep"
            and node.end_byte <= failing.call.start_byte
            and enclosing(node, *FUNCTIONS) == enclosing(failing.call, *FUNCTIONS)
        ),
        None,
    )
    if failing.is_in_bubble:
        return None
    for condition in failing.comparisons:
        read = {
            key: each
            for side in (condition.left, condition.right)
            for _, origin in failing.origins.of(failing.name, side)
            for key, each in read_variables(failing.package, origin)
        }
        for key, each in read.items():
            writers = list(writers_of(failing.package, {key}))
            if not writers or not all(_is_at_tick(writer.node) for writer in writers):
                continue
            if sleep is not None or _has_a_limit(failing, writers[0]):
                return CountedTicks(each, writers[0], sleep)
    return None


def _has_a_limit(failing: FailingSource, writer: VariableWriter) -> bool:
    """Return whether another case of the select around a change ends its loop after some time."""
    around = enclosing(writer.node, "select_statement", *FUNCTIONS)
    cases = around.named_children if around is not None else ()
    for case in cases if around is not None and around.type == "select_statement" else ():
        if case.type != "communication_case" or case.start_byte <= writer.node.start_byte < (
            case.end_byte
        ):
            continue
        channel = text_of(case.child_by_field_name("communication")).rpartition("<-")[2].strip()
        made = [
            value
            for node in walk(case.child_by_field_name("communication"))
            if node.type == "identifier"
            for value in failing.origins.assigned(node)
        ]
        if channel.startswith("time.After(") or channel.endswith(".Done()"):
            return True
        if any(failing.library_function(each, writer.file) in _LIMITS for each in made):
            return True
    return False


def _is_at_tick(node: Node) -> bool:
    """Return whether a node stands in what a loop does at a tick."""
    around = enclosing(node, *_BLOCKS, *FUNCTIONS)
    while around is not None and around.type in _BLOCKS:
        if around.type == "communication_case":
            received = around.child_by_field_name("communication")
            return _TICKS.search(text_of(received)) is not None
        if _TICKS.search(text_of(around)[:400]) or _ranges_over_ticks(around):
            return True
        around = enclosing(around, *_BLOCKS, *FUNCTIONS)
    return False


def _ranges_over_ticks(loop: Node) -> bool:
    clause = next((each for each in loop.named_children if each.type == "range_clause"), None)
    over = text_of(clause.child_by_field_name("right")) if clause is not None else ""
    return over.endswith(".C") or over.startswith("time.Tick(")


def _find(failing: FailingSource) -> Iterator[Finding]:
    counted = counted_ticks(failing)
    if counted is None:
        return
    read, writer, sleep = counted
    what = " ".join(text_of(read).split())
    where = f"{writer.file}:{line_of(writer.node)}"
    counts = f"{failing.test_name} counts ticks of real time"
    late = "a busy machine makes them late or drops some"
    yield assertion_finding(
        failing,
        (
            *_over(failing, f"{counts} in {what} ({where})", sleep),
            *_over(failing, f"{counts} ({where})", sleep)[1:],
            f"The test counts ticks of real time ({where})",
        ),
        (
            f"the failing line compares {what}, which only a tick changes",
            f"a loop changes it at a tick ({where}); {late}",
        ),
        "wait for each tick by a channel, or let testing/synctest keep the time",
        places=(
            failing.place(Role.WRITES, writer.node, writer.file),
            *((failing.place(Role.WAITS, sleep),) if sleep is not None else ()),
        ),
    )


def _over(failing: FailingSource, counts: str, sleep: Node | None) -> list[str]:
    """Return a claim with how long the ticks come, in fewer and fewer words."""
    if sleep is None:
        return [f"{counts} until its time is up", counts]
    at = f"{failing.name}:{line_of(sleep)}"
    (argument,) = sleep.child_by_field_name("arguments").named_children[:1]
    lasts = duration_text(argument)
    return [f"{counts} over a sleep of {lasts} ({at})", f"{counts} over a sleep ({at})"]


RULE = source_rule("tick-count", _find)
