"""What is shared by the rounds of a loop, and by the parallel subtests of a test.

Before Go 1.22 all rounds of a loop have one variable; parallel subtests go on when the function
that runs them has returned.
"""

from __future__ import annotations

import re

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.goroutine_states import StackFrame
from flakecore.diagnosis.rules.rule import Question
from flakecore.diagnosis.source.go_parser import Node, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, parameters, walk

_ONE_A_ROUND = (1, 22)
"""The first version in which each round of a loop has a variable of its own."""
_COMPILER = re.compile(r"go(\d{1,3})\.(\d{1,3})")


def initial_of(loop: Node) -> Node | None:
    """Return the statement with which a loop of three clauses begins; None for others."""
    clause = next((each for each in loop.named_children if each.type == "for_clause"), None)
    return clause.child_by_field_name("initializer") if clause is not None else None


def declared_by(loop: Node) -> set[str]:
    """Return the names that a loop's own clause declares."""
    for each in loop.named_children:
        if each.type == "range_clause" and any(part.type == ":=" for part in each.children):
            return {text_of(name) for name in names_of(each)} - {"_"}
    initial = initial_of(loop)
    is_new = initial is not None and initial.type == "short_var_declaration"
    return {text_of(name) for name in names_of(initial)} if is_new and initial else set()


def names_of(node: Node) -> list[Node]:
    """Return the names that a declaration declares."""
    if node.type == "var_spec":
        return list(node.children_by_field_name("name"))
    left = node.child_by_field_name("left")
    return list(left.named_children) if left is not None else []


def why_shared(question: Question, failing: FailingSource) -> str:
    """Return by what the language is known to be of before 1.22; "" where it is not, or later."""
    compiler = _COMPILER.match(question.case.go_version)
    if compiler is not None and (int(compiler[1]), int(compiler[2])) < _ONE_A_ROUND:
        return f"it was compiled by {question.case.go_version}"
    path = failing.path if "/" in failing.path else f"{question.case.package}/{failing.path}"
    language = question.files.language(StackFrame(f"{question.case.package}.Test", path, 1))
    if language is None or language >= _ONE_A_ROUND:
        return ""
    return f"go.mod says go {language[0]}.{language[1]}"


def parallel_subtest(failing: FailingSource) -> tuple[Node, Node] | None:
    """Return the parallel subtest that a failing call stands in, behind its ``t.Parallel``.

    Returns:
        The subtest's literal and the call of ``t.Parallel``; None where there is none.
    """
    literal = enclosing(failing.call, *FUNCTIONS)
    while literal is not None and literal.type == "func_literal":
        listed = literal.parent
        call = listed.parent if listed is not None and listed.type == "argument_list" else None
        if call is not None and text_of(call.child_by_field_name("function")).endswith(".Run"):
            pauses = _pause(literal, failing.call)
            return (literal, pauses) if pauses is not None else None
        literal = enclosing(literal, *FUNCTIONS)
    return None


def _pause(literal: Node, before: Node) -> Node | None:
    """Return the call of ``t.Parallel`` of a subtest itself, before a call in it; None for none."""
    names = [name for name, _ in parameters(literal)[:1]]
    for node in walk(literal):
        if (
            node.type == "call_expression"
            and text_of(node.child_by_field_name("function")) in [f"{e}.Parallel" for e in names]
            and enclosing(node, *FUNCTIONS) == literal
            and node.end_byte <= before.start_byte
        ):
            return node
    return None
