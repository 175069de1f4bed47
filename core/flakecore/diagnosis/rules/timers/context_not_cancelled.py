"""``context-not-cancelled``: a goroutine left waiting for a context that nobody can cancel.

Reports a goroutine of a test that is over, which waits in a receive from ``ctx.Done()``, where
the source has the context made by ``context.WithCancel`` of the background in the function that
started the goroutine, or in the only place that sets the field that it is, and has no use of its
cancel function but to drop it, or to keep it in a field that nothing in the package reads; or made
so by the very function that waits, which cancels it by ``defer`` alone. It is inferred
from the source, and stands beside the leak itself, which is seen. Silent where the cancel
function is called, deferred or handed on anywhere, on contexts with a deadline, which end by
themselves, where files of the package are missing, and where the source is not at hand.

Example: ``ctx, _ := context.WithCancel(context.Background()); go func() { <-ctx.Done() }()``.
Counterexample: the same with ``defer cancel()``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role
from flakecore.diagnosis.goroutine_states import GoroutineState, StackFrame
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.source.go_file import GoFile
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, declared_around, enclosing, walk
from flakecore.diagnosis.source.values.variable_keys import VariableKey, variable_key
from flakecore.diagnosis.test_runs import ended_tests
from flakecore.diagnosis.waits.blocked_on import BlockedOn

_Place = tuple[str, int]
"""File and line."""
_Standing = tuple[str, str, int]
"""Function, file and line: what goroutines that stand alike have in common."""
_MAKERS = ("context.WithCancel", "context.WithCancelCause")
_KEEPING = ("assignment_statement", "keyed_element")
_FIELDS = ("selector_expression", "literal_element")
_ROOTS = ("context.Background", "context.TODO")


def _find(question: Question) -> Iterator[Finding]:
    case = question.case
    known: dict[tuple[_Standing, _Standing], tuple[_Place | None, _Place | None]] = {}
    over = ended_tests(case)
    for state in question.states:
        if state.test < 0 or state.own is None or state.created_at is None:
            continue
        if state.test not in over or state.blocked_on is not BlockedOn.RECEIVE:
            continue
        alike = _standing(state.own), _standing(state.created_at)
        if alike not in known:
            known[alike] = _made_by_itself(question, state), _made(question, state)
        itself, elsewhere = known[alike]
        made = itself or elsewhere
        if made is None:
            continue
        file, line = made
        nobody = "only its own defer" if itself else "nobody"
        called = "by a defer of who waits for it" if itself else "nowhere"
        at = f"{file.rpartition('/')[2]}:{line}"
        waits = f"{state.name} waits for ctx.Done() at {state.own.place}"
        yield Finding(
            rule=RULE.id,
            claim=first_that_fits(
                f"{waits}: {nobody} calls the cancel of {at}", f"{waits}: {nobody} calls its cancel"
            ),
            certainty=Certainty.INFERRED,
            test=state.test,
            places=(state.place_of(Role.WAITS), Place(Role.CREATED, 0, "", file, line)),
            evidence=(
                state.evidence(),
                Evidence(f"the context is made at {at}, and its cancel called {called}", None, 0),
            ),
            next="derive it from the context that the function is given"
            if itself
            else "call the cancel when the work is over: by defer, or from a method that ends it",
        )


def _standing(frame: StackFrame) -> _Standing:
    return frame.function, frame.file, frame.line


def _made_by_itself(question: Question, state: GoroutineState) -> _Place | None:
    """Return where a goroutine made the context that it waits for and cancels by defer alone.

    Its parent is the background, so that nobody else can cancel it, whatever context it was given.
    """
    own = state.own
    package = question.files.package_of(own) if own is not None else None
    stands = package.function_of(own) if package is not None and own is not None else None
    if own is None or package is None or stands is None:
        return None
    file, function = package.files[stands[0]], stands[1]
    received = _received(file, own.line)
    for made in _makes(file, function) if received is not None else ():
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


def _made(question: Question, state: GoroutineState) -> _Place | None:
    """Return where the context was made that a goroutine waits for and nobody can cancel."""
    own, started = state.own, state.created_at
    if own is None or started is None:
        return None
    waits_in, package = question.files.file_of(own), question.files.package_of(started)
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
    file = package.files[name]
    given = _names_at(file, started.line)
    for made in _makes(file, function):
        if text_of(made.context) in given and _is_dropped(package, function, made):
            return started.file, line_of(made.statement)
    return None


def _made_for_a_field(package: GoPackage, field: Node) -> _Place | None:
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
            for made in _makes(file, function):
                kept = [made.context]
                if made.context.type == "identifier":
                    kept = [
                        each for each, value in _kept(function) if value == text_of(made.context)
                    ]
                if any(_is_field(package, each, key, name) for each in kept):
                    found.append((file_name, function, made))
        sets += sum(_is_field(package, each, key, name) for each, _ in _kept(file.root))
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


def _makes(file: GoFile, function: Node) -> Iterator[_Made]:
    """Yield where a function makes contexts of the background that somebody can cancel."""
    for statement in walk(function):
        if statement.type not in ("short_var_declaration", "assignment_statement"):
            continue
        left = statement.child_by_field_name("left").named_children
        right = statement.child_by_field_name("right").named_children
        if len(left) == 2 and len(right) == 1 and _is_maker(file, right[0]):
            yield _Made(statement, left[0], left[1])


def _kept(within: Node) -> Iterator[tuple[Node, str]]:
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


def _is_maker(file: GoFile, call: Node) -> bool:
    if call.type != "call_expression" or file.library_function(call) not in _MAKERS:
        return False
    parents = call.child_by_field_name("arguments").named_children
    return (
        len(parents) == 1
        and parents[0].type == "call_expression"
        and file.library_function(parents[0]) in _ROOTS
    )


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
            for each, value in _kept(enclosing(node, *_KEEPING) or node)
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


RULE = Rule("context-not-cancelled", Needs.PASSED, _find)
