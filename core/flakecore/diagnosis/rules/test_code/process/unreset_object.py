"""``shared-state``: what an earlier test left in an object that a ``sync.Pool`` gives back.

A pool hands its objects out as they were put in (package sync, ``Pool``). Reports a failed
assertion that wants a constant text and whose message shows that text with something before or
behind it, where it comes from a function that takes an object from a pool and does not reset it
before anything else, and where what is too much has a text in it that stands in another test which
comes to that function and ran before, or may have. It is inferred from the source and the message.
Silent where the object is reset as soon as it is taken, where no other test has such a text, and
where the source is not at hand.

Example: ``b := pool.Get().(*bytes.Buffer); b.WriteString(name)``, and ``"annbob"`` is not ``bob``.
Counterexample: the same with ``b.Reset()`` behind Get; ``Bob`` for ``bob``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Finding, Role
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, assertion_rule
from flakecore.diagnosis.rules.rule import Question
from flakecore.diagnosis.rules.test_code.orders.reordered import checked_functions, named_after
from flakecore.diagnosis.rules.test_code.process.pooled_object import is_get
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, walk
from flakecore.diagnosis.source.values.value_origins import Origin

_TEXTS = ("interpreted_string_literal", "raw_string_literal")
_SHOWN = re.compile(r'"([^"\n]{3,2000})"|(?:[=:]|\bgot|\bis) ([^\s",]{3,2000})')
"""What a message may show of what there is."""
_RESETS = ("Reset", "Truncate", "Clear", "clear")
_LEAST = 3
"""Characters of a text by which it is known, at least."""


def _find(question: Question, failing: FailingSource) -> Iterator[Finding]:
    extra = _too_much(failing)
    taken = list(_taken(failing)) if extra else []
    if len(taken) != 1:
        return
    ((file, node),) = taken
    function = enclosing(node, *FUNCTIONS)
    left = _left_by(question, failing, extra, (file, function)) if function is not None else None
    if left is None:
        return
    other, literal = left
    where, who = f"{file}:{line_of(node)}", named_after(failing.test_name, node)[0]
    pool = text_of(node.child_by_field_name("function").child_by_field_name("operand"))
    text = f'"{extra if len(extra) <= 30 else extra[:29] + "…"}"'
    finds = f"{failing.test_name} finds {text}, which {other} left in an object of {pool}"
    yield assertion_finding(
        failing,
        (
            f"{finds} that {who} takes and does not reset ({where})",
            f"{finds}; {who} does not reset it ({where})",
            f"{finds} ({where})",
            f"The test finds {text}, which {other} left in an object of {pool} ({where})",
            f"The test finds what {other} left in an object of {pool} ({where})",
        ),
        (
            f"the message shows {text} beside what was wanted",
            f"{text_of(literal)} stands in {other}, which comes to {who}, too",
            f"{who} takes an object from {pool} at {where}, and does not reset it before its use",
        ),
        "reset the object where it is taken from the pool, or on every way back into it",
        places=(failing.place(Role.READS, node, file), failing.place(Role.WRITES, literal)),
        rule="shared-state",
    )


def _too_much(failing: FailingSource) -> str:
    """Return what a message shows before or behind the wanted text; "" for nothing."""
    wanted = {
        text_of(node)[1:-1]
        for each in failing.comparisons
        for side in (each.left, each.right)
        for _, node in failing.origins.of(failing.name, side, arguments=False)
        if node.type in _TEXTS
    }
    for one, other in _SHOWN.findall(failing.message[:20_000])[:8]:
        shown: str = one or other
        for each in wanted:
            if len(each) >= _LEAST and shown != each:
                if shown.endswith(each):
                    return shown[: -len(each)]
                if shown.startswith(each):
                    return shown[len(each) :]
    return ""


def _taken(failing: FailingSource) -> Iterator[Origin]:
    """Yield where functions that a checked value comes from take objects that they do not reset."""
    for file, function in checked_functions(failing)[1:]:
        for node in walk(function):
            if is_get(failing, node) and not _is_reset(node, function):
                yield file, node


def _is_reset(taken: Node, function: Node) -> bool:
    """Return whether what is taken is reset, or cut to nothing, before it is used otherwise."""
    statement = enclosing(taken, "short_var_declaration", "assignment_statement", "var_spec")
    left = statement.child_by_field_name("left") if statement is not None else None
    name = text_of(left).partition(",")[0].strip() if left is not None else ""
    if not name or "[:0]" in text_of(statement):
        return True  # handed on, or cut at once
    for node in walk(function):
        if node.start_byte < taken.end_byte or node.type != "identifier" or text_of(node) != name:
            continue
        around = enclosing(node, "expression_statement", "defer_statement", "return_statement")
        if around is not None and around.type == "defer_statement":
            continue
        called = enclosing(node, "call_expression", *FUNCTIONS)
        is_call = called is not None and called.type == "call_expression"
        method = text_of(called.child_by_field_name("function")) if called and is_call else ""
        return method.rpartition(".")[2] in _RESETS or _is_set_anew(node, name)
    return True


def _is_set_anew(node: Node, name: str) -> bool:
    """Return whether a name is assigned to where it stands, or a part of it, from nothing of it."""
    assigns = enclosing(node, "assignment_statement", *FUNCTIONS)
    if assigns is None or assigns.type != "assignment_statement":
        return False
    left, right = assigns.child_by_field_name("left"), assigns.child_by_field_name("right")
    is_left = bool(left.start_byte <= node.start_byte < left.end_byte)
    is_plain = text_of(assigns.child_by_field_name("operator")) == "="
    return is_left and is_plain and all(text_of(each) != name for each in walk(right))


def _left_by(
    question: Question, failing: FailingSource, extra: str, function: Origin
) -> tuple[str, Node] | None:
    """Return the only other test with a text of what is too much, and that text; None if none.

    It comes to the function that takes the object, and began before the failing one or is not
    listed.
    """
    case, writes = question.case, failing.package.writes
    own = failing.test_name.partition("/")[0]
    listed = {each.name for each in case.tests}
    before = {each.name for each in case.tests[: max(failing.test, 0)]}
    key = (function[0], function[1].start_byte)
    found: dict[str, Node] = {}
    for name, (file, test) in writes.tests.items():
        if name == own or name in listed - before or file != failing.name:
            continue
        if key not in {(home, each.start_byte) for home, each in writes.functions_of(name)}:
            continue
        for node in walk(test):
            text = text_of(node)[1:-1] if node.type in _TEXTS else ""
            if len(text) >= _LEAST and (text in extra or extra in text):
                found.setdefault(name, node)
    return next(iter(found.items())) if len(found) == 1 else None


RULE = assertion_rule("unreset-object", _find, "shared-state")
