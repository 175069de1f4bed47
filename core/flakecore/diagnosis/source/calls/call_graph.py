"""Which functions of a package may come to call which, and from which line on.

Nothing is worked out before it is asked for: who calls a function is looked for where its name
stands, so that what a question costs grows with the uses of the functions that it is about, and
not with the package.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from flakecore.diagnosis.source.calls.call_sites import (
    CALLING,
    CONVERSION,
    OUTSIDE,
    VALUE,
    CallSites,
    FunctionKey,
    Site,
    function_around,
)
from flakecore.diagnosis.source.calls.control_flow import is_in_loop_of, may_follow
from flakecore.diagnosis.source.go_file import GoFile
from flakecore.diagnosis.source.go_parser import Node, last_line_of, line_of, nodes_of, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing
from flakecore.diagnosis.source.types import PackageTypes
from flakecore.diagnosis.source.values.function_values import argument_of, names_given

_LISTS = ("statement_list", "block")
_WRAPPERS = (
    *("parenthesized_expression", "type_instantiation_expression", "index_expression"),
    "generic_type",
)
"""Nodes that a name is called through."""
_CALLED = {"call_expression": "function", CONVERSION: "type"}
"""The fields of calls that have what is called."""


class CallGraph:
    """The calls within a package."""

    def __init__(self, files: Mapping[str, GoFile], types: PackageTypes) -> None:
        """Take the package's files by name, and its types."""
        self._files = files
        self._at = CallSites(files, types)
        self._sites: dict[FunctionKey, tuple[Site, ...]] = {}
        self._callers: dict[FunctionKey, tuple[Site, ...]] = {}

    def called_by(self, file: str, call: Node) -> list[tuple[str, Node]] | None:
        """Return the functions of the package that a call may lead to; None if any may be."""
        found = [key for key, _ in self._at.called(file, call.child_by_field_name("function"))]
        if VALUE in found:
            return None
        return [(key[0], self._at.nodes[key]) for key in found]

    def calls_of(self, function: FunctionKey) -> Iterator[tuple[str, Node]]:
        """Yield the calls that may lead to a function, each with its file."""
        for site in self._callers_of(function):
            if site.node.type == "call_expression":
                yield site.file, site.node

    def function_at(self, function: FunctionKey) -> Node | None:
        """Return the node of a function; None where there is none."""
        return self._at.nodes.get(function)

    def is_called_from_unknown(self, function: FunctionKey) -> bool:
        """Return whether the arguments of a function are not all known.

        That is so of what is used as a value, and of what nobody calls.
        """
        callers = self._callers_of(function)
        return not callers or any(site.function in (VALUE, OUTSIDE) for site in callers)

    def starts(self, file: str, line: int) -> frozenset[FunctionKey]:
        """Return the functions that the ``go`` statements of a line start."""
        found: set[FunctionKey] = set()
        for call in self._files[file].calls_at(line) if file in self._files else ():
            statement = call.parent
            if statement is not None and statement.type == "go_statement":
                within = self._sites_in(function_around(file, call))
                found |= {site.callee for site in within if site.node == call}
        return frozenset(found - {VALUE, OUTSIDE})

    def leading_to(
        self, ends: Iterable[tuple[str, Node]], *, started: bool = True
    ) -> frozenset[FunctionKey]:
        """Return the functions that are some, or may come to call one of them.

        Args:
            ends: the functions, with their files.
            started: whether one that starts a goroutine with such a function is one of them, too.
        """
        found = {(file, node.start_byte) for file, node in ends}
        todo = list(found)
        while todo:
            for site in self._callers_of(todo.pop()):
                if not started and _is_start(site.node):
                    continue
                if site.function not in found:
                    found.add(site.function)
                    todo.append(site.function)
        return frozenset(found)

    def is_open(self, leading: frozenset[FunctionKey]) -> bool:
        """Return whether another package may call one of some functions at any time."""
        return OUTSIDE in leading

    def is_by_value(self, leading: frozenset[FunctionKey]) -> bool:
        """Return whether a call of a function value may come to one of some functions."""
        return VALUE in leading

    def has_exported_method(self, leading: frozenset[FunctionKey]) -> bool:
        """Return whether another package may call one of some methods, by an interface."""
        return any(
            text_of(self._at.nodes[key].child_by_field_name("name"))[:1].isupper()
            for key in leading
            if key in self._at.nodes and self._at.nodes[key].type == "method_declaration"
        )

    def may_reach(
        self,
        file: str,
        function: Node,
        line: int,
        inner: str,
        leading: frozenset[FunctionKey],
        ends: Iterable[Node],
        *,
        ranging: bool = False,
    ) -> bool:
        """Return whether a function that has come to a line may still come to one of some ends.

        Args:
            file: where the function stands.
            function: its node.
            line: it is in this line; 0 for anywhere.
            inner: own name of the function that it has called there, if it is in a call.
            leading: the functions that lead to the ends.
            ends: the nodes of the ends.
            ranging: whether it waits there for what it ranges over.
        """
        key = (file, function.start_byte)
        if key not in leading:
            return False
        for end in ends:
            around = enclosing(end, *FUNCTIONS)
            if around == function and may_follow(end, function, line, ranging=ranging):
                return True
        for site in self._sites_in(key):
            if site.callee not in leading:
                continue
            within = site.name and site.name == inner and line_of(site.node) <= line
            if (
                within
                and line <= last_line_of(site.node)
                and not is_in_loop_of(site.node, function, line)
            ):
                continue
            if may_follow(site.node, function, line, ranging=ranging):
                return True
        return False

    def comes_to(
        self,
        file: str,
        function: Node,
        line: int,
        leading: frozenset[FunctionKey],
        ends: Iterable[Node],
    ) -> bool:
        """Return whether a function that is in a call has an end in a later statement, or round.

        Args:
            file: where the function stands.
            function: its node.
            line: it is in this line.
            leading: the functions that lead to the ends on the same goroutine.
            ends: the nodes of the ends.
        """
        own = [each for each in ends if enclosing(each, *FUNCTIONS) == function]
        calls = [
            site.node
            for site in self._sites_in((file, function.start_byte))
            if site.callee in leading and not _is_start(site.node)
        ]
        return any(
            may_follow(each, function, line)
            and (
                each.parent.type == "defer_statement"
                or line_of(_statement(each)) > line
                or is_in_loop_of(each, function, line)
            )
            for each in (*own, *calls)
        )

    def _sites_in(self, function: FunctionKey) -> tuple[Site, ...]:
        """Return the calls and uses in a function, in the order of the source."""
        if function not in self._sites:
            file, node = function[0], self._at.nodes[function]
            self._sites[function] = tuple(
                site
                for each in nodes_of(node, CALLING)
                for site in self._at.at(file, each)
                if site.function == function
            )
        return self._sites[function]

    def _callers_of(self, function: FunctionKey) -> tuple[Site, ...]:
        """Return the calls that lead to a function, and the uses of it as a value."""
        if function not in self._callers:
            found = self._calls_of_values() if function == VALUE else self._uses_of(function)
            sites = (site for file, node in found for site in self._at.at(file, node))
            self._callers[function] = tuple(
                dict.fromkeys(site for site in sites if site.callee == function)
            )
        return self._callers[function]

    def _calls_of_values(self) -> Iterator[tuple[str, Node]]:
        for name, file in self._files.items():
            for call in (*file.calls_of, *nodes_of(file.root, frozenset((CONVERSION,)))):
                yield name, call

    def _uses_of(self, function: FunctionKey) -> Iterator[tuple[str, Node]]:
        """Yield the calls and values that may be of a function, with their files."""
        node = self._at.nodes.get(function)
        if node is None:
            return
        names, homes = [text_of(node.child_by_field_name("name"))], list(self._files)
        if node.type == "func_literal":
            yield from _uses_at(function[0], node)
            names, homes = [each.decode() for each in names_given(node)], [function[0]]
        for home in homes:
            for name in names:
                for each in self._files[home].named(name):
                    yield from _uses_at(home, _value_of(each))
                    for other in names_given(_value_of(each)):
                        yield from self._handed_on(home, other.decode())

    def _handed_on(self, file: str, name: str) -> Iterator[tuple[str, Node]]:
        """Yield the calls that a variable of a file is an argument of."""
        for each in self._files[file].named(name):
            call = argument_of(each)
            if call is not None:
                yield file, call


def _value_of(name: Node) -> Node:
    """Return the selector that a name is the field of; otherwise the name."""
    parent = name.parent
    if parent is not None and parent.type == "selector_expression":
        return parent if parent.child_by_field_name("field") == name else name
    return name


def _uses_at(file: str, node: Node) -> Iterator[tuple[str, Node]]:
    """Yield what a name or a literal is, and the calls that it is called by or handed to."""
    if node.type in CALLING:
        yield file, node
    handed = argument_of(node)
    if handed is not None:
        yield file, handed
    inner, parent = node, node.parent
    while parent is not None and parent.type in _WRAPPERS and parent.named_children[0] == inner:
        inner, parent = parent, parent.parent
    called = _CALLED.get(parent.type) if parent is not None else None
    if called is not None and parent.child_by_field_name(called) == inner:
        yield file, parent


def _is_start(node: Node) -> bool:
    """Return whether a call is one of a ``go`` statement."""
    return node.parent is not None and node.parent.type == "go_statement"


def _statement(node: Node) -> Node:
    """Return the statement of a block that a node is part of."""
    while node.parent is not None and node.parent.type not in _LISTS:
        node = node.parent
    return node
