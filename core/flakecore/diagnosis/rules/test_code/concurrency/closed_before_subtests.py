"""``test-itself``: what a test's ``defer`` closes before its parallel subtests go on.

A subtest that calls ``t.Parallel`` goes on when the function that runs it has returned, so that all
which that function defers is done by then (package testing, ``T.Parallel``; ``t.Cleanup`` runs
behind the subtests). Reports a failed assertion in such a subtest, behind its call of
``t.Parallel``, where what it asserts comes from a variable whose ``Close``, ``Stop`` or the like
the function around defers, and whose message states that something is closed or gone. It is
inferred from the source. Silent where ``t.Cleanup`` does it, and on other messages.

Example: ``db := open(); defer db.Close(); t.Run("get", func(t *testing.T) { t.Parallel(); … })``.
Counterexample: the same with ``t.Cleanup(db.Close)``; a subtest that is not parallel.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Finding, Role
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, source_rule
from flakecore.diagnosis.rules.test_code.concurrency.loop_scopes import parallel_subtest
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, walk

_ENDS = re.compile(
    r"(?i:Close\w*|Stop\w*|Shutdown|Cancel\w*|Remove\w*|Unset\w*|Setenv|Release|Terminate|Drop\w*"
    r"|Cleanup|Teardown|Destroy|cancel)"
)
"""Names of what ends something."""
_GONE = re.compile(
    r"(?i:clos|cancel|stopp|shut ?down|refused|no such file|not exist|removed|terminated|released"
    r"|\bEOF\b|reset by peer|broken pipe|not running|is gone|unavailable)"
)
"""What a message states of something that was ended."""


def _find(failing: FailingSource) -> Iterator[Finding]:
    if _GONE.search(failing.message[:4_000]) is None:
        return
    found = parallel_subtest(failing)
    function = enclosing(found[0], *FUNCTIONS) if found is not None else None
    if found is None or function is None:
        return
    _, pauses = found
    used = _used(failing, function)
    for statement, call in _deferred(function):
        if statement.start_byte > pauses.start_byte:
            continue
        names = _ended_by(call, function) & used
        if not names:
            continue
        does = " ".join(text_of(call.child_by_field_name("function")).split())
        top = failing.test_name.partition("/")[0]
        where = f"{failing.name}:{line_of(statement)}"
        went = f"{failing.name}:{line_of(pauses)}"
        yield assertion_finding(
            failing,
            (
                f"{top} defers {does} ({where}), which runs before its parallel subtests go on"
                f" ({went})",
                f"{top} defers {does} ({where}), which runs before its parallel subtests go on",
                f"A deferred {does} ({where}) runs before the parallel subtests go on",
            ),
            (
                f"what fails at {failing.at} comes from {' and '.join(sorted(names))}",
                f"a subtest that calls t.Parallel ({went}) goes on when the function that runs"
                " it has returned",
            ),
            "use t.Cleanup of the test, or run the parallel subtests in a group of their own",
            places=(failing.place(Role.CLOSES, statement), failing.place(Role.WAITS, pauses)),
        )
        return


def _deferred(function: Node) -> Iterator[tuple[Node, Node]]:
    """Yield the defer statements of a function that end something, each with the call that does."""
    for node in walk(function):
        if node.type != "defer_statement" or enclosing(node, *FUNCTIONS) != function:
            continue
        for call in walk(node):
            if call.type == "call_expression":
                called = text_of(call.child_by_field_name("function"))
                if _ENDS.fullmatch(called.rpartition(".")[2]):
                    yield node, call
                    break


def _ended_by(call: Node, function: Node) -> set[str]:
    """Return the names in a call, and those declared together with one: ``ctx, cancel :=``."""
    names = {text_of(each) for each in walk(call) if each.type == "identifier"}
    for node in walk(function):
        if node.type == "short_var_declaration":
            declared = {text_of(e) for e in node.child_by_field_name("left").named_children}
            if declared & names and "err" not in declared & names:
                names |= declared - {"err"}
    return names


def _used(failing: FailingSource, function: Node) -> set[str]:
    """Return the variables of the function around that what fails comes from."""
    names: set[str] = set()
    for asked in (*failing.innermost, failing.call):
        for file, origin in failing.origins.of(failing.name, asked, fields=True):
            for node in walk(origin) if file == failing.name else ():
                bound = failing.package.types.binding(node) if node.type == "identifier" else None
                if bound is not None and bound[0] == function:
                    names.add(text_of(node))
    return names


RULE = source_rule("closed-before-subtests", _find)
