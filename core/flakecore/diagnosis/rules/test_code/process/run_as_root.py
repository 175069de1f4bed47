"""``env``: a test that wants to be refused a file by its mode, and was run as root.

Reports a failed assertion on an error that should have been there, in a test that gives a file or
folder a mode without the owner's right to read or write, or to enter a folder, where the manifest
has it that the tests ran as root: the kernel lets root past the modes of files
(``CAP_DAC_OVERRIDE`` of ``capabilities(7)``), as in most containers of CI. It is inferred, for that
the error was to come from this mode is read from the source. Silent where the test asks who runs it
(``os.Getuid``), and where the source or the manifest is not at hand.

Example: ``os.Chmod(path, 0o000)``, and then ``if _, err := os.Open(path); err == nil``.
Counterexample: the same with ``if os.Geteuid() == 0 { t.Skip() }``; run by another user.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Finding, Role
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, assertion_rule
from flakecore.diagnosis.rules.rule import Question
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import walk

_FILE, _FOLDER = 0o600, 0o700
"""The rights that an owner needs of a file, and of a folder."""
_MODES = {
    "os.Chmod": (1, _FILE),
    "os.WriteFile": (2, _FILE),
    "os.OpenFile": (2, _FILE),
    "os.Mkdir": (1, _FOLDER),
    "os.MkdirAll": (1, _FOLDER),
}
"""Which argument is the mode, and the rights whose absence refuses an owner something."""
_WHO = ("os.Getuid", "os.Geteuid", "os/user.Current")
_REFUSED = ("os.IsPermission",)
_SENTINELS = ("os.ErrPermission", "fs.ErrPermission", "syscall.EACCES", "unix.EACCES")
_WANTS_ERROR = ("Error", "Errorf", "ErrorIs", "ErrorIsf", "ErrorContains", "ErrorContainsf")
"""Functions of testify that fail where there is no error."""


def _find(question: Question, failing: FailingSource) -> Iterator[Finding]:
    if question.manifest is None or not question.manifest.host.root or not _wants_error(failing):
        return
    calls = [each for each in walk(failing.function) if each.type == "call_expression"]
    called = [(each, failing.library_function(each)) for each in calls]
    if any(name in _WHO for _, name in called):
        return
    refusing = [
        (node, mode)
        for node, name in called
        if node.start_byte < failing.call.start_byte and (mode := _refusing_mode(node, name))
    ]
    if not refusing:
        return
    node, mode = refusing[-1]
    where = f"{failing.name}:{line_of(node)}"
    yield assertion_finding(
        failing,
        (
            f"{failing.test_name} wants mode {mode} ({where}) to refuse it; it ran as root, whom"
            " no mode stops",
            f"{failing.test_name} wants a refusal (mode {mode}, {where}); it ran as root",
            f"The test wants mode {mode} ({where}) to refuse it; it ran as root",
        ),
        (
            "there was no error where the failing line wants one",
            f"mode {mode} is given at {where}",
            "the tests ran as root, by the manifest",
        ),
        "skip where os.Geteuid() is 0, or run the tests as another user",
        places=(failing.place(Role.MADE, node),),
        rule="env",
    )


def _wants_error(failing: FailingSource) -> bool:
    """Return whether the test failed because there was no error, or not that of a refusal."""
    if any(each.operator == "==" and text_of(each.right) == "nil" for each in failing.comparisons):
        return True
    if failing.asserted:
        called = text_of(failing.call.child_by_field_name("function"))
        return called.rpartition(".")[2] in _WANTS_ERROR
    asked = [node for each in failing.conditions for node in walk(each)]
    return any(
        failing.library_function(node) in _REFUSED
        or (failing.library_function(node) == "errors.Is" and _asks_refusal(node))
        for node in asked
        if node.type == "call_expression"
    )


def _asks_refusal(call: Node) -> bool:
    return any(text_of(each) in _SENTINELS for each in walk(call))


def _refusing_mode(call: Node, name: str) -> str:
    """Return the mode that a call gives, if it refuses its owner something; "" if not."""
    at, rights = _MODES.get(name, (0, 0))
    arguments = call.child_by_field_name("arguments")
    values = arguments.named_children if arguments is not None else []
    if not rights or len(values) <= at or values[at].type != "int_literal":
        return ""
    text = text_of(values[at])
    digits = text.lower().replace("_", "").removeprefix("0o")
    if not text.startswith("0") or not all(each in "01234567" for each in digits):
        return ""
    return text if int(digits, 8) & rights != rights else ""


RULE = assertion_rule("run-as-root", _find, "env")
