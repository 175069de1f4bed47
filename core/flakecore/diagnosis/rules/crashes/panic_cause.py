"""``panic-cause``: what a run-time panic is about, and where.

Reports a write to a nil map, a nil pointer, an index out of range, the close of a nil channel and
a misused wait group, each by the runtime's own message (``runtime/error.go``, ``runtime/map.go``,
``sync/waitgroup.go``). It names the expression where the source is at hand and the line leaves one
only, up to three where any part of a chain may be it, and where its nil, or the list that was too
short, came from if the package leaves one way, with the goroutine that had not yet come to set it;
the nil receiver where the dump shows it; and for a wait group where its Add and Done stand.
Silent on other panics, whose message has all there is, and where the source has a call of
``panic`` in the line: what its message describes happened elsewhere.

Example: ``var seen map[string]int; seen["a"]++``.
Counterexample: ``panic("no route")``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from flakecore.diagnosis.crash_site import CrashSite
from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role, Weight
from flakecore.diagnosis.goroutine_states import GoroutineState
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.panics.clearings import clearing
from flakecore.diagnosis.source.panics.expressions import (
    asserted_type,
    closed,
    divisor,
    indexed,
    written_map,
)
from flakecore.diagnosis.source.panics.nil_candidates import call_of, nil_candidates
from flakecore.diagnosis.source.panics.nil_origin import NilOrigin, call_origin, nil_origin
from flakecore.gotest import Message

OriginOf = Callable[[GoPackage, str, int, str], NilOrigin | None]
"""From a package, a file, a line and an expression there to where its value came from."""
_INDEX = re.compile(
    r"runtime error: index out of range \[(-?\d{1,19})\](?: with length (\d{1,19}))?"
)
_SLICE = re.compile(r"runtime error: (slice bounds out of range \[.{0,80})")
_DIVIDE = "runtime error: integer divide by zero"
_SIGNAL = re.compile(r"^\[signal SIG\w{2,8}: .{0,80} addr=0x([0-9a-f]{1,16}) ")
"""What the runtime prints of a fault (``runtime/signal_unix.go``)."""
_SIGNAL_WITHIN = 8
"""Lines from the panic's first one among which it stands."""
_CONVERSION = re.compile(
    r"interface conversion: (?:interface(?: \{\})?|\S{1,200}) is (nil|.{1,200}?), not "
    r"(.{1,200}?)(?: \(types|\Z)"
)
_NO_METHOD = re.compile(
    r"interface conversion: (.{1,200}?) is not (.{1,200}?): missing method (\w{1,100})"
)
_NIL = "runtime error: invalid memory address or nil pointer dereference"


def _find(question: Question) -> Iterator[Finding]:
    site = question.panic
    if site is None:
        return
    file = question.files.file_of(site.own)
    line, message = site.own.line, site.message
    if file is not None and file.panics(line):
        return
    if site.called is not None:  # What is wrong there is none of the line's expressions.
        file = None
    if message.startswith("assignment to entry in nil map"):
        name = written_map(file, line) if file is not None else ""
        finding = _finding(
            question, site, f"{site.who} writes to the nil map{_behind_blank(name)}", name
        )
        yield _with_origin(question, site, finding, name)
    elif message.startswith(_NIL):
        yield _nil(question, site)
    elif found := _INDEX.match(message):
        name = indexed(file, line) if file is not None else ""
        length = f" of length {found[2]}" if found[2] else ""
        claim = f"{site.who} asks for index {found[1]} of {name or 'a value'}{length}"
        finding = _finding(question, site, claim, name)
        yield _with_origin(question, site, finding, name, origin_of=call_origin, cuts=True)
    elif found := _SLICE.match(message):
        name = indexed(file, line) if file is not None else ""
        yield _finding(question, site, f"{site.who} slices{_behind_blank(name)}: {found[1]}", name)
    elif message.startswith(_DIVIDE):
        name = divisor(file, line) if file is not None else ""
        claim = f"{site.who} divides by {f'{name}, which is zero,' if name else 'zero'}"
        finding = _finding(question, site, claim, name)
        yield _with_origin(question, site, finding, name, origin_of=_zero_origin)
    elif found := _CONVERSION.match(message) or _NO_METHOD.match(message):
        yield _conversion(question, site, found)
    elif message.startswith("close of nil channel"):
        name = closed(file, line) if file is not None else ""
        claim = f"{site.who} closes {f'{name}, a nil channel,' if name else 'a nil channel'}"
        yield _with_origin(question, site, _finding(question, site, claim, name), name)


