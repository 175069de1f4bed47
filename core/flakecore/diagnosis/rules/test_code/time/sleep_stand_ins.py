"""The sleep in a test that stands in for waiting, and the ``go`` statement that it should wait for.

By the text alone: a ``time.Sleep`` before the failing call with no wait between them, and the only
goroutine begun before it whose own text changes, or has, what the failing line reads.
"""

from __future__ import annotations

from dataclasses import dataclass

from flakecore.diagnosis.failing.failing_source import FailingSource, duration_text
from flakecore.diagnosis.source.go_parser import Node, text_of
from flakecore.diagnosis.source.objects.operations import OperationKind
from flakecore.diagnosis.source.shared_state.variable_writes import root_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, walk

_WAITS = (OperationKind.RECEIVE, OperationKind.RANGE, OperationKind.WAIT)
_BLOCKS = ("block", "communication_case", "expression_case", "default_case", "type_case")

Name = tuple[int, str]
"""A variable: the first byte of the function that declares it, -1 for none, and its name."""


@dataclass(frozen=True)
class UnawaitedStart:
    """A sleep, and the ``go`` statement of the goroutine that it stands in for."""

    sleep: Node
    started: Node

    @property
    def duration(self) -> str:
        """How long it sleeps, as its source shows."""
        (argument,) = self.sleep.child_by_field_name("arguments").named_children
        return duration_text(argument)


def last_sleep(failing: FailingSource) -> Node | None:
    """Return the last sleep before a failing call that no wait follows; None for none."""
    inner = enclosing(failing.call, *FUNCTIONS)
    file = failing.file
    sleeps = [
        call
        for call in file.calls_of
        if call.end_byte <= failing.call.start_byte
        and failing.library_function(call) == "time.Sleep"
        and len(call.child_by_field_name("arguments").named_children) == 1
        and enclosing(call, *FUNCTIONS) == inner
        and _always_before(call, failing.call)
    ]
    if not sleeps or failing.loops:
        return None
    sleep = sleeps[-1]
    if any(
        sleep.end_byte <= each.node.start_byte < failing.call.start_byte
        for each in file.operations
        if each.kind in _WAITS
    ):
        return None
    return sleep


def unawaited_start(failing: FailingSource, sleep: Node) -> UnawaitedStart | None:
    """Return a sleep with the goroutine that it stands in for; None if that is not known."""
    read = with_holders(failing, read_names(failing))
    started = [
        node
        for node in walk(failing.function)
        if node.type == "go_statement" and node.end_byte <= sleep.start_byte
    ]
    fitting = [each for each in started if changed_names(failing, each) & read]
    outer = [each for each in fitting if not any(_lies_within(each, other) for other in fitting)]
    return UnawaitedStart(sleep, outer[-1]) if len(outer) == 1 else None


def read_names(failing: FailingSource) -> set[Name]:
    """Return the variables that the failing line's condition reads."""
    return {
        name_of(failing, node)
        for condition in failing.innermost
        for home, origin in failing.origins.of(failing.name, condition)
        if home == failing.name
        for node in (origin, *walk(origin))
        if node.type == "identifier"
    } - {(-1, "t"), (-1, "nil"), (-1, "true"), (-1, "false")}


def with_holders(failing: FailingSource, read: set[Name]) -> set[Name]:
    """Return variables with those that were made of their addresses, which may change them."""
    found = set(read)
    for made in walk(failing.function):
        if made.type != "short_var_declaration" or made.start_byte > failing.call.start_byte:
            continue
        given = (
            each.child_by_field_name("operand")
            for each in walk(made.child_by_field_name("right"))
            if each.type == "unary_expression" and text_of(each).startswith("&")
        )
        if any(e.type == "identifier" and name_of(failing, e) in found for e in given):
            found |= {
                name_of(failing, each) for each in made.child_by_field_name("left").named_children
            }
    return found


def changed_names(failing: FailingSource, started: Node) -> set[Name]:
    """Return the variables that a goroutine changes, or hands on, by its own text.

    A goroutine that has no end changes none that one could wait for.
    """
    call = started.named_children[0] if started.named_children else None
    if call is None or call.type != "call_expression":
        return set()
    called = call.child_by_field_name("function")
    if called.type != "func_literal":
        handed = [*call.child_by_field_name("arguments").named_children]
        if called.type == "selector_expression":
            handed.append(called.child_by_field_name("operand"))
        return {name_of(failing, root) for each in handed if (root := root_of(each)) is not None}
    if any(_is_endless(node) for node in walk(called)):
        return set()
    found: set[Name] = set()
    for node in walk(called):
        for each in _targets(node):
            root = root_of(each)
            if root is not None:
                found.add(name_of(failing, root))
    return found


def name_of(failing: FailingSource, identifier: Node) -> Name:
    """Return the variable that a name stands for."""
    bound = failing.package.types.binding(identifier)
    return (bound[0].start_byte if bound is not None else -1, text_of(identifier))


def _always_before(statement: Node, call: Node) -> bool:
    """Return whether a statement's block goes around a later call, too."""
    block = enclosing(statement, *_BLOCKS)
    return block is not None and bool(block.start_byte <= call.start_byte < block.end_byte)


def _lies_within(inner: Node, outer: Node) -> bool:
    return bool(outer.start_byte < inner.start_byte and inner.end_byte <= outer.end_byte)


def _targets(node: Node) -> list[Node]:
    """Return what a node of a goroutine changes: it assigns, counts, or calls a method of it."""
    if node.type == "assignment_statement":
        return list(node.child_by_field_name("left").named_children)
    if node.type in ("inc_statement", "dec_statement"):
        return list(node.named_children[:1])
    if node.type == "call_expression":
        called = node.child_by_field_name("function")
        if called.type == "selector_expression":
            return [called.child_by_field_name("operand")]
    return []


def _is_endless(node: Node) -> bool:
    """Return whether a node is a loop without a condition."""
    if node.type != "for_statement":
        return False
    return all(each.type in ("block", "comment") for each in node.named_children)
