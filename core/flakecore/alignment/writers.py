"""Classifies writes by their stacks: what a write may print, and by which kind of call.

Package testing prints its own lines through ``chattyPrinter`` (``src/testing/testing.go``), and
which of them it is follows from who called: ``Updatef`` for ``=== RUN`` and its kin, ``Printf`` for
``t.Log`` and its kin, with a ``=== NAME`` line before it if the last one named another test. Where
one function makes two kinds of writes, such as PAUSE and CONT in ``(*T).Parallel``, they stand on
different source lines, always in the same order. Of every other stack the text is unknown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

from flakecore.frames import package_of, printing_caller
from flakecore.gotrace import Frame, Stack


class WriteKind(IntEnum):
    """What a write prints, or what a line is."""

    ANYTHING = 0
    RUN = 1
    PAUSE = 2
    CONT = 3
    NAME = 4
    RESULT = 5
    ATTR = 6
    ARTIFACTS = 7
    LOG = 8
    """What a test logs: its place first, then the text."""


class PriorClass(IntEnum):
    """Classes of print calls, each with a prior of its own for the number of lines of a write."""

    PRINTLN = 0
    """``fmt.Println``: to standard output, at least one line."""
    PRINT = 1
    """``fmt.Print``: to standard output; a line, a part of one, or several."""
    WHOLE_LINES = 2
    """Loggers and ``Fprintln``: whole lines, to standard output or to any file."""
    UNKNOWN = 3
    """Any other call: text and destination are unknown."""


@dataclass(frozen=True, slots=True)
class Writer:
    """What is known of the writes made with one stack.

    Attributes:
        kind: what they print.
        prior_class: class of the print call.
        single_line: whether each write is exactly one line.
        caller: the frame outside testing, fmt and loggers; None where there is none.
        callers: for LOG, the frames that the line may name, the innermost first.
        site: key of the call site; stacks with one key share one emission model.
        is_example: whether package testing prints the start or the result of an example.
    """

    kind: WriteKind
    prior_class: PriorClass
    single_line: bool
    caller: Frame | None
    callers: Stack
    site: tuple[object, ...]
    is_example: bool


_WRITES = (
    "os.(*File).Write",
    "os.(*File).WriteString",
    "os.(*File).write",
    "internal/poll.(*FD).Write",
    "syscall.Write",
    "syscall.write",
)
_FILE_WRITERS = (
    "os.WriteFile",
    "os.(*Root).WriteFile",
    "os.CopyFS",
    "os.(*File).WriteAt",
    "internal/poll.(*FD).Pwrite",
    "testing.(*M).writeProfiles",
    "testing.(*M).before",
    "testing.(*M).after",
    "testing.(*testDeps)",
)
_FILE_PACKAGES = ("runtime/trace", "runtime/pprof", "runtime/coverage", "testing/internal/testdeps")
_UPDATE = "testing.(*chattyPrinter).Updatef"
_PRINT = "testing.(*chattyPrinter).Printf"
_FLUSH = "testing.(*common).flushToParent"
_EXAMPLE = "testing.runExample"
_EXAMPLE_RESULT = "testing.(*InternalExample).processRunResult"
_OF_EXAMPLES = (_EXAMPLE, _EXAMPLE_RESULT)
_RUNNERS = ("testing.(*T).Run", "testing.runFuzzTests", "testing.(*F).Fuzz.func1", _EXAMPLE)
_FIRST_AND_SECOND = {
    **dict.fromkeys(_RUNNERS, (WriteKind.RUN, WriteKind.NAME)),
    "testing.(*T).Parallel": (WriteKind.PAUSE, WriteKind.CONT),
}
_UPDATES = {
    _FLUSH: WriteKind.RESULT,
    "testing.(*common).Attr": WriteKind.ATTR,
    "testing.(*common).ArtifactDir": WriteKind.ARTIFACTS,
}
_PRINT_FUNCTIONS = ("fmt.Print", "fmt.Printf")
_LINE_FUNCTIONS = ("fmt.Fprintln", "log.(*Logger).output", "log.(*Logger).Output")


def may_write_output(stack: Stack) -> bool:
    """Return whether a system call with this stack may write to standard output or error."""
    functions = [frame.function for frame in stack]
    if not any(name in _WRITES for name in functions):
        return False
    if any(name.startswith(_FILE_WRITERS) for name in functions):
        return False
    if any(package_of(name) in _FILE_PACKAGES for name in functions):
        return False
    # While an example runs, standard output is a pipe that testing reads.
    return _EXAMPLE not in functions or _UPDATE in functions or _caller(functions) in _OF_EXAMPLES


def writers_by_stack(stacks: Mapping[int, Stack]) -> dict[int, Writer]:
    """Return the writer of each stack, by stack number.

    Args:
        stacks: those of a trace for which ``may_write_output`` holds, by number.
    """
    lines = _call_lines(stacks.values())
    return {number: _writer(stack, lines) for number, stack in stacks.items()}


def _call_lines(stacks: Iterable[Stack]) -> dict[str, list[int]]:
    """Return the source lines, ascending, of the print calls of testing functions with several."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for stack in stacks:
        for inner, outer in pairwise(stack):
            updates = inner.function == _UPDATE and outer.function in _FIRST_AND_SECOND
            if updates or outer.function in (_PRINT, _EXAMPLE_RESULT):
                found[outer.function].add(outer.line)
    return {function: sorted(lines) for function, lines in found.items()}


