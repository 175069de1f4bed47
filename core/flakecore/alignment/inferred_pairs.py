"""Pairs lines of output with the writes of a trace where no packets were recorded."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from flakecore.alignment.anchors import number_keys
from flakecore.alignment.goroutine_tests import GoroutineTests
from flakecore.alignment.matching import Pairs, match
from flakecore.alignment.recorded_stretches import match_stretches
from flakecore.alignment.traced_writes import TracedWrites
from flakecore.alignment.units import (
    OutputWrites,
    Units,
    depths,
    interruptible,
    key_of,
    shapes,
    tokens,
)
from flakecore.alignment.writers import WriteKind
from flakecore.gotest import OUTSIDE, TYPES, Crash, PackageRun

_GO_COMMAND_LINES = (
    "ok  ",
    "FAIL\t",
    "FAIL    ",
    "?   ",
    "exit status ",
    "signal: ",
    "*** Test killed",
    "coverage: ",
)
"""Prefixes of lines that the go command adds to the output of a package
(``src/cmd/go/internal/test/test.go``)."""
_NOT_PRINTED = (OUTSIDE, "frame", "blank")
"""Types of lines that no test printed: test2json ends tests for a process that died."""


def pair_lines(
    run: PackageRun,
    traced: TracedWrites,
) -> Pairs:
    """Return which write printed each line of a run.

    Args:
        run: whose lines they are.
        traced: the writes that may have printed them.
    """
    lines = run.lines
    tests = lines.tests.tolist()
    every = np.ones(len(lines), np.bool_)
    units = Units(
        keys=[key_of(text, test) for text, test in zip(lines.texts, tests, strict=True)],
        shapes=shapes(lines.texts),
        tokens=tokens(lines.texts),
        depth=depths(lines.texts),
        may_continue=every,
        ends=every,
        wall_ns=lines.walls,
        foreign=foreign_lines(run),
        interruptible=interruptible(lines.texts),
    )
    return pair_units(run, units, traced, by_line=True)


def pair_units(run: PackageRun, units: Units, traced: TracedWrites, *, by_line: bool) -> Pairs:
    """Return which write printed each unit of a run: all at once, or by stretches of the trace."""
    writes, zero_wall_ns = traced.writes, traced.zero_wall_ns
    test_of = named_tests(writes, traced.tree, traced.goroutines, examples_of(run))
    if traced.stretches:
        return match_stretches(
            units, writes, test_of, traced.stretches, zero_wall_ns, by_line=by_line
        )
    keys = number_keys(units.keys, writes, test_of, by_line=by_line)
    return match(
        units,
        writes,
        keys,
        by_line=by_line,
        zero_wall_ns=zero_wall_ns,
        complete=traced.complete,
    )


def foreign_lines(run: PackageRun) -> NDArray[np.bool_]:
    """Return (lines,) whether no traced write of the test process printed each.

    Those are lines of the go command, of the runtime (crashes) and of the race detector.
    """
    lines = run.lines
    found: NDArray[np.bool_] = lines.types == TYPES.index(OUTSIDE)
    for position in np.flatnonzero(lines.tests < 0).tolist():
        if lines.texts[position].startswith(_GO_COMMAND_LINES):
            found[position] = True
    return found


def ending_crash(run: PackageRun) -> Crash | None:
    """Return the crash that ended the process; None where the package printed more behind it.

    The runtime writes it past the tracer, which ``collect`` stops just before.
    """
    if not run.crashes:
        return None
    last, lines = run.crashes[-1], run.lines
    behind = range(last.last_line + 1, len(lines))
    ended = all(
        TYPES[lines.types[at]] in _NOT_PRINTED or lines.texts[at].startswith(_GO_COMMAND_LINES)
        for at in behind
    )
    return last if ended else None


def examples_of(run: PackageRun) -> list[int]:
    """Return the indices of the examples among the tests of a run, in the order they began."""
    return [at for at, test in enumerate(run.tests) if test.name.startswith("Example")]


def named_tests(
    writes: OutputWrites, tree: GoroutineTests, goroutines: Sequence[int], examples: Sequence[int]
) -> Callable[[int], int]:
    """Return a function from a write of package testing to the test that its line names.

    A test's own goroutine prints that it pauses, continues and ends; its parent's prints that it
    begins, just before it creates the test's goroutine (``src/testing/testing.go``, (*T).Run).
    Examples have no goroutine of their own and are named in order.

    Args:
        writes: of the trace.
        tree: goroutines, with tests numbered as in the run.
        goroutines: (tests,), the goroutine that ran each test; 0 if unknown.
        examples: the tests that are examples, in order.

    Returns:
        A function from a write's index to the index of a test, -1 if unknown.
    """
    begins = defaultdict(list)
    of_examples: defaultdict[WriteKind, list[int]] = defaultdict(list)
    for row, (goroutine, stack) in enumerate(
        zip(writes.goroutine.tolist(), writes.stack.tolist(), strict=True)
    ):
        writer = writes.writers[stack]
        if writer.is_example:
            of_examples[writer.kind].append(row)
        elif writer.kind is WriteKind.RUN:
            begins[goroutine].append((int(writes.start[row]), row))
    named: dict[int, int] = {}
    for rows in of_examples.values():
        if len(rows) == len(examples):
            named.update(zip(rows, examples, strict=True))
    for test, number in enumerate(goroutines):
        goroutine = tree.goroutine(number) if number else None
        if goroutine is not None:
            by_creator = begins.get(goroutine.creator, [])
            after = bisect_right(by_creator, (goroutine.created_ns, len(writes)))
            if after:
                named[by_creator[after - 1][1]] = test
    announced = {row for rows in begins.values() for _, row in rows}
    announced.update(row for rows in of_examples.values() for row in rows)

    def test_of(row: int) -> int:
        if row in announced:
            return named.get(row, -1)
        return tree.test_of(int(writes.goroutine[row]))

    return test_of
