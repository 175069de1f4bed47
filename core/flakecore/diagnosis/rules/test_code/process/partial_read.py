"""``test-itself``: a test that reads from a connection once, and wants all that its peer wrote.

A ``Read`` gives what has come by then (package io, ``Reader``): the rest comes with the next one.
Reports a failed assertion whose message has a text that is the beginning of another one, where
what it asserts comes from the only ``Read`` of a connection or a pipe, by its own text or by a
helper, which stands in no loop, and where exactly one other place of the package writes a text that
begins as what is missing. It is inferred from the source and the message. Silent on
``io.ReadAll``, ``io.ReadFull`` and readers of files and memory, where the text differs otherwise,
and where the source is not at hand.

Example: ``n, _ := conn.Read(buf)``, and ``string(buf[:n])`` is ``HELLO``, not ``HELLO READY``.
Counterexample: the same where it is ``HALLO``; ``io.ReadAll(conn)``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Finding, Role
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, source_rule
from flakecore.diagnosis.rules.test_code.orders.reordered import checked_functions
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, walk
from flakecore.diagnosis.source.values.value_origins import Origin

_CONNECTIONS = ("net.Conn", "net.TCPConn", "net.UnixConn", "tls.Conn", "io.PipeReader")
_MADE_BY = (
    *("net.Dial", "net.DialTimeout", "net.DialTCP", "net.DialUnix", "net.Pipe", "io.Pipe"),
    *("crypto/tls.Dial", "os.Pipe"),
)
_ACCEPTS = ("Accept", "AcceptTCP", "Dial", "DialContext", "StdoutPipe", "StderrPipe")
_SIDES = re.compile(
    r"(?is)\b(?:got|have|actual|read)\b[ :=]{1,3}(.{1,4000}?)[,;]?\s+(?:but )?"
    r"(?:want(?:ed)?|expected)\b[ :=]{1,3}(.{1,4000})\Z"
)
_OTHER_SIDES = re.compile(
    r"(?is)\b(?:want(?:ed)?|expected)\b[ :=]{1,3}(.{1,4000}?)[,;]?\s+(?:but )?"
    r"(?:got|have|actual|read)\b[ :=]{1,3}(.{1,4000})\Z"
)
_LITERALS = ("interpreted_string_literal", "raw_string_literal")
_LOOKED_AT = 8_000
_LEAST = 3
"""Characters of what is missing, at least."""


def _find(failing: FailingSource) -> Iterator[Finding]:
    missing = _missing(failing.message[:_LOOKED_AT])
    written = list(_written(failing, missing)) if missing else []
    if len(written) != 1:
        return
    reads = [
        (file, node)
        for file, function in checked_functions(failing)
        for node in walk(function)
        if _is_read(failing, file, node)
    ]
    if len(reads) != 1:
        return
    ((file, node),) = reads
    around = enclosing(node, "for_statement", *FUNCTIONS)
    if around is not None and around.type == "for_statement":
        return
    where, read = f"{file}:{line_of(node)}", " ".join(text_of(node).split())
    ((peer, text),) = written
    at = f"{peer}:{line_of(text)}"
    once = f"{failing.test_name} reads once"
    yield assertion_finding(
        failing,
        (
            f"{once}: {read} ({where}) gives what has come, without what {at} writes next",
            f"{once} ({where}), and has not got what {at} writes next",
            f"The test reads once ({where}), and has not got what {at} writes next",
        ),
        (
            "what there is is the beginning of what was wanted",
            f"what is missing is written at {at}",
            f"it comes from {read} at {where}, which stands in no loop",
        ),
        "read with io.ReadAll, io.ReadFull or a bufio.Scanner",
        places=(failing.place(Role.READS, node, file), failing.place(Role.SENDS, text, peer)),
    )


def _missing(message: str) -> str:
    """Return the first line that one text of a message lacks, of which it is the beginning.

    "" where it is no beginning, or where less than a word is missing.
    """
    one, other = _SIDES.search(message), _OTHER_SIDES.search(message)
    got, want = (one[1], one[2]) if one else (other[2], other[1]) if other else ("", "")
    got, want = (each.strip().strip("\"'`").replace("\\n", "\n") for each in (got, want))
    got = got.rstrip("\n")
    if not got or not want.startswith(got):
        return ""
    rest = want[len(got) :].strip()
    first = rest.splitlines()[0].strip() if rest else ""
    return first if len(first) >= _LEAST else ""


def _written(failing: FailingSource, missing: str) -> Iterator[Origin]:
    """Yield the literals outside of the test that what is missing begins with."""
    for name, file in failing.package.files.items():
        for call in file.calls_of:
            if enclosing(call, *FUNCTIONS) == failing.function:
                continue
            for each in call.child_by_field_name("arguments").named_children:
                literal = text_of(each)[1:-1] if each.type in _LITERALS else ""
                plain = literal.split("%")[0].replace("\\r", "").split("\\n")[0].strip()
                if len(plain) >= _LEAST and missing.startswith(plain):
                    yield name, each


def _is_read(failing: FailingSource, file: str, call: Node) -> bool:
    """Return whether a call is a ``Read`` of a connection or a pipe."""
    called = call.child_by_field_name("function") if call.type == "call_expression" else None
    if called is None or called.type != "selector_expression":
        return False
    given = call.child_by_field_name("arguments").named_children
    if text_of(called.child_by_field_name("field")) != "Read" or len(given) != 1:
        return False
    operand = called.child_by_field_name("operand")
    if failing.package.types.type_of(operand).lstrip("*") in _CONNECTIONS:
        return True
    made = failing.origins.assigned(operand) if operand.type == "identifier" else []
    return bool(made) and all(_is_connection(failing, file, each) for each in made)


def _is_connection(failing: FailingSource, file: str, value: Node) -> bool:
    """Return whether an expression makes a connection or a pipe."""
    if value.type != "call_expression":
        return False
    called = text_of(value.child_by_field_name("function")).rpartition(".")[2]
    return failing.library_function(value, file) in _MADE_BY or called in _ACCEPTS


RULE = source_rule("partial-read", _find)
