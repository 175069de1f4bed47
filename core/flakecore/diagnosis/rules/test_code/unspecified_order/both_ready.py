"""``test-itself``: an assertion on which of two ready cases a ``select`` takes.

Where several cases of a select can go on, one of them is chosen at random (the Go language
specification, "Select statements"). Reports a failed assertion that comes from a function with a
select whose cases receive from two channels or more, all of which the test has sent on before, by
its own text or by a method that it calls. It is inferred from the source. Silent where the test
sends on one of them alone, where a number is wanted, which may be the same in any order, where the
select waits in a loop of its function, and where the source is not at hand.

Example: ``q.slow <- a; q.fast <- b; select { case v := <-q.fast: … case v := <-q.slow: … }``.
Counterexample: the same where a first select with ``default`` looks at ``q.fast`` alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Finding, Role
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, source_rule
from flakecore.diagnosis.rules.test_code.orders.reordered import (
    checked_functions,
    named_after,
)
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, walk
from flakecore.diagnosis.source.values.value_origins import Origin
from flakecore.diagnosis.source.values.variable_keys import VariableKey, variable_key

_DONE: VariableKey = ("context", ".Done()")
_WITH_CANCEL = ("context.WithCancel", "context.WithTimeout", "context.WithDeadline")


def _find(failing: FailingSource) -> Iterator[Finding]:
    if _wants_number(failing):
        return
    sent = {
        key: place
        for key, place in _sent(failing).items()
        if all(_is_within(place[1], loop) for loop in failing.loops if place[0] == failing.name)
    }
    found = [
        (file, select, channels)
        for file, function in checked_functions(failing)
        for select, channels in _selects(failing, function)
        if len(channels) > 1 and all(key in sent for key in channels)
    ]
    if len(found) != 1:
        return
    ((file, select, channels),) = found
    where = f"{file}:{line_of(select)}"
    _, who = named_after(failing.test_name, select)
    names = [text_of(each) for each in channels.values()]
    ready = f"{' and '.join(names[:2])} are both ready" if len(names) == 2 else "several are ready"
    depends = f"{failing.test_name} depends on which case a select takes"
    yield assertion_finding(
        failing,
        (
            f"{depends}: {ready}{'' if who == 'it' else f' in {who}'} ({where})",
            f"{depends}: {ready} ({where})",
            f"{depends} ({where})",
            f"The test depends on which ready case a select takes ({where})",
        ),
        (
            f"what fails at {failing.at} is received by the select of {where}",
            _made_ready(sent, channels),
            "of cases that can go on, a select takes one at random",
        ),
        "ask for the preferred channel first, in a select of its own with a default case",
        places=(
            failing.place(Role.RECEIVES, select, file),
            *(failing.place(_role(sent[key][1]), sent[key][1], sent[key][0]) for key in channels),
        ),
    )


def _made_ready(sent: dict[VariableKey, Origin], channels: dict[VariableKey, Node]) -> str:
    """Return what the test does before, for a person: it sends on some, and ends others."""
    sends = [text_of(node) for key, node in channels.items() if _role(sent[key][1]) is Role.SENDS]
    ends = [text_of(node) for key, node in channels.items() if text_of(node) not in sends]
    parts = [f"sends on {' and on '.join(sends)}"] if sends else []
    parts += [f"ends {' and '.join(ends)}"] if ends else []
    return f"the test {' and '.join(parts)} before that"


def _role(node: Node) -> Role:
    return Role.SENDS if node.type == "send_statement" else Role.CLOSES


def _is_within(node: Node, around: Node) -> bool:
    return bool(around.start_byte <= node.start_byte < around.end_byte)


def _wants_number(failing: FailingSource) -> bool:
    """Return whether a value is compared with a number, which a sum or a count in any order is."""
    return any(
        side.type in ("int_literal", "float_literal")
        for each in failing.comparisons
        for side in (each.left, each.right)
    )


def _selects(
    failing: FailingSource, function: Node
) -> Iterator[tuple[Node, dict[VariableKey, Node]]]:
    """Yield the selects of a function that nothing asks before, with what each case receives."""
    for node in walk(function):
        if node.type != "select_statement" or enclosing(node, *FUNCTIONS) != function:
            continue
        if enclosing(node, "for_statement", *FUNCTIONS) != function or _asks_before(node, function):
            continue
        channels: dict[VariableKey, Node] = {}
        for case in (each for each in node.named_children if each.type != "comment"):
            channel = _received(case)
            key = _key(failing, channel)
            if channel is None or key is None:
                break
            channels[key] = channel
        else:
            yield node, channels


def _received(case: Node) -> Node | None:
    """Return the channel that a case of a select receives from; None for any other case."""
    if case.type != "communication_case":
        return None
    for node in walk(case.child_by_field_name("communication")):
        if node.type == "unary_expression" and text_of(node).startswith("<-"):
            operand: Node | None = node.child_by_field_name("operand")
            return operand
    return None


def _asks_before(select: Node, function: Node) -> bool:
    """Return whether a function has another select before, or asks a context whether it ended."""
    before = (node for node in walk(function) if node.end_byte <= select.start_byte)
    return any(
        node.type == "select_statement"
        or (node.type == "call_expression" and text_of(node).endswith(".Err()"))
        for node in before
    )


def _key(failing: FailingSource, channel: Node | None) -> VariableKey | None:
    """Return what a channel is known by; the Done of each context is one."""
    if channel is not None and channel.type == "call_expression":
        return _DONE if text_of(channel).endswith(".Done()") else None
    return variable_key(failing.package.types, channel)


def _sent(failing: FailingSource) -> dict[VariableKey, Origin]:
    """Return where the test makes channels ready before the failing line, itself or by a call."""
    found: dict[VariableKey, Origin] = {}
    for node in walk(failing.function):
        if node.start_byte >= failing.call.start_byte:
            break
        if node.type == "send_statement":
            _add(failing, found, failing.name, node)
        if node.type != "call_expression" or node.parent.type in (
            "defer_statement",
            "go_statement",
        ):
            continue
        called = failing.package.calls.called_by(failing.name, node) or ()
        _add(failing, found, failing.name, node)
        for home, function in called if len(called) == 1 else ():
            for each in walk(function):
                if each.type in ("send_statement", "call_expression"):
                    _add(failing, found, home, each)
    return found


def _add(failing: FailingSource, found: dict[VariableKey, Origin], file: str, node: Node) -> None:
    """Add a send, a close or a call that cancels a context, by the channel that it makes ready."""
    key: VariableKey | None = None
    if node.type == "send_statement":
        key = variable_key(failing.package.types, node.child_by_field_name("channel"))
    else:
        called = node.child_by_field_name("function")
        given = node.child_by_field_name("arguments").named_children
        if text_of(called) == "close" and len(given) == 1:
            key = variable_key(failing.package.types, given[0])
        elif called.type == "identifier" and _cancels(failing, called):
            key = _DONE
    if key is not None:
        found.setdefault(key, (file, node))


def _cancels(failing: FailingSource, name: Node) -> bool:
    """Return whether a name is the second result of ``context.WithCancel`` or its kin."""
    return any(
        at == 1
        and value.type == "call_expression"
        and failing.library_function(value) in _WITH_CANCEL
        for value, at, _ in failing.origins.given(name)
    )


RULE = source_rule("both-ready", _find)
