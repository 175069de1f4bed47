"""Which of a package's variables its tests change, and whether they change them back.

A change is an assignment to the variable or to a part of it, ``++``, ``delete``, a method of the
package that assigns to its receiver, or a method of sync and sync/atomic that stores. What a
process has but once (``process_state``) counts as a variable, too, and so does a file whose path is
known (``file_paths``). A test is followed through calls that can lead to one function only, so that
it is stated to change what it does and nothing that it merely might. A change in a deferred
function or in one for ``t.Cleanup`` counts as one that puts back what was there, and so does one to
a value that was taken from the variable before.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import cached_property, lru_cache

from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.shared_state.analyses import Analyses
from flakecore.diagnosis.source.shared_state.file_paths import FilePaths
from flakecore.diagnosis.source.shared_state.process_state import (
    StateChange,
    foreign_variable,
    state_change,
    state_read,
)
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, is_deferred, parameters, walk

_STORES = frozenset(
    (
        *("Store", "Add", "Swap", "CompareAndSwap", "Delete", "Clear", "LoadOrStore"),
        *("LoadAndDelete", "CompareAndDelete", "And", "Or"),
    )
)
"""Methods of sync.Map and of the types of sync/atomic that change what they are called on."""
_ONCE_VALUES = ("sync.OnceValue", "sync.OnceValues")
_CASES = ("communication_case", "expression_case", "type_case", "default_case")
_REACHED = 300
"""Functions that a test is followed through at most."""


@dataclass(frozen=True, slots=True)
class VariableWrite:
    """A place where a variable of a package is changed.

    Attributes:
        variable: its name.
        file: the name of the file.
        line: where, from 1.
        puts_back: whether it is made when a test is over.
        whole: whether the variable as a whole is assigned, whatever it was before.
        always: whether no branch stands around it in its function.
        once: whether a ``sync.Once`` or its kin makes it, so that the first one who comes does.
    """

    variable: str
    file: str
    line: int
    puts_back: bool
    whole: bool
    always: bool
    once: bool = False


class VariableWrites:
    """The changes of one package's variables, each function looked through once."""

    def __init__(self, analyses: Analyses) -> None:
        """Take what is known of the package."""
        self._files, self._types, self._calls, self._origins = analyses
        self.paths = FilePaths(analyses)
        self._writes = lru_cache(maxsize=None)(self._writes_in)
        self._called = lru_cache(maxsize=None)(self._called_in)

    @cached_property
    def tests(self) -> dict[str, tuple[str, Node]]:
        """The test functions by name, each with its file."""
        return {
            text_of(node.child_by_field_name("name")): (name, node)
            for name, file in self._files.items()
            if name.endswith("_test.go")
            for node in file.functions
            if node.type == "function_declaration"
            and text_of(node.child_by_field_name("name")).startswith("Test")
            and text_of(node.child_by_field_name("name")) != "TestMain"
        }

    @cached_property
    def once_values(self) -> dict[str, tuple[str, Node]]:
        """The package's variables that are functions of ``sync.OnceValue`` and its kin, by name.

        Each with its file and what it was made of, which the first call in a process runs.
        """
        return {
            text_of(name): (file, call.child_by_field_name("arguments"))
            for file, parsed in self._files.items()
            for call in parsed.calls_of
            if parsed.library_function(call) in _ONCE_VALUES
            and (spec := enclosing(call, "var_spec", *FUNCTIONS)) is not None
            and spec.type == "var_spec"
            and enclosing(spec, *FUNCTIONS) is None
            for name in spec.children_by_field_name("name")[:1]
        }

    def of_test(self, test: str, *, always: bool = False) -> list[VariableWrite]:
        """Return the changes that a test makes, its own first.

        Args:
            test: the name of a test function.
            always: whether those are left out that stand in a branch, or behind a call in one.
        """
        return [
            each
            for file, function in self.functions_of(test, always=always)
            for each in self._writes(file, function)
            if each.always or not always
        ]

    def functions_of(self, test: str, *, always: bool = False) -> list[tuple[str, Node]]:
        """Return the functions that a test is followed through, itself first, with their files.

        Args:
            test: the name of a test function.
            always: whether those are left out that are called in a branch.
        """
        start = self.tests.get(test)
        if start is None:
            return []
        found, seen = [start], {(start[0], start[1].start_byte)}
        waiting = deque([start])
        while waiting:
            for home, called, is_certain in self._called(*waiting.popleft()):
                key = (home, called.start_byte)
                if (always and not is_certain) or key in seen or len(seen) >= _REACHED:
                    continue
                seen.add(key)
                found.append((home, called))
                waiting.append((home, called))
        return found

    def variables_in(self, file: str, node: Node) -> set[str]:
        """Return the variables of the package and the process that an expression reads.

        A variable whose method it calls is one of them.
        """
        return {
            name
            for each in walk(node)
            if each.type in ("identifier", "call_expression", "selector_expression")
            for name in (self._read_by(file, each),)
            if name
        }

    def _read_by(self, file: str, node: Node) -> str:
        if node.type == "call_expression":
            return state_read(self._files[file], node) or self.paths.asked(file, node)
        if node.type == "selector_expression":
            return foreign_variable(self._files[file], node)
        return text_of(node) if self._types.is_variable(node) else ""

    def _called_in(self, file: str, function: Node) -> list[tuple[str, Node, bool]]:
        found = []
        for node in walk(function):
            if node.type == "call_expression":
                called = self._calls.called_by(file, node)
                if called is not None and len(called) == 1:
                    found.append((*called[0], _is_in_no_branch(node)))
        return found

    def _writes_in(self, file: str, function: Node) -> list[VariableWrite]:
        found = []
        for node in walk(function):
            changed = self._state_changed(file, node) if node.type == "call_expression" else None
            if changed is not None:
                back = changed.puts_back or _puts_back(node)
                always = _is_in_no_branch(node)
                found.append(
                    VariableWrite(
                        changed.name, file, line_of(node), back, whole=True, always=always
                    )
                )
            made = self._once_called(node)
            if made:
                always = _is_in_no_branch(node)
                at = file, line_of(node)
                found.append(VariableWrite(made, *at, False, whole=True, always=always, once=True))
            for target in self._targets(file, node):
                foreign = foreign_variable(self._files[file], target)
                root = root_of(target)
                if not foreign and (root is None or not self._types.is_variable(root)):
                    continue
                found.append(
                    VariableWrite(
                        foreign or text_of(root),
                        file,
                        line_of(node),
                        _puts_back(node) or self._is_set_to_itself(target, node),
                        _replaces(node, target, is_foreign=bool(foreign)),
                        _is_in_no_branch(node),
                        self._is_made_once(node),
                    )
                )
        return found

    def _state_changed(self, file: str, call: Node) -> StateChange | None:
        changed = state_change(self._files[file], call)
        path = self.paths.changed(file, call) if changed is None else ""
        return StateChange(path, puts_back=False) if path else changed

    def asked_once(self, name: str) -> set[str]:
        """Return the variables of the package and the process that a ``sync.OnceValue`` reads.

        Itself, or by functions of the package that it is made of or calls.
        """
        file, made = self.once_values[name]
        inside = [(file, made)]
        for node in walk(made):
            if node.type == "call_expression":
                inside += self._calls.called_by(file, node) or ()
            elif node.type == "identifier":
                inside += [
                    (home, function)
                    for home, parsed in self._files.items()
                    for function in parsed.functions
                    if text_of(function.child_by_field_name("name")) == text_of(node)
                ]
        return {found for home, node in inside for found in self.variables_in(home, node)}

    def _once_called(self, node: Node) -> str:
        """Return the variable of ``sync.OnceValue`` that a call calls; "" for none."""
        called = node.child_by_field_name("function") if node.type == "call_expression" else None
        if called is None or called.type != "identifier" or not self._types.is_variable(called):
            return ""
        return text_of(called) if text_of(called) in self.once_values else ""

    def _is_made_once(self, node: Node) -> bool:
        """Return whether a node stands in a function that is handed to a ``sync.Once``."""
        literal = enclosing(node, *FUNCTIONS)
        listed = literal.parent if literal is not None else None
        if listed is None or listed.type != "argument_list":
            return False
        called = listed.parent.child_by_field_name("function")
        if called is None or called.type != "selector_expression":
            return False
        kind = self._types.type_of(called.child_by_field_name("operand")).lstrip("*")
        return kind == "sync.Once" and text_of(called.child_by_field_name("field")) == "Do"

    def _is_set_to_itself(self, target: Node, assignment: Node) -> bool:
        """Return whether an assignment gives a variable a value that was taken from it before."""
        if assignment.type != "assignment_statement":
            return False
        left = assignment.child_by_field_name("left").named_children
        right = assignment.child_by_field_name("right").named_children
        if len(left) != len(right) or right[left.index(target)].type != "identifier":
            return False
        taken = self._origins.assigned(right[left.index(target)])
        return [text_of(each) for each in taken] == [text_of(target)]

    def _targets(self, file: str, node: Node) -> list[Node]:
        """Return the expressions that a statement or a call changes."""
        if node.type == "assignment_statement":
            return list(node.child_by_field_name("left").named_children)
        if node.type in ("inc_statement", "dec_statement"):
            return list(node.named_children[:1])
        if node.type != "call_expression":
            return []
        called = node.child_by_field_name("function")
        arguments = node.child_by_field_name("arguments")
        if text_of(called) in ("delete", "clear") and arguments.named_children:
            return [arguments.named_children[0]]
        if called.type != "selector_expression":
            return []
        operand = called.child_by_field_name("operand")
        methods = self._calls.called_by(file, node) or []
        if any(_changes_receiver(method) for _, method in methods):
            return [operand]
        name = text_of(called.child_by_field_name("field"))
        return [operand] if not methods and name in _STORES else []


