"""``panic-cause`` of a stack that grew too large: the functions that call one another on it.

Reports the fatal error ``stack overflow`` (``runtime/stack.go``, newstack) where one to three of
the program's own functions stand on the dumped stack again and again. It names the lines of their
calls, and what of another package they go through. Silent where no function repeats.

Example: ``func (t Temp) String() string { return fmt.Sprintf("%v", t) }``.
Counterexample: a recursion that ends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role
from flakecore.diagnosis.goroutine_states import StackFrame
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.frames import is_own
from flakecore.gotest import DumpFrame
from flakecore.timeline import FailureKind

_MESSAGE = "stack overflow"
_INNERMOST = 50
"""Frames that the runtime prints of the inner end of a long stack (``runtime/traceback.go``,
tracebackInnerFrames); behind these it leaves some out."""
_AGAIN = 3
"""Times that a function must stand there to count."""
_MOST = 3
"""Functions that call one another in turn, at most."""


def _find(question: Question) -> Iterator[Finding]:
    case, failure = question.case, question.failure
    if failure is None or failure.kind is not FailureKind.FATAL or failure.crash < 0:
        return
    crash = case.crashes[failure.crash]
    if crash.message.partition("\n")[0].strip() != _MESSAGE:
        return
    dump = next((each for each in crash.goroutines if each.number == failure.goroutine), None)
    dump = dump or next((each for each in crash.goroutines if each.number > 0), None)
    if dump is None:
        return
    frames = dump.frames[:_INNERMOST]
    turns = _turns(frames, case.package)
    if not 0 < len(turns) <= _MOST:
        return
    through = _through(frames, case.package)
    shown = [StackFrame(each.function, each.file, each.line) for each in turns]
    who = f"G{dump.number}'s stack overflows"
    if len(shown) == 1:
        one = shown[0]
        itself = f"{one.short_function} calls itself{through}"
        claims = [
            f"{who}: {itself} at {one.place} again and again",
            f"{who}: {one.short_function} calls itself ({one.place})",
            f"{who} at {one.place}",
        ]
    else:
        functions = " and ".join(f"{each.short_function} ({each.place})" for each in shown)
        claims = [
            f"{who}: {functions} call one another{through} again and again",
            f"{who}: {functions} call one another",
            f"{who} at {' and '.join(each.place for each in shown)}",
        ]
    yield Finding(
        rule="panic-cause",
        claim=first_that_fits(*claims),
        certainty=Certainty.SEEN,
        test=failure.test,
        places=tuple(
            Place(Role.PANICS, dump.number, each.function, each.file, each.line) for each in shown
        ),
        evidence=(
            Evidence(f"fatal error: {_MESSAGE}", None, dump.number),
            *(
                Evidence(
                    f"its stack has {each.short_function} at {each.place} again and again",
                    None,
                    dump.number,
                )
                for each in shown
            ),
        ),
        next="look for the case in which it should end",
        explains=frozenset((dump.number,)),
    )


def _turns(frames: Sequence[DumpFrame], package: str) -> list[DumpFrame]:
    """Return a frame of each own function that repeats, the most frequent line of each."""
    own = [each for each in frames[1:] if is_own(each, package) and each.file.endswith(".go")]
    lines = Counter((each.function, each.file, each.line) for each in own)
    functions = Counter(each.function for each in own)
    found: dict[str, DumpFrame] = {}
    for each in own:
        again = functions[each.function] >= _AGAIN
        best = lines[(each.function, each.file, each.line)] == max(
            count for (name, _, _), count in lines.items() if name == each.function
        )
        if again and best:
            found.setdefault(each.function, each)
    # Which of them the stack ran out in is chance.
    return sorted(found.values(), key=lambda each: (each.file, each.line))


def _through(frames: Sequence[DumpFrame], package: str) -> str:
    """Return `` through fmt.Sprintf`` where own functions call one another by way of that."""
    called = Counter(
        inner.function
        for inner, outer in pairwise(frames)
        if is_own(outer, package) and outer.file.endswith(".go") and not is_own(inner, package)
    )
    if len(called) != 1:
        return ""
    ((name, count),) = called.items()
    return f" through {name}" if count >= _AGAIN else ""


RULE = Rule("stack-overflow", Needs.FAILURE, _find, ids=("panic-cause",))
