"""``test-itself``: an assertion on what the machine has: its processors.

Reports a failed comparison of a constant with a value that the source traces to
``runtime.NumCPU`` or ``runtime.GOMAXPROCS``, also through a field that a function which the test
comes to gives its value: on another machine, or with another ``-cpu``, it is another. It is
inferred from the source. Silent where both sides come from it, where the test sets GOMAXPROCS
itself, and where the source is not at hand.

Example: ``p := newPool()``, which starts ``runtime.NumCPU()`` workers; ``if len(p.workers) != 8``.
Counterexample: ``if len(p.workers) != runtime.NumCPU()``; ``newPool(8)``.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Finding, Role
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, source_rule
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import walk
from flakecore.diagnosis.source.values.assertions import Comparison
from flakecore.diagnosis.source.values.counted_numbers import counted_from
from flakecore.diagnosis.source.values.value_origins import Origin

_PROCESSORS = ("runtime.NumCPU", "runtime.GOMAXPROCS")
_CONSTANTS = ("int_literal", "float_literal", "interpreted_string_literal", "raw_string_literal")
_NOTHING = ("0", '""')
"""Constants with which a test asks whether there is a value at all."""


def _find(failing: FailingSource) -> Iterator[Finding]:
    if _sets_procs(failing):
        return
    test = failing.test_name.partition("/")[0]
    functions = failing.package.writes.functions_of(test)
    for condition in failing.comparisons:
        found = _of_machine(failing, condition, functions)
        if found is None:
            continue
        file, node = found
        value, where = text_of(node), f"{file}:{line_of(node)}"
        depends = f"{failing.test_name} depends on the machine's CPUs"
        yield assertion_finding(
            failing,
            (
                f"{depends}: {condition.text} comes from {value} ({where})",
                f"{depends}: {value} ({where})",
                f"{depends} ({where})",
                f"The test depends on the machine's CPUs ({where})",
            ),
            (
                f"the condition of the failing line is {condition.text}",
                f"{value} stands at {where}, and leads to it",
            ),
            "let the test say how many there are, or compute what it wants from the same",
            places=(failing.place(Role.READS, node, file),),
        )
        return


def _of_machine(
    failing: FailingSource, condition: Comparison, functions: list[Origin]
) -> Origin | None:
    """Return where one side of a comparison with a constant asks for processors; None if not."""
    sides = (condition.left, condition.right)
    for side, other in (sides, sides[::-1]):
        if not _is_constant(failing, other):
            continue
        for file, node in counted_from(failing.package, failing.name, side, functions):
            if failing.library_function(node, file) in _PROCESSORS:
                return file, node
    return None


def _is_constant(failing: FailingSource, side: Node) -> bool:
    """Return whether a value is made of literals alone, and asks for more than whether one is."""
    made = [node for _, node in failing.origins.of(failing.name, side)]
    leaves = [node for node in made if node.type in _CONSTANTS]
    others = ("identifier", "expression_list", "parenthesized_expression", *_CONSTANTS)
    return (
        bool(leaves)
        and not any(text_of(node) in _NOTHING for node in leaves)
        and all(node.type in others for node in made)
    )


def _sets_procs(failing: FailingSource) -> bool:
    """Return whether the test sets GOMAXPROCS to a number of its own."""
    return any(
        failing.library_function(node) == "runtime.GOMAXPROCS"
        and text_of(node.child_by_field_name("arguments")) != "(0)"
        for node in walk(failing.function)
        if node.type == "call_expression"
    )


RULE = source_rule("machine-value", _find)
