"""Go source as a syntax tree, by tree-sitter (extra ``source``), loaded when first asked for."""

from __future__ import annotations

from functools import cache
from typing import Any

Node = Any
"""A node of tree-sitter; its types are not there without the extra."""

_LARGEST = 1 << 20
"""Bytes of a file that is parsed at most: 20 ms; generated files may be larger."""


@cache
def _parser() -> Any | None:
    try:
        import tree_sitter
        import tree_sitter_go
    except ImportError:
        return None
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_go.language()))


def parse(data: bytes) -> Node | None:
    """Return the root of a file's syntax tree; None if it is too large or there is no parser."""
    parser = _parser()
    if parser is None or len(data) > _LARGEST:
        return None
    return parser.parse(data).root_node


@cache
def _query(types: frozenset[str]) -> Any:
    import tree_sitter
    import tree_sitter_go

    language = tree_sitter.Language(tree_sitter_go.language())
    return tree_sitter.Query(language, f"[{' '.join(f'({each})' for each in sorted(types))}] @n")


def nodes_of(root: Node, types: frozenset[str], line: int = 0) -> list[Node]:
    """Return the nodes of some types in a syntax tree, in the order of the source.

    Measured on 580 kB of Go, all identifiers, selectors and calls: 45 ms, of which a walk in Python
    takes 120.

    Args:
        root: the node to look in, itself included.
        types: the types.
        line: the line that they reach into, from 1; 0 for any.
    """
    import tree_sitter

    cursor = tree_sitter.QueryCursor(_query(types))
    if line > 0:
        cursor.set_point_range((line - 1, 0), (line, 0))
    return sorted(cursor.captures(root).get("n", []), key=_extent)


def _extent(node: Node) -> tuple[int, int]:
    return node.start_byte, -node.end_byte


def text_of(node: Node) -> str:
    """Return the source of a node."""
    return node.text.decode("utf-8", "replace") if node is not None else ""


def line_of(node: Node) -> int:
    """Return the number of the line that a node begins in, from 1."""
    return int(node.start_point[0]) + 1


def last_line_of(node: Node) -> int:
    """Return the number of the line that a node ends in, from 1."""
    return int(node.end_point[0]) + 1
