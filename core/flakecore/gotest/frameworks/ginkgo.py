"""ginkgo's reports of failed specs, versions 1 and 2, which stand on the standard output.

A report begins with a bullet and the verdict, names the containers of the spec and the spec, each
with its place or all of them in one line, and after an empty line says what failed and where. The
next rule ends it (``reporters/default_reporter.go``; in version 1 ``reporters/stenographer``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from flakecore.gotest.frameworks.messages import Message

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
)
"""What a line of interest holds."""

_NODES = r"(?:\[(?:Before|After|Synchronized|Report|Deferred)\w*\] )?"
_OPENING = re.compile(
    rf"(?:(?:•!? ?)?{_NODES}\[(?:FAILED|PANICKED|TIMEDOUT|INTERRUPTED|ABORTED)\]"
    r"|•!? (?:Failure|Panic)(?: in [^\[]*)?) \[\d+\.\d+ seconds\]\s*\Z"
)
_SUITE_OPENING = re.compile(r"(?:Failure|Panic|Timeout) \[\d+\.\d+ seconds\]\s*\Z")
_SUITE = re.compile(r"(?:\[?(?:Before|After)Suite\]? ?){1,2}\s*\Z")
"""What version 1 prints of a suite's own node: without a bullet, its name on the line below."""
_RULE = re.compile(r"[-=]{10,}\s*\Z")
_PLACE = re.compile(r"\s*(\S.*\.go):(\d{1,9})\s*\Z", re.ASCII)
_AT = re.compile(r"\s*In \[[\w ]+\] at: (\S.*\.go):(\d{1,9})\b", re.ASCII)
_IN_STACK = re.compile(r"\s+(\S.*_test\.go):(\d{1,9}) \+0x", re.ASCII)
_VERDICT = re.compile(r"\s*\[(?:FAILED|PANICKED|TIMEDOUT|INTERRUPTED|ABORTED)\] (?!in \[)(.*)")
_SUMMARY = re.compile(r"\s*\[(?:FAIL|Fail|PANICKED!|Panic!|TIMEDOUT|INTERRUPTED)\] (\S.*?)\s*\Z")
_LONGEST = 400
"""Lines of a report that are looked at."""


def specs(texts: Sequence[str], at: int) -> Message | None:
    """Return the failed spec whose report begins at a position, None if none does."""
    if not _OPENING.match(texts[at]) and not _opens_suite(texts, at):
        return _of_summary(texts, at)
    end = at + 1
    while end < min(len(texts), at + _LONGEST) and not _RULE.match(texts[end]):
        end += 1
    names: list[str] = []
    start = at + 1
    spec_place = None
    while start < end and texts[start].strip():
        if found := _PLACE.match(texts[start]):
            spec_place = (found[1], int(found[2]))
        else:
            names.append(texts[start].strip())
        start += 1
    said, place = _said(texts[start:end])
    file, line = place or spec_place or ("", 0)
    text = "\n".join(said).strip() or "failed without a message"
    return Message(file, line, text, at, "", "ginkgo", " ".join(names))


def _opens_suite(texts: Sequence[str], at: int) -> bool:
    below = texts[at + 1] if at + 1 < len(texts) else ""
    return bool(_SUITE_OPENING.match(texts[at]) and _SUITE.match(below))


def _said(texts: Sequence[str]) -> tuple[list[str], tuple[str, int] | None]:
    """Return what a report says below the spec's name, and the place that it names."""
    said: list[str] = []
    place = None
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
        elif found := _AT.match(text) or (_PLACE.match(text) if said else None):
            place = place or (found[1], int(found[2]))
        elif bare == "Full Stack Trace":
            panicked = True
        elif panicked:
            if found := _IN_STACK.match(text):
                return said, (found[1], int(found[2]))
        elif found := _VERDICT.match(text):
            said.append(found[1])
        elif bare or said:
            said.append(text[2:] if text.startswith("  ") else text)
    return said, place


def _of_summary(texts: Sequence[str], at: int) -> Message | None:
    """Return a spec that a summary of failures names with its place on the line below."""
    found = _SUMMARY.match(texts[at])
    place = _PLACE.match(texts[at + 1]) if found and at + 1 < len(texts) else None
    if found is None or place is None:
        return None
    text = "failed; its report is not in the log"
    return Message(place[1], int(place[2]), text, at, "", "ginkgo summary", found[1])
