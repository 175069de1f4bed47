"""``send-on-closed``, ``chan-closed-twice``: the goroutine that panicked, and who closed before.

Reported where the runtime states ``send on closed channel`` or ``close of closed channel``. Where
the channel was closed is reported where the tests may come to one or two closes of it by the source
(inferred); the goroutine, where the trace shows one that woke another by a close in one of these
lines. Silent on the other side where the channel escapes from the package; on everything where the
source has a call of ``panic`` in the line.

Example: a worker sends its result after the collector gave up and closed the channel.
Counterexample: the send comes first, and the panic is another.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.crash_site import CrashSite
from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role, Weight
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.source.go_file import GoFile
from flakecore.diagnosis.source.go_parser import line_of, text_of
from flakecore.diagnosis.source.objects.operations import Operation, OperationKind
from flakecore.diagnosis.source.panics.test_reach import may_be_called
from flakecore.diagnosis.source.syntax import declared_around
from flakecore.frames import own_frame
from flakecore.timeline import State
from flakecore.times import format_time

_KINDS = {
    "send on closed channel": ("send-on-closed", "sends on", OperationKind.SEND, Role.SENDS),
    "close of closed channel": (
        "chan-closed-twice",
        "closes",
        OperationKind.CLOSE,
        Role.CLOSES,
    ),
}
_ON_CHANNEL = (State.CHAN_RECEIVE, State.CHAN_SEND, State.SELECT)
_PANICS = {"panic", "runtime.gopanic"}
_SHOWN = 4
"""Places that close a channel, of which the evidence has so many."""
_NAMED = 2
"""Places one of which closed a channel before, or that call what closed it, that a claim names."""


def _find(question: Question) -> Iterator[Finding]:
    failure, site = question.failure, question.panic
    kind = _KINDS.get(site.message.partition("\n")[0].strip()) if site is not None else None
    if failure is None or site is None or kind is None:
        return
    rule, does, operation, role = kind
    file = question.files.file_of(site.own)
    own = _operations(file, site.own.line, operation) if file is not None else []
    if file is not None and not own and file.panics(site.own.line):
        return
    name = own[0].object.text if len(own) == 1 else ""
    closes = _closes(question, site, own[0]) if len(own) == 1 else []
    at = f" ({site.own.place})"
    claim = f"{site.who} {does} {name or 'a closed channel'}{at}"
    evidence = [Evidence(f"panic: {site.message.partition(chr(10))[0]}", None, site.goroutine)]
    places = list(site.places(role))
    claims = [f"{claim}{', which was closed' if name else ''}"]
    seen = {each: _seen_closing(question, *each) for each in closes}
    closers = [each for each, (number, _) in seen.items() if number]
    first = closes if len(closes) == 1 else closers if len(closers) == 1 else []
    if first:
        path, line = first[0]
        closer, close = seen[first[0]]
        by = "the same line" if (path, line) == (site.own.file, site.own.line) else _at(path, line)
        claims.insert(0, f"{claim}, which G{closer} closed before at {by}")
        if not closer:
            claims[0] = f"{claim}, which was closed before at {by}"
            function, lines = _called_at(question, site) if by == "the same line" else ("", "")
            if lines:
                claims.insert(0, f"{claim} again, called at {lines}")
                evidence.append(Evidence(f"{function} is called at {lines}", None, 0))
        alone = f"the tests may come to one close of it, at {_at(path, line)}"
        evidence.append(close or Evidence(alone, None, 0))
        places.append(Place(Role.CLOSES, closer, "", path, line))
    elif closes:
        named = [_at(*each) for each in closes[:_SHOWN]]
        more = "" if len(closes) <= _SHOWN else f" and {len(closes) - _SHOWN} more places"
        closing = f"the tests may come to closes of it at {', '.join(named)}{more}"
        evidence.append(Evidence(closing, None, 0))
        if len(closes) == _NAMED:
            others = [each for each in closes if each != (site.own.file, site.own.line)]
            by = " or ".join(_at(*each) for each in others)
            by += " or the same line" if len(others) < len(closes) else ""
            claims.insert(0, f"{claim}, which was closed before at {by}")
            places += [Place(Role.CLOSES, 0, "", path, line) for path, line in others]
    yield Finding(
        rule=rule,
        claim=first_that_fits(*claims),
        certainty=Certainty.INFERRED if name else Certainty.SEEN,
        weight=Weight.CAUSE if name else Weight.EFFECT,
        test=failure.test,
        places=tuple(places),
        evidence=tuple(evidence),
        next="let the sender close, or none: wait for the senders before the close"
        if role is Role.SENDS
        else "close in one place, or under a sync.Once",
    )


def _operations(file: GoFile, line: int, kind: OperationKind) -> list[Operation]:
    """Return the operations of a kind in a line, or else in the cases of the select there.

    A send of a select panics in the line of the select.
    """
    select = file.select_at(line)
    return file.at(line, kind) or [
        each for each in (file.cases_of(select) if select is not None else ()) if each.kind is kind
    ]


def _closes(question: Question, site: CrashSite, own: Operation) -> list[tuple[str, int]]:
    """Return file and line of the channel's closes that the tests may have come to.

    Empty if not all are known. The panicking line may have closed it before, and counts.
    """
    package = question.files.package_of(site.own)
    file = site.own.file.rpartition("/")[2]
    if package is None or package.uses.escapes(file, own):
        return []
    found = {
        (name, each.line)
        for name, each in package.uses.of(file, own)
        if each.kind is OperationKind.CLOSE
    }
    tests = _tests(question)
    functions = {each: package.files[each[0]].function_at(each[1]) for each in found}
    return sorted(
        (f"{package.folder}/{name}", line)
        for (name, line), function in functions.items()
        if function is None or may_be_called(package, name, function, tests, surely=False)
    )


def _tests(question: Question) -> set[str]:
    """Return the functions of the tests of the run."""
    return {each.name.partition("/")[0] for each in question.case.tests}


def _called_at(question: Question, site: CrashSite) -> tuple[str, str]:
    """Return the function that panicked and from which two lines the tests may come to it."""
    package = question.files.package_of(site.own)
    found = package.function_of(site.own) if package is not None else None
    function = declared_around(found[1]) if found is not None else None
    if package is None or found is None or function is None or function != found[1]:
        return "", ""
    tests = _tests(question)
    lines = sorted(
        {
            (name, line_of(call))
            for name, call in package.calls.calls_of((found[0], function.start_byte))
            if (caller := package.files[name].function_at(line_of(call))) is not None
            and may_be_called(package, name, caller, tests, surely=False)
        }
    )
    if len(lines) != _NAMED:
        return "", ""
    name = text_of(function.child_by_field_name("name"))
    return name, " and ".join(_at(*each) for each in lines)


def _at(path: str, line: int) -> str:
    return f"{path.rpartition('/')[2]}:{line}"


def _seen_closing(question: Question, file: str, line: int) -> tuple[int, Evidence | None]:
    """Return the only goroutine that the trace shows to close in a line, and what shows it."""
    case, failure = question.case, question.failure
    schedule = case.schedule
    if schedule is None or failure is None or failure.test < 0:
        return 0, None
    found: dict[int, int] = {}
    for wait in schedule.waits(case.tests[failure.test].start_ns, failure.at_ns):
        wake = wait.wake
        functions = {frame.function for frame in wake.stack} if wake is not None else set()
        # Who panics in a close wakes others, too: those that stop the trace.
        if wake is None or wait.state not in _ON_CHANNEL or functions & _PANICS:
            continue
        frame = own_frame(wake.stack, case.package)
        if frame is not None and (frame.file, frame.line) == (file, line):
            found[wake.goroutine] = wake.time_ns
    if len(found) != 1:
        return 0, None
    ((number, time_ns),) = found.items()
    text = f"G{number} closed a channel there at {format_time(time_ns, digits=6)}s"
    return number, Evidence(text, time_ns, number)


RULE = Rule("closed-channel", Needs.FAILURE, _find, ids=("send-on-closed", "chan-closed-twice"))
