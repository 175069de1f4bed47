"""What a process has but once: its environment, its working directory, variables of other packages.

Package testing puts back what ``t.Setenv`` and ``t.Chdir`` set; ``os.Setenv`` and ``os.Chdir`` last
for all tests that come after, and so does another writer for package log or in ``os.Stdout``.
"""

from __future__ import annotations

from typing import NamedTuple

from flakecore.diagnosis.source.go_file import GoFile
from flakecore.diagnosis.source.go_parser import Node, text_of

WORKING_FOLDER = "the working directory"
LOG_OUTPUT = "the output of package log"
CAPTURED = (LOG_OUTPUT, "os.Stdout", "os.Stderr")
"""What a test may put a writer of its own into, to see what is written."""
_READS = {"os.Getwd": WORKING_FOLDER, "log.Writer": LOG_OUTPUT}
_SETS_VARIABLE = ("os.Setenv", "os.Unsetenv")
_GETS_VARIABLE = ("os.Getenv", "os.LookupEnv")
_STRINGS = ("interpreted_string_literal", "raw_string_literal")


class StateChange(NamedTuple):
    """A call that changes a part of the process.

    Attributes:
        name: what: ``$HOME`` of the environment, or ``WORKING_FOLDER``.
        puts_back: whether package testing puts it back at the end of the test.
    """

    name: str
    puts_back: bool


def state_change(file: GoFile, call: Node) -> StateChange | None:
    """Return what of the process a call changes; None for nothing, or for an unknown name."""
    function = file.library_function(call)
    if function in _SETS_VARIABLE:
        name = _variable(call)
        return StateChange(name, puts_back=False) if name else None
    if function == "os.Chdir":
        return StateChange(WORKING_FOLDER, puts_back=False)
    if function == "log.SetOutput":
        return StateChange(LOG_OUTPUT, puts_back=False)
    if function == "log/slog.SetDefault":
        return StateChange("slog's default logger", puts_back=False)
    called = call.child_by_field_name("function")
    if function or called is None or called.type != "selector_expression":
        return None
    method = text_of(called.child_by_field_name("field"))
    if method == "Setenv" and (name := _variable(call)):
        return StateChange(name, puts_back=True)
    return StateChange(WORKING_FOLDER, puts_back=True) if method == "Chdir" else None


def state_read(file: GoFile, call: Node) -> str:
    """Return what of the process a call reads, as ``StateChange`` names it; "" for nothing."""
    function = file.library_function(call)
    if function in _GETS_VARIABLE:
        return _variable(call)
    return _READS.get(function, "")


def foreign_variable(file: GoFile, node: Node) -> str:
    """Return the variable of another package that an expression may name, ``os.Stdout``, or "".

    A constant or a type of that package looks alike; nobody assigns to one.
    """
    if node.type != "selector_expression":
        return ""
    operand = node.child_by_field_name("operand")
    if operand.type != "identifier" or text_of(operand) not in file.imports:
        return ""
    if file.types.binding(operand) is not None:
        return ""
    package = file.imports[text_of(operand)].rpartition("/")[2]
    return f"{package}.{text_of(node.child_by_field_name('field'))}"


def _variable(call: Node) -> str:
    """Return the name that a call is given, if it stands there as text: ``$HOME``."""
    listed = call.child_by_field_name("arguments")
    given = listed.named_children[:1] if listed is not None else []
    if not given or given[0].type not in _STRINGS:
        return ""
    return f"${text_of(given[0])[1:-1]}"
