"""Helpers of a package that fail a test in the line of their caller, as ``t.Helper`` asks for.

To the line that calls one it is what a call of an assertion library is: the arguments that its own
condition asks for are what it asserts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import Node, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, parameters, walk
from flakecore.diagnosis.source.values.assertions import Comparison, comparison

_DEEP = 3
"""Helpers that are followed, one called by another."""


@dataclass(frozen=True)
class FailingHelper:
    """A helper that a failing line calls, and the call in it that failed the test.

    Attributes:
        call: of the helper, in the failing line.
        function: the helper that is called there.
        file: the name of the file with the call that fails, which may stand in a further helper.
        fails: that call.
    """

    call: Node
    function: Node
    file: str
    fails: Node

    @property
    def conditions(self) -> tuple[Node, ...]:
        """The condition of the innermost if around the call that fails; empty for none."""
        branch = enclosing(self.fails, "if_statement", *FUNCTIONS)
        condition = branch.child_by_field_name("condition") if branch is not None else None
        return (condition,) if condition is not None else ()

    @property
    def is_direct(self) -> bool:
        """Whether the helper itself fails the test, and not one that it calls."""
        return bool(enclosing(self.fails, *FUNCTIONS) == self.function)

    def asserted(self, conditions: tuple[Node, ...]) -> tuple[Node, ...]:
        """Return the arguments that some conditions of the helper name.

        All but the first, the test, where it is a further helper that asks.
        """
        given = self._arguments()
        if not self.is_direct:
            return tuple(given.values())[1:]
        named = {text_of(node) for each in conditions for node in walk(each)}
        return tuple(node for name, node in given.items() if name in named)

    def comparisons(self, conditions: tuple[Node, ...]) -> tuple[Comparison, ...]:
        """Return what holds between arguments where a condition compares the parameters."""
        given = self._arguments()
        found = (comparison(each) for each in conditions if self.is_direct)
        return tuple(
            Comparison(given[text_of(each.left)], each.operator, given[text_of(each.right)])
            for each in found
            if each is not None and text_of(each.left) in given and text_of(each.right) in given
        )

    def _arguments(self) -> dict[str, Node]:
        """Return the arguments of the call by the names of the helper's parameters."""
        names = [name for name, kind in parameters(self.function) if not kind.startswith("...")]
        if self.function.type == "method_declaration":
            names = names[1:]
        listed = self.call.child_by_field_name("arguments")
        return dict(zip(names, listed.named_children if listed is not None else (), strict=False))


def helpers_called(
    package: GoPackage, file: str, calls: list[Node], fails: Callable[[Node], bool]
) -> Iterator[FailingHelper]:
    """Yield the helpers that some calls may have failed by.

    Args:
        package: whose functions are looked at.
        file: the name of the file that the calls stand in.
        calls: those of the failing line.
        fails: whether a call may be the one that failed the test.
    """
    for call in calls:
        seen: set[tuple[str, int]] = set()
        todo = [(file, call, 0)]
        while todo:
            at, each, depth = todo.pop()
            for home, function in package.calls.called_by(at, each) or ():
                inner = [
                    node
                    for node in package.files[home].calls_of
                    if enclosing(node, *FUNCTIONS) == function
                ]
                if (home, function.start_byte) in seen or not any(map(_is_helper, inner)):
                    continue
                seen.add((home, function.start_byte))
                outer = function if depth == 0 else _called(package, file, call)
                for node in inner:
                    if outer is not None and fails(node):
                        yield FailingHelper(call, outer, home, node)
                if depth < _DEEP - 1:
                    todo += [(home, node, depth + 1) for node in inner]


def _called(package: GoPackage, file: str, call: Node) -> Node | None:
    found = package.calls.called_by(file, call) or ()
    return found[0][1] if len(found) == 1 else None


def _is_helper(call: Node) -> bool:
    called = call.child_by_field_name("function")
    if called is None or called.type != "selector_expression":
        return False
    return text_of(called.child_by_field_name("field")) == "Helper"
