"""All that one package does with an object: operations on it under all its names, and escapes.

A channel, wait group or cond goes by several names: a local variable, the parameter that it is
passed as, the field that it is stored in. Names that one call, assignment or composite literal ties
together are joined (union-find); a use that is none of these, such as a return, a conversion or an
argument of another package's function, lets the object escape, and nothing can be said of who else
may use it. Joining goes by types and names, not by flow, so it joins too much rather than too
little: whoever says "nobody is left that sends" has looked at every place that might.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.operations import (
    FUNCTIONS,
    GoFile,
    ObjectName,
    Operation,
    enclosing,
    object_name,
    parameters,
    walk,
)

Key = tuple[str, ...]
"""Identity of a name: a parameter or local of one function, a field of one type, a variable."""
_HARMLESS = ("len", "cap", "close", "make", "new", "panic", "print", "println")


class PackageUses:
    """The objects of one package's files."""

    def __init__(self, files: Mapping[str, GoFile]) -> None:
        """Take the package's files by name."""
        self._files = files
        self._parent: dict[Key, Key] = {}
        self._escaped: set[Key] = set()
        self._operations: defaultdict[Key, list[tuple[str, Operation]]] = defaultdict(list)
        self._functions = _declared(files)
        for file, parsed in files.items():
            for operation in parsed.operations:
                self._operations[_key(operation.object, file)].append((file, operation))
            for node in walk(parsed.root):
                self._join(file, node)
        for file, parsed in files.items():
            for node in walk(parsed.root):
                self._look_for_escape(file, node)

    def of(self, file: str, operation: Operation) -> list[tuple[str, Operation]]:
        """Return all operations on an operation's object, with the files that they stand in."""
        root = self._find(_key(operation.object, file))
        return [
            each
            for key, found in self._operations.items()
            if self._find(key) == root
            for each in found
        ]

    def escapes(self, file: str, operation: Operation) -> bool:
        """Return whether an operation's object may be used where nobody has looked."""
        root = self._find(_key(operation.object, file))
        return any(self._find(key) == root for key in self._escaped)

    def _find(self, key: Key) -> Key:
        while self._parent.get(key, key) != key:
            key = self._parent[key]
        return key

    def _union(self, one: Key, other: Key) -> None:
        one, other = self._find(one), self._find(other)
        if one != other:
            self._parent[one] = other

    def _join(self, file: str, node: Node) -> None:
        """Tie the names together that a node passes an object between."""
        for one, other in self._passes(file, node):
            name, further = _named(one[0], one[1]), other
            if name is not None:
                self._union(_key(name, one[1]), further)

    def _passes(self, file: str, node: Node) -> Iterator[tuple[tuple[Node, str], Key]]:
        if node.type == "call_expression":
            for argument, key in self._arguments(node, file):
                if key is not None:
                    yield (argument, file), key
        elif node.type in ("short_var_declaration", "assignment_statement"):
            left, right = _sides(node)
            for to, value in zip(left, right, strict=False):
                name = _named(to, file)
                if name is not None:
                    yield (value, file), _key(name, file)
        elif node.type == "keyed_element":
            literal = enclosing(node, "composite_literal")
            field, value = node.named_children[0], node.named_children[-1]
            kind = text_of(literal.child_by_field_name("type")) if literal is not None else ""
            yield (value, file), ("field", f"type {kind.lstrip('*&')}", f".{text_of(field)}")

    def _arguments(self, call: Node, file: str) -> Iterator[tuple[Node, Key | None]]:
        """Yield each argument with the parameter that it becomes; None where that is unknown."""
        called = call.child_by_field_name("function")
        arguments = call.child_by_field_name("arguments")
        functions: list[tuple[str, Node]] = []
        if called.type == "func_literal":
            functions = [(file, called)]
        elif called.type in ("identifier", "selector_expression"):
            field = called.child_by_field_name("field")
            functions = self._functions.get(text_of(field if field is not None else called), [])
        for index, argument in enumerate(arguments.named_children if arguments is not None else ()):
            if not functions:
                yield argument, None
            for home, function in functions:
                at = index + (function.child_by_field_name("receiver") is not None)
                listed = parameters(function)
                known = at < len(listed) and not listed[at][1].startswith("...")
                yield (
                    argument,
                    ("bound", home, str(function.start_byte), listed[at][0]) if known else None,
                )

    def _look_for_escape(self, file: str, node: Node) -> None:
        """Note a name that is used in a way that is not followed."""
        if node.type not in ("identifier", "selector_expression"):
            return
        parent = node.parent
        if parent is None or parent.type == "selector_expression":
            return
        name = _named(node, file)
        if name is None:
            return
        key = _key(name, file)
        if not _is_followed(node, parent) or (
            parent.type == "argument_list" and not self._argument_is_followed(parent, node, file)
        ):
            self._escaped.add(key)

    def _argument_is_followed(self, arguments: Node, node: Node, file: str) -> bool:
        call = arguments.parent
        if call is None or call.type != "call_expression":
            return False
        called = text_of(call.child_by_field_name("function"))
        if called in _HARMLESS:
            return True
        return all(
            key is not None for argument, key in self._arguments(call, file) if argument == node
        )


def _declared(files: Mapping[str, GoFile]) -> dict[str, list[tuple[str, Node]]]:
    """Return the functions and methods of a package by their own names."""
    found: defaultdict[str, list[tuple[str, Node]]] = defaultdict(list)
    for file, parsed in files.items():
        for function in parsed.functions:
            name = function.child_by_field_name("name")
            if name is not None:
                found[text_of(name)].append((file, function))
    return dict(found)


def _named(node: Node, file: str) -> ObjectName | None:
    del file
    target = node
    while target is not None and target.type in ("unary_expression", "parenthesized_expression"):
        target = target.named_children[-1] if target.named_children else None
    if target is None or target.type not in ("identifier", "selector_expression"):
        return None
    function = enclosing(target, *FUNCTIONS)
    return object_name(target, function) if function is not None else None


def _key(name: ObjectName, file: str) -> Key:
    """Return the identity of a name: of a parameter or local its function, of a field its type."""
    if name.path.startswith("."):
        return ("field", name.scope, name.path)
    if name.bound_at >= 0:
        return ("bound", file, str(name.bound_at), name.text)
    return ("package", name.text)


def _sides(node: Node) -> tuple[list[Node], list[Node]]:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    return (
        list(left.named_children) if left is not None else [],
        list(right.named_children) if right is not None else [],
    )


def _is_followed(node: Node, parent: Node) -> bool:
    """Return whether a name's use is one that is followed, or one that passes nothing on."""
    if parent.type in (
        "send_statement",
        "unary_expression",
        "range_clause",
        "argument_list",
        "parameter_declaration",
        "binary_expression",
        "inc_statement",
        "dec_statement",
        "call_expression",
        "field_declaration",
        "var_spec",
        "function_declaration",
        "method_declaration",
        "expression_list",
        "literal_element",
        "keyed_element",
        "index_expression",
    ):
        if parent.type == "unary_expression":
            return text_of(parent.child_by_field_name("operator")) in ("<-", "!", "&", "-")
        if parent.type == "expression_list":
            owner = parent.parent
            return owner is not None and owner.type in (
                "short_var_declaration",
                "assignment_statement",
                "range_clause",
                "receive_statement",
            )
        if parent.type == "send_statement":
            return bool(parent.child_by_field_name("channel") == node)
        return True
    return parent.type in ("receive_statement", "type_identifier", "package_clause", "block")


def lines_of(function: Node) -> tuple[int, int]:
    """Return the first and the last line of a function."""
    return line_of(function), int(function.end_point[0]) + 1
