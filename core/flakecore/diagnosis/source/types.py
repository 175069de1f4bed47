"""The types of expressions in one package, as far as its declarations name them.

This is no type checker: it follows parameters, variables, fields, embedded structs, composite
literals, calls of the package's own functions, and elements of maps, slices and channels. What it
does not have has the type "". A type is the text of its expression without type arguments.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from flakecore.diagnosis.source.go_parser import Node, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, parameters

_GENERIC = re.compile(r"^(\*?[^\W\d][\w.]*)\[.*\]$", re.DOTALL)
_ELEMENT = re.compile(
    r"^(?:map\[[^\[\]]*\]|\[[^\[\]]*\]|<-chan\s+|chan<-\s+|chan\s+)(.*)$", re.DOTALL
)
_KEY = re.compile(r"^map\[([^\[\]]*)\]")
_DEPTH = 12
"""Expressions that one leads to at most: ends what damaged or circular source would not."""
_NAMED_FOR_OTHERS = ("map_type", "slice_type", "array_type", "channel_type", "function_type")
"""What a name may stand for: types whose elements are asked for, or that are called."""
_SYNC = ("Mutex", "RWMutex", "WaitGroup", "Cond", "Once")
Declaration = tuple[str, Node | None, int, str]
"""Type, value, place on the left and manner (``pair``, ``call``, ``range``) of a local name."""


class PackageTypes:
    """What the declarations of a package state about types."""

    def __init__(self, roots: Mapping[str, Node]) -> None:
        """Take the roots of the package's files by name."""
        self.fields: dict[str, dict[str, str]] = {}
        self.embedded: dict[str, list[str]] = {}
        self._underlying: dict[str, str] = {}
        self._results: dict[str, tuple[str, ...]] = {}
        self._variables: dict[str, tuple[str, Node | None]] = {}
        self._bindings: dict[tuple[int, int], dict[str, Declaration]] = {}
        self._known: dict[tuple[int, int, int], str] = {}
        for root in roots.values():
            for node in root.named_children:
                self._declare(node)

    def type_of(self, node: Node | None, depth: int = 0) -> str:
        """Return the type of an expression; "" if unknown."""
        if node is None or depth > _DEPTH:
            return ""
        key = (node.id, node.start_byte, node.end_byte)
        if key not in self._known:
            self._known[key] = _plain(self._type_of(node, depth))
        return self._known[key]

    def owner(self, kind: str, name: str) -> str:
        """Return the struct that declares a field of a type, itself or one that it embeds."""
        return self._owner(kind.lstrip("*"), name, 0)

    def underlying(self, kind: str) -> str:
        """Return the type that a name of the package stands for; any other as it is."""
        return self._underlying.get(kind, kind)

    def is_function(self, kind: str) -> bool:
        """Return whether a type is one of functions, by its text or by what its name stands for."""
        return self._underlying.get(kind, kind).startswith("func(")

    def sync_field(self, kind: str, *names: str) -> tuple[str, str]:
        """Return the struct and the field of a type by which it embeds a type of package sync."""
        return self._sync_field(kind.lstrip("*"), names or _SYNC, 0)

    def declares(self, variable: str) -> bool:
        """Return whether a variable of the package has a name."""
        return variable in self._variables

    def is_variable(self, name: Node) -> bool:
        """Return whether an identifier means a variable of the package, and no local one."""
        return text_of(name) in self._variables and self.binding(name) is None

    def binding(self, node: Node) -> tuple[Node, str] | None:
        """Return the function that declares an identifier, and "parameter" or "local".

        None for what is declared in no function.
        """
        name = text_of(node)
        function = enclosing(node, *FUNCTIONS)
        while function is not None:
            if any(each == name for each, _ in parameters(function)):
                return function, "parameter"
            if self.local(function, name) is not None:
                return function, "local"
            function = enclosing(function, *FUNCTIONS)
        return None

    def _owner(self, kind: str, name: str, depth: int) -> str:
        if name in self.fields.get(kind, {}):
            return kind
        if depth < _DEPTH:
            for each in self.embedded.get(kind, ()):
                found = self._owner(each.lstrip("*"), name, depth + 1)
                if found:
                    return found
        return ""

    def _sync_field(self, kind: str, names: tuple[str, ...], depth: int) -> tuple[str, str]:
        for each in self.embedded.get(kind, ()):
            plain = each.lstrip("*")
            if plain.startswith("sync.") and plain[5:] in names:
                return kind, plain[5:]
            if depth < _DEPTH and (found := self._sync_field(plain, names, depth + 1))[0]:
                return found
        return "", ""

    def _declare(self, node: Node) -> None:
        if node.type in ("function_declaration", "method_declaration"):
            result = node.child_by_field_name("result")
            if result is not None:
                kinds = _listed(result) if result.type == "parameter_list" else [text_of(result)]
                receiver = [kind for _, kind in parameters(node)[:1]]
                name = text_of(node.child_by_field_name("name"))
                if node.type == "method_declaration":
                    name = f"{_plain(receiver[0]).lstrip('*') if receiver else ''}.{name}"
                self._results[name] = tuple(kinds)
        for each in node.named_children if node.type == "type_declaration" else ():
            kind = each.child_by_field_name("type")
            if each.type == "type_spec" and kind is not None:
                name = text_of(each.child_by_field_name("name"))
                if kind.type == "struct_type":
                    self._struct(name, kind)
                elif kind.type in _NAMED_FOR_OTHERS:
                    self._underlying[name] = text_of(kind)
        if node.type == "var_declaration":
            for each in _specs(node):
                value = _at(each.child_by_field_name("value"), 0)
                kind = text_of(each.child_by_field_name("type"))
                for at, name in enumerate(each.children_by_field_name("name")):
                    self._variables[text_of(name)] = (kind, value if at == 0 else None)

    def _struct(self, name: str, kind: Node) -> None:
        fields = self.fields.setdefault(name, {})
        for listed in kind.named_children:
            for field in listed.named_children if listed.type == "field_declaration_list" else ():
                if field.type != "field_declaration":
                    continue
                text = _plain(text_of(field.child_by_field_name("type")))
                names = [text_of(each) for each in field.children_by_field_name("name")]
                if not names:
                    star = "*" if text_of(field).startswith("*") else ""
                    self.embedded.setdefault(name, []).append(star + text)
                    names = [text.rpartition(".")[2]]
                fields.update((each, text) for each in names)

    def _type_of(self, node: Node, depth: int) -> str:
        further = depth + 1
        if node.type == "identifier":
            return self._of_name(node, further)
        if node.type == "selector_expression":
            return self._of_field(node, further)
        if node.type == "parenthesized_expression":
            return self.type_of(node.named_children[0] if node.named_children else None, further)
        if node.type == "unary_expression":
            return self._of_unary(node, further)
        if node.type == "composite_literal":
            return text_of(node.child_by_field_name("type"))
        if node.type == "type_assertion_expression":
            return text_of(node.child_by_field_name("type"))
        if node.type == "index_expression":
            return self._element(self.type_of(node.child_by_field_name("operand"), further))
        if node.type == "call_expression":
            return self._of_call(node, further)
        return ""

    def _of_unary(self, node: Node, depth: int) -> str:
        kind = self.type_of(node.child_by_field_name("operand"), depth)
        operator = text_of(node.child_by_field_name("operator"))
        if operator == "&":
            return f"*{kind}" if kind else ""
        if operator == "<-":
            return self._element(kind)
        return kind.removeprefix("*") if operator == "*" else ""

    def _of_name(self, node: Node, depth: int) -> str:
        name = text_of(node)
        function = enclosing(node, *FUNCTIONS)
        while function is not None:
            for each, kind in parameters(function):
                if each == name:
                    return f"[]{kind[3:]}" if kind.startswith("...") else kind
            local = self.local(function, name)
            if local is not None:
                kind, value, at, how = local
                if kind:
                    return kind
                found = self.type_of(value, depth)
                if how == "range":
                    found = self._underlying.get(found, found)
                    key = _KEY.match(found)
                    if at == 0 and key is not None:
                        return _plain(key[1])
                    is_channel = "chan" in found[:6]
                    return self._element(found) if (at == 1) != is_channel else ""
                if at == 0 or how == "pair":
                    return found
                is_call = value is not None and value.type == "call_expression"
                return _plain(self._of_call(value, depth, at)) if is_call and value else ""
            function = enclosing(function, *FUNCTIONS)
        kind, value = self._variables.get(name, ("", None))
        return kind or self.type_of(value, depth)

    def _of_field(self, node: Node, depth: int) -> str:
        kind = self.type_of(node.child_by_field_name("operand"), depth)
        name = text_of(node.child_by_field_name("field"))
        owner = self.owner(kind, name) if kind else ""
        return self.fields[owner][name] if owner else ""

    def _of_call(self, node: Node, depth: int, at: int = 0) -> str:
        called = node.child_by_field_name("function")
        arguments = node.child_by_field_name("arguments")
        first = arguments.named_children[0] if arguments and arguments.named_children else None
        if called.type == "identifier":
            name = text_of(called)
            if name == "new":
                return f"*{text_of(first)}"
            if name == "make":
                return text_of(first)
            return _nth(self._results.get(name, ()), at)
        if called.type == "selector_expression":
            name = text_of(called.child_by_field_name("field"))
            kind = self.type_of(called.child_by_field_name("operand"), depth).lstrip("*")
            if text_of(called) == "sync.NewCond":
                return "*sync.Cond"
            return _nth(self._results.get(f"{kind}.{name}", ()), at)
        return ""

    def _element(self, kind: str) -> str:
        """Return the type of the elements of a map, slice, array or channel, by name or not."""
        plain = kind.lstrip("*")
        found = _ELEMENT.match(self._underlying.get(plain, plain))
        return _plain(found[1]) if found else ""

    def local(self, function: Node, name: str) -> Declaration | None:
        """Return type, value, place on the left and manner of the declaration of a local."""
        key = (function.start_byte, function.id)
        if key not in self._bindings:
            self._bindings[key] = _declarations(function)
        return self._bindings[key].get(name)


