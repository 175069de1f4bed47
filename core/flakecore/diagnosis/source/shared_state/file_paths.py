"""Files that several tests share by their path: which calls of package os change or read which.

A path is known where its text is: a literal, a constant, what ``filepath.Join`` makes of such, the
temporary folder of the machine, or what a function of the package without parameters returns of
these. A folder that each test has of its own (``t.TempDir``, ``os.MkdirTemp``) is none.
"""

from __future__ import annotations

import posixpath

from flakecore.diagnosis.source.go_parser import Node, text_of
from flakecore.diagnosis.source.shared_state.analyses import Analyses
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, parameters, walk
from flakecore.diagnosis.source.values.value_origins import returned

THE_FILE = "the file "
"""What the name of a file begins with, as a variable that tests share."""
_CHANGES = frozenset(
    (
        *("os.WriteFile", "os.Create", "os.Remove", "os.RemoveAll", "os.Rename", "os.Truncate"),
        *("os.Mkdir", "os.Symlink", "io/ioutil.WriteFile"),
    )
)
"""Functions that change the file of their first argument."""
_READS = frozenset(
    ("os.ReadFile", "os.Open", "os.Stat", "os.Lstat", "os.ReadDir", "io/ioutil.ReadFile")
)
_OPENS = "os.OpenFile"
_WRITING = ("O_CREATE", "O_WRONLY", "O_RDWR", "O_APPEND", "O_TRUNC")
_JOINS = ("path/filepath.Join", "path.Join")
_TEMPORARY = "os.TempDir"
_STRINGS = ("interpreted_string_literal", "raw_string_literal")
_DEPTH = 6
"""Expressions that one leads to at most."""


class FilePaths:
    """The files that the calls of one package name."""

    def __init__(self, analyses: Analyses) -> None:
        """Take what is known of the package."""
        self._files, self._types, self._calls, self._origins = analyses

    def changed(self, file: str, call: Node) -> str:
        """Return the file that a call creates, writes or removes, ``the file a/b``; "" for none."""
        given = _arguments(call)
        if not given:
            return ""
        if self._changes(file, call):
            return _named(self._path(file, given[0], 0))
        return self._handed(file, call)

    def _changes(self, file: str, call: Node) -> bool:
        """Return whether a call is of package os and changes the file of its first argument."""
        function = self._files[file].library_function(call)
        writes = function == _OPENS and any(flag in text_of(call) for flag in _WRITING)
        return function in _CHANGES or writes

    def _handed(self, file: str, call: Node) -> str:
        """Return the file that a call hands to a function of the package which changes it there."""
        called = self._calls.called_by(file, call) or []
        if len(called) != 1:
            return ""
        home, function = called[0]
        names = [name for name, _ in parameters(function)]
        if function.type == "method_declaration":
            names = names[1:]
        given = dict(zip(names, _arguments(call), strict=False))
        changed = {
            text_of(arguments[0])
            for node in walk(function)
            if node.type == "call_expression"
            and (arguments := _arguments(node))
            and arguments[0].type == "identifier"
            and self._types.binding(arguments[0]) == (function, "parameter")
            and self._changes(home, node)
        } - _set_in(function)
        paths = {self._path(file, given[name], 0) for name in changed & given.keys()} - {""}
        return _named(paths.pop()) if len(paths) == 1 else ""

    def asked(self, file: str, call: Node) -> str:
        """Return the file that a call depends on, as one that changes it does, too."""
        function = self._files[file].library_function(call)
        given = _arguments(call)
        known = function in _READS or function == _OPENS or function in _CHANGES
        return _named(self._path(file, given[0], 0)) if known and given else ""

    def reads(self, file: str, call: Node) -> bool:
        """Return whether a call reads what is in a file or shows whether it is there."""
        return self._files[file].library_function(call) in (*_READS, _OPENS)

    def _path(self, file: str, node: Node, depth: int) -> str:
        if depth > _DEPTH:
            return ""
        if node.type in _STRINGS:
            return text_of(node)[1:-1]
        if node.type == "parenthesized_expression":
            return self._path(file, node.named_children[0], depth + 1)
        if (
            node.type == "binary_expression"
            and text_of(node.child_by_field_name("operator")) == "+"
        ):
            sides = (node.child_by_field_name("left"), node.child_by_field_name("right"))
            parts = [self._path(file, each, depth + 1) for each in sides]
            return "".join(parts) if all(parts) else ""
        if node.type == "identifier":
            return self._named(file, node, depth)
        return self._called(file, node, depth) if node.type == "call_expression" else ""

    def _called(self, file: str, call: Node, depth: int) -> str:
        function = self._files[file].library_function(call)
        if function == _TEMPORARY:
            return f"{_TEMPORARY}()"
        if function in _JOINS:
            parts = [self._path(file, each, depth + 1) for each in _arguments(call)]
            return _clean("/".join(parts)) if parts and all(parts) else ""
        called = self._calls.called_by(file, call) or []
        if len(called) != 1 or parameters(called[0][1]):
            return ""
        home, values = called[0][0], list(returned(called[0][1]))
        return self._path(home, values[0], depth + 1) if len(values) == 1 else ""

    def _named(self, file: str, name: Node, depth: int) -> str:
        if self._types.binding(name) is not None:
            given = self._origins.given(name)
            alone = len(given) == 1 and given[0][1] == 0 and given[0][2] == "value"
            return self._path(file, given[0][0], depth + 1) if alone else ""
        declared = [
            (home, value)
            for home, parsed in self._files.items()
            if parsed.mentions(text_of(name))
            for value in _declared(parsed.root, text_of(name))
        ]
        if len(declared) != 1 or self._is_assigned(text_of(name)):
            return ""
        return self._path(*declared[0], depth + 1)

    def _is_assigned(self, name: str) -> bool:
        """Return whether some function of the package gives a variable another value."""
        return any(
            each.type == "identifier" and _is_assigned_to(each)
            for parsed in self._files.values()
            for each in parsed.named(name)
        )


