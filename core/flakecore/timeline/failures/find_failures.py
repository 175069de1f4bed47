"""Finds what failed: from results, crashes and race reports to one list in order of time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from flakecore.frames import own_frame
from flakecore.gotest import (
    Crash,
    CrashKind,
    GoroutineDump,
    Message,
    Outcome,
    PackageRun,
    read_messages,
)
from flakecore.timeline.failures.failing_calls import FailingCall
from flakecore.timeline.failures.failure import Failure, FailureKind
from flakecore.timeline.failures.failure_inputs import FailureInputs
from flakecore.timeline.failures.race_failures import RACE_MESSAGE, race_failures
from flakecore.timeline.test_spans import TestSpan, TestStatus

_COMPILER = re.compile(r"(\S+\.go):(\d{1,9}):(?:\d+: | )")
_ASLEEP = "all goroutines are asleep"


def find_failures(inputs: FailureInputs) -> tuple[Failure, ...]:
    """Return the failures of a package's run, in order of time."""
    found = list(_find(inputs))
    found.sort(key=lambda failure: (failure.at_ns, failure.test))
    return tuple(replace(failure, index=index) for index, failure in enumerate(found))


def _find(inputs: FailureInputs) -> Iterator[Failure]:
    run = inputs.run
    if run.status is Outcome.BUILD_FAIL:
        yield _of_build(inputs)
        return
    blamed: set[int] = set()
    for index, crash in enumerate(run.crashes):
        for failure in _of_crash(inputs, crash):
            blamed.add(failure.test)
            yield replace(failure, crash=index)
    for failure in race_failures(inputs):
        blamed.add(failure.test)
        yield failure
    parents = {test.parent for test in inputs.tests if test.status is TestStatus.FAIL}
    for test in inputs.tests:
        if test.status is TestStatus.FAIL:
            assertion = _of_assertion(inputs, test, test.index in blamed | parents)
            if assertion is not None:
                blamed.add(test.index)
                yield assertion
    if run.status is Outcome.FAIL and not run.crashes:
        yield from _of_exit(inputs, bool(blamed))


def _of_build(inputs: FailureInputs) -> Failure:
    build_output = inputs.run.build_output
    failure = _of_package(inputs, FailureKind.BUILD, "\n".join(build_output))
    found = next((each for line in build_output if (each := _COMPILER.match(line))), None)
    return replace(failure, file=found[1], line=int(found[2])) if found else failure


def _of_crash(inputs: FailureInputs, crash: Crash) -> Iterator[Failure]:
    if crash.kind is CrashKind.TIMEOUT:
        tests = _running(inputs, [name for name, _ in crash.running])
        for test in tests:
            dump = _dump_of(inputs, crash, test)
            number = test.goroutine or (dump.number if dump else 0)
            yield _crashed(inputs, crash, FailureKind.TIMEOUT, test.index, number, dump)
        if tests:
            return
    dump = crash.goroutines[0] if crash.goroutines else None
    index = inputs.test_of([dump.number] if dump else [], crash.test)
    if index >= 0 and crash.message.startswith(_ASLEEP):
        # The dump begins with the main goroutine, which merely waits for the test.
        dump = _dump_of(inputs, crash, inputs.tests[index]) or dump
    kinds = {CrashKind.FATAL: FailureKind.FATAL, CrashKind.TIMEOUT: FailureKind.TIMEOUT}
    kind = kinds.get(crash.kind, FailureKind.PANIC)
    yield _crashed(inputs, crash, kind, index, dump.number if dump else 0, dump)


def _crashed(
    inputs: FailureInputs,
    crash: Crash,
    kind: FailureKind,
    test: int,
    goroutine: int,
    dump: GoroutineDump | None,
) -> Failure:
    frame = own_frame(dump.frames, inputs.run.package) if dump else None
    return Failure(
        index=0,
        test=test,
        test_name=inputs.name(test),
        kind=kind,
        at_ns=inputs.line_within(crash.first_line),
        message=crash.message,
        file=frame.file if frame else "",
        line=frame.line if frame else 0,
        goroutine=goroutine,
        output_line=inputs.line_index(crash.first_line),
    )


def _dump_of(inputs: FailureInputs, crash: Crash, test: TestSpan) -> GoroutineDump | None:
    """Return the dump of a test's goroutine: by its number, or by the one that is in the test."""
    if test.goroutine:
        return next((dump for dump in crash.goroutines if dump.number == test.goroutine), None)
    function = f"{inputs.run.package}.{test.name.partition('/')[0]}"
    inside = []
    for dump in crash.goroutines:
        functions = [frame.function for frame in dump.frames]
        runs_it = any(f"{name}.".startswith((f"{function}.", f"{function}[")) for name in functions)
        # A test that waits for its subtest stands in Run.
        if runs_it and "testing.tRunner" in functions and "testing.(*T).Run" not in functions:
            inside.append(dump)
    return inside[0] if len(inside) == 1 else None


