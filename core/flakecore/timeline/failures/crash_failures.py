"""Failures by what ended the test binary: timeouts, panics, fatal errors and signals.

Go attributes a crash to the test that was named last, which with parallel tests is hardly ever the
right one. The dump shows better whose the goroutine is that crashed, or which tests were
still running.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from flakecore.frames import below_panic, own_frame
from flakecore.gotest import Crash, CrashKind, DumpFrame, DumpSource
from flakecore.timeline.dumps.case_dumps import CaseDump, DumpedGoroutine
from flakecore.timeline.failures.failure import Failure, FailureKind
from flakecore.timeline.failures.failure_inputs import FailureInputs
from flakecore.timeline.test_spans import TestSpan, TestStatus

_AFTER = re.compile(r"(?:Log|Fail) in goroutine after (\S+) has completed")
_OLD_NAME = re.compile(r"(Test[^/-]*)-\d{1,4}\Z", re.ASCII)
"""A top-level test with its number of processors, as ``-cpu`` named it up to Go 1.4."""
_ASLEEP = "all goroutines are asleep"
_FAULTS = ("SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "Exception ")
"""Signals of what a goroutine did itself, which is the first of a dump."""
_IN_C = "signal arrived during cgo execution"
_MAIN = 1
"""The main goroutine's number."""
_ALIKE = 1_000
"""Goroutines that may be a test's of which the places are compared."""
_KINDS = {CrashKind.FATAL: FailureKind.FATAL, CrashKind.TIMEOUT: FailureKind.TIMEOUT}


def crash_failures(inputs: FailureInputs) -> Iterator[Failure]:
    """Return the failures by crashes, of several tests where a timeout ended several."""
    for index, crash in enumerate(inputs.run.crashes):
        for failure in _of_crash(inputs, crash, inputs.dumps[index]):
            yield replace(failure, crash=index, messages=inputs.messages(failure.test))
    for printed, dump in zip(
        inputs.run.dumps, inputs.dumps[len(inputs.run.crashes) :], strict=False
    ):
        after = _AFTER.match(dump.message)
        if dump.source is DumpSource.CAUGHT and after is not None:
            # The test had ended well, and its handler failed it when it was too late.
            test, name = _latest_run(inputs, after[1])
            goroutine = dump.goroutines[0] if dump.goroutines else None
            failure = _failure(inputs, FailureKind.PANIC, test, name, goroutine)
            yield replace(
                failure,
                message=dump.message,
                at_ns=inputs.line_within(printed.first_line),
                output_line=inputs.line_index(printed.first_line),
            )


def _of_crash(inputs: FailureInputs, crash: Crash, dump: CaseDump) -> Iterator[Failure]:
    kind = _KINDS.get(crash.kind, FailureKind.PANIC)
    for test, name, goroutine in _victims(inputs, crash, dump):
        yield replace(
            _failure(inputs, kind, test, name, goroutine),
            message=crash.message,
            at_ns=inputs.line_within(crash.first_line),
            output_line=inputs.line_index(crash.first_line),
        )


_Victim = tuple[int, str, DumpedGoroutine | None]
"""The index of a test, its name, and its goroutine."""


class _Runners:
    """The goroutines of a dump that run tests, by the test's name, and the latest run of each."""

    def __init__(self, inputs: FailureInputs, dump: CaseDump) -> None:
        self._inputs = inputs
        self._latest = {test.name: test.index for test in inputs.tests}
        for test in inputs.tests:
            if found := _OLD_NAME.match(test.name):
                self._latest.setdefault(found[1], test.index)
        self._by_name: dict[str, list[DumpedGoroutine]] = {}
        self._by_number = {each.stack.number: each for each in reversed(dump.goroutines)}
        for each in dump.goroutines:
            if each.runs:
                self._by_name.setdefault(each.test_name, []).append(each)

    def victim(self, name: str) -> _Victim:
        """Return a test by its name; its index is -1 where the output does not have it."""
        index = self._latest.get(name, -1)
        test_name = self._inputs.tests[index].name if index >= 0 else name
        return index, test_name, self.goroutine_of(name)

    def goroutine_of(self, name: str) -> DumpedGoroutine | None:
        """Return the goroutine of a test; one of several alike where nothing distinguishes them."""
        index = self._latest.get(name, -1)
        if index >= 0 and self._inputs.tests[index].goroutine:
            return self._by_number.get(self._inputs.tests[index].goroutine)
        own = self._by_name.get(name)
        if own:
            return next((each for each in own if not each.waits), own[0])
        # Subtests of one function: nothing shows which of its goroutines is which one's.
        above = [name[: at.start()] for at in re.finditer("/", name)]
        alike = [each for test in above for each in self._by_name.get(test, ()) if not each.waits]
        frames = [_place(self._inputs, each) for each in alike[:_ALIKE]]
        places = {(frame.file, frame.line) if frame else None for frame in frames}
        return alike[0] if len(places) == 1 else None


