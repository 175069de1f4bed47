"""Calls of functions that lock or unlock for their callers, as operations at the place of the call.

A function locks for its callers where it locks a field of its receiver and unlocks it nowhere; it
unlocks for them where it unlocks one and locks it nowhere. Helpers of helpers are not followed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flakecore.diagnosis.source.go_file import GoFile
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.objects.operations import ObjectName, Operation, OperationKind
from flakecore.diagnosis.source.syntax import FUNCTIONS, declared_around, enclosing, parameters
from flakecore.diagnosis.source.types import PackageTypes

PAIRS = {OperationKind.LOCK: OperationKind.UNLOCK, OperationKind.RLOCK: OperationKind.RUNLOCK}
"""What lets go of what each kind takes."""
_BACK = {unlock: lock for lock, unlock in PAIRS.items()}


@dataclass(frozen=True, slots=True)
class LockHelper:
    """A method that does one half of a pair to a field of its receiver."""

    kind: OperationKind
    object: ObjectName


def helpers_of(files: Mapping[str, GoFile]) -> dict[tuple[str, str], LockHelper]:
    """Return the package's helpers by the type of their receiver and their name."""
    found: dict[tuple[str, str], LockHelper] = {}
    for file in files.values():
        starts = [each.node.start_byte for each in file.operations]  # in the order of the source
        for each in file.operations:
            other = PAIRS.get(each.kind) or _BACK.get(each.kind)
            if other is None or each.function.type != "method_declaration":
                continue
            if each.object.parameter != 0 or not each.object.scope.startswith("type "):
                continue
            first = bisect_left(starts, each.function.start_byte)
            within = file.operations[first : bisect_left(starts, each.function.end_byte)]
            alike = [one for one in within if one.object.is_same(each.object)]
            if any(one.kind is other for one in alike) or (each.kind in PAIRS and each.deferred):
                continue
            receiver = parameters(each.function)[0][1].lstrip("*").partition("[")[0]
            name = text_of(each.function.child_by_field_name("name"))
            found[receiver, name] = LockHelper(each.kind, each.object)
    return found


def unpaired_unlocks(
    operations: Mapping[str, Sequence[Operation]],
    helpers: Mapping[tuple[str, str], LockHelper],
    name: ObjectName,
) -> list[tuple[str, Operation]]:
    """Return what unlocks an object in functions that do not lock it, with the files it stands in.

    Such a function lets go of what another one has taken, maybe on another goroutine.

    Args:
        operations: those of each file, with the calls of helpers.
        helpers: the package's helpers, of which only the calls count.
        name: of the object.
    """
    takes: set[tuple[str, int]] = set()
    frees: list[tuple[tuple[str, int], str, Operation]] = []
    for file, found in operations.items():
        for each in found:
            if not each.object.is_same(name) or is_helper(each, helpers):
                continue
            declared = declared_around(each.function)
            home = (file, declared.start_byte if declared is not None else -1)
            if each.kind in PAIRS:
                takes.add(home)
            elif each.kind in _BACK:
                frees.append((home, file, each))
    return [(file, each) for home, file, each in frees if home not in takes]


def is_helper(operation: Operation, helpers: Mapping[tuple[str, str], LockHelper]) -> bool:
    """Return whether an operation is the half of a pair that makes a method a helper."""
    if operation.function.type != "method_declaration":
        return False
    listed = parameters(operation.function)
    receiver = listed[0][1].lstrip("*").partition("[")[0] if listed else ""
    name = text_of(operation.function.child_by_field_name("name"))
    return (receiver, name) in helpers


def with_helpers(
    files: Mapping[str, GoFile],
    types: PackageTypes,
    helpers: Mapping[tuple[str, str], LockHelper],
) -> dict[str, tuple[Operation, ...]]:
    """Return the operations of each file, and those of calls of helpers, in order."""
    if not helpers:
        return {name: file.operations for name, file in files.items()}
    found = {}
    for name, file in files.items():
        both = [*file.operations, *_calls(file, helpers, types)]
        found[name] = tuple(sorted(both, key=lambda each: each.node.start_byte))
    return found


def _calls(
    file: GoFile, helpers: Mapping[tuple[str, str], LockHelper], types: PackageTypes
) -> Iterator[Operation]:
    for name, call in _calls_of_methods(file, sorted({name for _, name in helpers})):
        operand = call.child_by_field_name("function").child_by_field_name("operand")
        helper = helpers.get((types.type_of(operand).lstrip("*"), name))
        function = enclosing(call, *FUNCTIONS)
        if helper is None or function is None:
            continue
        listed = [each for each, _ in parameters(function)]
        through = text_of(operand)
        object_ = ObjectName(
            helper.object.scope,
            helper.object.path,
            f"{through}{helper.object.path}",
            listed.index(through) if through in listed else -1,
        )
        deferred = call.parent is not None and call.parent.type == "defer_statement"
        yield Operation(helper.kind, object_, line_of(call), deferred, False, call, function)


def _calls_of_methods(file: GoFile, names: Sequence[str]) -> Iterator[tuple[str, Node]]:
    """Yield the calls of methods of some names, each with its name."""
    for name in names:
        for field in file.named(name):
            called = field.parent
            if called is None or called.type != "selector_expression":
                continue
            call = called.parent
            if call is None or call.type != "call_expression":
                continue
            if call.child_by_field_name("function") == called and field != called.named_children[0]:
                yield name, call
