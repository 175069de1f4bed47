"""``exit-called``: a test in whose midst the program called ``os.Exit``, as ``log.Fatal`` does.

Speaks where the process ended while a test ran and a goroutine stands in ``os.Exit``: in the
stacks that the probe of ``collect`` writes on the way out, or at the end of the trace. It names the
call in the program's own code. Silent where the process was killed, or nothing shows who ended it.

Example: ``log.Fatal("no route")`` in a handler.
Counterexample: ``t.Fatal("no route")``.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Role
from flakecore.diagnosis.goroutine_states import GoroutineState, states_of_dump
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.frames import own_frame
from flakecore.gotest import DumpSource
from flakecore.timeline import FailureKind

_EXIT = "os.Exit"
_FATAL = ("log.Fatal", "log.(*Logger).Fatal")


def _find(question: Question) -> Iterator[Finding]:
    failure = question.failure
    if failure is None or failure.kind is not FailureKind.EXIT:
        return
    for state in _states(question):
        functions = [frame.function for frame in state.frames]
        if _EXIT not in functions:
            continue
        beyond = state.frames[functions.index(_EXIT) + 1 :]
        frame = own_frame(beyond, question.case.package)
        if frame is None:
            continue
        by = next((f for f in functions if f.startswith(_FATAL)), _EXIT)
        does = f"{state.name} called {by} in {frame.short_function} ({frame.place})"
        running = f" while {failure.test_name} ran" if failure.test >= 0 else ""
        yield Finding(
            rule=RULE.id,
            claim=first_that_fits(f"{does}{running}", does),
            certainty=Certainty.SEEN,
            test=failure.test,
            places=(state.place_of(Role.FAILS, frame),),
            evidence=(Evidence(f"{state.name}'s stack has {_EXIT}", None, state.number),),
            explains=frozenset((state.number,)),
        )
        return


def _states(question: Question) -> list[GoroutineState]:
    """Return the goroutines of the stacks that were written last, then those of the trace."""
    case = question.case
    found: list[GoroutineState] = []
    for dump in case.dumps:
        if dump.source is DumpSource.FILE:
            stacks = [each.stack for each in dump.goroutines]
            found += states_of_dump(case, stacks, -1, case.end_ns)
    return [*found, *question.states]


RULE = Rule("exit-called", Needs.FAILURE, _find)
