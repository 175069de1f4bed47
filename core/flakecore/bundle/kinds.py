"""The kind of a file of a bundle, by its bytes; its name only settles what bytes leave open."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum

import orjson

from flakecore.bundle.profile_detection import is_profile, profile_subject
from flakecore.profile_kinds import PROFILE_KINDS
from flakecore.text.encodings import as_utf_8, is_text

HEAD = 256 * 1024
"""How many bytes from the start of a file are enough to recognise its kind."""


class Kind(StrEnum):
    """What an artefact is. The values are those of the JSON report."""

    TRACE = "trace"
    TEST_JSON = "test-json"
    TEST_TEXT = "test-text"
    TEST_JUNIT = "test-junit"
    CPU_PROFILE = "cpu-profile"
    MEM_PROFILE = "mem-profile"
    BLOCK_PROFILE = "block-profile"
    MUTEX_PROFILE = "mutex-profile"
    PROFILE = "profile"
    WRITES = "writes"
    OUTPUT = "output"
    GOROUTINES = "goroutines"
    OBJECTS = "objects"
    MANIFEST = "manifest"
    PREDICATES = "predicates"
    SOURCE = "source"
    UNKNOWN = "unknown"


LOGS = frozenset((Kind.TEST_JSON, Kind.TEST_TEXT))
"""What is read line by line, so that what is left of it can be read where some are left out."""

# A Go file; it may hold lines of test output in its strings.
_PACKAGE_CLAUSE = re.compile(rb"^package [^\W\d]\w*", re.MULTILINE)
# "go 1.26 trace" and three NULs: internal/trace/tracev2 and, up to 1.21, runtime/trace.go.
_TRACE = re.compile(rb"go 1\.\d{1,2} trace\0+")
# What the relay of collect noted: flakecore/gotest/packets.py.
_WRITES, _OUTPUT = b"flakewrites1", b"flakeoutput1\0\0\0\0"
# runtime/pprof writes all goroutines' stacks so, with debug=2.
_GOROUTINES = re.compile(
    rb"\A\s*goroutine \d+ (?:gp=\S+ m=\S+ (?:mp=\S+ )?)?\[[^\]\n]+\](?: \{[^\n]*\})?:\r?\n"
    rb"(?!\r?\n)"  # where an empty line follows each, the lines are a log's
)
# What package testing's timer panics in, copied without the panic: go test's output all the same.
_ALARM = re.compile(rb"\A\s*goroutine \d+ .*:\s{1,4}testing\.(?:\(\*M\)\.)?startAlarm\.func1\(")
# How a page begins: flakecore/objects/read_pages.py.
_OBJECTS = re.compile(rb'\A\s*\{ ?"version": ?\d{1,9}, ?"why": ?"')
# What is test output, whatever is above its first goroutine.
_RESULTS = re.compile(
    rb"^(?:=== (?:RUN|CONT|PAUSE|NAME) |[ \t]*--- (?:PASS|FAIL|SKIP): |(?:ok  |FAIL)\t)",
    re.MULTILINE,
)
_CRASHES = re.compile(rb"^(?:panic: |fatal error: |WARNING: DATA RACE)", re.MULTILINE)
# The titles of profiles as text: runtime/pprof with debug=1.
_TEXT_PROFILE = re.compile(
    rb"^(?:(?P<count>\w+) profile: total \d+|(?P<mem>heap profile: *\d+: *\d+ *\[.*\] *@)"
    rb"|--- *(?:(?P<block>contentionz?)|(?P<mutex>mutex))\b.*\r?\n(?:cycles|\s*\w[\w /]* *= *\d))",
    re.MULTILINE,
)
_PROFILE_TITLE = 2000
"""Within how many bytes such a title stands; comments may be above it."""
# A report in JUnit's XML.
_JUNIT = re.compile(
    rb"\A\s*(?:<\?xml[^<>]{0,200}\?>\s*)?(?:<!--[^>]{0,4000}-->\s*)?<testsuites?[\s>/]"
)
_MANIFEST = re.compile(rb'\A\s*\{\s*"schema"\s*:\s*"flaketui\.manifest/')
# What a hunt keeps of each run: flakecore/comparison/predicates/record_runs.py.
_PREDICATES = re.compile(rb'\A\{"schema": ?"flaketui\.predicates/')
# What distinguishes test evidence from other text, wherever in a line: a CI, a logger or a mail
# may have put anything in front of it.
_EVIDENCE = re.compile(
    rb"=== (?:RUN|PAUSE|CONT|NAME|FUZZ|FAIL:)\s|--- (?:PASS|FAIL|SKIP|BENCH): \S"
    rb"|(?<![\w.])(?:ok  |FAIL|\?   )(?:\t| {2,8})\S+(?:\s+\(?\d|\s+\(cached\)|\s+\[)"
    rb"|\[(?:build|setup) failed\]|panic: |fatal error: |WARNING: DATA RACE"
    rb"|goroutine \d+ (?:gp=\S+ )?(?:m=\S+ )?(?:mp=\S+ )?\[[a-zA-Z][^\]\n]*\]"
    rb"|goroutine profile: total \d|SIG[A-Z]{3,5}: [a-z]|goleak: |found unexpected goroutines"
    rb"|Error Trace:|DONE \d+ tests?\b"
    rb"|^# [\w.~-]+\.[\w~-]+/\S+|Summarizing \d+ Failure|OOPS: \d+ passed|\w\.go:\d+:(?:\d+:)? \S"
    rb"|^[ \t]*created by \S+\.\S|(?:\t| {4,})\S*/\S+\.go:\d+ \+0x[0-9a-f]+|^Benchmark\S+\s+\d+\s",
    re.MULTILINE,
)
_EVENT = re.compile(rb'\{[^{}\n]{0,400}"Action": ?"[a-z-]+"')
_SPREAD_EVENT = re.compile(
    rb'^\{\r?\n(?=(?:[ \t]+"[^\n]*\n){0,8}[ \t]+"(?:Package|ImportPath)": ")'
    rb'(?:[ \t]+"[^\n]*\n){0,8}[ \t]+"Action": "[a-z-]+",?\r?\n',
    re.MULTILINE,
)
"""An event that jq has spread over lines."""
_QUOTED_EVENT = re.compile(rb"\{&(?:quot|#34);(?:Time|Action|ImportPath)&(?:quot|#34);:")
_SUBJECTS = {kind.name: Kind(kind.artefact) for kind in PROFILE_KINDS}
# block and mutex profiles measure the same and differ only in whose stack it is.
_SAME_SAMPLES = {kind.name for kind in PROFILE_KINDS if kind.of_unlocker is not None}

_MODULE = re.compile(rb"module [^\s\x00]+\s", re.ASCII)


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
    text = is_text(head)
    if not text and is_profile(head):
        return _kind_of_profile(name, profile_subject(whole()))
    if _OBJECTS.match(head) or (name.endswith("objects.json") and b'"mono_ns"' in head):
        return Kind.OBJECTS
    if _MANIFEST.match(head) or (name.endswith("manifest.json") and head.startswith(b"{")):
        return Kind.MANIFEST
    if _PREDICATES.match(head):
        return Kind.PREDICATES
    if name.endswith(".go") and text and _PACKAGE_CLAUSE.search(head):
        return Kind.SOURCE
    if name.rpartition("/")[2] == "go.mod" and _MODULE.match(head):
        return Kind.SOURCE
    if _holds_test_events(head):
        return Kind.TEST_JSON
    if not text:
        return Kind.UNKNOWN
    content = bytes(as_utf_8(head))
    if _JUNIT.match(content):
        return Kind.TEST_JUNIT
    profile = _TEXT_PROFILE.search(content, 0, _PROFILE_TITLE)
    if profile and not (_RESULTS.search(content) or _CRASHES.search(content)):
        return _SUBJECTS.get(profile.lastgroup or "", Kind.PROFILE)
    if _GOROUTINES.match(content) and not (_RESULTS.search(content) or _ALARM.match(content)):
        return Kind.GOROUTINES
    if (
        _QUOTED_EVENT.search(content)
        or _SPREAD_EVENT.search(content)
        or _holds_wrapped_events(content)
    ):
        return Kind.TEST_JSON
    return Kind.TEST_TEXT if _EVIDENCE.search(content) else Kind.UNKNOWN


def kind_of_text(head: bytes) -> Kind:
    """Return the kind of a file that is all there is: any text may be test output."""
    return Kind.TEST_TEXT if is_text(head) else Kind.UNKNOWN


def _kind_of_profile(name: str, subject: str | None) -> Kind:
    if subject in _SAME_SAMPLES or subject is None:
        base = name.rsplit("/", 1)[-1].lower()
        candidates = _SAME_SAMPLES if subject else _SUBJECTS.keys()
        named = [candidate for candidate in sorted(candidates) if candidate in base]
        subject = named[0] if len(named) == 1 else subject
    return _SUBJECTS.get(subject or "", Kind.PROFILE)


def _holds_wrapped_events(text: bytes) -> bool:
    """Return whether events stand behind something else on their lines."""
    for found in _EVENT.finditer(text):
        end = text.find(b"\n", found.start())
        try:
            event = orjson.loads(text[found.start() : end if end >= 0 else len(text)].strip())
        except orjson.JSONDecodeError:
            continue
        return isinstance(event, dict) and isinstance(event.get("Action"), str)
    return False


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