def _victims(inputs: FailureInputs, crash: Crash, dump: CaseDump) -> list[_Victim]:
    """Return the tests that a crash ended: index, name and goroutine of each."""
    runners = _Runners(inputs, dump)
    after = _AFTER.match(crash.message)
    first = dump.goroutines[0] if dump.goroutines else None
    if after is not None:
        return [(*runners.victim(after[1])[:2], first)]
    if crash.running:
        named = _leaves([name for name, _ in crash.running])
        found = [runners.victim(name) for name in named]
        return [each for each in found if each[0] >= 0] or found
    is_fault = crash.message.startswith(_FAULTS) or _IN_C in crash.message
    is_fault = is_fault and not dump.stuck_tests()
    waited = crash.kind is CrashKind.TIMEOUT or (dump.source is DumpSource.SIGNAL and not is_fault)
    if waited or crash.message.startswith(_ASLEEP):
        stuck = [runners.victim(name) for name in _leaves(dump.stuck_tests())]
        if stuck and (len(stuck) == 1 or dump.source is not DumpSource.SIGNAL):
            return stuck
        if not stuck and first is not None and _is_outside_of_tests(first):
            return [(-1, inputs.run.package, first)]
        unfinished = _unfinished(inputs)
        if not stuck and len(unfinished) == 1:
            span = unfinished[0]
            return [(span.index, span.name, runners.goroutine_of(span.name) or first)]
        if waited:
            return [(-1, inputs.run.package, None)]
    if first is not None and first.test_name:
        attributed = inputs.name(crash.test) if crash.test >= 0 else ""
        if first.runs and attributed.startswith(f"{first.test_name}/"):
            return [(crash.test, attributed, first)]  # of several subtests, the one mentioned last
        return [(first.test, first.test_name, first)]
    test = crash.test
    if test >= 0 and inputs.tests[test].status in (TestStatus.PASS, TestStatus.SKIP):
        # It had ended well; what crashed was left by some test, or belongs to one that still ran.
        unfinished = _unfinished(inputs)
        test = unfinished[0].index if len(unfinished) == 1 else -1
    return [(test, inputs.name(test), first)]


def _is_outside_of_tests(goroutine: DumpedGoroutine) -> bool:
    """Return whether it is the main goroutine before it runs the tests, or after it.

    It stands in ``testing.(*M).Run`` as long as they run (``testing/testing.go``).
    """
    return goroutine.stack.number == _MAIN and not any(
        frame.function.startswith("testing.") for frame in goroutine.stack.frames
    )


def _latest_run(inputs: FailureInputs, name: str) -> tuple[int, str]:
    """Return the latest run of a test, -1 where the output has none, and its name."""
    found = [test.index for test in inputs.tests if test.name == name]
    return (found[-1] if found else -1), name


def _unfinished(inputs: FailureInputs) -> list[TestSpan]:
    """Return the tests that never ended, without those that wait for such subtests."""
    unfinished = [test for test in inputs.tests if test.status is TestStatus.UNFINISHED]
    parents = {test.parent for test in unfinished}
    return [test for test in unfinished if test.index not in parents]


def _leaves(names: Sequence[str]) -> list[str]:
    """Return the names of tests without those that only wait for their subtests among them."""
    parents = {name[: at.start()] for name in names for at in re.finditer("/", name)}
    return [name for name in names if name not in parents]


def _is_its_own(goroutine: DumpedGoroutine, name: str, kind: FailureKind) -> bool:
    """Return whether a goroutine is the failed test's for certain, or the one that crashed."""
    return kind is not FailureKind.TIMEOUT or goroutine.test_name == name


def _failure(
    inputs: FailureInputs,
    kind: FailureKind,
    test: int,
    name: str,
    goroutine: DumpedGoroutine | None,
) -> Failure:
    """Return a failure at the place of a goroutine; its message and time are not in it yet."""
    frame = _place(inputs, goroutine) if goroutine is not None else None
    number = goroutine.stack.number if goroutine and _is_its_own(goroutine, name, kind) else 0
    if kind is FailureKind.TIMEOUT and test >= 0:
        number = inputs.tests[test].goroutine or number
    return Failure(
        index=0,
        test=test,
        test_name=name,
        kind=kind,
        at_ns=inputs.end_ns,
        message="",
        file=frame.file if frame else "",
        line=frame.line if frame else 0,
        goroutine=number,
        output_line=-1,
    )


def _place(inputs: FailureInputs, goroutine: DumpedGoroutine) -> DumpFrame | None:
    frames, package = goroutine.stack.frames, inputs.run.package
    panicked = own_frame(below_panic(frames), package)
    return panicked if panicked is not None and panicked.file else own_frame(frames, package)