def _zero_origin(package: GoPackage, file: str, line: int, expression: str) -> NilOrigin | None:
    """Return where a number had its zero from: a call, or what alone sets it, or nothing does."""
    origin = call_origin(package, file, line, expression)
    return origin or nil_origin(package, file, line, expression)


def _behind_blank(name: str) -> str:
    return f" {name}" if name else ""


def _fault_address(question: Question) -> int | None:
    """Return the address that the runtime states was touched, in the lines behind the panic's."""
    failure, output = question.failure, question.case.output
    first = failure.output_line if failure is not None else -1
    if first < 0:
        return None
    for at in range(first, min(first + _SIGNAL_WITHIN, len(output))):
        found = _SIGNAL.search(output[at].text)
        if found is not None:
            return int(found[1], 16)
    return None


def _nil(question: Question, site: CrashSite) -> Finding:
    parts = nil_candidates(question.files, site, _fault_address(question))
    if len(parts) > 1 and not site.called_on_nil:
        one_of = f"{', '.join(parts[:-1])} or {parts[-1]}"
        finding = _finding(question, site, f"{site.who} follows a nil pointer, {one_of},", one_of)
        return _with(finding, *_emptied_parts(question, site, parts))
    name = parts[0] if len(parts) == 1 else ""
    if site.called_on_nil:
        caller = next((each for each in site.frames[1:] if each.file), None)
        where = f", called at {caller.file.rpartition('/')[2]}:{caller.line}" if caller else ""
        receiver = question.files.receiver_of(site.own)
        finding = (
            _of_receiver(question, site, receiver)
            if receiver
            else _finding(question, site, f"{site.who} uses a nil receiver", "")
        )
        extra = Evidence(f"the dump has 0x0 as the receiver{where}", None, site.goroutine)
        return _with(finding, extra)
    claim = f"{site.who} follows a nil pointer" + (f", {name}," if name else "")
    if name and name == question.files.receiver_of(site.own):
        return _of_receiver(question, site, name)
    return _with_origin(question, site, _finding(question, site, claim, name), name)


def _emptied_parts(question: Question, site: CrashSite, parts: list[str]) -> Iterator[Evidence]:
    """Yield who sets to nil what may have been it."""
    package, file = question.files.package_of(site.own), site.own.file.rpartition("/")[2]
    if package is None:
        return
    for name in parts:
        origin = clearing(package, (file, site.own.line), name, _test_function(question))
        if origin is not None:
            yield Evidence(f"{name}{origin.words} ({origin.file}:{origin.line})", None, 0)


def _test_function(question: Question) -> str:
    return question.failure.test_name.partition("/")[0] if question.failure is not None else ""


def _conversion(question: Question, site: CrashSite, conversion: re.Match[str]) -> Finding:
    """Return a finding on a type assertion: what it asserts, and what there is."""
    file = question.files.file_of(site.own) if site.called is None else None
    name, kind = asserted_type(file, site.own.line) if file is not None else ("", "")
    missing = conversion.re is _NO_METHOD
    there = f"{conversion[1]}, which has no method {conversion[3]}" if missing else conversion[1]
    wanted = kind or conversion[2]
    article = "an" if wanted[:1] in "aeiou" else "a"
    claim = f"{site.who} takes {name or 'a value'} for {article} {wanted}, but it is {there},"
    return _with_origin(
        question, site, _finding(question, site, claim, name), name, origin_of=call_origin
    )


def _of_receiver(question: Question, site: CrashSite, name: str) -> Finding:
    """Return a finding on a nil receiver: on what it was called, and where that came from."""
    claim = f"{site.who} follows a nil pointer, {name},"
    finding = _finding(question, site, claim, name)
    call = call_of(question.files, site)
    if call is None:
        return finding
    package, caller, called = call
    origin = nil_origin(package, caller.file.rpartition("/")[2], caller.line, called)
    on = f", called on {called} ({caller.place})"
    words = (
        f"{origin.words}{f' ({origin.file}:{origin.line})' if origin.line else ''}"
        if origin
        else ""
    )
    without = finding.claim.replace(f" in {site.own.short_function}", "")
    places = [Place(Role.RUNS, site.goroutine, caller.function, caller.file, caller.line)]
    facts = [Evidence(f"the dump has it called at {caller.place}", None, site.goroutine)]
    if origin is not None:
        facts.append(Evidence(f"{called}{words}", None, 0))
        if origin.line:
            path = f"{package.folder}/{origin.file}"
            places.append(Place(Role.CREATED, 0, "", path, origin.line))
    return replace(
        finding,
        claim=first_that_fits(
            f"{finding.claim}{on}{words}",
            f"{without}{on}{words}",
            f"{finding.claim}{on}",
            f"{without}{on}",
            finding.claim,
        ),
        places=(*finding.places, *places),
        evidence=(*finding.evidence, *facts),
    )


