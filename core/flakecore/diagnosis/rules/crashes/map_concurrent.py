"""``map-concurrent``: a map that goroutines used at the same time, with both sides where shown.

Reported where the runtime states it (``internal/runtime/maps``: ``concurrent map writes`` and its
kin). The other side is a goroutine of the dump that was running or ready amid a map operation, or
in a line that uses the same variable or field by the source; both are inferred. Where the dump has
none, it is reported what else in the package uses that map; without the source, or where goroutines
at several places may be it, nothing.

Example: two goroutines count words into one map.
Counterexample: the same under a mutex.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flakecore.diagnosis.crash_site import CrashSite, crash_site
from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role, Weight
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits, names
from flakecore.diagnosis.source.values.map_uses import RANGES, READS, WRITES, MapUse, map_uses
from flakecore.frames import own_frame
from flakecore.gotest import DumpFrame, GoroutineDump
from flakecore.timeline import FailureKind

_MESSAGE = re.compile(r"concurrent map (?:writes|read and map write|iteration and map write)")
_BY_MESSAGE = {
    "concurrent map writes": WRITES,
    "concurrent map read and map write": READS,
    "concurrent map iteration and map write": RANGES,
}
"""What the goroutine does that noticed it."""
_IN_MAP = ("runtime.map", "internal/runtime/maps.")
_WRITES = ("assign", "delete", "clear", "put", "grow", "rehash")
_AMID = ("running", "runnable")
_SHOWN = 4


@dataclass(frozen=True)
class _Other:
    """A goroutine that used the map, too.

    Attributes:
        goroutine: its number.
        does: what it does to the map, for a person.
        frame: the program's own frame.
    """

    goroutine: int
    does: str
    frame: DumpFrame

    @property
    def at(self) -> str:
        """``store.go:22``."""
        return f"{self.frame.file.rpartition('/')[2]}:{self.frame.line}"

    @property
    def place(self) -> Place:
        """Its frame as a place of a finding."""
        role = Role.WRITES if self.does == WRITES else Role.READS
        frame = self.frame
        return Place(role, self.goroutine, frame.function, frame.file, frame.line)


def _find(question: Question) -> Iterator[Finding]:
    failure, case = question.failure, question.case
    if failure is None or failure.kind is not FailureKind.FATAL:
        return
    site = crash_site(case, failure)
    reported = _MESSAGE.search(failure.message)
    if site is None or reported is None:
        return
    does = _BY_MESSAGE[reported[0]]
    uses = _uses(question, site, does)
    others = list(_other_users(question, case.crashes[failure.crash].goroutines[1:], uses, does))
    # Of several places none is known to be the other side.
    amid, others = others, others if len({(each.does, each.at) for each in others}) == 1 else []
    own = next((each for each in uses if each.line == site.own.line and each.does == does), None)
    apart = [] if amid else _other_places(uses, own)
    folder = site.own.file.rpartition("/")[0]
    yield Finding(
        rule=RULE.id,
        claim=_claim(site, does, own, others, apart, reported[0]),
        certainty=Certainty.INFERRED if others or apart else Certainty.SEEN,
        weight=Weight.CAUSE if others or apart else Weight.EFFECT,
        test=failure.test,
        places=(
            *site.places(Role.WRITES if does == WRITES else Role.READS),
            *(each.place for each in others[:_SHOWN]),
            *(
                Place(
                    Role.WRITES if each.does == WRITES else Role.READS,
                    0,
                    "",
                    f"{folder}/{each.file}",
                    each.line,
                )
                for each in apart
            ),
        ),
        evidence=(
            Evidence(f"fatal error: {reported[0]}", None, site.goroutine),
            *(
                Evidence(f"G{each.goroutine} {each.does} a map at {each.at}", None, each.goroutine)
                for each in others[:_SHOWN]
            ),
            *(
                Evidence(f"the source {each.does} {each.text} at {each.at}, too", None, 0)
                for each in apart
            ),
        ),
        next="guard the map with a lock; -race names both sides",
    )


def _claim(
    site: CrashSite,
    does: str,
    own: MapUse | None,
    others: Sequence[_Other],
    apart: Sequence[MapUse],
    message: str,
) -> str:
    what = own.text if own is not None else "a map"
    claim = f"{site.who} {does} {what}{site.at}"
    if others:
        who = names([each.goroutine for each in others])
        verb = others[0].does if len(others) == 1 else _PLURAL[others[0].does]
        it = "it" if own is not None else "one"
        short = f"{site.who} {does} {what} ({site.own.place})"
        return first_that_fits(
            f"{claim} while {who} {verb} {it} at {others[0].at}",
            f"{short} while {who} {verb} {it} at {others[0].at}",
            f"{site.who} {does} {what} while {who} {verb} {it}",
        )
    while_used = f"{claim} while another goroutine uses it"
    claims = [f"{while_used}: {message}", while_used, claim]
    if len(apart) == 1:
        each = apart[0]
        claims.insert(
            0, f"{claim} while another uses it; {each.function} {each.does} it ({each.at})"
        )
    return first_that_fits(*claims)


def _uses(question: Question, site: CrashSite, does: str) -> list[MapUse]:
    """Return all uses of the map that a crash is about; empty where its line leaves several."""
    package, name = question.files.package_of(site.own), site.own.file.rpartition("/")[2]
    if package is None or question.files.file_of(site.own) is None:
        return []
    every = map_uses(package)
    here = {
        each.key
        for each in every
        if (each.file, each.line, each.does) == (name, site.own.line, does)
    }
    key = here.pop() if len(here) == 1 else None
    return [each for each in every if each.key == key]


def _other_users(
    question: Question, dumps: Sequence[GoroutineDump], uses: Sequence[MapUse], does: str
) -> Iterator[_Other]:
    """Yield the goroutines of a dump that were amid a use of the map that is in its way."""
    for dump in dumps:
        frame = own_frame(dump.frames, question.case.package)
        if dump.state not in _AMID or frame is None or frame not in dump.frames:
            continue
        at = (frame.file.rpartition("/")[2], frame.line)
        by_source = {each.does for each in uses if (each.file, each.line) == at}
        found = WRITES if WRITES in by_source else next(iter(by_source), "")
        if not uses:
            found = _in_map(dump.frames)
        if found and WRITES in (found, does):
            yield _Other(dump.number, found, frame)


def _in_map(frames: Sequence[DumpFrame]) -> str:
    """Return whether the innermost map operation writes or reads; "" if there is none."""
    called = [frame.function for frame in frames if frame.function.startswith(_IN_MAP)]
    if not called:
        return ""
    return WRITES if any(word in each.lower() for each in called for word in _WRITES) else READS


def _other_places(uses: Sequence[MapUse], own: MapUse | None) -> list[MapUse]:
    """Return the other places that may be in a use's way, where they are few."""
    if own is None:
        return []
    found = [
        each
        for each in uses
        if (each.file, each.line) != (own.file, own.line) and WRITES in (each.does, own.does)
    ]
    return found if 0 < len(found) <= _SHOWN else []


_PLURAL = {WRITES: "write", READS: "read", RANGES: "range over"}

RULE = Rule("map-concurrent", Needs.FAILURE, _find)
