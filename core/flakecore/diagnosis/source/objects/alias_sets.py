"""The names that one object goes by: keys of names, and sets of those that are aliases.

Names that name one object are joined by union-find: each joined set has one name that stands for
all, and the smaller set joins the larger one, so that finding it takes few steps. What is in a
slice, an array, a map or a channel has a name of its own, whatever its index: the element of the
container's. Where two containers are joined, so are their elements.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.source.go_parser import Node, text_of
from flakecore.diagnosis.source.objects.operations import (
    ELEMENT,
    ObjectName,
    container_name,
    object_name,
)
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, parameters
from flakecore.diagnosis.source.types import PackageTypes

Key = tuple[str, ...]
"""Identity of a name: a parameter or local of one function, a field of one type, a variable."""
NAMES = ("identifier", "selector_expression")
"""Kinds of the nodes that name an object."""
NO_OBJECT = ("nil", "_", "true", "false")
"""Identifiers that name no object."""


_IN = "element"


def element_of(key: Key) -> Key:
    """Return the identity of what is in a container."""
    return (_IN, *key)


def container_of(key: Key) -> Key | None:
    """Return the identity of the container that a name is an element of; None if it is none."""
    return key[1:] if key[0] == _IN else None


class AliasSets:
    """Disjoint sets of names: all of one set may name the same object."""

    def __init__(self) -> None:
        self._parent: dict[Key, Key] = {}
        self._members: dict[Key, list[Key]] = {}
        self._element: dict[Key, Key] = {}
        """A name of the elements of a set, by the name that stands for the set."""

    def aliases_of(self, key: Key) -> list[Key]:
        """Return all names that were joined with a name, itself included."""
        self._unite(list(self._elements(key)))
        return self._members.get(self._find(key), [key])

    def with_containers(self, key: Key) -> Iterator[Key]:
        """Yield all aliases of a name, and those of the containers that it is in, and so on."""
        done: set[Key] = set()
        todo = [key]
        while todo:
            names = self.aliases_of(todo.pop())
            if names[0] in done:
                continue
            done.update(names)
            yield from names
            todo += [found for each in names if (found := container_of(each)) is not None]

    def are_aliases(self, one: Key, other: Key) -> bool:
        """Return whether two names were joined."""
        self._unite([*self._elements(one), *self._elements(other)])
        return self._find(one) == self._find(other)

    def join(self, one: Key, other: Key) -> None:
        """Make one set of the sets of two names."""
        self._unite([(one, other), *self._elements(one), *self._elements(other)])

    def _unite(self, pairs: list[tuple[Key, Key]]) -> None:
        while pairs:
            one, other = map(self._find, pairs.pop())
            if one == other:
                continue
            names, more = self._members.pop(one, [one]), self._members.pop(other, [other])
            if len(names) > len(more):
                one, other, names, more = other, one, more, names
            self._parent[one] = other
            self._members[other] = [*more, *names]
            mine, theirs = self._element.pop(one, None), self._element.get(other)
            if mine is not None and theirs is not None:
                pairs.append((mine, theirs))
            elif mine is not None:
                self._element[other] = mine

    def _elements(self, key: Key) -> Iterator[tuple[Key, Key]]:
        """Yield an element with that of another name of its container, and so on outwards."""
        outer = container_of(key)
        while outer is not None:
            known = self._element.setdefault(self._find(outer), key)
            if known != key:
                yield known, key
            key, outer = outer, container_of(outer)

    def _find(self, key: Key) -> Key:
        while self._parent.get(key, key) != key:
            key = self._parent[key]
        return key


def key_of_name(name: ObjectName, file: str) -> Key:
    """Return the identity of a name: of a parameter or local its function, of a field its type."""
    if name.path.endswith(ELEMENT):
        return element_of(key_of_name(container_name(name), file))
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


def argument_key(home: str, function: Node, at: int, *, spread: bool) -> Key | None:
    """Return the identity of what an argument becomes in the function that is called.

    Args:
        home: file of the function.
        function: its node.
        at: the argument's place, the receiver being 0 of a method.
        spread: whether it is the slice of all that are left: ``xs...``.

    Returns:
        That of the parameter, or of an element of a variadic one; None where there is none.
    """
    listed = parameters(function)
    is_variadic = bool(listed) and listed[-1][1].startswith("...") and at >= len(listed) - 1
    if at >= len(listed) and not is_variadic:
        return None
    key = ("bound", home, str(function.start_byte), listed[min(at, len(listed) - 1)][0])
    return element_of(key) if is_variadic and not spread else key
