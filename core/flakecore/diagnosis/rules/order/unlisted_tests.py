"""Tests that the log does not mention: what they change before a failing one, or beside it.

Package testing runs tests in the order of the files, as the compiler is given them by name, and of
their text (``go test`` generates a list, ``cmd/go/internal/load/test.go``); parallel ones go on
when all others have ended. A log of ``go test`` without ``-v`` has the results of those alone that
failed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flakecore.diagnosis.rules.order.replay import shuffle_seed
from flakecore.diagnosis.source.go_parser import Node, text_of
from flakecore.diagnosis.source.shared_state.variable_writes import VariableWrite, VariableWrites
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, parameters, walk
from flakecore.timeline import Case, TestStatus


def lists_passing_tests(case: Case) -> bool:
    """Return whether a case's output names tests that passed, as it does with ``-v``."""
    if case.schedule is not None:
        return True
    statuses = (TestStatus.PASS, TestStatus.SKIP, TestStatus.UNFINISHED)
    return any(each.parent < 0 and each.status in statuses for each in case.tests)


def changes_before(
    case: Case, own: str, variable: str, writes: VariableWrites
) -> Iterator[tuple[str, VariableWrite]]:
    """Yield the tests of the source that change a variable before a failing one is run, in order.

    None where the order was shuffled. A test that the output names is left out.

    Args:
        case: its output names no test that passed.
        own: the failing top-level test.
        variable: the variable.
        writes: those of the package.
    """
    for name in tests_before(case, own, writes):
        made = [each for each in writes.of_test(name) if each.variable == variable]
        certain = [each for each in writes.of_test(name, always=True) if each.variable == variable]
        if certain and not any(each.puts_back for each in made):
            yield name, certain[0]


def changes_beside(
    own: str, variable: str, writes: VariableWrites
) -> Iterator[tuple[str, VariableWrite]]:
    """Yield the other parallel tests of the source that change a variable, where one is parallel.

    Args:
        own: the failing top-level test.
        variable: the variable.
        writes: those of the package.
    """
    if own not in writes.tests or not _is_parallel(writes.tests[own][1]):
        return
    for name in _in_order(writes):
        if name == own or not _is_parallel(writes.tests[name][1]):
            continue
        made = writes.of_test(name, always=True)
        certain = [each for each in made if each.variable == variable and not each.puts_back]
        if certain:
            yield name, certain[0]


def tests_before(case: Case, own: str, writes: VariableWrites) -> Iterator[str]:
    """Yield the tests of the source that are run before a failing one and not named, in order."""
    if own not in writes.tests or shuffle_seed(case):
        return
    named = {each.name for each in case.tests}
    waits = _is_parallel(writes.tests[own][1])
    for name in _in_order(writes):
        if name == own and not waits:
            return
        if name not in named and not _is_parallel(writes.tests[name][1]):
            yield name


def _in_order(writes: VariableWrites) -> Sequence[str]:
    """Return the names of the tests in the order in which they are run."""
    return sorted(
        writes.tests, key=lambda name: (writes.tests[name][0], writes.tests[name][1].start_byte)
    )


def _is_parallel(test: Node) -> bool:
    """Return whether a test calls ``t.Parallel`` itself."""
    names = [f"{name}.Parallel" for name, _ in parameters(test)[:1]]
    return any(
        node.type == "call_expression"
        and text_of(node.child_by_field_name("function")) in names
        and enclosing(node, *FUNCTIONS) == test
        for node in walk(test)
    )
