"""``test-itself``: a test that binds a port of its own choice, which was in use.

Reports a failure that states ``address already in use`` of a port where the package's source has
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
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
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
    found = _IN_USE.search(failure.message)
    if found is None:
        return
    path = failure.file if "/" in failure.file else f"{case.package}/{failure.file}"
    test = failure.test_name.partition("/")[0]
    frame = StackFrame(f"{case.package}.{test}", path, failure.line)
    package = question.files.package_of(frame)
    if package is None:
        return
    places = _places(package, found[1])
    own = [each for each in places if each[2] == test]
    if not places:
        return
    file, line, _ = (own or places)[0]
    others = [each for each in places if each[:2] != (file, line)]
    folder = path.rpartition("/")[0] if "/" in failure.file else ""
    rivals = _rivals(question, package, found[1])
    does = f"binds a fixed port, {found[1]} ({file}:{line}), which was in use"
    begin = f"{does}; {rivals[0]} binds it too" if len(rivals) == 1 else does
    yield Finding(
        rule="test-itself",
        claim=first_that_fits(
            f"{failure.test_name} {begin}",
            *(
                f"{who} binds port {found[1]} ({file}:{line}), in use; {rivals[0]} binds it too"
                for who in (failure.test_name, "The test")
                if len(rivals) == 1
            ),
            f"{failure.test_name} {does}",
            f"The test {does}",
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
            Evidence(found[0], failure.at_ns if failure.goroutine else None, failure.goroutine),
            Evidence(f"the source has port {found[1]} at {file}:{line}", None, 0),
            *(
                Evidence(f"{other or 'the package'} has it too, at {name}:{at}", None, 0)
                for name, at, other in others[:_SHOWN]
            ),
            *(Evidence(f"{each} binds it too", None, 0) for each in rivals[:_SHOWN]),
        ),
        next="listen on port 0, and ask the listener for its address",
    )


def _rivals(question: Question, package: GoPackage, port: str) -> list[str]:
    """Return the tests that ran before or beside the failing one and lead to the port, too.

    Each is reported with how it ran: ``TestServes, begun before it,``.
    """
    case, failure = question.case, question.failure
    assert failure is not None
    own = case.tests[failure.test] if failure.test >= 0 else None
    while own is not None and own.parent >= 0:
        own = case.tests[own.parent]
    if own is None:
        return []
    around = list(_functions(package, port))
    leading = package.calls.leading_to(around)
    found = []
    for test in case.tests:
        known = package.writes.tests.get(test.name)
        beside = bool(test.waits and own.waits)
        if known is None or test.parent >= 0 or test.name == own.name:
            continue
        if (test.index < own.index or beside) and (known[0], known[1].start_byte) in leading:
            how = "run in parallel," if beside else "begun before it,"
            found.append(f"{test.name}, {how}")
    return list(dict.fromkeys(found))


def _functions(package: GoPackage, port: str) -> Iterator[tuple[str, Node]]:
    """Yield file and innermost function of where a port is used, by a string or by its constant."""
    constants: set[str] = set()
    for name, file in package.files.items():
        for node in walk(file.root) if file.mentions(f":{port}") else ():
            if node.type not in _STRINGS or not text_of(node)[1:-1].endswith(f":{port}"):
                continue
            inner, declared = enclosing(node, *FUNCTIONS), enclosing(node, "const_spec", "var_spec")
            if inner is not None:
                yield name, inner
            elif declared is not None:
                constants |= {text_of(e) for e in declared.children_by_field_name("name")}
    for name, file in package.files.items():
        for node in (each for constant in sorted(constants) for each in file.named(constant)):
            if node.type == "identifier":
                inner = enclosing(node, *FUNCTIONS)
                if inner is not None and package.types.binding(node) is None:
                    yield name, inner


def _places(package: GoPackage, port: str) -> list[tuple[str, int, str]]:
    """Return file, line and function of the strings of a package that end in a port."""
    found = []
    for name, file in package.files.items():
        for node in walk(file.root) if file.mentions(f":{port}") else ():
            if node.type in _STRINGS and text_of(node)[1:-1].endswith(f":{port}"):
                inner = enclosing(node, *FUNCTIONS)
                declared = declared_around(inner) if inner is not None else None
                test = text_of(declared.child_by_field_name("name")) if declared else ""
                found.append((name, line_of(node), test))
    return sorted(found)


RULE = Rule("fixed-port", Needs.FAILURE, _find, ids=("test-itself",))
