"""A finding as text: its claim, what it rests on, and what to do next."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

from flakecore.diagnosis import Certainty, Evidence, Finding

WIDTH = 100
"""Columns that text is wrapped to; CI logs are rarely narrower."""
_CRASH = re.compile(r"(?:panic|fatal error): ")
"""What the runtime puts before what a crash states."""
_EVIDENCE = 6
"""Facts of a finding that are shown; JSON has all."""


def finding_text(finding: Finding) -> Iterator[str]:
    """Return a finding as lines."""
    yield from wrapped(f"{finding.claim}{certainty_mark(finding)}.", "  - ")
    yield from evidence_text(finding, " " * 6)


def evidence_text(finding: Finding, indent: str, message: str = "") -> Iterator[str]:
    """Return what a finding rests on and what to do next as lines, without its claim.

    Args:
        finding: the finding.
        indent: what the lines begin with.
        message: of the failure, which stands above.
    """
    evidence = beyond_message(finding, message)
    for each in evidence[:_EVIDENCE]:
        yield from wrapped(each.text, f"{indent}· ")
    if len(evidence) > _EVIDENCE:
        yield f"{indent}· {len(evidence) - _EVIDENCE} more"
    if finding.next:
        yield from wrapped(f"next: {finding.next}", indent)


def beyond_message(finding: Finding, message: str) -> list[Evidence]:
    """Return what a finding rests on but what merely repeats a failure's message."""
    lines = {line.strip() for line in message.splitlines()}
    return [each for each in finding.evidence if _CRASH.sub("", each.text).strip() not in lines]


def certainty_mark(finding: Finding) -> str:
    """Return how a claim follows from the evidence, in brackets; "" for what is seen."""
    return "" if finding.certainty is Certainty.SEEN else f" ({finding.certainty})"


def wrapped(text: str, bullet: str) -> list[str]:
    """Return a text as lines of at most ``WIDTH`` columns, the first with a bullet before it."""
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=bullet,
        subsequent_indent=" " * len(bullet),
        break_long_words=False,
        break_on_hyphens=False,
    )
