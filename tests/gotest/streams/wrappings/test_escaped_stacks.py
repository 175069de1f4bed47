"""Stacks that a logger wrote into a field of a JSON object."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from flakecore.gotest import Dump, DumpSource, read_text
from gotest.crashes.command_runs import printed
from toolchains import NEWEST

OLD = "1.22.10"
BARE = "worker gave up, stack: goroutine 7 [running]:\\nmain.f()\\n\\t/w/f.go:10 +0x45\\n"


def said(what: str, release: str = NEWEST) -> str:
    return printed(release, "recovers", what).decode()


def as_docker_json(text: str) -> str:
    records = ({"log": f"{line}\n", "stream": "stdout"} for line in text.split("\n")[:-1])
    return "".join(f"{json.dumps(record)}\n" for record in records)


WRAPS: dict[str, Callable[[str], str]] = {
    "bare": str,
    "compose": lambda text: text.replace('{"time', 'api-1  | {"time'),
    "Docker's JSON": as_docker_json,
    "zap's console": lambda text: text.replace('{"time', '2026-03-01T10:00:00Z\tERROR\tx\t{"time'),
    "the line alone": lambda text: text.split("\n")[1] + "\n",
}


def dumps_of(text: str) -> tuple[Dump, ...]:
    (run,) = read_text(text.encode(), name="test.log").packages
    assert run.crashes == ()
    return run.dumps


@pytest.mark.parametrize("wrap", WRAPS)
@pytest.mark.parametrize("release", [OLD, NEWEST])
def test_the_stack_of_a_panic_that_was_caught_is_read(release: str, wrap: str) -> None:
    (dump,) = dumps_of(WRAPS[wrap](said("guarded", release)))
    assert dump.source is DumpSource.CAUGHT
    assert dump.message == "runtime error: index out of range [2] with length 1"
    (goroutine,) = dump.goroutines
    functions = [frame.function for frame in goroutine.frames]
    assert functions[functions.index("panic") + 1 :] == ["main.pick", "main.guarded", "main.main"]


def test_a_stack_without_a_panic_is_not_of_one() -> None:
    (dump,) = dumps_of(said("report"))
    assert (dump.source, dump.message) == (DumpSource.PRINTED, "")
    assert "main.report" in [frame.function for frame in dump.goroutines[0].frames]


def test_a_profile_in_a_record_is_read() -> None:
    (dump,) = dumps_of(said("profile"))
    assert [frame.function for frame in dump.groups[0].frames[-2:]] == ["main.main", "runtime.main"]


def test_a_stack_with_escaped_newlines_needs_no_quotes() -> None:
    (dump,) = dumps_of(BARE)
    assert [(frame.function, frame.line) for frame in dump.goroutines[0].frames] == [("main.f", 10)]


def test_the_line_itself_stays_a_record_without_its_stack() -> None:
    (run,) = read_text(said("guarded").encode(), name="test.log").packages
    record = run.lines[1].record
    assert record is not None
    assert record.message == "request failed"
    assert ("stack", "…") in record.attributes
