"""Loops around a line: those without a way out, those that only ask, and those that come to an end.

It is reported from the text of a loop. One without a way out has no condition, and nothing in it
leaves it: no break, return or goto, no call that ends the goroutine or the process, as far as the
calls of the package can be followed. One that only asks does nothing but evaluate its condition, or
yield. One that is bounded goes over what is there, or counts. All others stay open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flakecore.diagnosis.source.go_file import GoFile
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import Node, last_line_of, line_of, text_of
from flakecore.diagnosis.source.objects.operations import OperationKind
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, walk
from flakecore.diagnosis.source.values.bounded_loops import (
    counts_to_a_limit,
    is_over_what_is_there,
)
from flakecore.frames import HasFunction

_BREAKABLE = (
    *("for_statement", "expression_switch_statement", "type_switch_statement"),
    "select_statement",
)
_WAITING = frozenset(
    (
        *(OperationKind.SEND, OperationKind.RECEIVE, OperationKind.WAIT),
        *(OperationKind.LOCK, OperationKind.RLOCK, OperationKind.DO),
    )
)
_YIELDS = ("runtime.Gosched",)
LOADS = ("Load", "LoadInt32", "LoadInt64", "LoadUint32", "LoadUint64", "LoadPointer")
"""Functions and methods of sync/atomic that change nothing."""
STORES = ("Store", "Add", "Swap", "CompareAndSwap", "And", "Or")
"""How functions and methods of sync/atomic begin that change a value."""
ATOMIC = (*LOADS, *STORES)
_AT_ONCE = (
    *("bytes.", "cmp.", "errors.", "hash/", "maps.", "math.", "math/", "slices.", "sort."),
    *("strconv.", "strings.", "sync/atomic.", "unicode", "runtime.Gosched"),
)
"""Packages and functions of the standard library that wait for nobody."""
_BUILTIN = frozenset(
    (
        *("append", "cap", "clear", "complex", "copy", "delete", "imag", "len", "make", "max"),
        *("min", "new", "print", "println", "real", "bool", "byte", "float32", "float64", "int"),
        *("int8", "int16", "int32", "int64", "rune", "string", "uint", "uint8", "uint16"),
        *("uint32", "uint64", "uintptr"),
    )
)
"""Functions and types that are always there; ``panic`` and ``recover`` left out."""
_FOLLOWED = 50
"""Functions that a loop's calls are followed through at most."""


@dataclass(frozen=True, slots=True)
class Loop:
    """A ``for`` statement.

    Attributes:
        file: the name of its file.
        node: its syntax node.
    """

    file: str
    node: Node

    @property
    def at(self) -> str:
        """``loops.go:12``."""
        return f"{self.file}:{line_of(self.node)}"

    @property
    def line(self) -> int:
        """The line that it begins in."""
        return line_of(self.node)


def loops_at(package: GoPackage, frame: HasFunction) -> list[Loop]:
    """Return the loops of a frame's function that lie around its line, the innermost first."""
    stands = package.function_of(frame)
    if stands is None:
        return []
    name, function = stands
    line = getattr(frame, "line", 0)
    found = [
        each
        for each in walk(function)
        if each.type == "for_statement"
        and line_of(each) <= line <= last_line_of(each)
        and enclosing(each, *FUNCTIONS) == function
    ]
    return [Loop(name, each) for each in sorted(found, key=lambda each: -each.start_byte)]


def is_bounded(package: GoPackage, loop: Loop) -> bool:
    """Return whether a loop goes over what is there, or counts towards a limit."""
    clause = _clause(loop.node)
    if clause is None:
        return False
    if clause.type == "range_clause":
        return is_over_what_is_there(package, clause.child_by_field_name("right"))
    return clause.type == "for_clause" and counts_to_a_limit(package, loop.node, clause)


def has_no_way_out(package: GoPackage, loop: Loop) -> bool:
    """Return whether nothing in a loop leaves it, and nothing that it calls waits or ends it."""
    if not _is_unconditional(loop.node):
        return False
    if any(_leaves(each, loop.node) for each in walk(loop.node)):
        return False
    waiting, seen = [(loop.file, loop.node)], {(loop.file, loop.node.start_byte)}
    while waiting and len(seen) < _FOLLOWED:
        file, node = waiting.pop()
        if _waits(package.files[file], node):
            return False
        for call in walk(node):
            if call.type != "call_expression":
                continue
            called = package.calls.called_by(file, call)
            if called is None or (not called and not _comes_back(package.files[file], call)):
                return False
            for home, function in called:
                if (home, function.start_byte) not in seen:
                    seen.add((home, function.start_byte))
                    waiting.append((home, function))
    return not waiting


