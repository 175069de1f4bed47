"""``map-concurrent``: a map that goroutines used at the same time, with both sides where shown.

Speaks where the runtime says so (``internal/runtime/maps``: ``concurrent map writes`` and its kin).
The other side is told where the dump has another goroutine amid a map operation. Since Go 1.27 the
dump has the crashed goroutine alone; then the other side stays untold.

Example: two goroutines count words into one map.
Counterexample: the same under a mutex.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flakecore.diagnosis.crash_site import crash_site
from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role, Weight
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.frames import own_frame
from flakecore.gotest import DumpFrame, GoroutineDump
from flakecore.timeline import FailureKind

_SAID = re.compile(r"concurrent map (?:writes|read and map write|iteration and map write)")
_BY_MESSAGE = {
    "concurrent map writes": "writes",
    "concurrent map read and map write": "reads",
    "concurrent map iteration and map write": "iterates over",
}
"""What the goroutine does that noticed it."""
_IN_MAP = ("runtime.map", "internal/runtime/maps.")
_WRITES = ("assign", "delete", "clear", "Put")


def _find(question: Question) -> Iterator[Finding]:
    failure, case = question.failure, question.case
    if failure is None or failure.kind is not FailureKind.FATAL:
        return
    site = crash_site(case, failure)
    said = _SAID.search(failure.message)
    if site is None or said is None:
        return
    crash = case.crashes[failure.crash]
    others = [each for each in crash.goroutines[1:] if _in_map(each) is not None]
    does = _BY_MESSAGE[said[0]]
    claim = f"{site.who} {does} a map{site.at}"
    places = list(site.places(Role.WRITES if does == "writes" else Role.READS))
    evidence = [Evidence(f"fatal error: {said[0]}", None, site.goroutine)]
    claims = [f"{claim} while another goroutine uses it: {said[0]}", claim]
    if len(others) == 1:
        other = others[0]
        frame = own_frame(other.frames, case.package)
        if frame is not None:
            at = f"{frame.file.rpartition('/')[2]}:{frame.line}"
            words = _does(other.frames) or "uses"
            claims.insert(0, f"{claim} while G{other.number} {words} one at {at}")
            role = Role.WRITES if words == "writes" else Role.READS
            places.append(Place(role, other.number, frame.function, frame.file, frame.line))
            evidence.append(Evidence(f"G{other.number} {words} a map at {at}", None, other.number))
    yield Finding(
        rule=RULE.id,
        claim=first_that_fits(*claims),
        certainty=Certainty.INFERRED if len(places) > 2 or len(others) == 1 else Certainty.SEEN,
        weight=Weight.CAUSE if len(others) == 1 else Weight.EFFECT,
        test=failure.test,
        places=tuple(places),
        evidence=tuple(evidence),
        next="guard the map with a lock; -race names both sides",
    )


def _in_map(dump: GoroutineDump) -> DumpFrame | None:
    return next((frame for frame in dump.frames if frame.function.startswith(_IN_MAP)), None)


def _does(frames: tuple[DumpFrame, ...]) -> str:
    """Return whether the innermost map operation writes or reads; "" if there is none."""
    names = [frame.function for frame in frames if frame.function.startswith(_IN_MAP)]
    if not names:
        return ""
    return "writes" if any(word in name for name in names for word in _WRITES) else "reads"


RULE = Rule("map-concurrent", Needs.FAILURE, _find)
