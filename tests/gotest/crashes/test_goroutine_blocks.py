"""Blocks of goroutines in crashes: headers of every form, labels, creators, and lines of others."""

from __future__ import annotations

import pytest

from flakecore.gotest import CrashKind
from gotest.crashes.the_crash import functions, the_crash, the_crash_in
from gotest.go_runs import as_lines, crashed, died
from toolchains import NEWEST


def test_a_stack_overflow_says_how_many_frames_it_leaves_out(release: str) -> None:
    run = crashed(release, "TestStackOverflow")
    crash = the_crash(run)
    assert crash.kind is CrashKind.FATAL
    assert crash.message == "stack overflow"
    assert run.lines[crash.first_line].text.startswith("runtime: goroutine stack exceeds")
    deep = crash.goroutines[0]
    # The runtime prints a hundred, its own two outermost and a wrapper among them.
    assert 95 <= len(deep.frames) < 100
    assert deep.elided > 1000
    assert functions(deep)[-1] == "testing.tRunner"


def test_hundreds_of_goroutines_are_all_there(release: str) -> None:
    crash = the_crash(crashed(release, "TestManyGoroutines"))
    waiting = [
        g
        for g in crash.goroutines
        if functions(g)[-1:] == ["example.com/crashes.TestManyGoroutines.func1"]
    ]
    assert len(waiting) == 300
    assert len({goroutine.number for goroutine in waiting}) == 300
    assert {goroutine.state for goroutine in waiting} == {"chan receive"}


@pytest.mark.parametrize(
    ("version", "settings", "shown"),
    [
        ("1.25.5", {"GODEBUG": "tracebacklabels=1"}, False),
        ("1.26.6", {}, False),
        ("1.26.6", {"GODEBUG": "tracebacklabels=1"}, True),
        (NEWEST, {"GODEBUG": "tracebacklabels=1"}, True),
    ],
)
def test_labels_of_goroutines_are_read_where_the_runtime_shows_them(
    version: str, settings: dict[str, str], shown: bool
) -> None:
    crash = the_crash(died(version, "TestLabels", **settings))
    labels = (("job", "a b"), ("step", "two"))
    assert (labels in {goroutine.labels for goroutine in crash.goroutines}) == shown
    assert {goroutine.state for goroutine in crash.goroutines} >= {"running", "sleep"}


HEADERS = [
    ("goroutine 7 [select]:", (7, "select", 0, False, 0, ())),
    ("goroutine 7 [IO wait, 12 minutes]:", (7, "IO wait", 12, False, 0, ())),
    ("goroutine 7 [syscall, 2 minutes, locked to thread]:", (7, "syscall", 2, True, 0, ())),
    (
        "goroutine 7 [chan receive (durable), synctest bubble 3]:",
        (7, "chan receive (durable)", 0, False, 3, ()),
    ),
    ("goroutine 7 [select (leaked)]:", (7, "select (leaked)", 0, False, 0, ())),
    ("goroutine 7 gp=0xc01 m=nil [GC worker (idle)]:", (7, "GC worker (idle)", 0, False, 0, ())),
    (
        "goroutine 7 gp=0xc01 m=3 mp=0xc02 [running, locked to thread]:",
        (7, "running", 0, True, 0, ()),
    ),
    (
        'goroutine 7 [sleep] {job: "a, b]", step: two}:',
        (7, "sleep", 0, False, 0, (("job", "a, b]"), ("step", "two"))),
    ),
    (
        'goroutine 7 [sleep, 3 minutes labels:{"job": "a \\"b\\"", "step": "two\\n"}]:',
        (7, "sleep", 3, False, 0, (("job", 'a "b"'), ("step", "two"))),
    ),
]


@pytest.mark.parametrize(("header", "expected"), HEADERS)
def test_goroutine_headers_of_every_form_are_read(
    header: str, expected: tuple[int, str, int, bool, int, tuple[tuple[str, str], ...]]
) -> None:
    lines = as_lines("panic: x", "", header, "main.f(...)", "    /a b/x.go:7 +0x1d")
    (goroutine,) = the_crash_in(lines).goroutines
    assert (
        goroutine.number,
        goroutine.state,
        goroutine.minutes,
        goroutine.locked,
        goroutine.bubble,
        goroutine.labels,
    ) == expected
    (frame,) = goroutine.frames
    assert (frame.function, frame.file, frame.line, frame.arguments) == (
        "main.f",
        "/a b/x.go",
        7,
        "...",
    )


def test_lines_that_others_write_into_a_dump_are_passed_over() -> None:
    lines = as_lines(
        "panic: x",
        "",
        "goroutine 7 [running]:",
        "main.f(0x1, {0x2, 0x3})",
        "    /x.go:7 +0x1d",
        "another goroutine's last words",
        "main.g[...](...)",
        "    /x.go:9",
        "created by main.main in goroutine 1",
        "    /x.go:3 +0x1",
        "more last words",
        "",
        "goroutine 8 [runnable]:",
        "main.h()",
        "    /x.go:11 +0x1d",
        "FAIL    example.com/x    0.1s",
    )
    crash = the_crash_in(lines)
    assert [functions(goroutine) for goroutine in crash.goroutines] == [
        ["main.f", "main.g[...]"],
        ["main.h"],
    ]
    assert crash.goroutines[0].creator_goroutine == 1
    assert crash.last_line == 14


def test_go_1_20_does_not_say_which_goroutine_was_the_creator() -> None:
    lines = as_lines(
        "panic: x", "", "goroutine 7 [running]:", "created by main.main", "    /x.go:3"
    )
    (goroutine,) = the_crash_in(lines).goroutines
    assert goroutine.creator is not None
    assert goroutine.creator.function == "main.main"
    assert goroutine.creator_goroutine == 0


def test_ten_thousand_goroutines_are_read_one_by_one() -> None:
    texts = ["panic: x"]
    for number in range(10_000):
        texts += ["", f"goroutine {number} [chan receive, {number % 7} minutes]:"]
        texts += [
            "main.f(0x1)",
            "    /x.go:7 +0x1d",
            "created by main.main in goroutine 1",
            "    /x.go:3",
        ]
    crash = the_crash_in(as_lines(*texts))
    assert len(crash.goroutines) == 10_000
    assert crash.last_line == len(texts) - 1
