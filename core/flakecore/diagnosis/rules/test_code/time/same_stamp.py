"""``test-itself``: a test that wants two times to differ.

A name or a number made of the time is the same for all that ask within one unit of it. Reports a
failed assertion that finds two values equal, or the later one not greater, both of which the source
traces to ``time.Now`` by ``Unix`` and its kin or by ``Format``; one whose message states that
something is there already, and has such a number, where exactly one function that the test calls
twice, or in a loop, makes one; and one on the length of a map that is smaller than the constant
which is wanted, where all is put there by such a number, and nothing taken out. It is inferred from
the source. Silent in bubbles of package testing/synctest, on whole times (``wall-time`` shows
them), where fewer were put there than are wanted, and where the source is not at hand.

Example: ``a, b := newID(), newID(); if a == b``, where newID formats ``time.Now().UnixMilli()``.
Counterexample: the same where newID counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Finding, Role
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, source_rule
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, walk
from flakecore.diagnosis.source.values.value_origins import Origin
from flakecore.diagnosis.source.values.variable_keys import VariableKey, variable_key

_UNITS = {
    "Unix": "a second",
    "UnixMilli": "a millisecond",
    "UnixMicro": "a microsecond",
    "UnixNano": "a tick of the clock",
    "Format": "a unit of its format",
}
_EQUAL = ("==", "<=", ">=")
_TAKEN = re.compile(r"(?i)\b(?:exists?|already|duplicate[ds]?|taken|twice|in use|conflict)")
_STAMP = re.compile(r"(?<!\d)1[5-9]\d{8}(?:\d{3}){0,3}(?!\d)|\d{8}[T_-]?\d{6}")
"""Seconds since 1970 or parts of them, or a date with a time of day."""
_COUNT = re.compile(r"(?<![\w.])\d{1,9}(?![\w.])")
_LOOKED_AT = 4_000
_MANY = 1 << 30
"""Times that a loop may come to a place."""


def _find(failing: FailingSource) -> Iterator[Finding]:
    if failing.is_in_bubble:
        return
    found = _compared(failing) or _told_of(failing) or _counted(failing)
    if found is None:
        return
    file, node = found
    where, stamp = f"{file}:{line_of(node)}", " ".join(text_of(node).split())
    within = _UNITS[_method(node)]
    if node.parent is not None and node.parent.type == "binary_expression":
        stamp, within = " ".join(text_of(node.parent).split()), "some time"
    wants = f"{failing.test_name} wants two times to differ"
    yield assertion_finding(
        failing,
        (
            f"{wants}: {stamp} ({where}) is the same for {within}",
            f"{wants}: {stamp} ({where})",
            f"{wants} ({where})",
            f"The test wants two times to differ ({where})",
        ),
        (
            f"what fails at {failing.at} comes from {stamp} at {where}",
            f"all that ask within {within} are given the same",
        ),
        "count, or draw enough random bits, for what must differ",
        places=(failing.place(Role.READS, node, file),),
    )


def _compared(failing: FailingSource) -> Origin | None:
    """Return the reading that both sides of a comparison come from; None for none."""
    for each in failing.comparisons:
        if each.operator not in _EQUAL:
            continue
        left, right = (_stamps(failing, side) for side in (each.left, each.right))
        known = {(file, node.start_byte) for file, node in right}
        for file, node in left:
            if (file, node.start_byte) in known and _times_asked(failing, file, node) > 1:
                return file, node
    return None


def _times_asked(failing: FailingSource, file: str, node: Node) -> int:
    """Return how often the test comes to a reading by its calls; ``_MANY`` for a loop."""
    function = enclosing(node, *FUNCTIONS)
    if function is None or function == failing.function:
        return _MANY if _in_loop(node) else 1
    leading = failing.package.calls.leading_to([(file, function)])
    times = 0
    for call in walk(failing.function):
        if call.type == "call_expression" and call.start_byte < failing.call.start_byte:
            called = failing.package.calls.called_by(failing.name, call) or ()
            if any((home, each.start_byte) in leading for home, each in called):
                times += _MANY if _in_loop(call) else 1
    return times


def _in_loop(node: Node) -> bool:
    around = enclosing(node, "for_statement", *FUNCTIONS)
    return around is not None and bool(around.type == "for_statement")


def _told_of(failing: FailingSource) -> Origin | None:
    """Return the only reading in what the test calls, if the message has one that is taken."""
    message = failing.message[:_LOOKED_AT]
    if not _TAKEN.search(message) or not _STAMP.search(message):
        return None
    called: dict[Origin, int] = {}
    for node in walk(failing.function):
        if node.type == "call_expression" and node.start_byte < failing.call.start_byte:
            times = 2 if _in_loop(node) else 1
            for each in failing.package.calls.called_by(failing.name, node) or ():
                called[each] = called.get(each, 0) + times
    found = [
        (file, node)
        for (file, function), times in called.items()
        for node in walk(function)
        if _is_stamp(failing, file, node) and times > 1
    ]
    return found[0] if len(found) == 1 else None


def _counted(failing: FailingSource) -> Origin | None:
    """Return the only reading by which a map is filled whose length is too small; None for none."""
    for each in failing.comparisons:
        sides = [(each.left, each.right), (each.right, each.left)]
        for length, wanted in sides if each.operator in ("!=", "<", ">") else ():
            if wanted.type != "int_literal" or not _is_fewer(failing, int(text_of(wanted), 0)):
                continue
            maps = {
                variable_key(failing.package.types, given[0])
                for _, node in failing.origins.of(failing.name, length)
                if node.type == "call_expression"
                and text_of(node.child_by_field_name("function")) == "len"
                and (given := node.child_by_field_name("arguments").named_children)
            } - {None}
            found = _keys_of(failing, maps) if maps else []
            if len(found) == 1 and _times_asked(failing, *found[0]) >= int(text_of(wanted), 0):
                return found[0]
    return None


def _is_fewer(failing: FailingSource, wanted: int) -> bool:
    """Return whether a message has a smaller number than one that was wanted, and none greater."""
    found = [int(each) for each in _COUNT.findall(failing.message[:_LOOKED_AT])]
    return bool(found) and min(found) < wanted and max(found) <= wanted


def _keys_of(failing: FailingSource, maps: set[VariableKey | None]) -> list[Origin]:
    """Return the readings of the clock that are the keys of maps; empty if some are no readings."""
    found: dict[tuple[str, int], Origin] = {}
    test = failing.test_name.partition("/")[0]
    for file, function in failing.package.writes.functions_of(test):
        for node in walk(function):
            if text_of(node.child_by_field_name("function")) == "delete":
                return []  # something is taken out
            around = node.parent.parent if node.type == "index_expression" else None
            is_set = (
                around is not None
                and around.type == "assignment_statement"
                and around.child_by_field_name("left") == node.parent
            )
            operand = node.child_by_field_name("operand") if is_set else None
            if operand is None or variable_key(failing.package.types, operand) not in maps:
                continue
            key = node.child_by_field_name("index")
            made = failing.origins.of(file, key, fields=True)
            stamps = [each for each in made if _is_stamp(failing, *each)]
            is_fine = any(_method(each) == "UnixNano" for _, each in stamps)
            is_other = any(each.type == "binary_expression" for _, each in made)
            if not stamps or is_fine or is_other or _returns_before(function, node):
                return []
            found.update({(home, each.start_byte): (home, each) for home, each in stamps})
    return list(found.values())


def _returns_before(function: Node, place: Node) -> bool:
    return any(
        node.type == "return_statement" and node.end_byte <= place.start_byte
        for node in walk(function)
    )


def _stamps(failing: FailingSource, side: Node) -> list[Origin]:
    """Return where the clock is read for a value, in a unit of time."""
    found = failing.origins.of(failing.name, side, fields=True)
    return [(file, node) for file, node in found if _is_stamp(failing, file, node)]


def _method(call: Node) -> str:
    called = call.child_by_field_name("function") if call.type == "call_expression" else None
    if called is None or called.type != "selector_expression":
        return ""
    return text_of(called.child_by_field_name("field"))


def _is_stamp(failing: FailingSource, file: str, call: Node) -> bool:
    """Return whether a call is ``time.Now().Unix()`` or its kin, in UTC too."""
    if _method(call) not in _UNITS:
        return False
    operand = call.child_by_field_name("function").child_by_field_name("operand")
    if _method(operand) == "UTC":
        operand = operand.child_by_field_name("function").child_by_field_name("operand")
    is_call = operand.type == "call_expression"
    return is_call and failing.library_function(operand, file) == "time.Now"


RULE = source_rule("same-stamp", _find)
