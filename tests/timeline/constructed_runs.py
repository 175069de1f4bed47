"""Plainly constructed traces and logs of one package's tests, for what one moment decides."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from flakecore.gotest import PackageRun, read_json
from flakecore.gotrace import Trace, read_trace
from gotrace.constructed import Threads, trace_of

PACKAGE = "example.com/pool"
RUNNER = "testing.tRunner"
ANNOUNCES = (
    "syscall.write",
    "os.(*File).Write",
    "testing.(*chattyPrinter).Updatef",
    "testing.(*T).Run",
    "example.com/pool.TestA",
)
REPORTS = (
    "syscall.write",
    "os.(*File).Write",
    "testing.(*chattyPrinter).Updatef",
    "testing.(*T).report",
    "testing.tRunner.func1",
)
PARALLEL = (
    "syscall.write",
    "os.(*File).Write",
    "testing.(*chattyPrinter).Updatef",
    "testing.(*T).Parallel",
    "example.com/pool.TestA",
)
ERRORS = (
    "syscall.write",
    "os.(*File).Write",
    "testing.(*common).Errorf",
    "example.com/pool.check",
    "example.com/pool.TestA",
    RUNNER,
)


def write_events(*stacks: int) -> list[str]:
    """Return the events of writes one after another, each at a stack."""
    return [
        line
        for number, stack in enumerate(stacks, 1)
        for line in (f"GoSyscallBegin dt=10 p_seq={number} stack={stack}", "GoSyscallEnd dt=2")
    ]


def read(
    *generations: Threads, stacks: Sequence[Sequence[str]] = (), strings: Sequence[str] = ()
) -> Trace:
    """Return a constructed trace, read."""
    data = trace_of(*generations, stacks=stacks, strings=strings)
    return read_trace(data, name="trace")


def run_of(*events: Mapping[str, object]) -> PackageRun:
    """Return the run of the package whose ``go test -json`` prints these events."""
    lines = [json.dumps({"Package": PACKAGE, **each}) for each in events]
    (run,) = read_json("\n".join(lines).encode(), name="test.json").packages
    return run


def output(text: str, test: str = "", **fields: object) -> dict[str, object]:
    """Return the event of a line of output."""
    named = {"Test": test} if test else {}
    return {"Action": "output", **named, "Output": f"{text}\n", **fields}
