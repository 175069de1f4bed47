"""The headline of a failure: the one sentence that is read where there is room for no more."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flakecore.diagnosis.findings import CLAIM_LIMIT, Certainty, Finding, Weight
from flakecore.timeline import Failure, FailureKind

_LOOKED_AT = 4_000
"""Characters of a message that are looked at."""
_ANNOUNCED = 3
"""Lines of a message that a headline has where the first one ends in a colon."""
_FOLDERS = re.compile(r"(?<![\w./-])(?:/[\w.@+~-]+)+/(?=[\w.+-]+\.(?:go|test)\b)")
"""The folders of a Go file or a test binary in what a message states."""
_PLACE = re.compile(r"\A\S+\.go:\d+(?::\d+)?: ")
"""What the compiler puts before an error: its place."""
_OF_VET = re.compile(r"\A# (\S+)(?: \[\S+\])?\n# \[\1\]\n")
"""The heading of what ``go vet`` found, which ``go test`` runs: the package, and as what is done to
it the package again (``cmdError.Error`` in ``cmd/go/internal/work/shell.go``)."""


def headline(failure: Failure, findings: Sequence[Finding]) -> str:
    """Return one sentence of at most ``CLAIM_LIMIT`` characters.

    It is the claim of the first cause, or else of the first effect that is seen, or of where it
    failed without a message, or else it states what failed and where, and stops there.

    Args:
        failure: the failure.
        findings: those on it, the strongest first.
    """
    causes = (each.claim for each in findings if each.weight is Weight.CAUSE)
    effects = (
        each.claim
        for each in findings
        if each.weight is Weight.EFFECT
        and (each.certainty is Certainty.SEEN or each.rule == "no-message")
    )
    claim = next(causes, None) or next(effects, None) or _what_failed(failure)
    return cut_to_headline(claim)


def cut_to_headline(text: str) -> str:
    """Return a text on one line, cut to ``CLAIM_LIMIT`` characters."""
    line = " ".join(text.split())
    return line if len(line) <= CLAIM_LIMIT else f"{line[: CLAIM_LIMIT - 1]}…"


def _what_failed(failure: Failure) -> str:
    """Return kind, message and place of a failure: all that is known of it."""
    place = f" ({failure.file.rpartition('/')[2]}:{failure.line})" if failure.file else ""
    words = _first_words(failure.message)
    test = f" in {failure.test_name}" if failure.test_name else ""
    is_vet = failure.kind is FailureKind.BUILD and bool(_OF_VET.search(failure.message))
    begin = f"{'Vet' if is_vet else failure.kind.capitalize()}{test}{place}"
    words = _PLACE.sub("", words, count=1) if failure.kind is FailureKind.BUILD and place else words
    return f"{begin}: {_FOLDERS.sub('', words)}" if words else begin


def _first_words(message: str) -> str:
    """Return the first line of a message, with those behind it that it announces by a colon.

    Assertion libraries begin so: ``Not equal:``, and then what was expected and what there is.
    Go's ``# package`` above what the compiler prints of it is passed over.
    """
    lines = [line.strip() for line in message[:_LOOKED_AT].splitlines() if line.strip()]
    while len(lines) > 1 and lines[0].startswith("# "):
        del lines[0]
    if not lines or not lines[0].endswith(":"):
        return lines[0] if lines else ""
    return " ".join(" ".join(lines[:_ANNOUNCED]).replace(" : ", ": ").split())
