"""Pairs lines of output with writes by what both look like, where no write was recorded."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from flakecore.alignment.anchors import number_keys
from flakecore.alignment.goroutine_tests import GoroutineTests
from flakecore.alignment.matching import Pairs, match
from flakecore.alignment.units import OutputWrites, Units, depths, key_of, parted, shapes, words
from flakecore.alignment.writers import WriteKind
from flakecore.gotest import OUTSIDE, TYPES, PackageRun

_OF_GO = (
    "ok  ",
    "FAIL\t",
    "FAIL    ",
    "?   ",
    "exit status ",
    "signal: ",
    "*** Test killed",
    "coverage: ",
)
"""How lines begin that go itself adds to the output of a package."""


def pair_lines(
    run: PackageRun,
    writes: OutputWrites,
    tree: GoroutineTests,
    goroutines: Sequence[int],
    zero_ns: int | None,
    ended: bool,
) -> Pairs:
    """Return which write printed each line.

    Args:
        run: whose lines they are.
        writes: that may have printed them.
        tree: whose goroutines' tests are those of ``run``.
        goroutines: of each test, 0 where unknown.
        zero_ns: the wall clock at the trace's time 0, where the trace says it.
        ended: whether the trace reaches to the end of the tests.
    """
    lines = run.lines
    tests = lines.tests.tolist()
    joined = np.ones(len(lines), np.bool_)
    units = Units(
        keys=[key_of(text, test) for text, test in zip(lines.texts, tests, strict=True)],
        shapes=shapes(lines.texts),
        words=words(lines.texts),
        depth=depths(lines.texts),
        joined=joined,
        ends=joined,
        wall_ns=lines.walls,
        stranger=strangers(run),
        parted=parted(lines.texts),
    )
    keys = number_keys(
        units.keys, writes, tests_named(writes, tree, goroutines, examples_of(run)), whole=True
    )
    return match(units, writes, keys, whole=True, zero_ns=zero_ns, ended=ended)


def strangers(run: PackageRun) -> NDArray[np.bool_]:
    """Return which lines no system call of the test's own wrote: go's, the runtime's, races'."""
    lines = run.lines
    found: NDArray[np.bool_] = lines.types == TYPES.index(OUTSIDE)
    for position in np.flatnonzero(lines.tests < 0).tolist():
        if lines.texts[position].startswith(_OF_GO):
            found[position] = True
    return found


def examples_of(run: PackageRun) -> list[int]:
    """Return the indices of the examples among the tests of a run, in the order they began."""
    return [at for at, test in enumerate(run.tests) if test.name.startswith("Example")]


def tests_named(
    writes: OutputWrites, tree: GoroutineTests, goroutines: Sequence[int], examples: Sequence[int]
) -> Callable[[int], int]:
    """Return what tells which test the line names that a write of package testing prints.

    A test says itself that it pauses, goes on and ends; that it begins, its parent says, just
    before it creates the test's goroutine. Examples have none of their own, and come in order.
    """
    begins = defaultdict(list)
    of_examples: defaultdict[WriteKind, list[int]] = defaultdict(list)
    for row, (goroutine, stack) in enumerate(
        zip(writes.goroutine.tolist(), writes.stack.tolist(), strict=True)
    ):
        writer = writes.writers[stack]
        if writer.of_example:
            of_examples[writer.printed].append(row)
        elif writer.printed is WriteKind.RUN:
            begins[goroutine].append((int(writes.start[row]), row))
    named: dict[int, int] = {}
    for rows in of_examples.values():
        if len(rows) == len(examples):
            named.update(zip(rows, examples, strict=True))
    for test, number in enumerate(goroutines):
        goroutine = tree.goroutine(number) if number else None
        if goroutine is not None:
            theirs = begins.get(goroutine.creator, [])
            at = bisect_right(theirs, (goroutine.created_ns, len(writes)))
            if at:
                named[theirs[at - 1][1]] = test
    announced = {row for rows in begins.values() for _, row in rows}
    announced.update(row for rows in of_examples.values() for row in rows)

    def test_of(row: int) -> int:
        if row in announced:
            return named.get(row, -1)
        return tree.test_of(int(writes.goroutine[row]))

    return test_of