def asked_for(package: GoPackage, loop: Loop) -> Node | None:
    """Return the condition that a loop does nothing but ask for; None if it does anything else."""
    body = [each for each in _statements(loop.node) if not _yields(package, loop.file, each)]
    clause = _clause(loop.node)
    if clause is not None and clause.type not in ("for_clause", "range_clause"):
        return clause if not body and not _is_true(clause) and _only_loads(clause) else None
    if clause is not None or len(body) != 1 or body[0].type != "if_statement":
        return None
    condition = body[0].child_by_field_name("condition")
    then = list(_listed(body[0].child_by_field_name("consequence")))
    is_plain = (
        body[0].child_by_field_name("initializer") is None
        and body[0].child_by_field_name("alternative") is None
        and len(then) == 1
        and then[0].type in ("break_statement", "return_statement")
        and not then[0].named_children
    )
    return condition if is_plain and _only_loads(condition) else None


def _clause(loop: Node) -> Node | None:
    body = loop.child_by_field_name("body")
    heads = [each for each in loop.named_children if each != body and each.type != "comment"]
    return heads[0] if len(heads) == 1 else None


def _statements(loop: Node) -> Iterator[Node]:
    yield from _listed(loop.child_by_field_name("body"))


def _listed(block: Node | None) -> Iterator[Node]:
    """Yield the statements of a block; in some versions of the grammar they stand in a list."""
    for each in block.named_children if block is not None else ():
        if each.type == "statement_list":
            yield from (one for one in each.named_children if one.type != "comment")
        elif each.type != "comment":
            yield each


def _is_true(node: Node) -> bool:
    return text_of(node) == "true"


def _is_unconditional(loop: Node) -> bool:
    clause = _clause(loop)
    if clause is None:
        return not any(each.type in ("for_clause", "range_clause") for each in loop.named_children)
    if clause.type == "for_clause":
        return clause.child_by_field_name("condition") is None
    return _is_true(clause)


def _leaves(node: Node, loop: Node) -> bool:
    """Return whether a statement leaves a loop; in a function literal of its own it does not."""
    if node.type == "goto_statement":
        return True
    if node.type not in ("break_statement", "continue_statement", "return_statement"):
        return False
    if enclosing(node, *FUNCTIONS) != enclosing(loop, *FUNCTIONS):
        return False
    if node.type == "return_statement" or node.named_children:
        return True
    is_own: bool = enclosing(node, *_BREAKABLE) == loop
    return node.type == "break_statement" and is_own


def _waits(file: GoFile, node: Node) -> bool:
    """Return whether anything in a node may wait for another goroutine."""
    return any(
        each.kind in _WAITING and node.start_byte <= each.node.start_byte < node.end_byte
        for each in file.operations
    ) or any(each.type == "select_statement" for each in walk(node))


def _comes_back(file: GoFile, call: Node) -> bool:
    """Return whether a call of what is not of the package is known to come back, and at once."""
    function = call.child_by_field_name("function")
    if function.type == "identifier":
        return text_of(function) in _BUILTIN
    name = text_of(function.child_by_field_name("field"))
    library = file.library_function(call)
    return library.startswith(_AT_ONCE) or (not library and name in ATOMIC)


def _yields(package: GoPackage, file: str, statement: Node) -> bool:
    call = statement.named_children[0] if statement.named_children else None
    return (
        statement.type == "expression_statement"
        and call is not None
        and call.type == "call_expression"
        and package.files[file].library_function(call) in _YIELDS
    )


def _only_loads(condition: Node | None) -> bool:
    """Return whether a condition calls nothing but loads, so that to ask changes nothing."""
    if condition is None:
        return False
    for node in walk(condition):
        if node.type == "call_expression":
            name = text_of(node.child_by_field_name("function")).rpartition(".")[2]
            if name not in LOADS:
                return False
        elif node.type == "unary_expression" and text_of(node).startswith("<-"):
            return False
    return True
