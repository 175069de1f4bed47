"""What the evidence of a case holds, read plainly: text by patterns, events one by one.

Nothing of the readers of dumps printed in the output, of intervals or of rules is used: a claim of
the product is compared with this, not with what the product made of the same evidence.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from flakecore.objects import ObjectsPage
from flakecore.timeline import Case
from flakecore.timeline.dumps.case_dumps import CaseDump

At = tuple[str, int]
"""Name of a file, and a line of it."""
_HEADER = re.compile(r"goroutine (\d+)(?: gp=\S+ m=\S+(?: mp=\S+)?)? \[([^\]]*)\]:")
_CREATED = re.compile(r"^created by .* in goroutine (\d+)$")
_PLACE = re.compile(r"([^\s/\\:()\[\]]+\.\w+):(\d+)")
_NAMED = re.compile(r"\bG(\d+)\b")
_ENDED = "NotExist"


@dataclass
class RawEvidence:
    """Plain facts of a case.

    Attributes:
        text: its output.
        goroutines: the numbers of all goroutines that are named anywhere.
        lines: places of stacks by goroutine; of 0 all that stand anywhere.
        times: moments by goroutine; of 0 those of no goroutine: tests, lines, pages.
        states: by goroutine, the states that dumps and pages have of it, as they are written there.
        ended: the goroutines that a trace or a page states have ended.
        transitions: by goroutine, its changes of state in a trace as time, state and reason.
        is_whole: whether all of the evidence was read.
    """

    text: str = ""
    goroutines: set[int] = field(default_factory=set)
    lines: dict[int, set[At]] = field(default_factory=lambda: defaultdict(set))
    times: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    states: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    ended: set[int] = field(default_factory=set)
    transitions: dict[int, list[tuple[int, str, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    is_whole: bool = True

    def stands(self, goroutine: int, *places: At) -> None:
        """Take places of a goroutine's stacks."""
        self.lines[goroutine].update(places)
        self.lines[0].update(places)


def places_in(text: str) -> set[At]:
    """Return all places that a text names."""
    return {(name, int(line)) for name, line in _PLACE.findall(text)}


def numbers_in(text: str) -> set[int]:
    """Return the numbers of all goroutines that a text names as ``G39``."""
    return {int(number) for number in _NAMED.findall(text)}


_read: dict[tuple[int, ...], tuple[Case, RawEvidence]] = {}
_LARGEST = 4 << 20
"""Bytes of a trace that is read event by event: all but those of goroutines that spin or poll."""
_KEPT = 4
"""Cases whose evidence is kept: most are asked about many times in a row."""


def raw_evidence(case: Case) -> RawEvidence:
    """Return what the evidence of a case holds."""
    parts = (case.output, case.trace, case.crashes, case.dumps, case.objects, case.failures)
    key = tuple(map(id, parts))
    if key not in _read:
        while len(_read) >= _KEPT:
            del _read[next(iter(_read))]
        _read[key] = case, _evidence_of(case)
    return _read[key][1]


def _evidence_of(case: Case) -> RawEvidence:
    found = RawEvidence()
    _take_output(found, case)
    for dump in case.dumps:
        _take_dump(found, dump)
    for page in case.objects:
        _take_page(found, page)
    if case.trace is not None:
        found.is_whole = len(case.trace_bytes or b"") <= _LARGEST
        if found.is_whole:
            _take_events(found, case)
    found.times[0] |= {case.start_ns, case.end_ns}
    for test in case.tests:
        found.times[0] |= {test.start_ns, test.end_ns}
    for failure in case.failures:
        found.times[0].add(failure.at_ns)
    return found


def _take_output(found: RawEvidence, case: Case) -> None:
    lines = [line.text for line in case.output]
    # A dump that a case was given, and its output has not, is what its reader made of it.
    found.text = "\n".join(lines)
    found.lines[0] |= places_in(found.text)
    found.times[0] |= {line.time_ns for line in case.output}
    number = 0
    for text in lines:
        header = _HEADER.search(text)
        if header is not None:
            number = int(header[1])
            found.goroutines.add(number)
            found.states[number].add(header[2].partition(",")[0])
        elif not text.strip():
            number = 0
        elif number:
            found.stands(number, *places_in(text))
            creator = _CREATED.match(text)
            found.goroutines |= {int(creator[1])} if creator is not None else set()
    for crash in case.crashes:
        for dump in crash.goroutines:
            found.goroutines |= {dump.number, dump.creator_goroutine}
            found.states[dump.number].add(dump.state)
            frames = (*dump.frames, *((dump.creator,) if dump.creator is not None else ()))
            found.stands(dump.number, *(_at(each.file, each.line) for each in frames))


def _take_dump(found: RawEvidence, dump: CaseDump) -> None:
    for each in dump.goroutines:
        stack = each.stack
        found.goroutines |= {stack.number, stack.creator_goroutine}
        found.states[stack.number].add(stack.state)
        frames = (*stack.frames, *((stack.creator,) if stack.creator is not None else ()))
        found.stands(stack.number, *(_at(frame.file, frame.line) for frame in frames))
    if dump.time_ns is not None:
        found.times[0].add(dump.time_ns)


def _take_page(found: RawEvidence, page: ObjectsPage) -> None:
    found.times[0].add(page.at_ns)
    for each in page.goroutines:
        found.goroutines |= {each.number, each.creator}
        made = (each.created_at,) if each.created_at is not None else ()
        found.stands(each.number, *(_at(frame.file, frame.line) for frame in (*each.stack, *made)))
        found.times[each.number] |= _known(each.since_ns) | _known(each.ended_ns)
        found.states[each.number].add(each.reason if each.state == "waiting" else each.state)
        if each.ended:
            found.ended.add(each.number)
    for thing in page.objects:
        for holder in thing.holders:
            found.goroutines.add(holder.goroutine)
            found.stands(holder.goroutine, *(_at(each.file, each.line) for each in holder.stack))
            found.times[holder.goroutine] |= _known(holder.since_ns)
            found.ended |= {holder.goroutine} if holder.ended else set()
            if page.is_whole and holder.goroutine not in page.by_number:
                found.ended.add(holder.goroutine)
        for _, event in thing.events:
            found.goroutines.add(event.goroutine)
            found.stands(event.goroutine, *(_at(each.file, each.line) for each in event.stack))
            found.times[event.goroutine] |= _known(event.at_ns)
            if page.is_whole and event.goroutine not in page.by_number:
                found.ended.add(event.goroutine)


def _take_events(found: RawEvidence, case: Case) -> None:
    events = case.tables.events()
    columns = ("time_ns", "goroutine", "subject", "number", "to_state", "reason", "stack")
    read: dict[str, set[At]] = {}
    for at, doer, subject, number, state, reason, stack in zip(
        *(events[name].tolist() for name in columns), strict=True
    ):
        about = number if subject == "goroutine" else -1
        if stack not in read:
            read[stack] = places_in(stack)
        for each in {doer, about} - {-1, 0}:
            found.goroutines.add(each)
            found.times[each].add(at)
            found.lines[each] |= read[stack]
        found.lines[0] |= read[stack]
        found.times[0].add(at)
        if about > 0 and state:
            # Each generation begins with the states that goroutines are in already.
            if state != next((was for _, was, _ in found.transitions[about][-1:]), ""):
                found.transitions[about].append((at, state, reason))
            if state == _ENDED:
                found.ended.add(about)


def _known(at_ns: int | None) -> set[int]:
    return set() if at_ns is None else {at_ns}


def _at(file: str, line: int) -> At:
    return file.rpartition("/")[2], line
