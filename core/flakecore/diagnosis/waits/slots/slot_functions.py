"""Which functions take a slot of a semaphore or give one back, for themselves or for callers.

A function that sends and does not receive takes for its callers, and so does one that calls such a
function and calls none that gives back: ``Get`` of a pool. One that receives and does not send
gives back for them. One that does both, as ``defer p.Put(c)`` behind ``p.Get()``, holds a slot
between the two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from flakecore.diagnosis.source.calls.call_sites import FunctionKey
from flakecore.diagnosis.source.calls.control_flow import may_follow
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import Node, last_line_of, line_of, nodes_of, text_of
from flakecore.diagnosis.source.objects.operations import Operation, OperationKind
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, is_deferred
from flakecore.diagnosis.waits.skipping_exits import is_before_and_around

_DEEP = 4
"""Calls of helpers within helpers that are followed. Chosen: ``Do`` calls ``Get``, which calls
``acquire``."""
_RETURNS = frozenset(("return_statement",))
_RECEIVES = (OperationKind.RECEIVE, OperationKind.RANGE)


@dataclass(frozen=True)
class SlotStep:
    """A node by which a function takes a slot or gives one back: an operation or a call.

    Attributes:
        file: where it stands.
        node: the node.
        function: the function around it, which for a deferred literal is the one that defers it.
        deferred: the defer statement that it is part of; None for none.
    """

    file: str
    node: Node
    function: Node
    deferred: Node | None

    @property
    def key(self) -> FunctionKey:
        """The function's."""
        return self.file, self.function.start_byte


@dataclass(frozen=True)
class SlotFunctions:
    """How the functions of a package use one semaphore.

    Attributes:
        takes: by function, the steps by which it takes a slot.
        gives: by function, the steps by which it gives one back.
        started: the functions that give back what was taken for them before they were started.
    """

    takes: Mapping[FunctionKey, Sequence[SlotStep]]
    gives: Mapping[FunctionKey, Sequence[SlotStep]]
    started: frozenset[FunctionKey]

    def holds(self, key: FunctionKey, line: int) -> bool:
        """Return whether a function that is in a line has taken a slot that it will give back."""
        gives = (
            line > last_line_of(each.deferred)
            if each.deferred is not None
            else last_line_of(each.node) >= line and may_follow(each.node, each.function, line)
            for each in self.gives.get(key, ())
        )
        return any(gives) and (
            key in self.started
            or any(
                each.deferred is None and last_line_of(each.node) < line
                for each in self.takes.get(key, ())
            )
        )

    def keeping_exits(self) -> list[str]:
        """Return the places of returns that leave a slot taken, in order.

        That is one behind what takes a slot and before what gives it back, or, in a function that
        takes for its callers, one that returns an error to them.
        """
        found: dict[str, None] = {}
        for key, steps in self.takes.items():
            function, gives = steps[0].function, self.gives.get(key, ())
            if any(each.deferred is not None for each in gives):
                continue
            last = max((last_line_of(each.node) for each in gives), default=0)
            for node in nodes_of(function, _RETURNS):
                line = line_of(node)
                behind = any(last_line_of(each.node) < line for each in steps)
                if enclosing(node, *FUNCTIONS) != function or not behind:
                    continue
                given = any(is_before_and_around(each.node, node) for each in gives)
                kept = line < last if gives else _returns_error(function, node)
                if kept and not given:
                    found[f"{key[0]}:{line}"] = None
        return sorted(found, key=lambda place: (place.partition(":")[0], len(place), place))


def slot_functions(package: GoPackage, file: str, send: Operation) -> SlotFunctions:
    """Return how the functions of a package use the semaphore of a send.

    Args:
        package: the package.
        file: where the send stands.
        send: what takes a slot.
    """
    uses = [(home, each) for home, each in package.uses.of(file, send) if each.kind is send.kind]
    sends = _by_function(_step(home, each.node) for home, each in uses)
    uses = [(home, each) for home, each in package.uses.of(file, send) if each.kind in _RECEIVES]
    receives = _by_function(_step(home, each.node) for home, each in uses)
    takes, gives = sends, receives
    for _ in range(_DEEP):
        takers, givers = takes.keys() - gives.keys(), gives.keys() - takes.keys()
        takes, gives = (
            _joined(sends, _by_function(_calls_of(package, takers))),
            _joined(receives, _by_function(_calls_of(package, givers))),
        )
    alone = (key for key in gives if key not in takes)
    started = frozenset(key for key in alone if _is_only_started(package, key, gives[key][0]))
    return SlotFunctions(takes, gives, started)


def _is_only_started(package: GoPackage, key: FunctionKey, step: SlotStep) -> bool:
    """Return whether a function is only called by go statements."""
    calls = [call for _, call in package.calls.calls_of(key)]
    if step.function.type == "func_literal" and step.function.parent is not None:
        calls.append(step.function.parent)
    return bool(calls) and all(
        call.parent is not None and call.parent.type == "go_statement" for call in calls
    )


def _calls_of(package: GoPackage, functions: Iterable[FunctionKey]) -> Iterator[SlotStep | None]:
    for key in sorted(functions):
        for file, call in package.calls.calls_of(key):
            if call.parent is None or call.parent.type != "go_statement":
                yield _step(file, call)


def _step(file: str, node: Node) -> SlotStep | None:
    """Return the step that a node is; None outside of functions."""
    function = enclosing(node, *FUNCTIONS)
    if function is None:
        return None
    deferred = node.parent if node.parent is not None else None
    if deferred is None or deferred.type != "defer_statement":
        deferred = None
    if is_deferred(function):
        deferred = enclosing(function, "defer_statement")
        function = enclosing(function, *FUNCTIONS)
    return SlotStep(file, node, function, deferred) if function is not None else None


def _by_function(steps: Iterable[SlotStep | None]) -> dict[FunctionKey, list[SlotStep]]:
    found: defaultdict[FunctionKey, list[SlotStep]] = defaultdict(list)
    for each in steps:
        if each is not None:
            found[each.key].append(each)
    return dict(found)


def _joined(
    some: Mapping[FunctionKey, Sequence[SlotStep]], others: Mapping[FunctionKey, Sequence[SlotStep]]
) -> dict[FunctionKey, list[SlotStep]]:
    keys = dict.fromkeys((*some, *others))
    return {key: [*some.get(key, ()), *others.get(key, ())] for key in keys}


def _returns_error(function: Node, node: Node) -> bool:
    """Return whether a return hands an error to the callers of a function."""
    result = function.child_by_field_name("result")
    kinds = "".join(text_of(result).split()) if result is not None else ""
    values = node.named_children[0].named_children if node.named_children else []
    return kinds.rstrip(")").endswith("error") and bool(values) and text_of(values[-1]) != "nil"
