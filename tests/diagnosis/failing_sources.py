"""Tests of Go source that failed at the only line that calls ``t.Fatal``, and nothing else seen."""

from __future__ import annotations

from diagnosis.source.go_text import line_with
from flakecore.diagnosis import Finding
from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.goroutine_states import GoroutineStates
from flakecore.diagnosis.rules.rule import Question, Rule
from flakecore.diagnosis.source.go_files import GoFiles
from flakecore.diagnosis.source.go_parser import Node, text_of
from flakecore.diagnosis.source.syntax import walk
from flakecore.timeline import (
    Case,
    Clock,
    ClockMethod,
    Failure,
    FailureKind,
    OutputLines,
    Schedule,
)
from flakecore.timeline.sources import Sources

FILE = "p_test.go"
PACKAGE = "example.com/p"
GOROUTINE = 7
"""The number of the goroutine that fails."""
AT_NS = 1_000
"""When it fails."""


def question_of(text: str, message: str = "", schedule: Schedule | None = None) -> Question:
    """Return why ``TestX`` of a package of one file failed with a message."""
    failure = Failure(
        *(0, 0, "TestX", FailureKind.ASSERTION, AT_NS, message, FILE, line_with(text, "t.Fatal(")),
        goroutine=GOROUTINE,
        output_line=0,
    )
    case = Case(
        package=PACKAGE,
        go_version="go1.27.3",
        race=False,
        start_ns=0,
        end_ns=AT_NS,
        clock=Clock(ClockMethod.SNAPSHOT, 64, 0),
        tests=(),
        failures=(failure,),
        output=OutputLines([], {}),
        trace=None,
        schedule=schedule,
        gc=None,
        crashes=(),
        races=(),
        losses=(),
    )
    states = GoroutineStates({}, 0, complete=False, is_exact=False, at_ns=AT_NS)
    bundled = {f"{PACKAGE}/{FILE}": f"package p\n{text}".encode()}
    return Question(
        case, failure, states, GoFiles(Sources(package=PACKAGE, bundled=bundled), PACKAGE)
    )


def failing_source(text: str, message: str = "") -> FailingSource:
    """Return the call that ``TestX`` of a package of one file failed by, with its message."""
    failing = question_of(text, message).failing
    assert failing is not None
    return failing


def asked(rule: Rule, text: str, message: str = "") -> list[Finding]:
    """Return what a rule finds on such a failure."""
    return list(rule.find(question_of(text, message)))


def function_of(failing: FailingSource, name: str) -> Node:
    """Return the only function or method of a name in the file."""
    (found,) = (
        node
        for node in walk(failing.file.root)
        if node.type in ("function_declaration", "method_declaration")
        and text_of(node.child_by_field_name("name")) == name
    )
    return found


def call_of(failing: FailingSource, text: str) -> Node:
    """Return the only call of a text in the file."""
    (found,) = (each for each in failing.file.calls_of if text_of(each) == text)
    return found
