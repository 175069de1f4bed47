"""Packages of Go source for tests, whose lines are found by what they hold."""

from __future__ import annotations

from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.objects.operations import Operation, OperationKind

FILE = "p.go"


def package(text: str) -> GoPackage:
    """Return a package of one file."""
    parsed = GoPackage.parsed("/p", {FILE: f"package p\n{text}"})
    assert parsed is not None
    return parsed


def line_with(text: str, part: str) -> int:
    """Return the number of the only line of a package's file that holds a part."""
    lines = f"package p\n{text}".split("\n")
    (found,) = (at for at, line in enumerate(lines, 1) if part in line)
    return found


def operation(parsed: GoPackage, kind: OperationKind, text: str) -> Operation:
    """Return the first operation of a kind on an object of a name."""
    found = (each for each in parsed.files[FILE].operations if each.kind is kind)
    return next(each for each in found if each.object.text == text)
