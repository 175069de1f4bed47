"""``test-itself``: a test that binds a port of its own choice, which was in use.

Speaks of a failure that says ``address already in use`` of a port where the package's source has
that very port in a string: whoever else has it makes the test fail. Other places with the port are
evidence, tests by their names. Silent where the number stands in no string of the package, as with
a port that another listener of the test was given.

Example: ``net.Listen("tcp", "127.0.0.1:8089")`` beside a test that does the same.
Counterexample: ``net.Listen("tcp", first.Addr().String())``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role
from flakecore.diagnosis.goroutine_states import StackFrame
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import line_of, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, declared_around, enclosing, walk
from flakecore.timeline import FailureKind

_IN_USE = re.compile(
    r"listen (?:tcp|udp)[46]? [^\n]{0,100}?:([1-9]\d{0,4}): bind: address already in use"
)
_STRINGS = ("interpreted_string_literal", "raw_string_literal")
_SHOWN = 4
"""Other places with the port that the evidence has."""


def _find(question: Question) -> Iterator[Finding]:
    failure, case = question.failure, question.case
    kinds = (FailureKind.ASSERTION, FailureKind.PANIC, FailureKind.EXIT)
    if failure is None or failure.kind not in kinds or not failure.file:
        return
    said = _IN_USE.search(failure.message)
    if said is None:
        return
    path = failure.file if "/" in failure.file else f"{case.package}/{failure.file}"
    test = failure.test_name.partition("/")[0]
    frame = StackFrame(f"{case.package}.{test}", path, failure.line)
    package = question.files.package_of(frame)
    if package is None:
        return
    places = _places(package, said[1])
    own = [each for each in places if each[2] == test]
    if not places:
        return
    file, line, _ = (own or places)[0]
    others = [each for each in places if each[:2] != (file, line)]
    folder = path.rpartition("/")[0] if "/" in failure.file else ""
    yield Finding(
        rule="test-itself",
        claim=first_that_fits(
            f"{failure.test_name} binds a fixed port, {said[1]} ({file}:{line}), which was in use",
            f"The test binds a fixed port, {said[1]} ({file}:{line}), which was in use",
        ),
        certainty=Certainty.INFERRED,
        test=failure.test,
        places=(
            Place(Role.FAILS, failure.goroutine, "", failure.file, failure.line),
            *(
                Place(Role.RUNS, 0, "", f"{folder}/{name}" if folder else name, at)
                for name, at, _ in ((file, line, ""), *others[:_SHOWN])
            ),
        ),
        evidence=(
            Evidence(said[0], failure.at_ns if failure.goroutine else None, failure.goroutine),
            Evidence(f"the source has port {said[1]} at {file}:{line}", None, 0),
            *(
                Evidence(f"{other or 'the package'} has it too, at {name}:{at}", None, 0)
                for name, at, other in others[:_SHOWN]
            ),
        ),
        next="listen on port 0, and ask the listener for its address",
    )


def _places(package: GoPackage, port: str) -> list[tuple[str, int, str]]:
    """Return file, line and function of the strings of a package that end in a port."""
    found = []
    for name, file in package.files.items():
        for node in walk(file.root):
            if node.type in _STRINGS and text_of(node)[1:-1].endswith(f":{port}"):
                inner = enclosing(node, *FUNCTIONS)
                declared = declared_around(inner) if inner is not None else None
                test = text_of(declared.child_by_field_name("name")) if declared else ""
                found.append((name, line_of(node), test))
    return sorted(found)


RULE = Rule("fixed-port", Needs.FAILURE, _find, ids=("test-itself",))
