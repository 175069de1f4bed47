"""Where the source makes a context that nobody can cancel, and a goroutine waits for.

It is made by ``context.WithCancel`` of the background, and its cancel function is dropped, or kept
in a field that nothing reads, or deferred by the very function that waits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flakecore.diagnosis.goroutine_states import GoroutineState
from flakecore.diagnosis.source.go_file import GoFile
from flakecore.diagnosis.source.go_files import GoFiles
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import (
    FUNCTIONS,
    declared_around,
    enclosing,
    parameters,
    walk,
)
from flakecore.diagnosis.source.values.variable_keys import VariableKey, variable_key

SourcePlace = tuple[str, int]
"""File and line."""
_MAKERS = ("context.WithCancel", "context.WithCancelCause")
_KEEPING = ("assignment_statement", "keyed_element")
_FIELDS = ("selector_expression", "literal_element")
_ROOTS = ("context.Background", "context.TODO")
_DECLARES = ("short_var_declaration", "var_spec")


def made_by_itself(files: GoFiles, state: GoroutineState) -> SourcePlace | None:
    """Return where a goroutine made the context that it waits for and cancels by defer alone.

    Its parent is the background, so that nobody else can cancel it, whatever context it was given.
    """
    own = state.own
    package = files.package_of(own) if own is not None else None
    stands = package.function_of(own) if package is not None and own is not None else None
    if own is None or package is None or stands is None:
        return None
    file, function = package.files[stands[0]], stands[1]
    received = _received(file, own.line)
    for made in _makes(package, stands[0], function) if received is not None else ():
        inside = enclosing(made.statement, *FUNCTIONS) == function
        if inside and text_of(made.context) == text_of(received) and _is_deferred(function, made):
            return own.file, line_of(made.statement)
    return None


def _is_deferred(function: Node, made: _Made) -> bool:
    """Return whether a function calls a cancel by ``defer`` of its own, and does nothing else."""
    cancel, statement = text_of(made.cancel), made.statement
    used = [
        node
        for node in walk(function)
        if node.type == "identifier"
        and text_of(node) == cancel
        and not statement.start_byte <= node.start_byte < statement.end_byte
    ]
    calls = [each.parent for each in used]
    return bool(used) and all(
        call is not None
        and call.type == "call_expression"
        and call.parent.type == "defer_statement"
        and enclosing(call, *FUNCTIONS) == function
        for call in calls
    )


def made_for_nobody(files: GoFiles, state: GoroutineState) -> SourcePlace | None:
    """Return where the context was made that a goroutine waits for and nobody can cancel."""
    own, started = state.own, state.created_at
    if own is None or started is None:
        return None
    waits_in, package = files.file_of(own), files.package_of(started)
    stands = package.function_of(started) if package is not None else None
    if waits_in is None or package is None or stands is None:
        return None
    received = _received(waits_in, own.line)
    if received is None:
        return None
    if received.type == "selector_expression":
        return _made_for_a_field(package, received)
    name, function = stands
    function = declared_around(function) or function
    given = _names_at(package.files[name], started.line)
    for made in _makes(package, name, function):
        if text_of(made.context) in given and _is_dropped(package, function, made):
            return started.file, line_of(made.statement)
    return None


def _made_for_a_field(package: GoPackage, field: Node) -> SourcePlace | None:
    """Return where the context of a field was made, if in one place only and for nobody."""
    key = variable_key(package.types, field)
    if key is None or not package.is_whole:
        return None
    name = key[1].lstrip(".")
    found: list[tuple[str, Node, _Made]] = []
    sets = 0
    for file_name, file in package.files.items():
        for function in file.functions:
            if function.type == "func_literal":
                continue
            for made in _makes(package, file_name, function):
                kept = [made.context]
                if made.context.type == "identifier":
                    kept = [
                        each
                        for each, value in _assignments(function)
                        if value == text_of(made.context)
                    ]
                if any(_is_field(package, each, key, name) for each in kept):
                    found.append((file_name, function, made))
        sets += sum(_is_field(package, each, key, name) for each, _ in _assignments(file.root))
    if len(found) != 1 or sets != 1:
        return None
    file_name, function, made = found[0]
    if not _is_dropped(package, function, made):
        return None
    return f"{package.folder}/{file_name}", line_of(made.statement)


@dataclass(frozen=True, slots=True)
class _Made:
    """A statement that makes a context, and the names that it gives context and cancel."""

    statement: Node
    context: Node
    cancel: Node


def _makes(package: GoPackage, file: str, function: Node) -> Iterator[_Made]:
    """Yield where a function makes contexts of the background that somebody can cancel."""
    for statement in walk(function):
        if statement.type not in ("short_var_declaration", "assignment_statement"):
            continue
        left = statement.child_by_field_name("left").named_children
        right = statement.child_by_field_name("right").named_children
        if len(left) == 2 and len(right) == 1 and _is_maker(package, file, right[0]):
            yield _Made(statement, left[0], left[1])


def _assignments(within: Node) -> Iterator[tuple[Node, str]]:
    """Yield what is set, a variable, a field or the name of one in a literal, and to which text."""
    for node in walk(within):
        if node.type == "assignment_statement":
            left = node.child_by_field_name("left").named_children
            right = node.child_by_field_name("right").named_children
            for at, each in enumerate(left):
                yield each, text_of(right[at]) if len(left) == len(right) else ""
        elif node.type == "keyed_element" and len(node.named_children) == 2:
            yield node.named_children[0], text_of(node.named_children[1])


def _is_field(package: GoPackage, node: Node, key: VariableKey, name: str) -> bool:
    """Return whether a node names a field: behind a value, or in a literal of any type."""
    if node.type == "selector_expression":
        found = variable_key(package.types, node)
        return found == key or (found is None and text_of(node).endswith(f".{name}"))
    return node.type == "literal_element" and text_of(node) == name


def _received(file: GoFile, line: int) -> Node | None:
    """Return the context that a line receives from the ``Done()`` of, and from nothing else."""
    received = [
        node.child_by_field_name("operand")
        for node in walk(file.root)
        if node.type == "unary_expression" and line_of(node) == line and text_of(node)[:2] == "<-"
    ]
    if len(received) != 1 or not text_of(received[0]).endswith(".Done()"):
        return None
    called = received[0].child_by_field_name("function")
    return called.child_by_field_name("operand") if called is not None else None


def _names_at(file: GoFile, line: int) -> set[str]:
    """Return the names that the ``go`` statements of a line mention, their literals' included."""
    return {
        text_of(node)
        for statement in walk(file.root)
        if statement.type == "go_statement" and line_of(statement) == line
        for node in walk(statement)
        if node.type == "identifier"
    }


