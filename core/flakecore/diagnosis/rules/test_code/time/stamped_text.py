"""``test-itself``: a text with the time of the run in it, compared with one of another run.

Reports a failed assertion whose message has two texts that differ in times and dates alone, where
what it asserts comes from ``time.Now`` of the package in exactly one place, and another part of it
from a file (a golden file) or from a literal. It is inferred from the source and the message.
Silent where the texts differ in more, where both sides come from the clock, on comparisons by an
operator (``clock-value`` and ``wall-time`` show them), in bubbles of package testing/synctest, and
where the source is not at hand.

Example: ``b := export(rows)``, which writes ``time.Now()``, and ``want, _ := os.ReadFile(golden)``.
Counterexample: the same where the number of rows differs, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Finding, Role
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, source_rule
from flakecore.diagnosis.source.go_parser import Node, line_of
from flakecore.diagnosis.source.syntax import walk

_STAMP = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
    r"|\d{1,2}:\d{2}:\d{2}(?:\.\d+)?|\b1\d{9}(?:\d{3})?\b"
)
"""A date, a date with a time of day, a time of day, or seconds or milliseconds since 1970."""
_LABELLED = re.compile(r"(?i:\b(?:got|have|is|actual|want(?:ed)?|expected))\W{0,12}\w?\Z")
"""What stands before a text in a message."""
_NEXT = re.compile(r"(?i:got|have|but|actual|want(?:ed)?|expected)\b")
"""What stands between the two texts."""
_CLOSING = " \t\n\"'`]}),;."
_LOOKED_AT = 20_000
_NOT_CONSTANT = ("identifier", "selector_expression")


def _find(failing: FailingSource) -> Iterator[Finding]:
    if failing.is_in_bubble or failing.comparisons:
        return
    stamps = _differing_stamps(failing.message[:_LOOKED_AT])
    if stamps is None:
        return
    read = {
        (file, node.start_byte): (file, node)
        for asked in (*failing.innermost, failing.call)
        for file, origin in failing.origins.of(failing.name, asked)
        for node in _clock_in(failing, file, origin)
    }
    if len(read) != 1:
        return
    ((file, node),) = read.values()
    one, other = stamps
    where = f"{file}:{line_of(node)}"
    compares = f"{failing.test_name} compares a text with the time of the run in it"
    yield assertion_finding(
        failing,
        (
            f"{compares}: {one} is not {other} (time.Now, {where})",
            f"{compares} (time.Now, {where})",
            f"The test compares a text with the time of the run in it (time.Now, {where})",
        ),
        (
            f"both texts are alike but for {one} and {other}",
            f"what fails at {failing.at} comes from time.Now at {where}",
        ),
        "give the code a clock that the test sets, or leave times out of the comparison",
        places=(failing.place(Role.READS, node, file),),
    )


def _clock_in(failing: FailingSource, file: str, origin: Node) -> Iterator[Node]:
    """Yield the readings of the clock in an expression, in the receivers of methods too."""
    if origin.type in _NOT_CONSTANT:
        return
    for node in walk(origin):
        if failing.library_function(node, file) == "time.Now":
            yield node


def _differing_stamps(message: str) -> tuple[str, str] | None:
    """Return two times of a message that stand in texts alike but for them; None for none."""
    found = list(_STAMP.finditer(message))
    if len(found) < 2 or len(found) % 2:
        return None
    half = len(found) // 2
    pairs = list(zip(found[:half], found[half:], strict=True))
    if all(one[0] == other[0] for one, other in pairs):
        return None
    (first, second), (last, end) = pairs[0], pairs[-1]
    if not _begin_alike(message, first.start(), second.start()):
        return None
    if not _end_alike(message, last.end(), end.end()):
        return None
    between = [
        (message[a.end() : b.start()], message[c.end() : d.start()])
        for (a, c), (b, d) in pairwise(pairs)
    ]
    if any(one != other for one, other in between):
        return None
    return next((one[0], other[0]) for one, other in pairs if one[0] != other[0])


def _begin_alike(message: str, first: int, second: int) -> bool:
    """Return whether two texts that end at some characters are alike from their labels on."""
    same = _common(message[:first][::-1], message[:second][::-1])
    while same and message[first - same].isalpha() and message[first - same - 1].isalpha():
        same -= 1  # the last letters of ``got`` and ``want`` are alike, too
    return all(_LABELLED.search(message[: each - same + 1]) for each in (first, second))


def _end_alike(message: str, first: int, second: int) -> bool:
    """Return whether two texts that go on behind some characters are alike to their ends."""
    one, other = message[first:], message[second:]
    same = _common(one, other)
    return not other[same:].strip(_CLOSING) and _NEXT.match(one[same:].lstrip(_CLOSING)) is not None


def _common(one: str, other: str) -> int:
    """Return how many characters two texts have in common at their beginning."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (left, right) in enumerate(pairs) if left != right), len(other))


RULE = source_rule("stamped-text", _find)
