from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flakecore.bundle import open_bundle
from flakecore.report import render_json, render_text
from flakecore.timeline import load_cases

HEAD = """\
panic: test timed out after 1m0s
	running tests:
		TestDrain (1m0s)

goroutine 9 [running]:
testing.(*M).startAlarm.func1()
	/usr/local/go/src/testing/testing.go:2484 +0x394
created by time.goFunc
	/usr/local/go/src/time/sleep.go:215 +0x2d

goroutine 7 [sync.WaitGroup.Wait]:
sync.(*WaitGroup).Wait(0xc000012118)
	/usr/local/go/src/sync/waitgroup.go:118 +0x74
example.com/pond.TestDrain(0xc000003880)
	/w/pond/drain_test.go:12 +0x45
testing.tRunner(0xc000003880, 0x5464d0)
	/usr/local/go/src/testing/testing.go:1792 +0xf4
created by testing.(*T).Run in goroutine 1
	/usr/local/go/src/testing/testing.go:1851 +0x413
"""


def _worker(number: int) -> str:
    return f"""
goroutine {number} [chan send, {number % 3} minutes]:
example.com/pond.(*Pond).pump(0xc{number:06x})
	/w/pond/pond.go:27 +0x8f
created by example.com/pond.TestDrain in goroutine 7
	/w/pond/drain_test.go:9 +0x9c
""".replace(", 0 minutes", "")


def _reports(tmp_path: Path, text: str) -> tuple[str, dict[str, Any]]:
    log = tmp_path / "job.log"
    log.write_text(text)
    with open_bundle(log) as bundle:
        cases = load_cases(bundle)
        return render_text(bundle, cases), json.loads(render_json(bundle, cases))


def test_alike_goroutines_are_one_row_with_their_count_and_the_failed_test_stands_first(
    tmp_path: Path,
) -> None:
    workers = "".join(_worker(number) for number in range(20, 60))
    text, _ = _reports(tmp_path, f"{HEAD}{workers}FAIL\texample.com/pond\t60.009s\n")
    rows = [line.split() for line in text.partition("Goroutines in its dump:\n")[2].splitlines()]
    assert rows[0][:3] == ["goroutine", "7", "sync.WaitGroup.Wait"]
    assert rows[0][-1] == "TestDrain"
    assert rows[1][:2] == ["goroutine", "×40:"]
    assert "0 to 2 min" in text
    assert "pond.go:27" in text
    assert "created at drain_test.go:9 pond.TestDrain by goroutine 7" in text
    assert "… 1 more goroutine" in text


def test_json_holds_every_goroutine_with_arguments_creator_and_test(tmp_path: Path) -> None:
    _, report = _reports(tmp_path, f"{HEAD}{_worker(20)}FAIL\texample.com/pond\t60.009s\n")
    (case,) = report["cases"]
    (dump,) = case["dumps"]
    assert (dump["source"], dump["message"]) == ("timeout", "test timed out after 1m0s")
    alarm, own, worker = dump["goroutines"]
    assert alarm["test"] == ""
    assert (own["test"], own["test_known"]) == ("TestDrain", "stack")
    assert (worker["test"], worker["test_known"]) == ("TestDrain", "creator")
    assert worker["state"] == "chan send"
    assert worker["minutes"] == 2
    assert worker["frames"] == [
        {
            "function": "example.com/pond.(*Pond).pump",
            "file": "/w/pond/pond.go",
            "line": 27,
            "arguments": "0xc000014",
        }
    ]
    assert worker["creator"] == 7


def test_a_case_that_passed_without_a_dump_shows_none(tmp_path: Path) -> None:
    text, report = _reports(
        tmp_path, "=== RUN   TestA\n--- PASS: TestA (0.00s)\nPASS\nok  \tp\t1s\n"
    )
    assert "goroutine" not in text
    (case,) = report["cases"]
    assert case["dumps"] == []


