"""What a process printed before it died: its dump is of no write, and takes none from its lines."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import flakecore.collect
from capture_cache import Recipe, cached_capture, once_a_process
from collected_bundles import collect_into
from flakecore.alignment.inferred_pairs import ending_crash
from flakecore.timeline import TimeSource
from timeline.captures import TESTDATA, Capture, read
from timeline.constructed_runs import output, run_of
from toolchains import NEWEST

CHATTER = TESTDATA / "chatter"
BUNDLE = "bundle.zip"
PANIC = ("panic: no room", "", "goroutine 7 [running]:", "main.main()", "\t/src/main.go:4 +0x1d")


@once_a_process
def _run(release: str) -> Capture:
    def run(folder: Path) -> None:
        collect_into(folder / BUNDLE, CHATTER, "--no-race", "-timeout", "1s", release=release)

    sources = (CHATTER, Path(flakecore.collect.__file__).parent)
    folder = cached_capture(Recipe(f"chatter-{release}", sources, (BUNDLE,)), run)
    return read(folder / BUNDLE)


@pytest.mark.needs_go
@pytest.mark.parametrize("release", [pytest.param("1.22.10", marks=pytest.mark.slow), NEWEST])
def test_equal_lines_before_a_crash_are_of_the_goroutine_that_wrote_them(release: str) -> None:
    run = _run(release)
    lines = [each for each in run.case.output if each.text == "no such file"]
    exact = [each for each in lines if each.time_source is TimeSource.EXACT]
    # It goes on to print between the end of the trace and that of the process.
    assert exact == lines[: len(exact)]
    assert len(exact) > len(lines) / 2
    assert {each.test for each in exact} == {run.test("TestStartsChatter").index}
    (writer,) = {each.goroutine for each in exact}
    assert writer not in (0, run.test("TestStartsChatter").goroutine)
    moments = [each.time_ns for each in exact]
    assert moments == sorted(set(moments))
    dumped = [each for each in run.case.output if each.text.startswith(("panic: ", "goroutine "))]
    assert dumped
    assert {each.time_source for each in dumped} == {TimeSource.STAMPED}


def test_a_crash_ends_the_process_where_only_go_itself_says_more() -> None:
    died = run_of(
        {"Action": "run", "Test": "TestA"},
        *(output(text, "TestA") for text in PANIC),
        output("exit status 2", ""),
        output("FAIL\texample.com/pool\t0.01s", ""),
    )
    crash = ending_crash(died)
    assert crash is not None
    assert died.lines.texts[crash.first_line] == PANIC[0]


def test_a_child_that_crashed_ends_nothing() -> None:
    lives = run_of(
        {"Action": "run", "Test": "TestA"},
        *(output(text, "TestA") for text in PANIC),
        output("the child failed", "TestA"),
    )
    assert len(lives.crashes) == 1
    assert ending_crash(lives) is None
    assert ending_crash(replace(lives, crashes=())) is None
