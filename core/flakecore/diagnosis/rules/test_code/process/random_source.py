"""``test-itself``: an assertion on what was drawn from a random source that nobody seeded.

Reports a failed assertion whose condition compares a value that the source traces to a draw from
the global source of math/rand or math/rand/v2, or from one that the test seeds by the clock: in the
next run it is another. A field leads to what the test has drawn for it, or shuffled in it. Silent
on a source with a fixed seed, on releases before Go 1.20, whose global source has one, on what an
object does that was merely made from a number, on lengths, and where the source is not at hand.

Example: ``n := rand.Intn(10); if half(n)*2 != n { t.Errorf("half(%d) is wrong", n) }``.
Counterexample: the same with ``rand.New(rand.NewSource(1))``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Finding, Role
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, assertion_rule
from flakecore.diagnosis.rules.rule import Question
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import walk
from flakecore.diagnosis.source.values.counted_numbers import field_values
from flakecore.diagnosis.source.values.variable_writers import read_variables

_GLOBAL = re.compile(
    r"math/rand(?:/v2)?\.(?:Int|Uint|Float|Norm|Exp|Perm|N\Z|Shuffle)\w*", re.ASCII
)
_MAKES = ("math/rand.New", "math/rand/v2.New")
_CLOCK = "time.Now"
_SEEDED_BY_ITSELF = (1, 20)
"""Since this release the global source begins with a random seed (Go 1.20 release notes)."""
_VERSION = re.compile(r"go(\d{1,3})\.(\d{1,3})")


def _find(question: Question, failing: FailingSource) -> Iterator[Finding]:
    for condition in failing.innermost:
        drawn = _draw(failing, condition, question.case.go_version) or _draw_of_field(
            failing, condition, failing.test_name, question.case.go_version
        )
        if drawn is None:
            continue
        file, node, how = drawn
        draw = " ".join(text_of(node).split())
        asks = " ".join(text_of(condition).split())
        where = f"{file}:{line_of(node)}"
        yield assertion_finding(
            failing,
            (
                f"{failing.test_name} checks a random value: {draw} ({where}) is {how}",
                f"{failing.test_name} checks a random value, drawn at {where}",
                f"The test checks a random value, drawn at {where}",
            ),
            (
                f"the condition of the failing line is {asks}",
                f"{draw} stands at {where}, and leads to it",
            ),
            "draw from a source with a seed that the test prints, and run with that seed",
            places=(failing.place(Role.READS, node, file),),
        )
        return


def _draw(failing: FailingSource, condition: Node, version: str) -> tuple[str, Node, str] | None:
    """Return where a condition's value was drawn, and what is random about it; None for nowhere."""
    for file, node in failing.origins.of(failing.name, condition):
        if node.type != "call_expression":
            continue
        name = failing.library_function(node, file)
        if _GLOBAL.fullmatch(name):
            how = _how_seeded(failing, name, version)
            if how:
                return file, node, how
        elif not name and _seeded_by_clock(failing, file, node):
            return file, node, "from a source that the clock seeds"
    return None


def _draw_of_field(
    failing: FailingSource, condition: Node, test: str, version: str
) -> tuple[str, Node, str] | None:
    """Return where the test has a list shuffled or a field drawn that a condition comes from."""
    package = failing.package
    read = {
        key
        for _, origin in failing.origins.of(failing.name, condition)
        for key, each in read_variables(package, origin)
        if key[0].startswith("type ") and not _is_measured(each)
    }
    functions = package.writes.functions_of(test.partition("/")[0]) if read else []
    for file, function in functions:
        for node in walk(function):
            name = failing.library_function(node, file) if node.type == "call_expression" else ""
            if not name.endswith(".Shuffle") or not _GLOBAL.fullmatch(name):
                continue
            how = _how_seeded(failing, name, version)
            if how and read & {key for key, _ in read_variables(package, node)}:
                return file, node.child_by_field_name("function"), how
    given = [each for key in read for each in field_values(package, key, functions)]
    for file, value in given:
        for home, origin in failing.origins.of(file, value):
            if origin.type == "call_expression":
                name = failing.library_function(origin, home)
                how = _how_seeded(failing, name, version) if _GLOBAL.fullmatch(name) else ""
                if how:
                    return home, origin, how
    return None


def _is_measured(value: Node) -> bool:
    """Return whether only the length of a list is asked for, which no order changes."""
    call = value.parent.parent if value.parent is not None else None
    if call is None or call.type != "call_expression":
        return False
    return text_of(call.child_by_field_name("function")) in ("len", "cap")


def _how_seeded(failing: FailingSource, function: str, version: str) -> str:
    """Return what is random about a draw from the global source; "" where it has a fixed seed."""
    if function.startswith("math/rand/v2."):
        return "drawn anew in each run"
    if _is_set(failing):
        return ""
    found = _VERSION.match(version)
    if found is None:
        return "drawn anew in each run since Go 1.20"
    release = (int(found[1]), int(found[2]))
    return "drawn anew in each run" if release >= _SEEDED_BY_ITSELF else ""


def _is_set(failing: FailingSource) -> bool:
    """Return whether some file of the package gives the global source a seed."""
    return any(
        failing.library_function(call, name) == "math/rand.Seed"
        for name, file in failing.package.files.items()
        for call in file.calls_of
    )


def _seeded_by_clock(failing: FailingSource, file: str, call: Node) -> bool:
    """Return whether a call is a method of a local source that the time of day is the seed of."""
    called = call.child_by_field_name("function")
    operand = called.child_by_field_name("operand") if called is not None else None
    if operand is None or operand.type != "identifier":
        return False
    for made in failing.origins.assigned(operand):
        if made.type == "call_expression" and failing.library_function(made, file) in _MAKES:
            return any(
                failing.library_function(each, home) == _CLOCK
                for home, each in _below(failing, file, made)
            )
    return False


def _below(failing: FailingSource, file: str, made: Node) -> Iterator[tuple[str, Node]]:
    """Yield the calls that a source is made from, receivers of methods among them."""
    for home, each in failing.origins.of(file, made):
        node = each
        while node.type == "call_expression":
            yield home, node
            called = node.child_by_field_name("function")
            if called.type != "selector_expression":
                break
            node = called.child_by_field_name("operand")


RULE = assertion_rule("random-source", _find)
