"""The dumps of a case: those of its crashes, those that were printed, and files of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flakecore.bundle import Artefact, Bundle, Kind
from flakecore.gotest import (
    Crash,
    CrashKind,
    Dump,
    DumpSource,
    GoroutineDump,
    GoroutineGroup,
    Outcome,
    PackageRun,
    is_group_dump,
    read_dump,
)
from flakecore.loss import Loss
from flakecore.timeline.dumps.dump_tests import Owner, TestSource, owners
from flakecore.timeline.lanes.goroutine_tree import GoroutineTree

_HOLDING_DUMPS = {Kind.GOROUTINES, Kind.PROFILE}
"""A profile of goroutines with debug=1 is both."""
_SOURCES = {CrashKind.PANIC: DumpSource.PANIC, CrashKind.TIMEOUT: DumpSource.TIMEOUT}


@dataclass(frozen=True, slots=True)
class DumpedGoroutine:
    """One goroutine of a dump.

    Attributes:
        stack: as it was printed.
        test: index into ``Case.tests`` of the test it belongs to; -1 if that is none of them.
        test_name: the name of that test, which may occur in the dump only; "" if unknown.
        known: how the test is known.
        runs: whether it is the goroutine that runs the test.
        waits: whether that only waits for its subtests, or to be continued.
    """

    stack: GoroutineDump
    test: int
    test_name: str
    known: TestSource
    runs: bool
    waits: bool


@dataclass(frozen=True, slots=True)
class CaseDump:
    """The stacks of many goroutines at one moment.

    Attributes:
        source: who printed it.
        name: the artefact that it is a file of; "" for one in the output.
        message: what was printed with it: the panic's value; "" for nothing.
        time_ns: when, on the case's clock; None if unknown.
        goroutines: in the order printed: the first of a crash is the one that crashed.
        groups: of a debug=1 file, where goroutines have no numbers.
        is_of_test: whether it stands in the output of a test.
    """

    source: DumpSource
    name: str
    message: str
    time_ns: int | None
    goroutines: tuple[DumpedGoroutine, ...]
    groups: tuple[GoroutineGroup, ...] = ()
    is_of_test: bool = False

    def stuck_tests(self) -> tuple[str, ...]:
        """Return the tests whose goroutines neither wait for subtests nor to be continued."""
        named = (each for each in self.goroutines if each.runs and not each.waits)
        return tuple(dict.fromkeys(each.test_name for each in named if each.test_name))


def case_dumps(
    run: PackageRun,
    tree: GoroutineTree | None,
    line_ns: Callable[[int], int | None],
) -> tuple[CaseDump, ...]:
    """Return the dumps in a run's output: one for each crash, in their order, then the others.

    Args:
        run: the test output.
        tree: goroutines and their tests, where there is a trace.
        line_ns: from a line's position to its time, None where it has none.
    """
    tests = {test.name: index for index, test in enumerate(run.tests)}
    names = [test.name for test in run.tests]
    unfinished = [test.name for test in run.tests if test.outcome is Outcome.UNFINISHED]

    def made(
        source: DumpSource,
        message: str,
        position: int,
        goroutines: Sequence[GoroutineDump],
        running: Sequence[str],
        groups: tuple[GoroutineGroup, ...] = (),
    ) -> CaseDump:
        found = _with_tests(goroutines, running, tests, names, tree)
        of_test = int(run.lines.tests[position]) >= 0
        return CaseDump(source, "", message, line_ns(position), found, groups, of_test)

    def running(crash: Crash) -> list[str]:
        # Of a test that panics, package testing prints the result before.
        attributed = [names[crash.test]] if crash.test >= 0 else []
        return [name for name, _ in crash.running] or unfinished + attributed

    of_crashes = [
        made(_source(crash), crash.message, crash.first_line, crash.goroutines, running(crash))
        for crash in run.crashes
    ]
    printed = [
        made(dump.source, dump.message, dump.first_line, dump.goroutines, unfinished, dump.groups)
        for dump in run.dumps
    ]
    return (*of_crashes, *printed)


def file_dumps(
    bundle: Bundle,
    artefacts: Sequence[Artefact],
    run: PackageRun | None,
    tree: GoroutineTree | None,
) -> tuple[tuple[CaseDump, ...], tuple[Loss, ...]]:
    """Return the dumps that are files of their own, and what of them could not be read."""
    names = [test.name for test in run.tests] if run is not None else []
    tests = {name: index for index, name in enumerate(names)}
    dumps = []
    losses: list[Loss] = []
    for artefact in artefacts:
        if artefact.kind not in _HOLDING_DUMPS:
            continue
        data = bundle.read(artefact)
        if artefact.kind is not Kind.GOROUTINES and not is_group_dump(data):
            continue
        dump: Dump = read_dump(data, name=artefact.name)
        found = _with_tests(dump.goroutines, names, tests, names, tree)
        dumps.append(CaseDump(dump.source, artefact.name, "", None, found, dump.groups))
        losses += dump.losses
    return tuple(dumps), tuple(losses)


def _source(crash: Crash) -> DumpSource:
    if crash.kind is CrashKind.FATAL and crash.message.startswith(("SIG", "Exception ")):
        return DumpSource.SIGNAL
    return _SOURCES.get(crash.kind, DumpSource.FATAL)


def _with_tests(
    goroutines: Sequence[GoroutineDump],
    running: Sequence[str],
    tests: Mapping[str, int],
    names: Sequence[str],
    tree: GoroutineTree | None,
) -> tuple[DumpedGoroutine, ...]:
    found = []
    for stack, owner in zip(goroutines, owners(goroutines, running), strict=True):
        traced = tree.test_of(stack.number) if tree is not None and stack.number else -1
        if traced >= 0:
            owner = Owner(names[traced], TestSource.TRACE, owner.runs, owner.waits)
        index = traced if traced >= 0 else tests.get(owner.test, -1)
        found.append(
            DumpedGoroutine(stack, index, owner.test, owner.known, owner.runs, owner.waits)
        )
    return tuple(found)
