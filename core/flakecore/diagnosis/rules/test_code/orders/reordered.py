"""Assertions whose message has two lists of the same elements in another order."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.rules.test_code.orders.element_lists import differ_in_order
from flakecore.diagnosis.source.go_parser import Node, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, declared_around, enclosing, walk

_LISTS = re.compile(r"\[([^\[\]\n]{1,2000})\]|\"([^\"\n]{1,2000})\"")
_LITERAL = re.compile(r"(?:expected|actual)[ ]*: \[\]\S{1,200}?\{([^{}\n]{1,2000})\}")
"""A list as testify writes it, in Go's own form."""
_TAKEN_OUT = re.compile(r"^[ \t]*-(?!--)[\s\u00a0]*(\S.*)$", re.MULTILINE)
_PUT_IN = re.compile(r"^[ \t]*\+(?!\+\+)[\s\u00a0]*(\S.*)$", re.MULTILINE)
"""Lines of a difference as package cmp and testify write it; cmp's spaces may be unbreakable."""
_PAIR = re.compile(
    r"(?i:\b(?:got|have|actual|is)\b)[ :=]{1,3}(.{3,2000}?)[,;]?\s"
    r"(?i:want(?:ed)?|expected)\b[ :=]{1,3}(.{3,2000})$",
    re.MULTILINE,
)
"""What a message states there is and what was wanted, in that order and in one line."""
_SIDES = re.compile(
    r"(?:(?i:\b(?:got|have|actual|is|was)\b)[ :=]{1,3}|= )(\S.{2,2000}?)[,;]?\s+"
    r"(?i:want(?:ed)?|expected|then)\b[ :=]{1,3}(\S.{2,2000})$",
    re.MULTILINE,
)
"""The same, also where it names a call, ``Keys() = [b a]``, or what is wanted has its own line."""
_BLOCKS = re.compile(
    r"^[^\n]{0,200}:[ \t]*\n(.{3,4000}?)\n[^\n]{0,40}(?i:want|expected)[^\n]{0,40}:[ \t]*\n"
    r"(.{3,4000})\Z",
    re.MULTILINE | re.DOTALL,
)
"""Lines that there are, and lines that were wanted, each below a line that announces them."""
_SHOWN = re.compile(r'"([^"\n]{3,2000})"|(?:[=:]|\bgot) (\S[^\n]{2,2000})$', re.MULTILINE)
"""What a message may show of what there is."""
_BETWEEN = re.compile(r"[\s,;()&|]+")
_SORTS = re.compile(r"(?:sort|slices)\.\w*(?:[Ss]ort|Strings|Ints|Float64s|Slice)\w*|\w*[Ss]ort\w*")
_QUOTES = "\"'`"
_LITERALS = ("interpreted_string_literal", "raw_string_literal")
_FUNCTIONS = 40
"""Functions that a checked value comes from, of which so many are looked at."""


def in_another_order(message: str) -> str:
    """Return the first two lists of a message that differ in order alone; "" for none."""
    found = [one or other for one, other in _LISTS.findall(message[:20_000])][:8]
    found = [*_LITERAL.findall(message[:20_000])[:2], *found]
    if len(found) < 2:
        found = [each for pair in _PAIR.findall(message[:20_000])[:1] for each in pair]
    split = [[part for part in _BETWEEN.split(each.strip()) if part] for each in found]
    for at, one in enumerate(split):
        for other in range(at + 1, len(split)):
            if one != split[other] and sorted(one) == sorted(split[other]):
                return f"{found[at][:60]} and {found[other][:60]}"
    return _moved_lines(message[:20_000]) or _in_sides(message)


def reordered(failing: FailingSource) -> str:
    """Return two texts that differ in order alone: of the message, or of it and the source.

    A message may show what there is alone; what was wanted stands in the comparison then.
    """
    found = in_another_order(failing.message)
    if found:
        return found
    shown = [one or other for one, other in _SHOWN.findall(failing.message[:20_000])][:8]
    for wanted in _wanted(failing):
        for each in shown:
            if differ_in_order(each.strip(_QUOTES), wanted):
                return f"{each[:60]} and {wanted[:60]}"
    return ""


