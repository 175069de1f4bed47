"""The test that each goroutine of a dump belongs to, by the dump alone.

A test runs on a goroutine of its own, on whose stack ``testing.tRunner`` called its function;
``testing.(*T).Run`` created it, on the goroutine of its parent. What it creates is its own as well.
Dumps name the goroutine's creator since Go 1.21, before that only the function it was created in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from flakecore.gotest import DumpFrame, GoroutineDump

_RUNNERS = frozenset(("testing.tRunner", "testing.fRunner", "testing.(*B).runN"))
_WAITS_FOR_SUBTESTS = frozenset(
    ("testing.(*T).Run", "testing.(*F).Fuzz", "testing.(*B).Run", "testing.(*B).run")
)
_PAUSED = "testing.(*T).Parallel"
_OVER = "testing.tRunner.func1"
"""What a runner calls when the test's function has returned: it waits for parallel subtests."""
_CALLED_FOR_TEST = (_OVER, "testing.(*F).Fuzz.")
"""Functions of package testing that a runner calls in a test's stead."""
_TEST = re.compile(r"(?:Test|Benchmark|Fuzz|Example)(?![a-z])\w*\Z")
_RUNS_ALL = "TestMain"
_LABELS = ("test", "testname", "test_name", "go.test")


class TestSource(StrEnum):
    """How the test of a goroutine is known."""

    __test__ = False

    TRACE = "trace"
    """It descends from the test's goroutine."""
    LABEL = "label"
    """A profiler label names it."""
    STACK = "stack"
    """The goroutine runs the test's function."""
    CREATOR = "creator"
    """A goroutine of the test, or a function of it, created this one."""
    NAME = "name"
    """A function of the test is on its stack."""
    UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class Owner:
    """The test that a goroutine of a dump belongs to.

    Attributes:
        test: its name; that of its parent where several subtests are possible; "" for none.
        known: how it is known.
        runs: whether the goroutine is the test's own.
        waits: whether that waits for its subtests, or to be continued, and is not stuck itself.
    """

    test: str
    known: TestSource
    runs: bool = False
    waits: bool = False


_NOBODY = Owner("", TestSource.UNKNOWN)


def owners(goroutines: Sequence[GoroutineDump], running: Sequence[str]) -> list[Owner]:
    """Return the owner of each goroutine, linear in their number.

    Args:
        goroutines: of one dump.
        running: names of the tests that ran at its moment, subtests among them, as far as the
            output has it.
    """
    by_number = {each.number: place for place, each in enumerate(goroutines)}
    children = _children(running)
    stacks = [_of_stack(each) for each in goroutines]
    found: list[Owner | None] = [None] * len(goroutines)
    for start in range(len(goroutines)):
        path: list[int] = []
        at: int | None = start
        # Creators first; a damaged dump may hold a circle of them.
        while at is not None and found[at] is None:
            path.append(at)
            found[at] = _NOBODY
            at = by_number.get(goroutines[at].creator_goroutine)
        above = found[at] if at is not None else None
        for place in reversed(path):
            above = _owner(goroutines[place], stacks[place], above or _NOBODY, children)
            found[place] = above
    return [each or _NOBODY for each in found]


def name_of_test(function: str) -> str:
    """Return the name of the test that a function is or lies in, "" for none.

    TestX of ``a.b/c.TestX``, of ``c.TestX.func1`` and of ``c.TestX[...]``; a method is no test, and
    neither is ``TestMain``, which runs them all (package testing, "Main").
    """
    name = function.rpartition("/")[2].partition(".")[2]
    name = name.partition(".")[0].partition("[")[0]
    return name if _TEST.match(name) and name != _RUNS_ALL else ""


@dataclass(frozen=True, slots=True)
class _Stack:
    """The test functions of a stack: the one that a runner called, and any other."""

    called: str
    named: str
    label: str
    runs: bool
    waits: bool


def _of_stack(goroutine: GoroutineDump) -> _Stack:
    called = named = ""
    waits = runs = False
    before = ""
    for frame in goroutine.frames:
        function = frame.function
        if function in _RUNNERS:
            # The main goroutine runs all tests by a runner too, with a function of testing's.
            runs = not before.startswith("testing.") or before.startswith(_CALLED_FOR_TEST)
            waits |= before == _OVER
            called = before
            break
        waits |= function in _WAITS_FOR_SUBTESTS or function == _PAUSED
        if not named and _is_test_file(frame):
            named = name_of_test(function)
        before = function
    label = next((value for key, value in goroutine.labels if key.lower() in _LABELS), "")
    label = label if _TEST.match(label.partition("/")[0]) else ""
    return _Stack(called, named, label, runs, waits)


def _owner(
    goroutine: GoroutineDump, stack: _Stack, above: Owner, children: dict[str, list[str]]
) -> Owner:
    runs = stack.runs
    if stack.label:
        return Owner(stack.label, TestSource.LABEL, runs, stack.waits)
    if runs:
        if above.runs and above.test:  # a subtest
            test = _only(children, above.test)
            known = TestSource.STACK if test else TestSource.CREATOR
            return Owner(test or above.test, known, runs, stack.waits)
        top = name_of_test(stack.called) or stack.named
        if top and not stack.called.endswith(f".{top}"):
            top = _only_leaf(children, top) or top
        if top:
            return Owner(top, TestSource.STACK, runs, stack.waits)
        return Owner("", TestSource.UNKNOWN, runs, stack.waits)
    if above.test:
        return Owner(above.test, TestSource.CREATOR)
    creator = goroutine.creator
    if creator is not None and _is_test_file(creator):
        test = name_of_test(creator.function)
        if test:
            return Owner(test, TestSource.CREATOR)
    return Owner(stack.named, TestSource.NAME) if stack.named else _NOBODY


def _is_test_file(frame: DumpFrame) -> bool:
    """Return whether a frame may be of a test's function: in a test file, or in an unknown one."""
    return not frame.file or frame.file.endswith("_test.go")


def _children(running: Sequence[str]) -> dict[str, list[str]]:
    """Return the running subtests of each running test; a subtest's own name may hold slashes."""
    names = set(running)
    children: dict[str, list[str]] = {}
    for name in dict.fromkeys(running):
        parent = name.rpartition("/")[0]
        while parent and parent not in names:
            parent = parent.rpartition("/")[0]
        parent = parent or name.partition("/")[0]
        if parent != name:
            children.setdefault(parent, []).append(name)
    return children


def _only(children: dict[str, list[str]], test: str) -> str:
    """Return the only running subtest of a test, "" for none or several."""
    below = children.get(test, ())
    return below[0] if len(below) == 1 else ""


def _only_leaf(children: dict[str, list[str]], test: str) -> str:
    """Return the innermost running subtest where each has only one, "" for none or several."""
    name = test
    for _ in range(len(children)):
        below = children.get(name)
        if below is None:
            break
        if len(below) > 1:
            return ""
        name = below[0]
    return name if name != test else ""