def _with_origin(
    question: Question,
    site: CrashSite,
    finding: Finding,
    name: str,
    *,
    origin_of: OriginOf = nil_origin,
    cuts: bool = False,
) -> Finding:
    """Return a finding that states where the value came from, if the source leaves one way only.

    Or else who empties it: by nil, or where it ``cuts`` by cutting it short as well.
    """
    package, file = question.files.package_of(site.own), site.own.file.rpartition("/")[2]
    if package is None or not name:
        return finding
    origin = origin_of(package, file, site.own.line, name)
    if origin is None:
        at = (file, site.own.line)
        origin = clearing(package, at, name, _test_function(question), cuts=cuts)
    if origin is None:
        return finding
    where = f" ({origin.file}:{origin.line})" if origin.line else ""
    place = Place(Role.CREATED, 0, "", f"{package.folder}/{origin.file}", origin.line)
    made = f", started at {site.made.place}" if site.made is not None else ""
    unmade = finding.claim.removesuffix(made)
    without = unmade.replace(f" in {site.own.short_function}", "")
    facts = [Evidence(f"{name}{origin.words}{where}", None, 0)]
    facts += [Evidence(origin.aside, None, 0)] if origin.aside else []
    short = [f"{each}{origin.words}{where}" for each in (finding.claim, unmade, without)]
    late = _not_there_yet(question, site, package, origin)
    if late is not None and late.own is not None:
        facts.append(late.evidence())
        before = f"; {late.name} was before that, at {late.own.place}"
        short = [*(f"{each}{before}" for each in short[1:]), *short]
    places = (place,) if origin.line else ()
    return replace(
        finding,
        claim=first_that_fits(*short, finding.claim),
        places=(*finding.places, *places, *((late.place_of(Role.RUNS),) if late else ())),
        evidence=(*finding.evidence, *facts),
    )


def _not_there_yet(
    question: Question, site: CrashSite, package: GoPackage, origin: NilOrigin
) -> GoroutineState | None:
    """Return the only goroutine that stands before the line that alone sets what was nil."""
    file = package.files.get(origin.file)
    function = file.function_at(origin.line) if file is not None and origin.sets else None
    if function is None:
        return None
    found = [
        state
        for state in question.states
        if state.number != site.goroutine
        and state.own is not None
        and any(
            package.function_of(frame) == (origin.file, function) and frame.line < origin.line
            for frame in state.frames
        )
    ]
    return found[0] if len(found) == 1 else None


def _finding(question: Question, site: CrashSite, claim: str, name: str) -> Finding:
    """Return a finding; an expression that the source gave makes it inferred."""
    assert question.failure is not None
    made = f", started at {site.made.place}" if site.made is not None else ""
    before = next((each for each in question.failure.messages if each.is_error), None)
    place = f"{before.file.rpartition('/')[2]}:{before.line}" if before is not None else ""
    same = before is not None and before.file.rpartition("/")[2] == site.own.short_file
    at = f"line {before.line}" if before is not None and same else place
    failed = f", after the test had failed at {at}" if place and not name else ""
    facts = (
        (Evidence(f"the test had failed before, at {place}: {_first_line(before)}", None, 0),)
        if before is not None
        else ()
    )
    at_call = site.at if name else site.at_call
    return Finding(
        rule=RULE.id,
        claim=first_that_fits(
            f"{claim}{at_call}{made}{failed}",
            f"{claim}{at_call}{failed}",
            f"{claim}{at_call}{made}",
            f"{claim}{at_call}",
            f"{claim}{site.at}",
            claim,
        ),
        certainty=Certainty.INFERRED if name else Certainty.SEEN,
        weight=Weight.CAUSE if name else Weight.EFFECT,
        test=question.failure.test,
        places=site.places(Role.PANICS),
        evidence=(
            Evidence(f"panic: {site.message.partition(chr(10))[0]}", None, site.goroutine),
            *facts,
        ),
    )


def _first_line(message: Message) -> str:
    """Return the first line of an assertion's message that has any meaning."""
    lines = (line.strip() for line in message.message.splitlines())
    return next((line for line in lines if line), "")


def _with(finding: Finding, *evidence: Evidence) -> Finding:
    return replace(finding, evidence=(*finding.evidence, *evidence))


RULE = Rule("panic-cause", Needs.FAILURE, _find)
