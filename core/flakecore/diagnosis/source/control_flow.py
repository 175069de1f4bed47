"""Whether a function that has come to a line may still come to a node of its syntax tree."""

from __future__ import annotations

from flakecore.diagnosis.source.go_parser import Node, last_line_of, line_of


def may_follow(node: Node, function: Node, line: int) -> bool:
    """Return whether a function that has come to a line may still come to a node within it."""
    if line <= 0 or last_line_of(node) >= line:
        return True
    parent = node.parent
    if parent is not None and parent.type == "defer_statement":
        return True
    return is_in_loop_of(node, function, line) or _has_labels(function)


def is_in_loop_of(node: Node, function: Node, line: int) -> bool:
    """Return whether a loop of a function goes around both a node and a line."""
    loop = node.parent
    while loop is not None and loop != function:
        if loop.type == "for_statement" and line_of(loop) <= line <= last_line_of(loop):
            return True
        loop = loop.parent
    return False


def _has_labels(function: Node) -> bool:
    return b"goto " in function.text