def _writer(stack: Stack, lines: Mapping[str, Sequence[int]]) -> Writer:
    functions = [frame.function for frame in stack]
    at = printing_caller(stack)
    caller = stack[at] if at >= 0 else None
    kind = _write_kind(stack, functions, lines)
    callers: Stack = ()
    if kind is WriteKind.LOG:
        callers = tuple(
            f for f in stack if package_of(f.function) not in {*_PRINTING_PACKAGES, "testing"}
        )
    line_by_line = "testing.(*outputWriter).writeLine" in functions
    single_line = kind not in (WriteKind.ANYTHING, WriteKind.RESULT, WriteKind.LOG)
    chain = tuple(frame[::2] for frame in (stack[: at + 1] if at >= 0 else stack))
    return Writer(
        kind=kind,
        prior_class=_prior_class(functions),
        single_line=single_line
        or line_by_line
        or (kind is WriteKind.ANYTHING and _is_run_result(functions)),
        caller=caller,
        callers=callers,
        site=(kind, *chain),
        is_example=_caller(functions) in _OF_EXAMPLES,
    )


_PRINTING_PACKAGES = frozenset(("fmt", "os", "io", "internal/poll", "syscall"))


def _write_kind(
    stack: Stack, functions: Sequence[str], lines: Mapping[str, Sequence[int]]
) -> WriteKind:
    """Return what a stack prints; ``lines`` as from ``_call_lines``."""
    if _UPDATE in functions:
        outer = stack[functions.index(_UPDATE) + 1 :][:1]
        name = outer[0].function if outer else ""
        if name in _FIRST_AND_SECOND:
            return _FIRST_AND_SECOND[name][lines[name].index(outer[0].line) > 0]
        return _UPDATES.get(name, WriteKind.ANYTHING)
    if _PRINT in functions:
        known = lines[_PRINT]
        first = stack[functions.index(_PRINT)].line == known[0]
        # A line that names the test is always followed by what the test logs.
        return WriteKind.NAME if first and len(known) > 1 else WriteKind.LOG
    if _FLUSH in functions:
        return WriteKind.RESULT
    caller = _caller(functions)
    if caller == _EXAMPLE:
        return WriteKind.RUN
    if caller == _EXAMPLE_RESULT:
        # For test2json a ``=== NAME`` line without a test follows, by the last of the calls.
        has_names = any(len(lines.get(runner, ())) > 1 for runner in _RUNNERS)
        is_last = stack[functions.index(caller)].line == lines[caller][-1]
        return (
            WriteKind.NAME if has_names and is_last and len(lines[caller]) > 1 else WriteKind.RESULT
        )
    return WriteKind.ANYTHING


def _is_run_result(functions: Sequence[str]) -> bool:
    """Return whether ``testing.(*M).Run`` itself printed: ``PASS`` or ``FAIL`` at the end."""
    return _caller(functions) == "testing.(*M).Run"


def _caller(functions: Sequence[str]) -> str:
    """Return the innermost function that is not of fmt, os, io or syscall; "" for none."""
    return next((name for name in functions if package_of(name) not in _PRINTING_PACKAGES), "")


def _prior_class(functions: Sequence[str]) -> PriorClass:
    if _caller(functions) in _OF_EXAMPLES:
        return PriorClass.WHOLE_LINES
    if "fmt.Println" in functions:
        return PriorClass.PRINTLN
    if any(name in _PRINT_FUNCTIONS for name in functions):
        return PriorClass.PRINT
    if any(name in _LINE_FUNCTIONS or name.startswith("log/slog.") for name in functions):
        return PriorClass.WHOLE_LINES
    return PriorClass.UNKNOWN
