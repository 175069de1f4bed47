"""``panic-cause`` of a length that cannot be: of ``make``, or of a list made an array.

Goes by the runtime's own message (``runtime/slice.go``, ``runtime/chan.go``,
``runtime/error.go``). It names the length's expression where the source is at hand and the line has
one ``make``; that makes it inferred. Silent on other panics.

Example: ``make([]byte, end-begin)`` where ``end`` is the smaller one.
Counterexample: ``make([]byte, 0, n)`` of an ``n`` that was checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flakecore.diagnosis.crash_site import CrashSite
from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Role, Weight
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.source.panics.expressions import made_with

_MADE = re.compile(r"(?:runtime error: )?make(slice|chan): (len|cap|size) out of range")
_ARRAY = re.compile(
    r"runtime error: cannot convert slice with length (\d{1,19}) to array or pointer to array"
    r" with length (\d{1,19})"
)
_NOT_A_NUMBER = re.compile(r"\D")


def _find(question: Question) -> Iterator[Finding]:
    site = question.panic
    if site is None:
        return
    if found := _MADE.match(site.message):
        yield _made(question, site, found[1], found[2])
    elif found := _ARRAY.match(site.message):
        claim = f"{site.who} takes a list of length {found[1]} for an array of length {found[2]}"
        yield _finding(question, site, claim, "")


def _made(question: Question, site: CrashSite, what: str, of: str) -> Finding:
    """Return a finding on a ``make``: which length or capacity it was given."""
    file = question.files.file_of(site.own) if site.called is None else None
    kind, length, capacity = made_with(file, site.own.line) if file is not None else ("", "", "")
    given = capacity if of == "cap" else length
    # A list of a capacity that is not given has that of its length.
    name = given if _NOT_A_NUMBER.search(given) else ""
    count = "capacity" if of == "cap" else "length" if what == "slice" else "size"
    made = f"a {kind}" if name else "a list" if what == "slice" else "a channel"
    claim = f"{site.who} makes {made} of {count} {name}, which is below zero or too large,"
    if not name:
        claim = f"{site.who} makes {made} of a {count} below zero or too large"
    return _finding(question, site, claim, name)


def _finding(question: Question, site: CrashSite, claim: str, name: str) -> Finding:
    assert question.failure is not None
    made = f", started at {site.made.place}" if site.made is not None else ""
    return Finding(
        rule="panic-cause",
        claim=first_that_fits(
            f"{claim}{site.at_call}{made}",
            f"{claim}{site.at_call}",
            f"{claim}{site.at}",
            f"{claim.rstrip(',')} ({site.own.place})",
        ),
        certainty=Certainty.INFERRED if name else Certainty.SEEN,
        weight=Weight.CAUSE if name else Weight.EFFECT,
        test=question.failure.test,
        places=site.places(Role.PANICS),
        evidence=(Evidence(f"panic: {site.message.partition(chr(10))[0]}", None, site.goroutine),),
    )


RULE = Rule("bad-size", Needs.FAILURE, _find, ids=("panic-cause",))
