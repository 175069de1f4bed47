"""Finds what failed: from results, crashes and race reports to one list in order of time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from flakecore.gotest import (
    Crash,
    CrashKind,
    DumpFrame,
    Line,
    Message,
    Outcome,
    PackageRun,
    Race,
    read_messages,
)
from flakecore.timeline.ancestry import Family
from flakecore.timeline.calls import FailingCall
from flakecore.timeline.failures import Failure, FailureKind
from flakecore.timeline.frames import own_frame
from flakecore.timeline.tests import TestSpan, TestStatus

_RACE_MESSAGE = "race detected during execution of test"


@dataclass(frozen=True, slots=True)
class Testimony:
    """Everything that bears witness to a package's failures.

    Attributes:
        run: its test output.
        tests: its tests on the case's clock, in the order of ``run.tests``.
        lines_of: the lines of each test that has any, by its index.
        line_ns: from a line's position in ``run.lines`` to its time.
        line_index: from a line's position to its index in the case's output.
        calls: failing calls by test, where a trace has them.
        family: goroutines and their tests, where there is a trace.
        end_ns: when the case ended.
    """

    run: PackageRun
    tests: Sequence[TestSpan]
    lines_of: Mapping[int, Sequence[Line]]
    line_ns: Callable[[int], int]
    line_index: Callable[[int], int]
    calls: Mapping[int, Sequence[FailingCall]]
    family: Family | None
    end_ns: int


def find_failures(witness: Testimony) -> tuple[Failure, ...]:
    """Return the failures of a package's run, in order of time."""
    found = list(_find(witness))
    found.sort(key=lambda failure: (failure.at_ns, failure.test))
    return tuple(replace(failure, index=index) for index, failure in enumerate(found))


def _find(witness: Testimony) -> Iterator[Failure]:
    run = witness.run
    if run.status is Outcome.BUILD_FAIL:
        yield _of_package(witness, FailureKind.BUILD, "\n".join(run.build_output), -1)
        return
    blamed: set[int] = set()
    for crash in run.crashes:
        for failure in _of_crash(witness, crash):
            blamed.add(failure.test)
            yield failure
    for failure in _of_races(witness):
        blamed.add(failure.test)
        yield failure
    parents = {test.parent for test in witness.tests if test.status is TestStatus.FAIL}
    for test in witness.tests:
        if test.status is TestStatus.FAIL:
            assertion = _of_assertion(witness, test, test.index in blamed | parents)
            if assertion is not None:
                blamed.add(test.index)
                yield assertion
    if run.status is Outcome.FAIL and not run.crashes:
        yield from _of_exit(witness, bool(blamed))


def _of_crash(witness: Testimony, crash: Crash) -> Iterator[Failure]:
    at_ns = min(witness.line_ns(crash.first_line), witness.end_ns)
    line_index = witness.line_index(crash.first_line)
    if crash.kind is CrashKind.TIMEOUT:
        tests = _running(witness, [name for name, _ in crash.running])
        for test in tests:
            frame = own_frame(_dumped(crash, test.goroutine), witness.run.package)
            yield Failure(
                index=0,
                test=test.index,
                test_name=test.name,
                kind=FailureKind.TIMEOUT,
                at_ns=at_ns,
                message=crash.message,
                file=frame.file if frame else "",
                line=frame.line if frame else 0,
                goroutine=test.goroutine,
                output_line=line_index,
            )
        if tests:
            return
    number = crash.goroutines[0].number if crash.goroutines else 0
    index = _test_of(witness, [number], crash.test)
    frame = own_frame(crash.goroutines[0].frames, witness.run.package) if crash.goroutines else None
    kinds = {CrashKind.FATAL: FailureKind.FATAL, CrashKind.TIMEOUT: FailureKind.TIMEOUT}
    yield Failure(
        index=0,
        test=index,
        test_name=_name(witness, index),
        kind=kinds.get(crash.kind, FailureKind.PANIC),
        at_ns=at_ns,
        message=crash.message,
        file=frame.file if frame else "",
        line=frame.line if frame else 0,
        goroutine=number,
        output_line=line_index,
    )


def _of_races(witness: Testimony) -> Iterator[Failure]:
    told: set[int] = set()
    for race in witness.run.races:
        numbers = [access.goroutine for access in race.accesses]
        test = _test_of(witness, numbers, race.test)
        if test in told:
            continue
        told.add(test)
        first = race.accesses[0] if race.accesses else None
        frame = own_frame(first.frames, witness.run.package) if first else None
        yield Failure(
            index=0,
            test=test,
            test_name=_name(witness, test),
            kind=FailureKind.RACE,
            at_ns=min(witness.line_ns(race.first_line), witness.end_ns),
            message=_race_message(race, witness.run.package),
            file=frame.file if frame else "",
            line=frame.line if frame else 0,
            goroutine=first.goroutine if first else 0,
            output_line=witness.line_index(race.first_line),
        )