def _declarations(function: Node) -> dict[str, Declaration]:
    """Return the first declaration of each local name of a function, not of literals in it.

    A result that has a name is one.
    """
    found: dict[str, Declaration] = {}
    result = function.child_by_field_name("result")
    listed = result.named_children if result is not None else []
    for each in listed if result is not None and result.type == "parameter_list" else ():
        kind = text_of(each.child_by_field_name("type"))
        for name in each.children_by_field_name("name"):
            found[text_of(name)] = (kind, None, 0, "pair")
    stack = [function.child_by_field_name("body")]
    while stack:
        node = stack.pop()
        if node is None or node.type == "func_literal":
            continue
        if node.type in ("short_var_declaration", "range_clause", "receive_statement"):
            left = node.child_by_field_name("left")
            names = [text_of(each) for each in left.named_children] if left is not None else []
            is_new = node.type == "short_var_declaration" or any(
                text_of(each) == ":=" for each in node.children
            )
            right = node.child_by_field_name("right")
            for at, name in enumerate(names if is_new else ()):
                if node.type == "range_clause":
                    found.setdefault(name, ("", right, at, "range"))
                    continue
                if right is not None and right.type != "expression_list":  # v, ok := <-c
                    found.setdefault(name, ("", right, at, "pair" if at == 0 else "call"))
                    continue
                pair = _at(right, at)
                how = "pair" if pair else "call"
                found.setdefault(name, ("", pair or _at(right, 0) or right, at, how))
        if node.type in ("var_spec", "const_spec"):
            kind = text_of(node.child_by_field_name("type"))
            for at, each in enumerate(node.children_by_field_name("name")):
                value = _at(node.child_by_field_name("value"), at)
                found.setdefault(text_of(each), (kind, value, at, "pair"))
        stack.extend(reversed(node.children))
    return found


def _listed(results: Node) -> list[str]:
    """Return the types of a list of results, each as often as it has names."""
    kinds = []
    for each in results.named_children:
        kind = text_of(each.child_by_field_name("type"))
        kinds += [kind] * max(1, len(each.children_by_field_name("name")))
    return kinds


def _nth(kinds: Sequence[str], at: int) -> str:
    return kinds[at] if at < len(kinds) else ""


def _at(listed: Node | None, index: int) -> Node | None:
    values = listed.named_children if listed is not None else []
    return values[index] if index < len(values) else None


def _specs(node: Node) -> list[Node]:
    found = []
    for each in node.named_children:
        found += _specs(each) if each.type == "var_spec_list" else [each]
    return [each for each in found if each.type == "var_spec"]


def _plain(kind: str) -> str:
    """Return a type without its arguments."""
    text = kind.strip()
    found = _GENERIC.match(text)
    return found[1] if found and not text.startswith("map[") else text
