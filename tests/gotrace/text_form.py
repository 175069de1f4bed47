"""Go's text form of a trace, turned into bytes: how the toolchain keeps its conformance cases.

One event a line, ``Name argument=number ...``; ``#`` begins a comment. The frames of a stack and
the text of a string stand on lines of their own below it (``src/internal/trace/raw``).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flakecore.gotrace.format.wire import Ev
from toolchains import go_toolchain

_CAPITALS = {"GC", "STW", "CPU"}
_TYPES = {
    "".join(part if part in _CAPITALS else part.capitalize() for part in event.name.split("_")): (
        event
    )
    for event in Ev
}


SUCCEEDING = (
    "go122-annotations",
    "go122-annotations-stress",
    "go122-confuse-seq-across-generations",
    "go122-create-syscall-reuse-thread-id",
    "go122-gc-stress",
    "go122-go-create-without-running-g",
    "go122-syscall-steal-proc-ambiguous",
    "go122-syscall-steal-proc-gen-boundary",
    "go122-syscall-steal-proc-gen-boundary-bare-m",
    "go122-syscall-steal-proc-gen-boundary-reacquire-new-proc",
    "go122-syscall-steal-proc-gen-boundary-reacquire-new-proc-bare-m",
    "go122-syscall-steal-proc-reacquire-new-proc",
    "go122-syscall-steal-proc-reacquire-new-proc-bare-m",
    "go122-syscall-steal-proc-self",
    "go122-syscall-steal-proc-simple",
    "go122-syscall-steal-proc-simple-bare-m",
    "go122-syscall-steal-proc-sitting-in-syscall",
    "go122-task-across-generations",
    "go123-sync",
    "go125-sync",
)
FAILING = ("go122-create-syscall-with-p", "go122-fail-first-gen-first")
"""Names of the cases that the newest toolchain brings along, by the outcome that they expect."""


@dataclass(frozen=True, slots=True)
class ConformanceCase:
    """A trace in text form, and whether the reference is to read it to its end."""

    name: str
    succeeds: bool
    trace: bytes


def conformance_cases() -> list[ConformanceCase]:
    """Return every case that the newest toolchain brings along."""
    goroot = go_toolchain().parents[1]
    folder = goroot / "src" / "internal" / "trace" / "testdata" / "tests"
    return [_case(path) for path in sorted(folder.glob("*.test"))]


def conformance_case(name: str) -> ConformanceCase:
    """Return the case of a name."""
    return next(case for case in conformance_cases() if case.name == name)


def _case(path: Path) -> ConformanceCase:
    _, expectation, trace = path.read_text().split("-- ", 2)
    lines = trace.partition(" --\n")[2].splitlines()
    return ConformanceCase(path.stem, "SUCCESS" in expectation, to_bytes(lines))


def to_bytes(lines: list[str]) -> bytes:
    """Return the bytes of a trace in text form."""
    return b"".join(_encoded(lines))


def _encoded(lines: list[str]) -> Iterator[bytes]:
    for line in lines:
        words = line.partition("#")[0].split() if "data=" not in line else [line.strip()]
        if not words:
            continue
        if words[0] == "Trace":
            yield f"go {words[1].removeprefix('Go')} trace".encode().ljust(16, b"\0")
        elif words[0].startswith("data="):
            text = str(ast.literal_eval(words[0].removeprefix("data="))).encode()
            yield varint(len(text)) + text
        else:
            if words[0] in _TYPES:
                yield bytes([_TYPES[words.pop(0)]])
            for word in words:
                yield varint(int(word.partition("=")[2]))


def varint(number: int) -> bytes:
    """Return a number as LEB128."""
    encoded = bytearray()
    while number >= 0x80:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)