def _of_assertion(inputs: FailureInputs, test: TestSpan, has_reason: bool) -> Failure | None:
    """Return what a failed test said; None if it said nothing and something else is the reason."""
    lines = inputs.lines_of.get(test.index, ())
    said = read_messages(lines)
    messages = [each for each in said if each.message != RACE_MESSAGE]
    calls = inputs.calls.get(test.index, [])
    if calls:
        return _of_call(inputs, test, calls[0], messages)
    if has_reason:
        # Only Go 1.27 tells an error from what the test merely logged.
        messages = [each for each in messages if each.output_type == "error"]
        if not messages:
            return None
    raced = [each for each in said if each.message == RACE_MESSAGE]
    kind = FailureKind.ASSERTION
    if raced and not messages:
        kind, messages = FailureKind.RACE, raced
    message = _likely(messages)
    at_ns = inputs.line_ns(message.position) if message else test.end_ns
    text = message.message if message else _of_example(test, [line.text for line in lines])
    return Failure(
        index=0,
        test=test.index,
        test_name=test.name,
        kind=kind,
        at_ns=max(test.start_ns, min(at_ns, test.end_ns)),
        message=text or "failed without a message",
        file=message.file if message and kind is FailureKind.ASSERTION else "",
        line=message.line if message and kind is FailureKind.ASSERTION else 0,
        goroutine=test.goroutine,
        output_line=inputs.line_index(message.position) if message else -1,
    )


def _of_call(
    inputs: FailureInputs, test: TestSpan, call: FailingCall, messages: Sequence[Message]
) -> Failure:
    """Return the failure that a failing call tells, with the message it printed."""
    message = _message_of(call, messages)
    caller = call.callers[0] if call.callers else None
    file, line = (caller.file, caller.line) if caller else ("", 0)
    if message is not None:
        base = _base(message.file)
        file = next((frame.file for frame in call.callers if _base(frame.file) == base), file)
        line = message.line
    return Failure(
        index=0,
        test=test.index,
        test_name=test.name,
        kind=FailureKind.ASSERTION,
        at_ns=call.time_ns,
        message=message.message if message else "failed without a message",
        file=file,
        line=line,
        goroutine=call.goroutine,
        output_line=inputs.line_index(message.position) if message else -1,
    )


def _message_of(call: FailingCall, messages: Sequence[Message]) -> Message | None:
    places = {(_base(frame.file), frame.line) for frame in call.callers}
    return next((each for each in messages if (_base(each.file), each.line) in places), None)


def _likely(messages: Sequence[Message]) -> Message | None:
    """Return the message that made a test fail: Go 1.27 marks it, before it is the last one."""
    marked = next((each for each in messages if each.output_type == "error"), None)
    return marked or (messages[-1] if messages else None)


def _of_example(test: TestSpan, texts: Sequence[str]) -> str:
    """Return how an example's output differs, which stands below its result; "" for none."""
    if not test.name.startswith("Example"):
        return ""
    result = next(
        (at for at, text in enumerate(texts) if text.startswith("--- FAIL: ")), len(texts)
    )
    return "\n".join(texts[result + 1 :])


def _of_exit(inputs: FailureInputs, explained: bool) -> Iterator[Failure]:
    unfinished = [test for test in inputs.tests if test.status is TestStatus.UNFINISHED]
    parents = {test.parent for test in unfinished}
    status = _exit_status(inputs.run)
    for test in unfinished:
        if test.index not in parents:
            yield Failure(
                index=0,
                test=test.index,
                test_name=test.name,
                kind=FailureKind.EXIT,
                at_ns=inputs.end_ns,
                message=f"the process ended while this test ran{status}",
                file="",
                line=0,
                goroutine=test.goroutine,
                output_line=-1,
            )
    if not unfinished and not explained:
        yield _of_package(inputs, FailureKind.EXIT, f"the package failed{status}")


def _exit_status(run: PackageRun) -> str:
    """Return how the process ended, which go says only where the tests printed nothing."""
    for line in reversed(run.lines):
        if line.test < 0 and line.text.startswith(("exit status ", "signal: ")):
            return f" ({line.text})"
    return ""


def _of_package(inputs: FailureInputs, kind: FailureKind, message: str) -> Failure:
    return Failure(
        index=0,
        test=-1,
        test_name=inputs.run.package,
        kind=kind,
        at_ns=inputs.end_ns,
        message=message,
        file="",
        line=0,
        goroutine=0,
        output_line=-1,
    )


def _running(inputs: FailureInputs, names: Sequence[str]) -> list[TestSpan]:
    """Return the tests a timeout names, without those that only wait for their subtests."""
    leaves = [name for name in names if not any(other.startswith(f"{name}/") for other in names)]
    last = {test.name: test for test in inputs.tests}
    return [last[name] for name in leaves if name in last]


def _base(path: str) -> str:
    return path.rpartition("/")[2]
