"""The call by which a test failed, found in its source, and what holds wherever it is come to."""

from __future__ import annotations

import re

from flakecore.diagnosis.failing.failing_helpers import FailingHelper, helpers_called
from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.failing.silent_failures import silent_call
from flakecore.diagnosis.goroutine_states import StackFrame
from flakecore.diagnosis.source.go_files import GoFiles
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing
from flakecore.diagnosis.source.values.assertions import (
    asserted_values,
    fails_by_itself,
)
from flakecore.diagnosis.source.values.foreign_helpers import values_handed_on
from flakecore.timeline import Case, Failure, FailureKind
from flakecore.timeline.failures.assertion_failures import NO_MESSAGE

_FAILING = frozenset(("Error", "Errorf", "Fatal", "Fatalf"))
_VERB = re.compile(r"%[^%]|\\")
_PARTS = re.compile(r"%[-+# 0-9.*\[\]]*[a-zA-Z%]|\\.")
"""What stands between the parts of a format: verbs and escapes."""


def failing_call(case: Case, failure: Failure | None, files: GoFiles) -> FailingSource | None:
    """Return the call by which a test failed.

    A helper that leaves itself out of the place (``t.Helper``) is called there. None for failures
    of other kinds, where the source is not at hand, and where it is of another
    revision: no such call stands in the line, or its text is none that the failure has. Of a
    failure without a message it is the only call of the test that fails so. A panic is one where a
    test file calls ``panic`` itself.
    """
    if failure is None:
        return None
    is_panic = failure.kind is FailureKind.PANIC and failure.file.endswith("_test.go")
    if failure.kind is not FailureKind.ASSERTION and not is_panic:
        return None
    if failure.message == NO_MESSAGE and not failure.line and not is_panic:
        return _silent(case, failure, files)
    if not failure.line:
        return None
    path = failure.file if "/" in failure.file else f"{case.package}/{failure.file}"
    test = failure.test_name.partition("/")[0]
    frame = StackFrame(f"{case.package}.{test}", path, failure.line)
    package, name = files.package_of(frame), path.rpartition("/")[2]
    if package is None or name not in package.files:
        return None
    here = [call for call in package.files[name].calls_of if line_of(call) == failure.line]
    if is_panic:
        return _panicking(package, name, failure, here)
    calls = [
        call
        for call in here
        if asserted_values(package, name, call)
        or _may_be(call, failure.message)
        or (fails_by_itself(package, name, call) and _may_state(call, failure.message))
    ]
    helpers: list[FailingHelper] = []
    if not calls:
        helpers = list(
            helpers_called(package, name, here, lambda call: _may_be(call, failure.message))
        )
        named = [each for each in helpers if _has_all_literals(each.fails, failure.message)]
        helpers = named if len({each.fails for each in named}) == 1 else helpers
        calls = [each.call for each in helpers]
    if not calls:
        calls = [call for call in here if values_handed_on(package, name, call)]
    if len(calls) != 1 or enclosing(calls[0], *FUNCTIONS) is None:
        return None
    shown = failure.file if "/" in failure.file else name
    helper = helpers[0] if helpers else None
    return FailingSource(package, name, shown, failure.line, calls[0], failure, helper)


def _silent(case: Case, failure: Failure, files: GoFiles) -> FailingSource | None:
    package = files.under_test()
    found = silent_call(package, failure.test_name) if package is not None else None
    if package is None or found is None:
        return None
    name, call, helper = found
    path = f"{case.package}/{name}"
    return FailingSource(package, name, path, line_of(call), call, failure, helper)


def _panicking(
    package: GoPackage, name: str, failure: Failure, calls: list[Node]
) -> FailingSource | None:
    """Return the call of ``panic`` by which a test's own code failed it; None for none, or several.

    Args:
        package: the package under test.
        name: of the file.
        failure: the panic.
        calls: the calls that stand in its line.
    """
    found = [
        call
        for call in calls
        if text_of(call.child_by_field_name("function")) == "panic"
        and _may_state(call, failure.message)
        and enclosing(call, *FUNCTIONS) is not None
    ]
    if len(found) != 1:
        return None
    return FailingSource(package, name, failure.file, failure.line, found[0], failure)


def _may_be(call: Node, message: str) -> bool:
    return _fails(call) and _may_state(call, message)


def _fails(call: Node) -> bool:
    called = call.child_by_field_name("function")
    if called is None or called.type != "selector_expression":
        return False
    return text_of(called.child_by_field_name("field")) in _FAILING


def _may_state(call: Node, message: str) -> bool:
    """Return whether a failure's message may be what a call states: it has its first words."""
    arguments = call.child_by_field_name("arguments")
    first = arguments.named_children[0] if arguments and arguments.named_children else None
    if first is None or first.type not in ("interpreted_string_literal", "raw_string_literal"):
        return True
    return _VERB.split(text_of(first)[1:-1])[0].rstrip() in message


def _has_all_literals(call: Node, message: str) -> bool:
    """Return whether a call has a format, all parts of which a message has in that order."""
    arguments = call.child_by_field_name("arguments")
    first = arguments.named_children[0] if arguments and arguments.named_children else None
    if first is None or first.type != "interpreted_string_literal":
        return False
    at = 0
    for part in (each.strip() for each in _PARTS.split(text_of(first)[1:-1])):
        at = message.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True