def _race_message(race: Race, package: str) -> str:
    parts = []
    for access in race.accesses:
        frame = own_frame(access.frames, package)
        where = f" at {frame.function} ({_base(frame.file)}:{frame.line})" if frame else ""
        who = f"goroutine {access.goroutine}" if access.goroutine else "the main goroutine"
        parts.append(f"{access.kind} by {who}{where}")
    return "data race: " + ", ".join(parts) if parts else "data race"


def _of_assertion(witness: Testimony, test: TestSpan, has_reason: bool) -> Failure | None:
    """Return what a failed test said; None if it said nothing and something else is the reason."""
    messages = [
        message
        for message in read_messages(witness.lines_of.get(test.index, ()))
        if _RACE_MESSAGE not in message.message
    ]
    calls = witness.calls.get(test.index, [])
    if calls:
        call = calls[0]
        message = _message_of(call, messages)
        caller = call.callers[0] if call.callers else None
        file, line = (caller.file, caller.line) if caller else ("", 0)
        if message is not None:
            file = next((f.file for f in call.callers if _base(f.file) == message.file), file)
            line = message.line
        at_ns, goroutine = call.time_ns, call.goroutine
    elif has_reason:
        return None
    else:
        message = _likely(messages)
        file, line = (message.file, message.line) if message else ("", 0)
        at_ns = witness.line_ns(message.position) if message else test.end_ns
        goroutine = test.goroutine
    return Failure(
        index=0,
        test=test.index,
        test_name=test.name,
        kind=FailureKind.ASSERTION,
        at_ns=min(at_ns, witness.end_ns),
        message=message.message if message else "failed without a message",
        file=file,
        line=line,
        goroutine=goroutine,
        output_line=witness.line_index(message.position) if message else -1,
    )


def _message_of(call: FailingCall, messages: Sequence[Message]) -> Message | None:
    places = {(_base(frame.file), frame.line) for frame in call.callers}
    return next((each for each in messages if (each.file, each.line) in places), None)


def _likely(messages: Sequence[Message]) -> Message | None:
    """Return the message that made a test fail: Go 1.27 marks it, before it is the last one."""
    marked = next((each for each in messages if each.output_type == "error"), None)
    return marked or (messages[-1] if messages else None)


def _of_exit(witness: Testimony, explained: bool) -> Iterator[Failure]:
    unfinished = [test for test in witness.tests if test.status is TestStatus.UNFINISHED]
    parents = {test.parent for test in unfinished}
    status = _exit_status(witness.run)
    for test in unfinished:
        if test.index not in parents:
            yield Failure(
                index=0,
                test=test.index,
                test_name=test.name,
                kind=FailureKind.EXIT,
                at_ns=witness.end_ns,
                message=f"the process ended while this test ran ({status})",
                file="",
                line=0,
                goroutine=test.goroutine,
                output_line=-1,
            )
    if not unfinished and not explained:
        yield _of_package(witness, FailureKind.EXIT, f"the package failed ({status})", -1)


def _exit_status(run: PackageRun) -> str:
    for line in reversed(run.lines):
        if line.text.startswith(("exit status ", "signal: ")):
            return line.text
    return "no exit status"


def _of_package(witness: Testimony, kind: FailureKind, message: str, output_line: int) -> Failure:
    return Failure(
        index=0,
        test=-1,
        test_name=witness.run.package,
        kind=kind,
        at_ns=witness.end_ns,
        message=message,
        file="",
        line=0,
        goroutine=0,
        output_line=output_line,
    )


def _running(witness: Testimony, names: Sequence[str]) -> list[TestSpan]:
    """Return the tests a timeout names, without those that only wait for their subtests."""
    leaves = [name for name in names if not any(other.startswith(f"{name}/") for other in names)]
    last = {test.name: test for test in witness.tests}
    return [last[name] for name in leaves if name in last]


def _test_of(witness: Testimony, goroutines: Iterable[int], otherwise: int) -> int:
    if witness.family is not None:
        for number in goroutines:
            test = witness.family.test_of(number)
            if test >= 0:
                return test
    return otherwise


def _dumped(crash: Crash, goroutine: int) -> tuple[DumpFrame, ...]:
    for dump in crash.goroutines:
        if dump.number == goroutine:
            return dump.frames
    return ()


def _name(witness: Testimony, test: int) -> str:
    return witness.tests[test].name if test >= 0 else witness.run.package


def _base(path: str) -> str:
    return path.rpartition("/")[2]
