"""``test-itself``: a loop's variable that parallel subtests share, as in Go before 1.22.

There a loop has one variable for all its rounds (https://go.dev/blog/loopvar-preview). A subtest
that calls ``t.Parallel`` goes on when the function that runs it has returned, so that each one
finds what the last round left. Reports a failed assertion in such a subtest, behind its call of
``t.Parallel``, whose condition or message comes from the loop's variable, where the compiler or the
module's go.mod is of before 1.22. It is inferred from the source. Silent on the last subtest of a
range, whose own value it is, where the variable is declared anew in the loop (``tc := tc``), and
where the version of the language is not known.

Example: ``for _, tc := range cases { t.Run(tc.name, func(t *testing.T) { t.Parallel(); … tc.in …``.
Counterexample: the same with ``tc := tc`` before ``t.Run``, or with ``go 1.22`` in go.mod.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Finding, Role
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, assertion_rule
from flakecore.diagnosis.rules.rule import Question
from flakecore.diagnosis.rules.test_code.concurrency.loop_scopes import (
    declared_by,
    initial_of,
    names_of,
    parallel_subtest,
    why_shared,
)
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, walk


def _find(question: Question, failing: FailingSource) -> Iterator[Finding]:
    found = _subtest(failing)
    if found is None:
        return
    literal, loop, pauses = found
    if initial_of(loop) is None and _is_last(question):
        return
    variable = next(iter(_shared(failing, literal, loop)), None)
    why = why_shared(question, failing) if variable is not None else ""
    if variable is None or not why:
        return
    name, at = text_of(variable), f"{failing.name}:{line_of(loop)}"
    who = failing.test_name
    yield assertion_finding(
        failing,
        (
            f"{who} checks the last {name} of its loop ({at}), not its own: parallel subtests"
            " share it before Go 1.22",
            f"{who} checks the last {name} of its loop ({at}): subtests share it before Go 1.22",
            f"The subtest checks the last {name} of its loop ({at}): all share it before Go 1.22",
            f"Parallel subtests share {name} ({at}), and check its last value",
        ),
        (
            f"what fails at {failing.at} comes from {name}, at {failing.name}:{line_of(variable)}",
            f"the subtest goes on behind t.Parallel ({failing.name}:{line_of(pauses)})"
            " when the loop has ended",
            why,
        ),
        f"declare it anew in the loop, {name} := {name}, or say go 1.22 in go.mod",
        places=(failing.place(Role.RUNS, loop), failing.place(Role.READS, variable)),
    )


def _is_last(question: Question) -> bool:
    """Return whether a failing test is the last subtest that its parent ran, or none."""
    case, failure = question.case, question.failure
    if failure is None or failure.test < 0 or case.tests[failure.test].parent < 0:
        return True
    own = case.tests[failure.test]
    return not any(each.parent == own.parent and each.index > own.index for each in case.tests)


def _subtest(failing: FailingSource) -> tuple[Node, Node, Node] | None:
    """Return the parallel subtest that a failing call stands in, and the loop that runs it.

    Returns:
        The subtest's literal, the loop, and the call of ``t.Parallel``; None where there is none.
    """
    found = parallel_subtest(failing)
    loop = enclosing(found[0], "for_statement", *FUNCTIONS) if found is not None else None
    if found is None or loop is None or loop.type != "for_statement":
        return None
    return found[0], loop, found[1]


def _shared(failing: FailingSource, literal: Node, loop: Node) -> Iterator[Node]:
    """Yield the uses of a loop's own variables in a subtest that its failing call comes from."""
    declared = declared_by(loop)
    declared -= {
        text_of(name)
        for node in walk(loop)
        if node.type in ("short_var_declaration", "var_spec") and node != initial_of(loop)
        for name in names_of(node)
    }
    asks = (*failing.innermost, failing.call)
    for asked in asks:
        for file, origin in failing.origins.of(failing.name, asked):
            if file != failing.name:
                continue
            for node in walk(origin):
                inside = literal.start_byte <= node.start_byte < literal.end_byte
                if node.type == "identifier" and inside and text_of(node) in declared:
                    yield node


RULE = assertion_rule("loop-variable", _find)
