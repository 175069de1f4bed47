"""``test-itself``: a loop's variable that its goroutines share, as in Go before 1.22.

There a loop has one variable for all its rounds (https://go.dev/blog/loopvar-preview), and what a
goroutine finds in it is up to when it runs. Reports a failed assertion that comes from a function
which starts goroutines in a loop whose literals read the loop's own variable, where the compiler or
the module's go.mod is of before 1.22. It is inferred from the source. Silent where the variable is
declared anew in the loop (``job := job``) or handed on as an argument, where the loop waits for
each goroutine, where several such loops are there, and where the version of the language is not
known.

Example: ``for _, job := range jobs { go func() { out <- price(job) }() }`` with ``go 1.21``.
Counterexample: the same with ``go 1.22`` in go.mod; ``go func(job Job) { … }(job)``.
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
    why_shared,
)
from flakecore.diagnosis.rules.test_code.orders.loop_rounds import (
    starts_one,
    waits_in_round,
)
from flakecore.diagnosis.rules.test_code.orders.reordered import checked_functions
from flakecore.diagnosis.rules.test_code.orders.started_literals import (
    is_started_in_a_loop,
)
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, parameters, walk

_DECLARES = ("short_var_declaration", "var_spec")


def _find(question: Question, failing: FailingSource) -> Iterator[Finding]:
    found = [
        (file, use, loop)
        for file, function in checked_functions(failing)
        for use, loop in _shared_uses(question, failing, file, function)
    ]
    if len({(file, loop.start_byte) for file, _, loop in found}) != 1:
        return
    why = why_shared(question, failing)
    if not why:
        return
    file, use, loop = found[0]
    name, where = text_of(use), f"{file}:{line_of(use)}"
    test, at = failing.test_name, f"{file}:{line_of(loop)}"
    yield assertion_finding(
        failing,
        (
            f"{test} depends on when goroutines run: those of {at} share {name}, one variable of"
            " all rounds before Go 1.22",
            f"{test} depends on when goroutines run: those of {at} share {name} before Go 1.22",
            f"Goroutines of {at} share {name}, one variable of all rounds before Go 1.22",
        ),
        (
            f"what fails at {failing.at} comes from the function of {at}",
            f"a goroutine of the loop reads {name} at {where}",
            why,
        ),
        f"declare it anew in the loop, {name} := {name}, or say go 1.22 in go.mod",
        places=(failing.place(Role.RUNS, loop, file), failing.place(Role.READS, use, file)),
    )


def _shared_uses(
    question: Question, failing: FailingSource, file: str, function: Node
) -> Iterator[tuple[Node, Node]]:
    """Yield uses of a loop's own variables in goroutines that it starts, each with the loop."""
    for literal in walk(function):
        if not is_started_in_a_loop(literal):
            continue
        loop = enclosing(literal, "for_statement", *FUNCTIONS)
        if loop is None or waits_in_round(failing, file, literal):
            continue
        if starts_one(question, failing, file, literal):
            continue
        own = {name for name, _ in parameters(literal)}
        own |= {
            text_of(name)
            for node in walk(loop)
            if node.type in _DECLARES and node != initial_of(loop)
            for name in names_of(node)
        }
        shared = declared_by(loop) - own
        for node in walk(literal.child_by_field_name("body")):
            if node.type == "identifier" and text_of(node) in shared:
                yield node, loop


RULE = assertion_rule("loop-goroutine", _find)