def root_of(node: Node) -> Node | None:
    """Return the variable that an expression begins with: ``s`` of ``s.items[0]`` and ``&s``."""
    while node.type in (
        "selector_expression",
        "index_expression",
        "unary_expression",
        "parenthesized_expression",
    ):
        operand = node.child_by_field_name("operand")
        node = operand if operand is not None else node.named_children[0]
    return node if node.type == "identifier" else None


def _replaces(node: Node, target: Node, *, is_foreign: bool) -> bool:
    """Return whether a statement leaves nothing of what a variable was before."""
    if node.type != "assignment_statement" or not (is_foreign or target.type == "identifier"):
        return False
    if text_of(node.child_by_field_name("operator")) != "=":
        return False
    name = text_of(target)
    return not any(
        each.type == "identifier" and text_of(each) == name
        for each in walk(node.child_by_field_name("right"))
    )


def _changes_receiver(method: Node) -> bool:
    """Return whether a method assigns to a part of its receiver."""
    if method.child_by_field_name("receiver") is None:
        return False
    receiver = parameters(method)[0][0]
    for node in walk(method):
        targets: list[Node] = []
        if node.type == "assignment_statement":
            targets = list(node.child_by_field_name("left").named_children)
        elif node.type in ("inc_statement", "dec_statement"):
            targets = list(node.named_children[:1])
        elif node.type == "call_expression":
            name = text_of(node.child_by_field_name("function"))
            if name in ("delete", "clear"):
                targets = list(node.child_by_field_name("arguments").named_children[:1])
        for target in targets:
            root = root_of(target)
            if root is not None and target != root and text_of(root) == receiver:
                return True
    return False


def _is_in_no_branch(node: Node) -> bool:
    """Return whether neither an if nor a case stands around a node, up to the declared function."""
    inner, around = node, node.parent
    while around is not None and around.type not in ("function_declaration", "method_declaration"):
        if around.type in _CASES:
            return False
        if around.type == "if_statement" and inner in (
            around.child_by_field_name("consequence"),
            around.child_by_field_name("alternative"),
        ):
            return False
        inner, around = around, around.parent
    return True


def _puts_back(node: Node) -> bool:
    """Return whether a change stands in a function that is deferred, or handed to t.Cleanup."""
    literal = enclosing(node, *FUNCTIONS)
    while literal is not None and literal.type == "func_literal":
        if is_deferred(literal):
            return True
        call = enclosing(literal, "call_expression", *FUNCTIONS)
        if call is not None and call.type == "call_expression":
            called = call.child_by_field_name("function")
            if text_of(called).rpartition(".")[2] == "Cleanup":
                return True
        literal = enclosing(literal, *FUNCTIONS)
    around = enclosing(node, "defer_statement", *FUNCTIONS)
    return around is not None and bool(around.type == "defer_statement")
