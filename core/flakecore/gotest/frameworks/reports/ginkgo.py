"""ginkgo's reports of failed specs, versions 1 and 2, which stand on the standard output.

A report begins with a bullet and the verdict, names the containers of the spec and the spec, each
with its place or all of them in one line, and after an empty line prints what failed and where. The
next rule ends it (``reporters/default_reporter.go``; in version 1 ``reporters/stenographer``).
A page that shows the failures of a run, such as Prow's, has the verdict and what follows it alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from flakecore.gotest.frameworks.messages import Message
from flakecore.gotest.streams.line_search import positions_of

WORDS = (
    "Failure [",
    "Failure in ",
    "Panic [",
    "Panic in ",
    "Timeout [",
    "[FAILED]",
    "[PANICKED]",
    "[TIMEDOUT]",
    "[INTERRUPTED]",
    "[FAIL]",
    "[Fail]",
    "Test Panicked",
)
"""What a line of interest holds."""

_REPORT, _VERDICT_ALONE, _OF_SUMMARY = "ginkgo", "ginkgo verdict", "ginkgo summary"
"""The ``library`` of a report, of a verdict below no opening, and of a line of a summary."""
_ENDINGS = ("SUCCESS! -- ", "FAIL! -- ")
_ALL_PASSED = re.compile(r"SUCCESS! -- .*\b[1-9]\d* Flaked\b", re.ASCII)
"""The end of a suite in which all specs passed, some of them at a later try (--flake-attempts)."""
_FLAKED = "failed in one try, and passed in a later one: it flaked"

_NODES = r"(?:\[(?:Before|After|Synchronized|Report|Deferred)\w*\] )?"
_OPENING = re.compile(
    rf"(?:(?:•!? ?)?{_NODES}\[(?:FAILED|PANICKED|TIMEDOUT|INTERRUPTED|ABORTED)\]"
    r"|[•+]!? (?:Failure|Panic)(?: in [^\[]*)?) \[\d+\.\d+ seconds\]\s*\Z"  # + on Windows
)
_SUITE_OPENING = re.compile(r"(?:Failure|Panic|Timeout) \[\d+\.\d+ seconds\]\s*\Z")
_SUITE = re.compile(r"(?:\[?(?:Before|After)Suite\]? ?){1,2}\s*\Z")
"""What version 1 prints of a suite's own node: without a bullet, its name on the line below."""
_RULE = re.compile(r"[-=]{10,}\s*\Z")
_PLACE = re.compile(r"\s*(\S.*\.go):(\d{1,9})\s*\Z", re.ASCII)
_AT = re.compile(r"\s*In \[[\w ]+\] at: (\S.*\.go):(\d{1,9})\b", re.ASCII)
_POLLED = re.compile(
    r"The function passed to (?:Eventually|Consistently) failed at (\S.*\.go):(\d{1,9}) with:\Z"
)
"""Gomega's words, for where a report is cut above its place."""
_IN_STACK = re.compile(r"\s+(\S.*_test\.go):(\d{1,9}) \+0x", re.ASCII)
_VERDICT = re.compile(r"\s*\[(?:FAILED|PANICKED|TIMEDOUT|INTERRUPTED|ABORTED)\] (?!in \[)(.*)")
_LOOSE_VERDICT = re.compile(
    r"(?:\s*|\{.{0,300}?)\[(?:FAILED|PANICKED|TIMEDOUT|INTERRUPTED)\] (?!in \[)(\S.*)"
)
"""A verdict below no report's opening; behind a brace in what Prow shows."""
_SPEC = re.compile(r"(\S.*?) \[It\] (\S.*?)\s*\Z")
_SPEC_ABOVE = 4
"""Lines above such a verdict among which its spec is looked for."""
_PANICKED = "Test Panicked"
"""What version 1 has below a spec's name; GitHub's page has no opening above that."""
_FRAME_PLACE = re.compile(r"\s+(\S.*\.go):(\d{1,9}) \+0x", re.ASCII)
_RUNTIMES = "/src/runtime/"
_SUMMARY = re.compile(r"\s*\[(?:FAIL|Fail|PANICKED!|Panic!|TIMEDOUT|INTERRUPTED)\] (\S.*?)\s*\Z")
_LONGEST = 400
"""Lines of a report that are looked at."""


def specs(texts: Sequence[str], at: int) -> Message | None:
    """Return the failed spec whose report begins at a position, None if none does."""
    if not _OPENING.match(texts[at]) and not _opens_suite(texts, at):
        return _of_summary(texts, at) or _of_verdict(texts, at) or _of_panic(texts, at)
    end = at + 1
    while end < min(len(texts), at + _LONGEST) and not _RULE.match(texts[end]):
        end += 1
    names: list[str] = []
    start = at + 1
    spec_place = None
    while start < end and texts[start].strip():
        if found := _PLACE.match(texts[start]):
            spec_place = (found[1], int(found[2]))
        elif spec_place is not None and not (start + 1 < end and _PLACE.match(texts[start + 1])):
            break  # version 1 states what failed right below the spec's place
        else:
            names.append(texts[start].strip())
        start += 1
    lines, place = _spec_report(texts[start:end])
    file, line = place or spec_place or ("", 0)
    text = "\n".join(lines).strip() or "failed without a message"
    return Message(file, line, text, at, "", _REPORT, " ".join(names))


