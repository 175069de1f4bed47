"""The signature of a failure: its message without what differs from run to run.

The same fault prints other numbers, addresses, times, folders and made-up names each time. With
these taken out, and with the place in the program's own code, failures that share a signature are
taken for one fault; that is an inference, and two faults at one line with one message are not kept
apart.
"""

from __future__ import annotations

import re

from flakecore.timeline import Failure

_LIMIT = 160
"""Characters of a signature: one line of a report. Chosen, not measured."""
_LONGEST = 4096
"""Characters of a message that are looked at."""

_VARYING = (
    # The order matters: what is longer and more certain first.
    (
        re.compile(
            r"\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d[.,\d]*(?:Z|[+-]\d\d:?\d\d)?"
            r"(?: [+-]\d{4} [A-Z]+)?(?: m=[+-][\d.]+)?"
        ),
        "TIME",
    ),
    (re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE), "UUID"),
    (re.compile(r"\b0x[0-9a-f]+\b", re.IGNORECASE), "ADDRESS"),
    (re.compile(r"(?<![\w/])(?:/[\w.@+~-]+)+/(?=[\w.@+~-])"), ""),
    (re.compile(r"\b(?:\d+(?:\.\d+)?(?:h|m|s|ms|µs|us|ns))+\b"), "DURATION"),
    (re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?\b"), "HOST"),
    (re.compile(r"\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,}\b"), "HASH"),
    (re.compile(r"\d+(?:\.\d+)?"), "N"),
)


def signature_of(failure: Failure, rule: str = "") -> str:
    """Return the signature of a failure, in one line of at most 160 characters and its place.

    Args:
        failure: the failure.
        rule: id of the rule that made its first finding; "" for none.
    """
    place = f" at {failure.file.rpartition('/')[2]}:{failure.line}" if failure.file else ""
    found = f" [{rule}]" if rule else ""
    return f"{failure.kind}: {without_varying(failure.message)}{place}{found}"


def without_varying(message: str) -> str:
    """Return the first line of a message that has any words, with what varies replaced."""
    text = next((line.strip() for line in message[:_LONGEST].splitlines() if line.strip()), "")
    for pattern, word in _VARYING:
        text = pattern.sub(word, text)
    return text if len(text) <= _LIMIT else f"{text[: _LIMIT - 1]}…"