def _wanted(failing: FailingSource) -> Iterator[str]:
    """Yield the texts of string literals that the failing line compares something with."""
    for each in failing.comparisons:
        for side in (each.left, each.right):
            for _, node in failing.origins.of(failing.name, side, arguments=False):
                if node.type in _LITERALS and "\\" not in text_of(node):
                    yield text_of(node)[1:-1]


def stated_sides(message: str) -> list[tuple[str, str]]:
    """Return what a message states there is and what was wanted, in lines or in blocks of them."""
    looked_at = message[:20_000]
    return [*_SIDES.findall(looked_at)[:2], *_BLOCKS.findall(looked_at)[:1]]


def _in_sides(message: str) -> str:
    """Return what a message states there is and what was wanted, if they differ in order alone."""
    for one, other in stated_sides(message):
        if "\n" in one:
            got, want = ([line.strip() for line in each.splitlines()] for each in (one, other))
            if got != want and sorted(got) == sorted(want):
                return f"{got[0][:60]} before {got[1][:60]}"
        elif differ_in_order(one.strip(_QUOTES), other.strip(_QUOTES)):
            return f"{one[:60]} and {other[:60]}"
    return ""


def _moved_lines(message: str) -> str:
    """Return what a difference takes out and puts in elsewhere, if that is all; "" for none."""
    out, into = _TAKEN_OUT.findall(message), _PUT_IN.findall(message)
    if not out or sorted(map(str.strip, out)) != sorted(map(str.strip, into)):
        return ""
    return f"{out[0].strip()[:60]} taken out here and put in there"


def checked_functions(failing: FailingSource, *, filled: bool = False) -> list[tuple[str, Node]]:
    """Return the functions that a checked value comes from with their files, the test's first.

    Args:
        failing: the call that failed.
        filled: whether to add what the test calls before of that which it then asks for the value,
            or hands that to, as the writer of ``log.New(&out)`` in ``run(log.New(&out))``.
    """
    package = failing.package
    functions: dict[tuple[str, int], Node] = {
        (failing.name, failing.function.start_byte): failing.function
    }
    asked: set[str] = set()
    for condition in (*failing.innermost, failing.call):
        for file, node in failing.origins.of(failing.name, condition, fields=True):
            if node.type == "selector_expression" and file == failing.name:
                asked.add(text_of(node.child_by_field_name("operand")))
            if node.type == "call_expression" and len(functions) < _FUNCTIONS:
                if file == failing.name:
                    asked.add(_receiver(node))
                for home, function in package.calls.called_by(file, node) or ():
                    functions[home, function.start_byte] = function
    asked.discard("")
    for node in walk(failing.function) if filled and asked else ():
        is_before = node.end_byte <= failing.call.start_byte
        if node.type == "call_expression" and is_before and asked & _named_in(node):
            for home, function in package.calls.called_by(failing.name, node) or ():
                functions.setdefault((home, function.start_byte), function)
    return [(file, function) for (file, _), function in functions.items()]


def _named_in(call: Node) -> set[str]:
    """Return the names in the arguments of a call, and that of what its method is called of."""
    names = {_receiver(call)}
    for node in walk(call.child_by_field_name("arguments")):
        if node.type == "identifier":
            names.add(text_of(node))
    return names


def _receiver(call: Node) -> str:
    """Return the name of the variable that a method is called of; "" for other calls."""
    called = call.child_by_field_name("function")
    if called is None or called.type != "selector_expression":
        return ""
    operand = called.child_by_field_name("operand")
    return text_of(operand) if operand.type == "identifier" else ""


def named_after(test: str, node: Node) -> tuple[str, str]:
    """Return the name of the declared function around a node, and what to call it beside a test."""
    declared = declared_around(enclosing(node, *FUNCTIONS))
    name = text_of(declared.child_by_field_name("name")) if declared is not None else ""
    return name, "it" if name == test else name


def sorts_after(function: Node, place: Node) -> bool:
    """Return whether a function sorts anything behind a place in it."""
    return any(
        _SORTS.fullmatch(text_of(node.child_by_field_name("function")))
        for node in walk(function)
        if node.type == "call_expression" and node.start_byte >= place.start_byte
    )


def sorts_elsewhere(functions: list[tuple[str, Node]], place: Node) -> bool:
    """Return whether another function than that of a place sorts anything."""
    return any(
        sorts_after(function, function)
        for _, function in functions
        if not function.start_byte <= place.start_byte < function.end_byte
    )
