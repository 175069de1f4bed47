"""A call by which a test failed, in its source, and what holds wherever it is come to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from flakecore.diagnosis.failing.failing_helpers import FailingHelper
from flakecore.diagnosis.findings import Evidence, Place, Role
from flakecore.diagnosis.source.go_file import GoFile
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, declared_around, enclosing
from flakecore.diagnosis.source.values.assertions import (
    Comparison,
    asserted_values,
    comparison,
    comparisons_of,
)
from flakecore.diagnosis.source.values.foreign_helpers import values_handed_on
from flakecore.diagnosis.source.values.value_origins import ValueOrigins
from flakecore.timeline import Failure

_DURATION = re.compile(
    r"(?:(\d+) ?\* ?)?time\.(Nanosecond|Microsecond|Millisecond|Second|Minute|Hour)(?: ?\* ?(\d+))?"
)
_UNITS = {
    "Nanosecond": "ns",
    "Microsecond": "µs",
    "Millisecond": "ms",
    "Second": "s",
    "Minute": "m",
    "Hour": "h",
}
_BUBBLE = re.compile(r"testing/synctest\.(?:Test|Run)")


@dataclass(frozen=True)
class FailingSource:
    """A call of ``t.Error``, ``t.Fatal`` or their kin, or of testify, that a test failed by.

    Attributes:
        package: the package that it stands in.
        name: of its file.
        path: of its file, as the evidence has it.
        line: where, from 1.
        call: its syntax node.
        failure: what it reported.
        helper: the helper of the package that the call is one of; None where it fails by itself.
    """

    package: GoPackage
    name: str
    path: str
    line: int
    call: Node
    failure: Failure
    helper: FailingHelper | None = None

    @property
    def test(self) -> int:
        """Index of the test that failed; -1 if unknown."""
        return self.failure.test

    @property
    def test_name(self) -> str:
        """Of the test that failed."""
        return self.failure.test_name

    @property
    def message(self) -> str:
        """What the test stated."""
        return self.failure.message

    @property
    def goroutine(self) -> int:
        """On which the call was made; 0 if unknown."""
        return self.failure.goroutine

    @property
    def at_ns(self) -> int:
        """When the test failed."""
        return self.failure.at_ns

    @property
    def file(self) -> GoFile:
        """Its file."""
        return self.package.files[self.name]

    @property
    def at(self) -> str:
        """``clock_test.go:14``."""
        return f"{self.name}:{self.line}"

    @cached_property
    def function(self) -> Node:
        """The declared function that it stands in, or the literal of a package variable."""
        inner = enclosing(self.call, *FUNCTIONS)
        return declared_around(inner) or inner

    @property
    def origins(self) -> ValueOrigins:
        """Where the values of its package come from."""
        return self.package.origins

    @cached_property
    def conditions(self) -> tuple[Node, ...]:
        """What is true where it is come to: conditions of the ifs around it, parts of an and.

        The innermost first; those that hold around the function literal that it stands in are none.
        """
        return tuple(
            part
            for branch in _enclosing_nodes(self.call, "if_statement")
            if _lies_in(self.call, branch.child_by_field_name("consequence"))
            for part in _conjuncts(branch.child_by_field_name("condition"))
        )

    @cached_property
    def asserted(self) -> tuple[Node, ...]:
        """What it asserts, as a call of an assertion library or of a helper; empty for others."""
        if self.helper is not None:
            return self.helper.asserted(_asked_around(self.helper.fails))
        return asserted_values(self.package, self.name, self.call) or values_handed_on(
            self.package, self.name, self.call
        )

    @cached_property
    def comparisons(self) -> tuple[Comparison, ...]:
        """The comparisons that hold where it fails."""
        if self.helper is not None:
            return self.helper.comparisons(_asked_around(self.helper.fails))
        if self.asserted:
            return comparisons_of(self.call, self.asserted)
        return tuple(found for each in self.innermost if (found := comparison(each)) is not None)

    @cached_property
    def innermost(self) -> tuple[Node, ...]:
        """What it asserts, or else what the innermost if around it asks for.

        Empty where it asserts nothing and stands in no if of its own.
        """
        if self.asserted or self.helper is not None:
            return self.asserted
        return _asked_around(self.call)

    @cached_property
    def chosen_case(self) -> Node | None:
        """The innermost case of a select around it, or around where its helper fails."""
        fails = self.call if self.helper is None else self.helper.fails
        return next(_enclosing_nodes(fails, "communication_case"), None)

    @cached_property
    def loops(self) -> tuple[Node, ...]:
        """The loops around it, the innermost first."""
        return tuple(_enclosing_nodes(self.call, "for_statement"))

    @cached_property
    def is_in_bubble(self) -> bool:
        """Whether it runs on the clock of a bubble (package testing/synctest), not on real time."""
        node = self.call
        while (node := enclosing(node, "func_literal")) is not None:
            call = enclosing(node, "call_expression")
            if call is not None and _BUBBLE.fullmatch(self.library_function(call)):
                return True
        return False

    def library_function(self, call: Node, file: str = "") -> str:
        """Return the function of another package that a call means, ``time.Since``; "" for none."""
        return self.package.files[file or self.name].library_function(call)

    def path_of(self, file: str) -> str:
        """Return the path of a file of its package, as the evidence has that of its own."""
        return f"{self.path[: -len(self.name)]}{file}"

    def place(self, role: Role, node: Node, file: str = "") -> Place:
        """Return a node's line as a place of a finding."""
        return Place(role, 0, "", self.path_of(file or self.name), line_of(node))

    def evidence(self, text: str) -> Evidence:
        """Return a fact about the moment at which it was made, which needs a trace to be known."""
        return Evidence(text, self.at_ns if self.goroutine else None, self.goroutine)

    def fails_at(self) -> Place:
        """Return its own line as a place of a finding."""
        return Place(Role.FAILS, self.goroutine, "", self.path, self.line)


