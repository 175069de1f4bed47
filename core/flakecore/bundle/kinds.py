"""The kind of a file of a bundle, by its bytes; its name only settles what bytes leave open."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum

import orjson

from flakecore.bundle.profile_detection import is_profile, profile_subject
from flakecore.profile_kinds import PROFILE_KINDS

HEAD = 256 * 1024
"""How many bytes from the start of a file are enough to recognise its kind."""


class Kind(StrEnum):
    """What an artefact is. The values are those of the JSON report."""

    TRACE = "trace"
    TEST_JSON = "test-json"
    TEST_TEXT = "test-text"
    CPU_PROFILE = "cpu-profile"
    MEM_PROFILE = "mem-profile"
    BLOCK_PROFILE = "block-profile"
    MUTEX_PROFILE = "mutex-profile"
    PROFILE = "profile"
    WRITES = "writes"
    OUTPUT = "output"
    GOROUTINES = "goroutines"
    MANIFEST = "manifest"
    UNKNOWN = "unknown"


# "go 1.26 trace" and three NULs: internal/trace/tracev2 and, up to 1.21, runtime/trace.go.
_TRACE = re.compile(rb"go 1\.\d{1,2} trace\0+")
# What the relay of collect noted: flakecore/gotest/packets.py.
_WRITES, _OUTPUT = b"flakewrites1", b"flakeoutput1\0\0\0\0"
# runtime/pprof writes all goroutines' stacks so, with debug=2.
_GOROUTINES = re.compile(rb"\Agoroutine \d+ (?:gp=\S+ m=\S+ (?:mp=\S+ )?)?\[[^\]\n]+\]:\n")
_MANIFEST = re.compile(rb'\A\s*\{\s*"schema"\s*:\s*"flaketui\.manifest/')
# Lines of `go test`, bare or behind the time that a CI or `ts` puts in front of each line.
_TEST_LINE = re.compile(
    rb"^(?:[^\n]{0,200}\d\d:\d\d:\d\d\S{0,20} (?:[0-9a-f]{2}[OE][ +])?|\d{9,10}(?:\.\d+)? )?"
    rb"(?:=== (?:RUN|PAUSE|CONT|NAME)\s|\s*--- (?:PASS|FAIL|SKIP|BENCH): "
    rb"|ok  \t|FAIL\t|\?   \t|panic: test timed out after )",
    re.MULTILINE,
)
_SUBJECTS = {kind.name: Kind(kind.artefact) for kind in PROFILE_KINDS}
# block and mutex profiles measure the same and differ only in whose stack it is.
_SAME_SAMPLES = {kind.name for kind in PROFILE_KINDS if kind.of_unlocker is not None}


def kind_of(name: str, head: bytes, whole: Callable[[], bytes | memoryview]) -> Kind:
    """Return the kind of a file.

    Args:
        name: its name inside the bundle.
        head: its first ``HEAD`` bytes, or all of it.
        whole: returns all of it; called for profiles alone, whose names stand at their end.
    """
    if _TRACE.match(head):
        return Kind.TRACE
    if head.startswith((_WRITES, _OUTPUT)):
        return Kind.WRITES if head.startswith(_WRITES) else Kind.OUTPUT
    if is_profile(head):
        return _kind_of_profile(name, profile_subject(whole()))
    if _MANIFEST.match(head) or (name.endswith("manifest.json") and head.startswith(b"{")):
        return Kind.MANIFEST
    if _holds_test_events(head):
        return Kind.TEST_JSON
    if _GOROUTINES.match(head):
        return Kind.GOROUTINES
    if b"\0" not in head and _TEST_LINE.search(head):
        return Kind.TEST_TEXT
    return Kind.UNKNOWN


def _kind_of_profile(name: str, subject: str | None) -> Kind:
    if subject in _SAME_SAMPLES or subject is None:
        base = name.rsplit("/", 1)[-1].lower()
        candidates = _SAME_SAMPLES if subject else _SUBJECTS.keys()
        named = [candidate for candidate in sorted(candidates) if candidate in base]
        subject = named[0] if len(named) == 1 else subject
    return _SUBJECTS.get(subject or "", Kind.PROFILE)


def _holds_test_events(head: bytes) -> bool:
    """Return whether a line is a `go test -json` event; others may be mixed in before it."""
    for line in head.splitlines():
        if not (line.startswith(b"{") and b'"Action"' in line):
            continue
        try:
            event = orjson.loads(line)
        except orjson.JSONDecodeError:
            continue
        if isinstance(event.get("Action"), str):
            return True
    return False
