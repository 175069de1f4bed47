"""``test-itself``: an assertion that a ``sync.Pool`` gives back what was put into it.

"Any item stored in the Pool may be removed automatically at any time without notification"
(package sync): each collection empties it by and by, each proc has its own part, and under the race
detector some of what is put in is thrown away. Reports a failed assertion that compares a value
which the source traces to ``Get`` of a ``sync.Pool`` with another pointer, or with one that was
``Put``. It names the collection where the trace has one between. Silent where what the value holds
is asserted, and where the source is not at hand.

Example: ``Put(b); if Get() != b { t.Error("not reused") }``.
Counterexample: ``Put(b); if Get().Len() != 0 { t.Error("not reset") }``.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Evidence, Finding, Role
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, assertion_rule
from flakecore.diagnosis.rules.rule import Question
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.values.assertions import Comparison
from flakecore.diagnosis.source.values.value_origins import Origin
from flakecore.timeline import Case, CollectionKind

_POOL = "sync.Pool"
_NAMES = ("identifier", "call_expression", "type_assertion_expression", "unary_expression")


def _find(question: Question, failing: FailingSource) -> Iterator[Finding]:
    for condition in failing.comparisons:
        found = _taken(failing, condition)
        if found is None:
            continue
        file, node = found
        where, take = f"{file}:{line_of(node)}", " ".join(text_of(node).split())
        wants = f"{failing.test_name} wants a sync.Pool to give back what was put in"
        began = _collection(question.case, failing.test, failing.at_ns)
        at = (
            [Evidence("a collection of garbage began in the test before that", began, 0)]
            if began is not None
            else []
        )
        yield assertion_finding(
            failing,
            (
                f"{wants}: {take} ({where}) may make a new one",
                f"{wants}; {where} may make a new one",
                f"The test wants a sync.Pool to give back what was put in ({where})",
            ),
            (
                f"the condition of the failing line is {condition.text}",
                *at,
                "a sync.Pool may drop what it holds at any time",
            ),
            "assert what is in it, or hold spare objects in a list of one's own",
            places=(failing.place(Role.READS, node, file),),
        )
        return


def _taken(failing: FailingSource, condition: Comparison) -> Origin | None:
    """Return where a compared pointer is taken from a pool; None if neither side is."""
    sides = (condition.left, condition.right)
    if condition.operator not in ("==", "!=") or any(e.type not in _NAMES for e in sides):
        return None
    if any(text_of(each) == "nil" for each in sides):
        return None
    for side in sides:
        for file, node in failing.origins.of(failing.name, side, arguments=False):
            if is_get(failing, node):
                return file, node
    return None


def is_get(failing: FailingSource, call: Node) -> bool:
    """Return whether a node is a call of ``Get`` of a ``sync.Pool``."""
    called = call.child_by_field_name("function") if call.type == "call_expression" else None
    if called is None or called.type != "selector_expression":
        return False
    if text_of(called.child_by_field_name("field")) != "Get":
        return False
    kind = failing.package.types.type_of(called.child_by_field_name("operand"))
    return kind.lstrip("*") == _POOL


def _collection(case: Case, test: int, at_ns: int) -> int | None:
    """Return when the last collection in a test began before it failed; None for none."""
    if case.gc is None or test < 0:
        return None
    since = case.tests[test].start_ns
    spans = case.gc.spans(since, at_ns, CollectionKind.CYCLE)
    return max((each.start_ns for each in spans if each.start_ns >= since), default=None)


RULE = assertion_rule("pooled-object", _find)
