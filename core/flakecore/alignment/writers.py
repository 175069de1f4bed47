"""What a write may print, told from its stack alone.

Package testing prints its own lines through ``chattyPrinter`` (``src/testing/testing.go``), and
which of them it is follows from who called: ``Updatef`` for ``=== RUN`` and its kin, ``Printf`` for
``t.Log`` and its kin, with a ``=== NAME`` before it if another test was named last. Where one
function makes two kinds of writes, such as PAUSE and CONT in ``(*T).Parallel``, they stand on
different lines, always in the same order. Everything else prints what it likes.
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


class Habit(IntEnum):
    """How likely a writer is to print a line, before anything is known of this one."""

    SURE = 0
    """``fmt.Println``: standard output, and at least one line."""
    STANDARD = 1
    """``fmt.Print``: standard output; a line, a part of one, or several."""
    LINES = 2
    """Loggers and ``Fprintln``: whole lines, but who knows where to."""
    UNKNOWN = 3
    """Any other writer: to a file as likely as not."""


@dataclass(frozen=True, slots=True)
class Writer:
    """What one stack says of the writes made with it.

    Attributes:
        printed: what they print.
        habit: how it prints what is not testing's own.
        single: each write is exactly one line.
        caller: the frame outside testing, fmt and loggers; None where there is none.
        callers: for LOG, the frames that the line may name, the innermost first.
        site: stacks of one site print alike.
        of_example: it is package testing, telling of an example.
    """

    printed: WriteKind
    habit: Habit
    single: bool
    caller: Frame | None
    callers: Stack
    site: tuple[object, ...]
    of_example: bool


_WRITES = (
    "os.(*File).Write",
    "os.(*File).WriteString",
    "os.(*File).write",
    "internal/poll.(*FD).Write",
    "syscall.Write",
    "syscall.write",
)
_TO_FILES = (
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
_STANDARD = ("fmt.Print", "fmt.Printf")
_WHOLE_LINES = ("fmt.Fprintln", "log.(*Logger).output", "log.(*Logger).Output")


def to_output(stack: Stack) -> bool:
    """Return whether a system call with this stack may write to standard output or error."""
    functions = [frame.function for frame in stack]
    if not any(name in _WRITES for name in functions):
        return False
    if any(name.startswith(_TO_FILES) for name in functions):
        return False
    if any(package_of(name) in _FILE_PACKAGES for name in functions):
        return False
    # While an example runs, standard output is a pipe that testing reads.
    return _EXAMPLE not in functions or _UPDATE in functions or _caller(functions) in _OF_EXAMPLES


def tell_writers(stacks: Mapping[int, Stack]) -> dict[int, Writer]:
    """Return what each of a trace's stacks that ``to_output`` says of its writes, by number."""
    lines = _lines_of_calls(stacks.values())
    return {number: _tell(stack, lines) for number, stack in stacks.items()}


def _lines_of_calls(stacks: Iterable[Stack]) -> dict[str, list[int]]:
    """Return on which lines functions of testing print that print two things, in order."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for stack in stacks:
        for inner, outer in pairwise(stack):
            updates = inner.function == _UPDATE and outer.function in _FIRST_AND_SECOND
            if updates or outer.function in (_PRINT, _EXAMPLE_RESULT):
                found[outer.function].add(outer.line)
    return {function: sorted(lines) for function, lines in found.items()}


def _tell(stack: Stack, lines: Mapping[str, Sequence[int]]) -> Writer:
    functions = [frame.function for frame in stack]
    at = printing_caller(stack)
    caller = stack[at] if at >= 0 else None
    printed = _printed(stack, functions, lines)
    callers: Stack = ()
    if printed is WriteKind.LOG:
        callers = tuple(f for f in stack if package_of(f.function) not in {*_BELOW, "testing"})
    whole = "testing.(*outputWriter).writeLine" in functions
    single = printed not in (WriteKind.ANYTHING, WriteKind.RESULT, WriteKind.LOG)
    chain = tuple(frame[::2] for frame in (stack[: at + 1] if at >= 0 else stack))
    return Writer(
        printed=printed,
        habit=_habit(functions),
        single=single or whole or (printed is WriteKind.ANYTHING and _is_verdict(functions)),
        caller=caller,
        callers=callers,
        site=(printed, *chain),
        of_example=_caller(functions) in _OF_EXAMPLES,
    )


_BELOW = frozenset(("fmt", "os", "io", "internal/poll", "syscall"))


def _printed(
    stack: Stack, functions: Sequence[str], lines: Mapping[str, Sequence[int]]
) -> WriteKind:
    if _UPDATE in functions:
        outer = stack[functions.index(_UPDATE) + 1 :][:1]
        name = outer[0].function if outer else ""
        if name in _FIRST_AND_SECOND:
            return _FIRST_AND_SECOND[name][lines[name].index(outer[0].line) > 0]
        return _UPDATES.get(name, WriteKind.ANYTHING)
    if _PRINT in functions:
        known = lines[_PRINT]
        first = stack[functions.index(_PRINT)].line == known[0]
        # A line that names the test always has what the test says behind it.
        return WriteKind.NAME if first and len(known) > 1 else WriteKind.LOG
    if _FLUSH in functions:
        return WriteKind.RESULT
    caller = _caller(functions)
    if caller == _EXAMPLE:
        return WriteKind.RUN
    if caller == _EXAMPLE_RESULT:
        # For test2json, a line that names no test follows, and its call stands last.
        names = any(len(lines.get(runner, ())) > 1 for runner in _RUNNERS)
        last = stack[functions.index(caller)].line == lines[caller][-1]
        return WriteKind.NAME if names and last and len(lines[caller]) > 1 else WriteKind.RESULT
    return WriteKind.ANYTHING


def _is_verdict(functions: Sequence[str]) -> bool:
    return _caller(functions) == "testing.(*M).Run"


def _caller(functions: Sequence[str]) -> str:
    """Return who called the function that printed; "" where nobody did."""
    return next((name for name in functions if package_of(name) not in _BELOW), "")


def _habit(functions: Sequence[str]) -> Habit:
    if _caller(functions) in _OF_EXAMPLES:
        return Habit.LINES
    if "fmt.Println" in functions:
        return Habit.SURE
    if any(name in _STANDARD for name in functions):
        return Habit.STANDARD
    if any(name in _WHOLE_LINES or name.startswith("log/slog.") for name in functions):
        return Habit.LINES
    return Habit.UNKNOWN