def without_repeats(texts: Sequence[str], reports: Sequence[Message]) -> Iterator[Message]:
    """Yield reports, each failure once, and of those that a later try undid that it did.

    Args:
        texts: all lines.
        reports: of any framework, in their order.
    """
    of_ginkgo = [each for each in reports if each.library in (_REPORT, _VERDICT_ALONE)]
    whole = {(each.file, each.line) for each in of_ginkgo if each.library == _REPORT}
    known = {
        _VERDICT_ALONE: whole,
        _OF_SUMMARY: {(each.file, each.line) for each in of_ginkgo},
    }
    ends = iter(positions_of(texts, _ENDINGS) if reports else ())
    end = next(ends, -1)
    opening = -1
    for each in reports:
        opening = each.position if each.library == _REPORT else opening
        within = each.library == _VERDICT_ALONE and _is_within(texts, opening, each.position)
        if within or (each.file, each.line) in known.get(each.library, ()):
            continue
        while 0 <= end < each.position:
            end = next(ends, -1)
        flaked = each.library in (_REPORT, *known) and end >= 0 and _ALL_PASSED.match(texts[end])
        yield replace(each, message=f"{_FLAKED}\n{each.message}") if flaked else each


def _is_within(texts: Sequence[str], opening: int, at: int) -> bool:
    """Return whether a line belongs to the report that begins in another above it, if any does."""
    if opening < 0 or at - opening >= _LONGEST:
        return False
    return not any(_RULE.match(texts[between]) for between in range(opening, at))


def _opens_suite(texts: Sequence[str], at: int) -> bool:
    below = texts[at + 1] if at + 1 < len(texts) else ""
    return bool(_SUITE_OPENING.match(texts[at]) and _SUITE.match(below))


def _spec_report(texts: Sequence[str]) -> tuple[list[str], tuple[str, int] | None]:
    """Return what a report states below the spec's name, and the place that it names."""
    lines: list[str] = []
    place = polled = None
    skipping = False
    panicked = False
    for text in texts:
        bare = text.strip()
        if bare.endswith(">>") or bare.startswith("Begin Captured"):
            skipping = True
        elif bare.startswith(("<<", "End Captured")):
            skipping = False
        elif skipping:
            continue
        elif found := _AT.match(text) or (_PLACE.match(text) if lines else None):
            place = place or (found[1], int(found[2]))
        elif bare == "Full Stack Trace":
            panicked = True
        elif panicked:
            if found := _IN_STACK.match(text):
                return lines, (found[1], int(found[2]))
        elif found := _VERDICT.match(text):
            lines.append(found[1])
        elif bare or lines:
            lines.append(text[2:] if text.startswith("  ") else text)
            if found := _POLLED.match(bare):
                polled = (found[1], int(found[2]))
    return lines, place or polled


def _of_summary(texts: Sequence[str], at: int) -> Message | None:
    """Return a spec that a summary of failures names with its place on the line below."""
    found = _SUMMARY.match(texts[at])
    place = _PLACE.match(texts[at + 1]) if found and at + 1 < len(texts) else None
    if found is None or place is None:
        return None
    text = "failed; its report is not in the log"
    return Message(place[1], int(place[2]), text, at, "", _OF_SUMMARY, found[1])


def _of_verdict(texts: Sequence[str], at: int) -> Message | None:
    """Return a failure whose verdict stands alone, if the place where it failed follows."""
    found = _LOOSE_VERDICT.match(texts[at])
    if found is None:
        return None
    end = at + 1
    while end < min(len(texts), at + _LONGEST) and not _RULE.match(texts[end]):
        if place := _AT.match(texts[end]):
            text = "\n".join([found[1], *(line.strip() for line in texts[at + 1 : end])]).strip()
            above = (_SPEC.match(line) for line in texts[max(at - _SPEC_ABOVE, 0) : at])
            spec = next((f"{each[1]} {each[2]}" for each in above if each is not None), "")
            return Message(place[1], int(place[2]), text, at, "", _VERDICT_ALONE, spec)
        if _LOOSE_VERDICT.match(texts[end]):
            return None
        end += 1
    return None


def _of_panic(texts: Sequence[str], at: int) -> Message | None:
    """Return the spec that panicked, where its name stands above and no report's opening."""
    if texts[at].strip() != _PANICKED or at + 1 >= len(texts):
        return None
    above = at - 1
    while above > 0 and not texts[above].strip():
        above -= 1
    names: list[str] = []
    while above > 0 and _PLACE.match(texts[above]):
        names.insert(0, texts[above - 1].strip())
        above -= 2
    if not names or (above >= 0 and _OPENING.match(texts[above])):
        return None
    stack = (_FRAME_PLACE.match(text) for text in texts[at + 2 : at + _LONGEST])
    place = next((each for each in stack if each is not None and _RUNTIMES not in each[1]), None)
    file, line = (place[1], int(place[2])) if place is not None else ("", 0)
    return Message(file, line, f"panic: {texts[at + 1].strip()}", at, "", _REPORT, " ".join(names))
