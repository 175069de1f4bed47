"""Delve's list of goroutines is a dump: where each stands, and why it waits."""

from __future__ import annotations

from flakecore.gotest import read_text

LIST = """\
(dlv) goroutines
* Goroutine 1 - User: ./pond_test.go:12 example.com/pond.TestMain (0x49b2f5) (thread 4711)
  Goroutine 2 - Runtime: /go/src/runtime/proc.go:382 runtime.gopark (0x43a4b6) [force gc (idle)]
  Goroutine 18 - User: /w/pool.go:31 example.com/pond.(*Pool).Get (0x4a1b2c) [chan receive 2583163]
  Goroutine 19 - User: C:/w/pool.go:44 example.com/pond.(*Pool).Put (0x4a1b9c) [sync.Mutex.Lock]
  Goroutine 20 - Start: /w/pool.go:50 example.com/pond.Serve (0x4a1bff) [select]
[5 goroutines]
"""


def test_each_line_is_a_goroutine_with_its_place_and_its_wait() -> None:
    (run,) = read_text(LIST.encode(), name="test.log").packages
    (dump,) = run.dumps
    assert (dump.first_line, dump.last_line) == (1, 4)
    assert [
        (each.number, each.state, each.frames[0].file, each.frames[0].line)
        for each in dump.goroutines
    ] == [
        (1, "running", "./pond_test.go", 12),
        (2, "force gc (idle)", "/go/src/runtime/proc.go", 382),
        (18, "chan receive", "/w/pool.go", 31),
        (19, "sync.Mutex.Lock", "C:/w/pool.go", 44),
    ]
    assert {each.minutes for each in dump.goroutines} == {0}


def test_a_goroutine_alone_and_words_about_goroutines_are_no_list() -> None:
    for text in (
        "\n".join(LIST.splitlines()[:2]),
        "Goroutine 1 - User: is the one\nGoroutine 2 - User: is not\n",
        "Goroutine 1 (running) created at:\nGoroutine 2 (finished) created at:\n",
    ):
        runs = read_text(text.encode(), name="test.log").packages
        assert not any(run.dumps for run in runs)