def _is_maker(package: GoPackage, file: str, call: Node) -> bool:
    if call.type != "call_expression":
        return False
    if package.files[file].library_function(call) not in _MAKERS:
        return False
    parents = call.child_by_field_name("arguments").named_children
    return len(parents) == 1 and (
        _is_root(package, file, parents[0]) or _is_given_roots(package, file, parents[0])
    )


def _is_root(package: GoPackage, file: str, node: Node) -> bool:
    """Return whether an expression is the background."""
    return node.type == "call_expression" and package.files[file].library_function(node) in _ROOTS


def _is_given_roots(package: GoPackage, file: str, node: Node) -> bool:
    """Return whether an expression is a parameter that every call gives the background."""
    function = enclosing(node, *FUNCTIONS)
    if node.type != "identifier" or function is None or function.type == "func_literal":
        return False
    key, name = (file, function.start_byte), text_of(node)
    names = [each for each, _ in parameters(function)]
    if function.type == "method_declaration":
        names = names[1:]
    if names.count(name) != 1 or package.calls.is_called_from_unknown(key):
        return False
    if _is_set_again(function, node):
        return False
    return all(
        len(given) == len(names) and _is_root(package, home, given[names.index(name)])
        for home, call in package.calls.calls_of(key)
        for given in (call.child_by_field_name("arguments").named_children,)
    )


def _is_set_again(function: Node, parameter: Node) -> bool:
    """Return whether a function sets a parameter, or declares its name again, before a use."""
    name, own = text_of(parameter), enclosing(parameter, *_DECLARES)
    declared = (
        text_of(each)
        for node in walk(function)
        if node.type in _DECLARES and node != own and node.start_byte < parameter.start_byte
        for left in (node.child_by_field_name("left") or node,)
        for each in left.named_children
    )
    return name in declared or any(text_of(each) == name for each, _ in _assignments(function))


def _is_dropped(package: GoPackage, function: Node, made: _Made) -> bool:
    """Return whether a cancel function is used nowhere but to drop it, or keep it for nobody."""
    if made.cancel.type == "selector_expression":
        return _is_never_read(package, made.cancel)
    cancel, statement = text_of(made.cancel), made.statement
    for node in walk(function):
        inside = statement.start_byte <= node.start_byte < statement.end_byte
        if node.type != "identifier" or text_of(node) != cancel or inside:
            continue
        if not any(
            value == cancel and (text_of(each) == "_" or _is_never_read(package, each))
            for each, value in _assignments(enclosing(node, *_KEEPING) or node)
        ):
            return False
    return True


def _is_never_read(package: GoPackage, field: Node) -> bool:
    """Return whether a field, of whatever type, is set in the package and never asked for."""
    named = field.child_by_field_name("field") if field.type == "selector_expression" else field
    name = text_of(named)
    if not package.is_whole or field.type not in _FIELDS or name[:1].isupper():
        return False
    for file in package.files.values():
        for each in file.named(name):
            node = each.parent
            if node is None or node.type != "selector_expression":
                continue
            if node.child_by_field_name("field") != each:
                continue
            around = node.parent.parent if node.parent is not None else None
            is_set = (
                around is not None
                and around.type in ("assignment_statement", "short_var_declaration")
                and around.child_by_field_name("left") == node.parent
            )
            if not is_set:
                return False
    return True
