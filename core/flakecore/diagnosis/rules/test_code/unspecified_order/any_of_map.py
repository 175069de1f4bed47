"""``test-itself``: an assertion on which element of a map a range over it comes upon first.

Go begins such a range anywhere. Reports a failed comparison with a text or a number that stands
elsewhere in the package, too, where exactly one function that the value comes from returns, or
leaves the loop, in the first round of a range over a map whatever it finds, or pulls from an
iterator over one. It is inferred from the source. Silent where the round asks for anything, where
what is wanted stands nowhere else, so that the map may not have it, and where the source is not at
hand.

Example: ``for name := range set { return name }``, and ``if got != "a"`` beside ``Set{"a": 1, …}``.
Counterexample: ``for name, n := range set { if n > 1 { return name } }``.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Finding, Role
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, source_rule
from flakecore.diagnosis.rules.test_code.orders.open_orders import is_map, open_orders
from flakecore.diagnosis.rules.test_code.orders.reordered import checked_functions, named_after
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import enclosing, walk

_LITERALS = ("interpreted_string_literal", "raw_string_literal", "int_literal")
_LEAVES = ("return_statement", "break_statement")


def _find(failing: FailingSource) -> Iterator[Finding]:
    if not any(_is_known(failing, each) for each in _wanted(failing)):
        return
    found = [
        (file, node, does)
        for file, function in checked_functions(failing)
        for node, does in _first_of(failing, file, function)
    ]
    if len(found) != 1:
        return
    ((file, node, does),) = found
    name, who = named_after(failing.test_name, node)
    where = f"{file}:{line_of(node)}"
    depends = f"{failing.test_name} depends on map order"
    yield assertion_finding(
        failing,
        (
            f"{depends}: {who} {does} ({where})",
            f"{depends}: {who} takes any element of a map ({where})",
            f"{depends} ({where})",
            f"The test depends on map order ({where})",
        ),
        (
            f"what fails at {failing.at} comes from {name}",
            f"{name} {does} at {where}, and a range over a map begins anywhere",
        ),
        "choose by the keys, such as the least of them",
        places=(failing.place(Role.RUNS, node, file),),
    )


def _wanted(failing: FailingSource) -> Iterator[Node]:
    """Yield the literals that the failing line compares something with."""
    for each in failing.comparisons:
        for side in (each.left, each.right):
            if each.operator == "!=" and side.type in _LITERALS:
                yield side


def _is_known(failing: FailingSource, wanted: Node) -> bool:
    """Return whether a literal stands in the package but for the line that fails."""
    text = text_of(wanted)
    return any(
        node.type == wanted.type and text_of(node) == text
        for name, file in failing.package.files.items()
        if file.mentions(text)
        for node in walk(file.root)
        if name != failing.name or line_of(node) not in (line_of(wanted), failing.line)
    )


def _first_of(failing: FailingSource, file: str, function: Node) -> Iterator[tuple[Node, str]]:
    """Yield where a function takes whatever a map gives first, with what it does there."""
    for node in walk(function):
        loop = enclosing(node, "for_statement") if node.type == "range_clause" else None
        right = node.child_by_field_name("right") if loop is not None else None
        if loop is None or not is_map(failing.package, right) or not _ends_at_once(loop):
            continue
        yield node, f"takes the first of {' '.join(text_of(right).split())}, a map"
    for each in open_orders(failing.package, file, function):
        if each.does.startswith("pulls"):
            yield each.node, each.does


def _ends_at_once(loop: Node) -> bool:
    """Return whether a loop's body leaves it in its first round, whatever it finds."""
    body = loop.child_by_field_name("body")
    listed = [each for each in body.named_children if each.type != "comment"]
    if len(listed) == 1 and listed[0].type == "statement_list":
        listed = [each for each in listed[0].named_children if each.type != "comment"]
    return (
        bool(listed)
        and listed[-1].type in _LEAVES
        and not any(
            each.type in ("if_statement", "for_statement", "continue_statement")
            or each.type.endswith("switch_statement")
            for each in listed[:-1]
        )
    )


RULE = source_rule("any-of-map", _find)
