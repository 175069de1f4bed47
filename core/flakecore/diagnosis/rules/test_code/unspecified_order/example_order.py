"""``test-itself``: an example whose lines come in an order that the language leaves open.

Reports a failed example that printed the wanted lines in another order, where exactly one place
of it, or of the functions that it calls, prints or fills a list in a range over a map, or prints in
goroutines that a loop starts, and sorts nothing behind. It is inferred from the source. Silent on
other lines, on several such places, and without a trace or the source.

Example: ``for name := range set { fmt.Println(name) }`` above ``// Output:``.
Counterexample: the same above ``// Unordered output:``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.test_code.orders.open_orders import open_ranges
from flakecore.diagnosis.rules.test_code.orders.reordered import (
    in_another_order,
    sorts_after,
)
from flakecore.diagnosis.rules.test_code.orders.started_literals import (
    is_started_in_a_loop,
)
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import walk
from flakecore.gotrace import Frame
from flakecore.timeline import FailureKind, Lane, LaneKind

_MESSAGE = re.compile(r"got:\n(.{0,20000}?)\nwant:\n(.{0,20000})\Z", re.DOTALL)
"""What package testing prints of a failed example (``testing/example.go``)."""
_MAIN = 1
"""Examples run on the main goroutine (``testing.runExamples``)."""
_LOOKED_AT = 400
"""Intervals of it that are looked through for the example."""
_PRINTS = re.compile(r"fmt\.Print\w*")


class _Open(NamedTuple):
    """A place that leaves an order open, and what depends on it, for a person."""

    file: str
    node: Node
    depends: str


def _find(question: Question) -> Iterator[Finding]:
    failure = question.failure
    if failure is None or failure.kind is not FailureKind.ASSERTION:
        return
    printed = _MESSAGE.search(failure.message) if failure.test_name.startswith("Example") else None
    if printed is None or printed[1] == printed[2]:
        return
    reordered = sorted(printed[1].splitlines()) == sorted(printed[2].splitlines())
    if not reordered and not in_another_order(failure.message):
        return
    frame = _frame_of(question)
    package = question.files.package_of(frame) if frame is not None else None
    found = list(_open_orders(package, failure.test_name)) if package is not None else []
    if package is None or len(found) != 1:
        return
    ((name, node, depends),) = found
    where = f"{name}:{line_of(node)}"
    yield Finding(
        rule="test-itself",
        claim=first_that_fits(
            f"{failure.test_name} depends on {depends} ({where})",
            f"The example depends on {depends} ({where})",
        ),
        certainty=Certainty.INFERRED,
        test=failure.test,
        places=(Place(Role.RUNS, 0, "", f"{package.folder}/{name}", line_of(node)),),
        evidence=(
            Evidence("it printed what is wanted in another order", None, 0),
            Evidence(f"nothing is sorted behind {where}", None, 0),
        ),
        next="write // Unordered output:, or sort before printing",
    )


def _frame_of(question: Question) -> Frame | None:
    """Return a frame of the example as the trace has it: its failure names no file."""
    schedule, failure = question.case.schedule, question.failure
    test = question.case.tests[failure.test] if failure is not None and failure.test >= 0 else None
    if schedule is None or failure is None or test is None:
        return None
    lane = Lane(LaneKind.GOROUTINE, test.goroutine or _MAIN)
    interval = schedule.at(lane, min(failure.at_ns, schedule.end_ns))
    for _ in range(_LOOKED_AT):
        if interval is None:
            return None
        for frame in interval.stack:
            if frame.function.rpartition(".")[2] == failure.test_name:
                return frame
        interval = schedule.before(lane, interval.start_ns)
    return None


def _open_orders(package: GoPackage, example: str) -> Iterator[_Open]:
    """Yield the places of an example, and of what it calls, that leave an order open."""
    for file, function in _functions(package, example):
        for node in open_ranges(package, file, function):
            over = " ".join(text_of(node.child_by_field_name("right")).split())
            yield _Open(file, node, f"map order: a range over {over}, a map")
        for literal in walk(function):
            if not is_started_in_a_loop(literal):
                continue
            for node in walk(literal):
                if node.type == "call_expression" and _PRINTS.fullmatch(
                    package.files[file].library_function(node)
                ):
                    yield _Open(file, node, "which goroutine is first: they print")


def _functions(package: GoPackage, example: str) -> Iterator[tuple[str, Node]]:
    """Yield the function of an example, and those that it calls by name."""
    for name, file in package.files.items():
        for function in file.functions:
            if text_of(function.child_by_field_name("name")) != example:
                continue
            if sorts_after(function, function):
                return
            yield name, function
            seen = {(name, function.start_byte)}
            for call in walk(function):
                if call.type != "call_expression":
                    continue
                for home, called in package.calls.called_by(name, call) or ():
                    if called.type != "func_literal" and (home, called.start_byte) not in seen:
                        seen.add((home, called.start_byte))
                        yield home, called


RULE = Rule("example-order", Needs.TRACE | Needs.FAILURE, _find, ids=("test-itself",))