def _enclosing_nodes(call: Node, *types: str) -> Iterator[Node]:
    """Yield the nodes of some types around a call, the innermost first, with nothing between."""
    node = enclosing(call, *types, *FUNCTIONS)
    while node is not None and node.type in types:
        yield node
        node = enclosing(node, *types, *FUNCTIONS)


def _asked_around(call: Node) -> tuple[Node, ...]:
    """Return what the innermost if around a call asks for; empty where it stands in none."""
    branch = next(
        _enclosing_nodes(call, "if_statement", "communication_case", "for_statement"), None
    )
    if branch is None or branch.type != "if_statement":
        return ()
    if not _lies_in(call, branch.child_by_field_name("consequence")):
        return ()
    return tuple(_conjuncts(branch.child_by_field_name("condition")))


def duration_text(node: Node) -> str:
    """Return a duration as Go prints it, ``10ms``, or else as it stands in the source."""
    text = " ".join(text_of(node).split())
    found = _DURATION.fullmatch(text)
    return f"{found[1] or found[3] or '1'}{_UNITS[found[2]]}" if found else text


def _lies_in(node: Node, block: Node | None) -> bool:
    return block is not None and bool(
        block.start_byte <= node.start_byte and node.end_byte <= block.end_byte
    )


def _conjuncts(condition: Node | None) -> Iterator[Node]:
    """Yield the parts of a condition that are all true where it is."""
    if condition is None:
        return
    if condition.type == "parenthesized_expression":
        yield from _conjuncts(condition.named_children[0])
    elif condition.type == "binary_expression" and (
        text_of(condition.child_by_field_name("operator")) == "&&"
    ):
        yield from _conjuncts(condition.child_by_field_name("left"))
        yield from _conjuncts(condition.child_by_field_name("right"))
    else:
        yield condition