def _set_in(function: Node) -> set[str]:
    """Return the names that a function declares, or gives a value."""
    found: set[str] = set()
    for node in walk(function):
        left = node.child_by_field_name("left")
        if left is not None and left.type == "expression_list":
            found.update(text_of(each) for each in left.named_children)
        if node.type == "var_spec":
            found.update(text_of(each) for each in node.children_by_field_name("name"))
    return found


def _is_assigned_to(name: Node) -> bool:
    """Return whether a name stands on the left of an assignment."""
    listed = name.parent
    statement = listed.parent if listed is not None else None
    if listed is None or statement is None or statement.type != "assignment_statement":
        return False
    return bool(statement.child_by_field_name("left") == listed)


def _declared(root: Node, name: str) -> list[Node]:
    """Return the values that constants and variables of a file have that bear a name."""
    found: list[Node] = []
    stack = list(root.named_children)
    while stack:
        node = stack.pop()
        if node.type in ("const_declaration", "var_declaration", "var_spec_list"):
            stack += node.named_children
        elif node.type in ("const_spec", "var_spec") and enclosing(node, *FUNCTIONS) is None:
            names = [text_of(each) for each in node.children_by_field_name("name")]
            value = node.child_by_field_name("value")
            if name in names and value is not None and len(names) == len(value.named_children):
                found.append(value.named_children[names.index(name)])
    return found


def _arguments(call: Node) -> list[Node]:
    listed = call.child_by_field_name("arguments")
    return list(listed.named_children) if listed is not None else []


def _named(path: str) -> str:
    return f"{THE_FILE}{_clean(path)}" if path else ""


def _clean(path: str) -> str:
    """Return a path as ``path.Clean`` does, which leaves one slash of two at its beginning."""
    return posixpath.normpath(f"/{path.lstrip('/')}" if path.startswith("/") else path)
