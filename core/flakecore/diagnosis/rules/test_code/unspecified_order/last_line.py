"""``test-itself``: an assertion on which of two lines is the last, that two goroutines write.

Reports a failed assertion that compares an element of a list, such as the last line of a log, with
a text that exactly one place of the package hands to some function or method, where the message
shows a text that exactly one other place hands to the same, and where one of both is come to by the
test's own goroutine alone and the other by a goroutine alone that a ``go`` statement starts. Which
of them is later is up to the scheduler. It is inferred from the source. Silent where both are of
one goroutine, where the test's one stands behind a wait, where the wanted one stands in an ``if``,
where the texts stand in several places, and where the source is not at hand.

Example: ``s.log("stopped")`` in Stop and ``s.log("worker left")`` in ``go s.loop()``, and then
``if lines[len(lines)-1] != "stopped"``.
Counterexample: the same where Stop calls the loop; where the message has a line of neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Finding, Role
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, source_rule
from flakecore.diagnosis.rules.test_code.orders.loop_rounds import WAITS
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing
from flakecore.diagnosis.source.values.value_origins import Origin

_TEXTS = ("interpreted_string_literal", "raw_string_literal")
_PARTS = re.compile(r"%[-+# 0-9.*\[\]]*[a-zA-Z%]|\\.")
"""What stands between the parts of a format: verbs and escapes."""
_LEAST = 3
"""Characters of a part of a text by which it is known in a message, at least."""


class _Line(NamedTuple):
    """A text that a call is handed first.

    Attributes:
        file: the name of the file.
        call: the call.
        by: the name of what is called.
        text: the text, a format perhaps.
    """

    file: str
    call: Node
    by: str
    text: str

    @property
    def at(self) -> str:
        """``worker.go:39``."""
        return f"{self.file}:{line_of(self.call)}"


def _find(failing: FailingSource) -> Iterator[Finding]:
    wanted = _wanted(failing)
    where = _element(failing) if wanted else ""
    if not where:
        return
    lines = list(_lines(failing))
    ours = [each for each in lines if each.text == wanted]
    theirs = [
        each
        for each in lines
        if ours and each.by == ours[0].by and each.text != wanted
        if _is_shown(each.text, failing.message.replace(wanted, ""))
    ]
    if len(ours) != 1 or len(theirs) != 1:
        return
    (want,), (found,) = ours, theirs
    starts = [_started(failing, each) for each in (want, found)]
    if (starts[0] is None) == (starts[1] is None):
        return
    of_test, of_other = (found, want) if starts[0] is not None else (want, found)
    if not _is_of_test(failing, of_test) or _is_of_test(failing, of_other):
        return
    if _waits_before(failing, of_test) or _is_in_branch(want):
        return
    home, start = starts[0] or starts[1] or ("", of_other.call)
    wants = f'{failing.test_name} wants "{wanted}" {where}'
    short = f"started at {home}:{line_of(start)}"
    if of_other is want:
        claims = (
            f"{wants}, which a goroutine {short} comes to whenever it runs ({want.at})",
            f"{wants}, which a goroutine comes to whenever it runs ({want.at})",
        )
    else:
        claims = (
            f'{wants}; a goroutine {short} adds "{_short(found.text)}" whenever it runs',
            f'{wants}; a goroutine adds "{_short(found.text)}" whenever it runs ({found.at})',
        )
    yield assertion_finding(
        failing,
        (
            *claims,
            f"{failing.test_name} depends on which goroutine is later: {want.at} or {found.at}",
            f"The test depends on which goroutine is later: {want.at} or {found.at}",
        ),
        (
            f'"{wanted}" comes from {want.at}, and "{_short(found.text)}" from {found.at}',
            f"{of_other.at} is come to by a goroutine {short}, and {of_test.at} by the test's own",
        ),
        "wait for the goroutine before the last line is written, or look for the line anywhere",
        places=(
            failing.place(Role.WRITES, want.call, want.file),
            failing.place(Role.WRITES, found.call, found.file),
            failing.place(Role.CREATED, start, home),
        ),
    )


def _wanted(failing: FailingSource) -> str:
    """Return the only text that the failing line compares something with; "" for none."""
    texts = {
        text_of(side)[1:-1]
        for each in failing.comparisons
        for side in (each.left, each.right)
        if side.type in _TEXTS
    }
    return texts.pop() if len(texts) == 1 else ""


def _element(failing: FailingSource) -> str:
    """Return which element a failing line asks for: ``last`` or ``there``; "" for none."""
    found = [
        text_of(node.child_by_field_name("index"))
        for condition in failing.innermost
        for _, node in failing.origins.of(failing.name, condition)
        if node.type == "index_expression"
    ]
    is_last = any("len(" in each for each in found)
    return ("last" if is_last else "there") if found else ""


def _lines(failing: FailingSource) -> Iterator[_Line]:
    """Yield the calls of a package that are handed a text first, or append one."""
    for file, parsed in failing.package.files.items():
        for call in parsed.calls_of:
            called, given = (
                call.child_by_field_name("function"),
                call.child_by_field_name("arguments"),
            )
            values = given.named_children if given is not None else []
            name = text_of(called)
            if called.type == "selector_expression":
                name = text_of(called.child_by_field_name("field"))
            values = values[1:] if name == "append" else values
            if values and values[0].type in _TEXTS and call != failing.call:
                yield _Line(file, call, name, text_of(values[0])[1:-1])


def _is_shown(text: str, message: str) -> bool:
    """Return whether a message has all parts of a format in that order, one of them long enough."""
    parts = [each.strip() for each in _PARTS.split(text)]
    if max(map(len, parts)) < _LEAST:
        return False
    at = 0
    for each in parts:
        at = message.find(each, at)
        if at < 0:
            return False
        at += len(each)
    return True


def _started(failing: FailingSource, line: _Line) -> Origin | None:
    """Return the only ``go`` statement whose goroutine comes to a line; None for none."""
    calls = failing.package.calls
    leading = _leading(failing, line)
    found = [
        (file, call.parent)
        for file, parsed in failing.package.files.items()
        for call in parsed.calls_of
        if call.parent is not None and call.parent.type == "go_statement"
        if any((home, e.start_byte) in leading for home, e in calls.called_by(file, call) or ())
    ]
    return found[0] if len(found) == 1 else None


def _is_of_test(failing: FailingSource, line: _Line) -> bool:
    """Return whether the test comes to a line on its own goroutine."""
    return (failing.name, failing.function.start_byte) in _leading(failing, line)


def _leading(failing: FailingSource, line: _Line) -> frozenset[tuple[str, int]]:
    function = enclosing(line.call, *FUNCTIONS)
    if function is None:
        return frozenset()
    return failing.package.calls.leading_to([(line.file, function)], started=False)


def _waits_before(failing: FailingSource, line: _Line) -> bool:
    """Return whether the function of a line waits before it: the order may be certain then."""
    function = enclosing(line.call, *FUNCTIONS)
    return any(
        each.kind in WAITS
        and each.node.start_byte < line.call.start_byte
        and enclosing(each.node, *FUNCTIONS) == function
        for each in failing.package.files[line.file].operations
    )


def _is_in_branch(line: _Line) -> bool:
    around = enclosing(line.call, "if_statement", *FUNCTIONS)
    return around is not None and bool(around.type == "if_statement")


def _short(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:29]}…"


RULE = source_rule("last-line", _find)
