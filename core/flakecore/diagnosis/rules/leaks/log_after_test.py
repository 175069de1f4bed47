"""``log-after-test``: a goroutine that logged to a test, or failed it, when that had completed.

Reported where package testing panics with ``Log in goroutine after TestX has completed`` or ``Fail
in goroutine after …`` (``testing/testing.go``). It names the test, where the goroutine logged and
where it was started. Silent on output that is merely printed late.

Example: ``go func() { time.Sleep(d); t.Log("done") }()`` in a test that does not wait.
Counterexample: the test waits for the goroutine before it returns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flakecore.diagnosis.crash_site import CrashSite
from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Role
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits

_MESSAGE = re.compile(r"(Log|Fail) in goroutine after (\S{0,500}) has completed")
"""The name is missing where the test's parent was failed with it (``testing.go``, common.Fail)."""
_DOES = {"Log": ("logged", "logged to"), "Fail": ("failed it", "failed")}
"""What was done, to a test that is named behind it and to one that is not."""


def _find(question: Question) -> Iterator[Finding]:
    failure, site = question.failure, question.panic
    found = _MESSAGE.match(site.message) if site is not None else None
    if failure is None or site is None or found is None:
        return
    (does, to), test = _DOES[found[1]], found[2]
    made = f", started at {site.made.place}," if site.made is not None else ""
    yield Finding(
        rule=RULE.id,
        claim=_unnamed(site, made, to)
        if not test
        else first_that_fits(
            f"{site.who}{made} {does} at {site.own.place} after {test} had completed",
            f"{site.who} {does} at {site.own.place} after {test} had completed",
            f"{site.who} {does} at {site.own.place} after its test had completed",
        ),
        certainty=Certainty.SEEN,
        test=failure.test,
        places=site.places(Role.PANICS),
        evidence=(Evidence(f"panic: {found[0]}", None, site.goroutine),),
        next=f"let {test or 'the test'} wait for it before it returns",
    )


def _unnamed(site: CrashSite, made: str, does: str) -> str:
    """Return the claim where package testing does not name the test."""
    where = f"{does} a test at {site.own.place} after that had completed"
    return first_that_fits(f"{site.who}{made} {where}", f"{site.who} {where}")


RULE = Rule("log-after-test", Needs.FAILURE, _find)
