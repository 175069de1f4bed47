"""``exit-called``: a test in whose midst the program called ``os.Exit``, as ``log.Fatal`` does.

Reported where the process ended while a test ran and a goroutine stands in ``os.Exit``: in the
stacks that the probe of ``collect`` writes on the way out, or at the end of the trace. It names the
call in the program's own code. Where nothing has the stack, it names the only call of ``log.Fatal``
or its kin in the package under test whose first words are among the last that were printed: that is
inferred from the source. Silent where the process was killed, or nothing shows who ended it.

Example: ``log.Fatal("no route")`` in a handler.
Counterexample: ``t.Fatal("no route")``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role
from flakecore.diagnosis.goroutine_states import GoroutineState, states_of_dump
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.source.go_file import GoFile
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.frames import own_frame
from flakecore.gotest import DumpSource
from flakecore.timeline import FailureKind

_EXIT = "os.Exit"
_LAST = 5
"""Lines at the end of what was printed among which the words are looked for."""
_LOOKED_AT = 40
_OF_GO = re.compile(r"FAIL\b|exit status |ok\s|--- |=== ")
_LEAST_WORDS = 5
"""Letters that a message must begin with, so that it is distinguished from others. Chosen."""
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
    yield from _by_words(question)


def _by_words(question: Question) -> Iterator[Finding]:
    """Yield the only call in the package that ends the process with the words of the log's end."""
    failure, package = question.failure, question.files.under_test()
    assert failure is not None
    last = _last_lines(question)
    found = [
        (name, call, words)
        for name, file in (package.files.items() if package is not None else ())
        for call in file.calls_of
        if _ends(name, file, call) and (words := _first_words(call))
        if any(words in line for line in last)
    ]
    if package is None or len(found) != 1 or not last:
        return
    name, call, words = found[0]
    by = " ".join(text_of(call.child_by_field_name("function")).split())
    running = f" while {failure.test_name} ran" if failure.test >= 0 else ""
    ended = f"{by} ({name}:{line_of(call)}) ended the process{running}"
    yield Finding(
        rule=RULE.id,
        claim=first_that_fits(f"{ended}: its words are the last in the log", ended),
        certainty=Certainty.INFERRED,
        test=failure.test,
        places=(Place(Role.FAILS, 0, "", f"{package.folder}/{name}", line_of(call)),),
        evidence=(
            Evidence(f'"{words}" begins what is printed there', None, 0),
            Evidence(f"the log ends in: {last[-1].strip()[:200]}", None, 0),
        ),
    )


def _last_lines(question: Question) -> list[str]:
    """Return the last lines that were printed before the words of ``go test`` on the end."""
    output = question.case.output
    texts = [output[at].text for at in range(max(len(output) - _LOOKED_AT, 0), len(output))]
    return [each for each in texts if each.strip() and not _OF_GO.match(each)][-_LAST:]


def _ends(name: str, file: GoFile, call: Node) -> bool:
    """Return whether a call ends the process with a message: ``log.Fatalf``, or a logger's.

    That of a test ends the test. In a file of tests, what has no known type may be one.
    """
    if file.library_function(call).startswith("log.Fatal"):
        return True
    called = call.child_by_field_name("function")
    if called is None or called.type != "selector_expression":
        return False
    if text_of(called.child_by_field_name("field")) not in ("Fatal", "Fatalf", "Fatalln"):
        return False
    kind = file.types.type_of(called.child_by_field_name("operand")).lstrip("*")
    is_known = bool(kind) or not name.endswith("_test.go")
    return is_known and not kind.startswith("testing.")


def _first_words(call: Node) -> str:
    """Return the text that a call's message begins with; "" where that is too short to show."""
    given = call.child_by_field_name("arguments").named_children
    if not given or given[0].type not in ("interpreted_string_literal", "raw_string_literal"):
        return ""
    words = text_of(given[0])[1:-1].partition("%")[0].partition("\\")[0].strip()
    return words if len(words) >= _LEAST_WORDS else ""


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
