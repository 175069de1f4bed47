"""Which variables of the package and the process a failing line checks, by its source."""

from __future__ import annotations

import re

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.rules.test_code.orders.reordered import checked_functions
from flakecore.diagnosis.rules.test_code.time.time_values import given_to
from flakecore.diagnosis.source.go_parser import Node, text_of
from flakecore.diagnosis.source.shared_state.file_paths import THE_FILE
from flakecore.diagnosis.source.shared_state.process_state import (
    CAPTURED,
    LOG_OUTPUT,
    WORKING_FOLDER,
    foreign_variable,
)
from flakecore.diagnosis.source.syntax import walk

NOT_THERE = re.compile(
    r"\b(?:open|stat|lstat|readdirent|chdir|fork/exec) ((?![/\\]|\w:)[^:\n]{1,4096}): "
    r"(?:no such file or directory|The system cannot find)"
)
"""What package os states of a file named without its folder (``fs.PathError``)."""
_CUT_SHORT = re.compile(r"unexpected end of JSON input|unexpected EOF|\bEOF\b|invalid character")
"""What is stated of a file that was read while it was written, or empty."""


def checked_variables(failing: FailingSource, message: str) -> set[str]:
    """Return the variables that the failing line's condition comes from.

    A message of a file that is not there, without a folder, asks for the working directory.
    """
    writes = failing.package.writes
    found = {
        name
        for condition in failing.innermost
        for file, origin in failing.origins.of(failing.name, condition, fields=True)
        for name in writes.variables_in(file, origin)
    }
    found = (found | _held_in_fields(failing)) - _not_asked_anew(failing)
    found |= _chosen_by(failing)
    found |= _files_read(failing, message)
    found |= _captured(failing)
    return found | {WORKING_FOLDER} if NOT_THERE.search(message) else found


def _held_in_fields(failing: FailingSource) -> set[str]:
    """Return the ``sync.OnceValue`` variables whose results fields hold that are asked for."""
    writes, found = failing.package.writes, set[str]()
    fields = [
        (file, origin)
        for condition in (failing.innermost if writes.once_values else ())
        for file, origin in failing.origins.of(failing.name, condition, fields=True)
        if origin.type == "selector_expression"
    ]
    for file, field in fields:
        home, value = given_to(failing, file, field)
        if value != field:
            for at, origin in failing.origins.of(home, value):
                found |= writes.variables_in(at, origin) & writes.once_values.keys()
    return found


def _not_asked_anew(failing: FailingSource) -> set[str]:
    """Return the ``sync.OnceValue`` variables that would be the same if the test came first.

    It changes nothing of what they are made of.
    """
    writes = failing.package.writes
    test = failing.test_name.partition("/")[0]
    changed = {each.variable for each in writes.of_test(test)} if writes.once_values else set()
    return {name for name in writes.once_values if changed.isdisjoint(writes.asked_once(name))}


def _chosen_by(failing: FailingSource) -> set[str]:
    """Return the variables by which a function that a checked value comes from chooses its result.

    Those that an ``if`` with a return in it asks for.
    """
    writes, found = failing.package.writes, set[str]()
    for file, function in checked_functions(failing)[1:]:
        for node in walk(function):
            branch = (
                node.child_by_field_name("consequence") if node.type == "if_statement" else None
            )
            if branch is None or not any(e.type == "return_statement" for e in walk(branch)):
                continue
            condition = node.child_by_field_name("condition")
            for home, origin in failing.origins.of(file, condition, fields=True):
                found |= writes.variables_in(home, origin)
    return found


def _files_read(failing: FailingSource, message: str) -> set[str]:
    """Return the files that functions ask for which a checked value or error comes from.

    One counts where the message has its name, or where it is read and its content compared.
    """
    paths, found = failing.package.writes.paths, set[str]()
    functions = checked_functions(failing)
    compares = bool(failing.comparisons) and not _asks_for_error(failing)
    for file, function in functions[1:]:
        for node in walk(function):
            path = paths.asked(file, node) if node.type == "call_expression" else ""
            if not path:
                continue
            is_read, last = paths.reads(file, node), path.removeprefix(THE_FILE).rpartition("/")[2]
            if f"{last}: " in message or (is_read and (compares or _CUT_SHORT.search(message))):
                found.add(path)
    return found


def _asks_for_error(failing: FailingSource) -> bool:
    """Return whether the failing line asks whether there is an error."""
    return any("nil" in (text_of(each.left), text_of(each.right)) for each in failing.comparisons)


def _captured(failing: FailingSource) -> set[str]:
    """Return what the checked value was written to: ``os.Stdout``, where a function put a pipe."""
    found: set[str] = set()
    for file, function in checked_functions(failing):
        for node in walk(function):
            name, given = _capture(failing, file, node)
            if given is not None and _is_of_checked(failing, file, given):
                found.add(name)
    return found


def _capture(failing: FailingSource, file: str, node: Node) -> tuple[str, Node | None]:
    """Return what a statement or call puts a writer into, and the writer; None for none."""
    parsed = failing.package.files[file]
    if node.type == "assignment_statement":
        left = node.child_by_field_name("left").named_children
        right = node.child_by_field_name("right").named_children
        if len(left) == len(right) == 1:
            name = foreign_variable(parsed, left[0])
            return (name, right[0]) if name in CAPTURED else ("", None)
    if node.type == "call_expression" and parsed.library_function(node) == "log.SetOutput":
        given = node.child_by_field_name("arguments").named_children
        return (LOG_OUTPUT, given[0]) if len(given) == 1 else ("", None)
    return "", None


def _is_of_checked(failing: FailingSource, file: str, writer: Node) -> bool:
    """Return whether the checked value is read from a writer, or from the other end of its pipe."""
    wanted = _made_of(failing, file, writer)
    return any(
        not wanted.isdisjoint(_made_of(failing, failing.name, condition))
        for condition in failing.innermost
    )


def _made_of(failing: FailingSource, file: str, value: Node) -> set[tuple[str, int, str]]:
    """Return the local variables and the calls that a value comes from, each with its place."""
    found: set[tuple[str, int, str]] = set()
    for home, origin in failing.origins.of(file, value):
        for node in walk(origin):
            if node.type == "identifier":
                bound = failing.package.types.binding(node)
                if bound is not None and bound[1] == "local":
                    found.add((home, bound[0].start_byte, text_of(node)))
            elif node.type == "call_expression":
                found.add((home, node.start_byte, "call"))
    return found
