"""``panic-cause`` of a server's handler: a panic that was caught, and cut off who waited for it.

Package net/http catches the panic of a handler, prints it, and closes the connection
(``net/http/server.go``, serve): the client then reads an end where an answer was to come. Reports
a failed assertion that states so (``EOF``, ``connection reset``, ``broken pipe``) or has the status
500, where exactly one panic that was caught so is among what the test printed. That the one is the
reason for the other is inferred. Silent on all other panics that were caught.

Example: a handler that follows a nil pointer; the test fails by ``Get "http://…": EOF``.
Counterexample: a handler that panics as it should, in a test that fails by what it counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role
from flakecore.diagnosis.goroutine_states import StackFrame
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.frames import below_panic, is_own
from flakecore.gotest import DumpFrame, DumpSource, GoroutineDump
from flakecore.timeline import FailureKind

_CUT_OFF = re.compile(r"\bEOF\b|connection reset|broken pipe|\b500\b")
_MESSAGE = "http: panic serving "
_LOOKED_AT = 400
"""Lines before a failure among which net/http's words are looked for."""
_SERVES = "net/http.(*conn).serve"
_ADDRESS = "invalid memory address or "
_PREFIX = re.compile(r"(?:caught panic |http: panic serving \S+ |runtime error: )+")


def _find(question: Question) -> Iterator[Finding]:
    failure = question.failure
    if failure is None or failure.kind is not FailureKind.ASSERTION or failure.test < 0:
        return
    if not _CUT_OFF.search(failure.message):
        return
    found = [
        (dump.message, each.stack)
        for dump in question.case.dumps
        if dump.source is DumpSource.CAUGHT
        for each in dump.goroutines[:1]
        if _is_served(each.stack)
        and (each.test == failure.test or (each.test < 0 and _was_printed(question)))
    ]
    frame = _panicking(found[0][1], question.case.package) if len(found) == 1 else None
    if frame is None:
        return
    message, stack = found[0]
    own = StackFrame(frame.function, frame.file, frame.line)
    reason = _PREFIX.sub("", message.partition("\n")[0].strip()).removeprefix(_ADDRESS)
    who = f"G{stack.number}'s handler panicked"
    at = f"{own.short_function} ({own.place})"
    yield Finding(
        rule="panic-cause",
        claim=first_that_fits(
            f"{who} in {at} and cut off the client: {reason}",
            f"{who} ({own.place}) and cut off the client: {reason}",
            f"{who} in {at} and cut off the client",
            f"{who} ({own.place}) and cut off the client",
        ),
        certainty=Certainty.INFERRED,
        test=failure.test,
        places=(
            Place(Role.PANICS, stack.number, own.function, own.file, own.line),
            Place(Role.FAILS, failure.goroutine, "", failure.file, failure.line),
        ),
        evidence=(
            Evidence(f"caught by net/http: {message.partition(chr(10))[0]}", None, stack.number),
            Evidence(failure.message.partition("\n")[0][:300], failure.at_ns, failure.goroutine),
        ),
    )


def _was_printed(question: Question) -> bool:
    """Return whether net/http's words on a panic are among what the test printed last."""
    failure, output = question.failure, question.case.output
    assert failure is not None
    last = range(max(failure.output_line - _LOOKED_AT, 0), max(failure.output_line, 0))
    lines = (output[at] for at in last)
    return any(each.test == failure.test and _MESSAGE in each.text for each in lines)


def _is_served(stack: GoroutineDump) -> bool:
    return any(frame.function == _SERVES for frame in stack.frames)


def _panicking(stack: GoroutineDump, package: str) -> DumpFrame | None:
    """Return the own frame that panicked first; None where none did."""
    below = below_panic(stack.frames)
    if len(below) == len(stack.frames):
        return None
    return next((frame for frame in below if is_own(frame, package)), None)


RULE = Rule("caught-panic", Needs.FAILURE, _find, ids=("panic-cause",))