def test_what_a_failed_test_printed_is_shown_in_order_and_its_cut_is_said(tmp_path: Path) -> None:
    said = "".join(f"    a_test.go:{line}: step {line}\n" for line in range(1, 61))
    text, report = _reports(tmp_path, f"--- FAIL: TestA (0.00s)\n{said}FAIL\nFAIL\tp\t0.01s\n")
    assert "step 1\n" in text
    assert "step 60\n" in text
    assert "… 36 more lines; --output --test 'TestA' shows all" in text
    (case,) = report["cases"]
    (failure,) = case["failures"]
    assert [each["line"] for each in failure["messages"]] == list(range(1, 61))
    assert failure["messages"][0]["error"] is None
    assert failure["test_output"]["left_out"] == 36


GUARDED = """\
goroutine 7 [running]:
runtime/debug.Stack()
\t/usr/local/go/src/runtime/debug/stack.go:26 +0x5e
example.com/quay.guard.func1()
\t/w/quay/guard.go:12 +0x2d
panic({0x1642020?, 0x1bd7b60?})
\t/usr/local/go/src/runtime/panic.go:792 +0x132
example.com/quay.(*Crane).lift(0xc0000f2be0)
\t/w/quay/crane.go:170 +0x733
example.com/quay.guard(0xc0000f2be0)
\t/w/quay/guard.go:20 +0x45
"""


def test_a_panic_that_was_caught_stands_where_it_panicked_not_where_it_was_caught(
    tmp_path: Path,
) -> None:
    text, _ = _reports(tmp_path, f'level=error msg="job failed" panic="no such crane"\n{GUARDED}')
    assert "1 goroutine at a panic that was caught: no such crane:" in text
    assert "crane.go:170  quay.(*Crane).lift\n        called by guard.go:20 quay.guard" in text
    assert "guard.go:12" not in text


def test_stacks_that_no_test_printed_are_not_said_to_be_printed_by_tests(tmp_path: Path) -> None:
    printed = "goroutine 7 [select]:\nexample.com/quay.serve()\n\t/w/quay/quay.go:9 +0x1d\n"
    after = "=== RUN   TestCrane\n--- PASS: TestCrane (0.00s)\n"
    for text in (f"crane: watchdog\n{printed}", f"crane: watchdog\n{printed}{after}"):
        alone, _ = _reports(tmp_path, text)
        assert "1 goroutine in its output:" in alone
    of_test, _ = _reports(tmp_path, f"=== RUN   TestCrane\n{printed}--- PASS: TestCrane (0.00s)\n")
    assert "1 goroutine that the tests printed:" in of_test


def test_of_lines_in_a_row_that_differ_in_stamps_alone_the_outer_two_are_shown(
    tmp_path: Path,
) -> None:
    loud = "".join(f"2026/11/28 09:40:{at % 60:02} stat failed: a.txt\n" for at in range(900))
    other = "".join(f"poll {at}: nothing\n" for at in range(10))
    said = f"=== RUN   TestA\n{other}{loud}closing\n    a_test.go:7: no change\n"
    text, report = _reports(tmp_path, f"{said}--- FAIL: TestA (0.00s)\nFAIL\nFAIL\tp\t0.01s\n")
    _, _, shown = text.partition("Output of TestA:\n")
    assert [line.strip() for line in shown.partition("\n\n")[0].splitlines()] == [
        *(f"poll {at}: nothing" for at in range(10)),
        "2026/11/28 09:40:00 stat failed: a.txt",
        "… 444 more like it",
        "2026/11/28 09:40:25 stat failed: a.txt",
        "2026/11/28 09:40:26 stat failed: a.txt",
        "… 452 more like it",
        "2026/11/28 09:40:59 stat failed: a.txt",
        "closing",
        "a_test.go:7: no change",
    ]
    assert report["cases"][0]["failures"][0]["test_output"]["left_out"] == 888


def test_a_goroutine_whose_number_is_cut_off_gets_none(tmp_path: Path) -> None:
    frame = "example.com/quay.send()\n\t/w/quay/quay.go:9 +0x1d\n"
    text, report = _reports(tmp_path, f"panic: send on closed channel\n{frame}")
    assert "A goroutine sends on a closed channel (quay.go:9)" in text
    assert "goroutine ?      quay.go:9  quay.send" in text
    assert "G0" not in text
    assert "goroutine 0" not in text
    (dump,) = report["cases"][0]["dumps"]
    assert dump["goroutines"][0]["goroutine"] == 0
