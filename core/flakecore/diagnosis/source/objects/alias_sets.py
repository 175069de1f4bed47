"""The names that one object goes by: keys of names, and sets of those that are aliases.

Names that name one object are joined by union-find: each joined set has one name that stands for
all, and the smaller set joins the larger one, so that finding it takes few steps.
"""

from __future__ import annotations

from flakecore.diagnosis.source.go_parser import Node, text_of
from flakecore.diagnosis.source.objects.operations import ObjectName, object_name
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing
from flakecore.diagnosis.source.types import PackageTypes

Key = tuple[str, ...]
"""Identity of a name: a parameter or local of one function, a field of one type, a variable."""
NAMES = ("identifier", "selector_expression")
"""Kinds of the nodes that name an object."""
NO_OBJECT = ("nil", "_", "true", "false")
"""Identifiers that name no object."""


class AliasSets:
    """Disjoint sets of names: all of one set may name the same object."""

    def __init__(self) -> None:
        self._parent: dict[Key, Key] = {}
        self._members: dict[Key, list[Key]] = {}

    def aliases_of(self, key: Key) -> list[Key]:
        """Return all names that were joined with a name, itself included."""
        return self._members.get(self._find(key), [key])

    def join(self, one: Key, other: Key) -> None:
        """Make one set of the sets of two names."""
        one, other = self._find(one), self._find(other)
        if one == other:
            return
        names, more = self._members.pop(one, [one]), self._members.pop(other, [other])
        if len(names) > len(more):
            one, other, names, more = other, one, more, names
        self._parent[one] = other
        self._members[other] = [*more, *names]

    def _find(self, key: Key) -> Key:
        while self._parent.get(key, key) != key:
            key = self._parent[key]
        return key


def key_of_name(name: ObjectName, file: str) -> Key:
    """Return the identity of a name: of a parameter or local its function, of a field its type."""
    if name.bound_at >= 0:
        return ("bound", file, str(name.bound_at), name.text)
    if name.path.startswith("."):
        return ("field", name.scope, name.path)
    return ("call", name.path) if name.scope == "result" else ("package", name.text)


def key_at(file: str, node: Node | None, types: PackageTypes) -> Key | None:
    """Return the identity of the name that a node is; None of what names no object."""
    if node is None or node.type not in NAMES or text_of(node) in NO_OBJECT:
        return None
    function = enclosing(node, *FUNCTIONS)
    if function is None:
        return ("package", text_of(node)) if node.type == "identifier" else None
    name = object_name(node, function, types)
    return key_of_name(name, file) if name is not None else None


def result_key(file: str, function: Node) -> Key:
    """Return the identity of what a function returns first."""
    return ("result", file, str(function.start_byte))
