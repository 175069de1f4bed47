"""Assertions whose message has two lists of the same elements in another order."""

from __future__ import annotations

import re

from flakecore.diagnosis.failing_call import FailingSource
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
_BETWEEN = re.compile(r"[\s,;()&|]+")
_SORTS = re.compile(r"(?:sort|slices)\.\w*(?:[Ss]ort|Strings|Ints|Float64s|Slice)\w*|\w*[Ss]ort\w*")
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
    return _moved_lines(message[:20_000])


def _moved_lines(message: str) -> str:
    """Return what a difference takes out and puts in elsewhere, if that is all; "" for none."""
    out, into = _TAKEN_OUT.findall(message), _PUT_IN.findall(message)
    if not out or sorted(map(str.strip, out)) != sorted(map(str.strip, into)):
        return ""
    return f"{out[0].strip()[:60]} taken out here and put in there"


def checked_functions(failing: FailingSource) -> list[tuple[str, Node]]:
    """Return the functions that a checked value comes from with their files, the test's first."""
    package = failing.package
    functions: dict[tuple[str, int], Node] = {
        (failing.name, failing.function.start_byte): failing.function
    }
    for condition in (*failing.innermost, failing.call):
        for file, node in failing.origins.of(failing.name, condition, fields=True):
            if node.type == "call_expression" and len(functions) < _FUNCTIONS:
                for home, function in package.calls.called_by(file, node) or ():
                    functions[home, function.start_byte] = function
    return [(file, function) for (file, _), function in functions.items()]


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
