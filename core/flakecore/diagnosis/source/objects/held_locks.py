"""Which locks a function holds at a line, by its own text alone.

A lock counts as held where a Lock stands in a block around the line and before it, and no Unlock of
the same object stands between them. An Unlock in a branch that does not lead to the line (it ends
with return, panic, break, continue or goto) is passed over; any other counts, so that a lock that
may have been released is not called held. A deferred Unlock runs when the function returns.
"""

from __future__ import annotations

from collections.abc import Sequence

from flakecore.diagnosis.source.go_file import GoFile
from flakecore.diagnosis.source.go_parser import Node
from flakecore.diagnosis.source.objects.lock_helpers import PAIRS
from flakecore.diagnosis.source.objects.operations import Operation

_LEAVES = (
    "return_statement",
    "break_statement",
    "continue_statement",
    "goto_statement",
)


def held_locks(
    file: GoFile, operations: Sequence[Operation], line: int, function: Node | None = None
) -> list[Operation]:
    """Return the Lock and RLock calls whose locks are held at a line, in order.

    Args:
        file: the file.
        operations: those of the file, and the calls that lock or unlock for their callers.
        line: of the file.
        function: the one that has come to the line; None for the innermost that is there.
    """
    function = function or file.function_at(line)
    if function is None:
        return []
    held: list[Operation] = []
    for each in operations:
        if each.function != function or each.line >= line:
            continue
        around = _is_around(each.node, line)
        if each.kind in PAIRS and around and not each.deferred:
            held.append(each)
        elif (
            each.kind in PAIRS.values() and not each.deferred and (around or not _leaves(each.node))
        ):
            held = [lock for lock in held if not _releases(each, lock)]
    return held


def _releases(unlock: Operation, lock: Operation) -> bool:
    return PAIRS[lock.kind] is unlock.kind and lock.object.is_same(unlock.object)


def _block_of(node: Node) -> Node | None:
    """Return the innermost block or case around a node."""
    node = node.parent
    while node is not None and node.type not in (
        "block",
        "communication_case",
        "expression_case",
        "type_case",
        "default_case",
    ):
        node = node.parent
    return node


def _is_around(node: Node, line: int) -> bool:
    """Return whether the block that a node stands in reaches around a line."""
    block = _block_of(node)
    return block is not None and block.start_point[0] < line <= block.end_point[0] + 1


def _leaves(node: Node) -> bool:
    """Return whether the block that a node stands in ends by leaving."""
    block = _block_of(node)
    if block is None:
        return False
    statements = [each for each in block.named_children if each.type != "comment"]
    if len(statements) == 1 and statements[0].type == "statement_list":
        statements = [each for each in statements[0].named_children if each.type != "comment"]
    if not statements:
        return False
    last = statements[-1]
    is_panic = last.type == "expression_statement" and last.text.startswith(b"panic(")
    return last.type in _LEAVES or is_panic
