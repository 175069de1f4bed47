from __future__ import annotations

import pytest

from flakecore.gotest import Dump, DumpSource, Lines, read_crashes
from flakecore.gotest.crashes.printed_dumps import read_printed_dumps
from gotest.go_runs import as_lines

FRAMES = """\
example.com/pond.Serve.func1(0xc000012118)
    /w/serve.go:49 +0xc9
created by example.com/pond.Serve in goroutine 34
    /w/serve.go:47 +0x336"""
SERVING = f"""\
2026/01/02 15:04:05 http: panic serving 127.0.0.1:44936: out of water
goroutine 90 [running]:
{FRAMES}
--- FAIL: TestNext (0.01s)"""
GOLEAK = f"""\
goleak: Errors on successful test run: found unexpected goroutines:
[Goroutine 36 in state chan send, with example.com/pond.Serve.func1 on top of the stack:
{FRAMES}

 Goroutine 37 in state select, 3 minutes, with example.com/pond.Serve.func1 on top of the stack:
{FRAMES}
]"""
GOLEAK_OLD = f"""\
    leaks.go:78: found unexpected goroutines:
        [Goroutine 36 in state chan send, with example.com/pond.Serve.func1 on top of the stack:
        goroutine 36 [chan send]:
        {FRAMES.replace(chr(10), chr(10) + " " * 8)}
        ]
    a_test.go:9: after it"""


def _lines(text: str) -> Lines:
    return as_lines(*text.split("\n"))


def _dumps(text: str) -> tuple[Dump, ...]:
    lines = _lines(text)
    crashes = read_crashes(lines)
    assert crashes == ()
    return read_printed_dumps(lines, crashes)


def test_a_panic_that_net_http_caught_is_a_dump_with_its_message() -> None:
    (dump,) = _dumps(SERVING)
    assert (dump.source, dump.message) == (DumpSource.CAUGHT, "out of water")
    assert (dump.first_line, dump.last_line) == (1, 5)
    (goroutine,) = dump.goroutines
    assert (goroutine.number, goroutine.state) == (90, "running")
    assert goroutine.creator_goroutine == 34


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (GOLEAK, [(36, "chan send", 0), (37, "select", 3)]),
        (GOLEAK_OLD, [(36, "chan send", 0)]),
    ],
    ids=["of today", "old, in a test"],
)
def test_goleak_names_each_goroutine_once(text: str, found: list[tuple[int, str, int]]) -> None:
    (dump,) = _dumps(text)
    assert dump.source is DumpSource.GOLEAK
    assert [(each.number, each.state, each.minutes) for each in dump.goroutines] == found
    for goroutine in dump.goroutines:
        assert [(frame.file, frame.line) for frame in goroutine.frames] == [("/w/serve.go", 49)]
        assert goroutine.creator is not None


def test_words_about_goroutines_are_no_dump() -> None:
    assert (
        _dumps("goroutine panicked at:\npond.go:12\n[Goroutine 7 is here]\ngoroutine 7 [is\n") == ()
    )


def test_the_goroutines_of_a_crash_are_not_told_twice() -> None:
    lines = _lines(f"panic: boom\n\ngoroutine 90 [running]:\n{FRAMES}\nexit status 2")
    crashes = read_crashes(lines)
    assert len(crashes) == 1
    assert read_printed_dumps(lines, crashes) == ()


@pytest.mark.parametrize(
    "after", ["=== RUN   TestNext", "--- PASS: TestNext (0.00s)", "PASS", "ok      p    0.01s"]
)
def test_a_panic_that_the_process_outlived_is_no_crash(after: str) -> None:
    text = f"panic: boom\n\ngoroutine 90 [running]:\n{FRAMES}\n\n{after}"
    assert len(_dumps(text)) == 1


CUT = """\
    /usr/local/go/src/runtime/sema.go:71 +0x25
sync.(*Mutex).lockSlow(0xc000143a00)
    /usr/local/go/src/sync/mutex.go:162 +0x165
example.com/pond.(*Pond).Drain(0xf0?)
    /w/pond.go:248 +0x36
created by example.com/pond.Serve in goroutine 34
    /w/serve.go:47 +0x336"""


@pytest.mark.parametrize("above", [0, 1])
@pytest.mark.parametrize("behind", ["", "\n\ngoroutine 7 [select]:\nmain.f()\n    /w/f.go:9 +0x1d"])
def test_a_log_may_begin_within_a_stack(above: int, behind: str) -> None:
    text = "\n".join(CUT.split("\n")[above:]) + behind
    first, *others = _dumps(text)
    (goroutine,) = first.goroutines
    assert (goroutine.number, goroutine.state, first.first_line) == (0, "", 0)
    assert [frame.line for frame in goroutine.frames] == [162, 248]
    assert goroutine.creator_goroutine == 34
    assert [each.goroutines[0].number for each in others] == ([7] if behind else [])


@pytest.mark.parametrize(
    "text",
    [
        "words\nmore\nand more\nand more\n" + CUT,
        f"{CUT}\nPrevious write at 0x1 by goroutine 7:\n{CUT}",
        "main.f()\n    /w/f.go:9 +0x1d\nwords",
    ],
)
def test_other_frames_are_no_stack_that_is_cut(text: str) -> None:
    assert _dumps(text) == ()


PANICKED = """\
panic({0x1642020?, 0x1bd7b60?})
    /usr/local/go/src/runtime/panic.go:792 +0x132
example.com/pond.Drain(0xc0000f2be0)
    /w/pond.go:170 +0x733"""


@pytest.mark.parametrize(
    ("top", "source"),
    [
        ("runtime/debug.Stack()\n    /go/src/runtime/debug/stack.go:26 +0x5e\n", DumpSource.CAUGHT),
        ("example.com/pond.again()\n    /w/again.go:9 +0x1d\n", DumpSource.PRINTED),
        ("", DumpSource.PRINTED),
    ],
)
def test_a_stack_with_a_panic_was_asked_for_or_is_left_of_a_crash(
    top: str, source: DumpSource
) -> None:
    (dump,) = _dumps(f"quay: words\ngoroutine 7 [running]:\n{top}{PANICKED}")
    assert dump.source is source


def test_goleak_has_a_blank_before_all_goroutines_but_its_first() -> None:
    second = GOLEAK.split("\n\n")[1].removesuffix("\n]")
    (dump,) = _dumps(second)
    assert [(each.number, len(each.frames)) for each in dump.goroutines] == [(37, 1)]


def test_stacks_of_a_cut_log_end_at_lines_that_hold_nothing_but_blanks() -> None:
    blanks = "     "
    other = "goroutine 21 [chan receive]:\npond.flush(0xc0)\n    /w/flush.go:9 +0x6a"
    text = "\n".join(f"{blanks}{line}" for line in f"{CUT}\n\n{other}\n\n{other}".split("\n"))
    found = [each for dump in _dumps(text) for each in dump.goroutines]
    assert [(each.number, [frame.line for frame in each.frames]) for each in found] == [
        (0, [162, 248]),
        (21, [9]),
        (21, [9]),
    ]
