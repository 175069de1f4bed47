"""Crashes of real test binaries: panics, fatal errors, timeouts, signals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flakecore.gotest import CrashKind, read_crashes
from gotest.crashes.the_crash import functions, the_crash, the_crash_in
from gotest.go_runs import as_lines, crashed, died
from toolchains import NEWEST, RELEASES


def test_a_panic_in_a_goroutine_shows_where_it_was_and_who_started_it(release: str) -> None:
    run = crashed(release, "TestPanicInGoroutine")
    crash = the_crash(run)
    assert crash.kind is CrashKind.PANIC
    assert crash.message == "boom in a goroutine"
    assert run.tests[crash.test].name == "TestPanicInGoroutine"
    goroutine = crash.goroutines[0]
    assert goroutine.state == "running"
    (frame,) = goroutine.frames
    assert frame.function == "example.com/crashes.TestPanicInGoroutine.func1"
    assert frame.file.endswith("testdata/crashes/crashes_test.go")
    assert frame.line == 22
    assert goroutine.creator is not None
    assert goroutine.creator.function == "example.com/crashes.TestPanicInGoroutine"
    assert goroutine.creator.line == 20
    assert goroutine.creator_goroutine not in (0, goroutine.number)


def test_a_crash_spans_its_lines_and_no_others(release: str) -> None:
    run = crashed(release, "TestPanicInGoroutine")
    crash = the_crash(run)
    assert run.lines[crash.first_line].text == "panic: boom in a goroutine"
    assert "crashes_test.go:20" in run.lines[crash.last_line].text
    rest = [line.text for line in run.lines[crash.last_line + 1 :]]
    assert all(text.startswith(("FAIL", "exit status")) for text in rest)


def test_a_panic_that_the_test_runner_passes_on_is_told_once(release: str) -> None:
    run = crashed(release, "TestPanicInTest")
    assert the_crash(run).message == "assignment to entry in nil map"
    assert run.tests[0].outcome.value == "fail"


def test_a_dump_of_testing_s_timer_without_the_panic_above_it_is_a_timeout() -> None:
    lines = ("goroutine 7 [running]:", "testing.(*M).startAlarm.func1()", "    /t.go:1377 +0x11c")
    crash = the_crash_in(as_lines(*lines, "", "goroutine 1 [select]:", "main.f()", "    /a.go:3"))
    assert crash.kind is CrashKind.TIMEOUT
    assert [each.number for each in crash.goroutines] == [7, 1]
    assert read_crashes(as_lines(lines[0], "main.f()", "    /a.go:3")) == ()


def test_a_panic_that_a_program_reports_with_a_stack_of_its_own_is_no_crash() -> None:
    said = ("got:", "panic: Log in goroutine after TestCrane has completed", "", "stack-trace=x:")
    stack = ("runtime/debug.Stack(0x446d460)", "    /usr/local/go/src/runtime/debug/stack.go:24")
    assert read_crashes(as_lines(*said, *stack, test=-1)) == ()
    reported = (*said[:3], "goroutine panicked at:", "pond.go:634", *stack)
    assert read_crashes(as_lines(*reported, test=0)) == ()
    assert len(read_crashes(as_lines(*said, test=-1))) == 1


CUT = """\
panic: test timed out after 30s

goroutine 26 [running]:
testing.func·008()
\t/usr/src/go/src/testing/testing.go:681 +0x12f

goroutine 1 [chan receive]:
testing.RunTests(0x12ca8f8, 0x17e9600)
\t/usr/src/go/src/testing/testing.go:556 +0xad6
--
\t/src/quay/scanner.go:236 +0x1d7
example.com/quay.func·001()
\t/src/quay/stopper.go:79 +0x5d
"""


def test_what_grep_left_out_of_a_dump_parts_goroutines() -> None:
    crash = the_crash_in(as_lines(*CUT.replace("\t", "    ").splitlines()))
    assert [functions(each) for each in crash.goroutines] == [
        ["testing.func·008"],
        ["testing.RunTests"],
    ]


def test_a_frame_whose_place_the_end_of_a_log_cuts_has_no_place() -> None:
    text = "panic: x\n\ngoroutine 7 [running]:\nexample.com/quay.Lift(0x1)\n    /src/quay/cra"
    crash = the_crash_in(as_lines(*text.splitlines()))
    (frame,) = crash.goroutines[0].frames
    assert (frame.function, frame.file, frame.line) == ("example.com/quay.Lift", "", 0)


def test_a_creator_whose_name_the_end_of_a_log_may_cut_is_not_known() -> None:
    text = "panic: x\n\ngoroutine 7 [running]:\nmain.f()\n    /a.go:3 +0x1\ncreated by main.Cra"
    assert the_crash_in(as_lines(*text.splitlines())).goroutines[0].creator is None


def test_a_nested_panic_is_told_in_order(release: str) -> None:
    crash = the_crash(crashed(release, "TestNestedPanic"))
    assert crash.message == "first\npanic: while cleaning up"


def test_a_value_of_two_lines_that_is_panicked_with_again_is_told_once(release: str) -> None:
    assert the_crash(crashed(release, "TestRepanic")).message == "line one\nline two"


def test_a_nil_dereference_is_told_without_its_signal_line(release: str) -> None:
    crash = the_crash(crashed(release, "TestNilDereference"))
    assert crash.kind is CrashKind.PANIC
    assert crash.message == ("runtime error: invalid memory address or nil pointer dereference")


def test_a_panic_with_a_struct_shows_its_type(release: str) -> None:
    crash = the_crash(crashed(release, "TestPanicWithStruct"))
    assert crash.message.startswith("(crashes.opaque) ")


def test_a_panic_after_text_without_a_newline_is_found(release: str) -> None:
    run = crashed(release, "TestPanicAfterPartialLine")
    crash = the_crash(run)
    assert run.lines[crash.first_line].text == "progress: 50%panic: value with a"
    assert crash.message == "value with a\n\nblank line"


def test_what_a_program_tells_of_a_panic_it_recovered_from_is_no_crash(release: str) -> None:
    run = crashed(release, "TestTellsOfARecoveredPanic")
    assert any(line.text == "panic: caught" for line in run.lines)
    assert run.crashes == ()


@pytest.mark.slow
def test_a_timeout_names_the_running_tests_and_shows_every_goroutine(release: str) -> None:
    run = crashed(release, "TestHangs", "-timeout=1s")
    crash = the_crash(run)
    assert crash.kind is CrashKind.TIMEOUT
    assert crash.message == "test timed out after 1s"
    assert [name for name, _ in crash.running] == ["TestHangs", "TestHangs/inner"]
    assert all(ns in (10**9, 2 * 10**9) for _, ns in crash.running)
    inner = next(
        g for g in crash.goroutines if "example.com/crashes.TestHangs.func1" in functions(g)
    )
    assert inner.state == "sync.Mutex.Lock"
    assert functions(inner)[-1] == "testing.tRunner"
    locked = next(g for g in crash.goroutines if g.locked)
    assert locked.state == "select (no cases)"
    assert locked.creator_goroutine == inner.number
    main = next(g for g in crash.goroutines if g.number == 1)
    assert main.creator is None
    assert functions(main)[-1] == "main.main"


def test_concurrent_map_writes_are_a_fatal_error(release: str) -> None:
    crash = the_crash(crashed(release, "TestConcurrentMapWrites"))
    assert crash.kind is CrashKind.FATAL
    assert crash.message == "concurrent map writes"
    assert "example.com/crashes.TestConcurrentMapWrites.func1" in functions(crash.goroutines[0])


def test_a_deadlock_of_everybody_is_a_fatal_error(release: str) -> None:
    crash = the_crash(crashed(release, "TestEverybodySleeps", "-timeout=0"))
    assert crash.kind is CrashKind.FATAL
    assert crash.message == "all goroutines are asleep - deadlock!"
    assert [goroutine.state for goroutine in crash.goroutines] == ["chan receive"] * 2


def test_what_a_quit_signal_dumps_of_the_runtimes_own_is_left_out(release: str) -> None:
    crash = the_crash(crashed(release, "TestQuitSignal"))
    assert crash.kind is CrashKind.FATAL
    assert crash.message == "SIGQUIT: quit"
    asleep = next(g for g in crash.goroutines if "time.Sleep" in functions(g))
    assert asleep.state == "sleep"
    assert "example.com/crashes.TestQuitSignal" in functions(asleep)
    assert not any(goroutine.state == "force gc (idle)" for goroutine in crash.goroutines)
    assert not any(
        name.startswith("runtime.g") for g in crash.goroutines[1:] for name in functions(g)
    )


@pytest.mark.parametrize("version", RELEASES)
def test_a_chain_of_panics_says_which_were_recovered(version: str) -> None:
    crash = the_crash(died(version, "TestRecoversAndPanicsAgain"))
    values = ["first", "second after first", "third after second after first"]
    assert [panic.value for panic in crash.panics] == values
    assert [panic.recovered for panic in crash.panics] == [True, True, False]
    assert not any(panic.repanicked for panic in crash.panics)
    assert crash.message == "\npanic: ".join(values)


@pytest.mark.parametrize("version", RELEASES)
def test_the_panic_of_a_test_is_recovered_and_panicked_with_again(version: str) -> None:
    (panic,) = the_crash(died(version, "TestPanicInTest")).panics
    assert panic.value == "assignment to entry in nil map"
    assert (panic.recovered, panic.repanicked) == (True, True)
    first, second = the_crash(died(version, "TestNestedPanic")).panics
    assert (first.value, first.recovered) == ("first", False)
    assert (second.value, second.recovered, second.repanicked) == ("while cleaning up", True, True)


@pytest.mark.parametrize("version", RELEASES)
@pytest.mark.parametrize(
    ("test", "message", "above"),
    [
        ("TestOutOfMemory", "out of memory", "runtime: out of memory: cannot allocate"),
        ("TestUnlocksTwice", "sync: unlock of unlocked mutex", ""),
        ("TestFaults", "fault", "unexpected fault address 0x"),
        ("TestAborts", "SIGABRT: abort", ""),
        ("TestConcurrentMapWrites", "concurrent map writes", ""),
    ],
)
def test_fatal_errors_have_what_the_runtime_says_above_them(
    version: str, test: str, message: str, above: str
) -> None:
    run = died(version, test)
    crash = the_crash(run)
    assert (crash.kind, crash.message, crash.panics) == (CrashKind.FATAL, message, ())
    first = run.lines[crash.first_line].text
    assert first.startswith(above or ("SIG" if message.startswith("SIG") else "fatal error: "))
    called = {function for each in crash.goroutines for function in functions(each)}
    assert any(f"{function}.".startswith(f"example.com/crashes.{test}.") for function in called)
    assert run.tests[0].outcome.value == "unfinished"


@pytest.mark.parametrize("version", ["1.21.13", NEWEST])
def test_an_end_without_a_word_is_no_crash(version: str) -> None:
    for test in ("TestKilled", "TestExits", "TestExitsWithZero"):
        run = died(version, test)
        assert run.crashes == ()
        assert run.tests[0].outcome.value == "unfinished"


def test_too_many_goroutines_for_the_race_detector_are_a_fatal_error() -> None:
    text = "race: limit on 8128 simultaneously alive goroutines is exceeded, dying"
    crash = the_crash_in(as_lines(text, test=-1))
    assert (crash.kind, crash.message) == (CrashKind.FATAL, text)


def test_a_panic_without_a_dump_counts_at_the_very_end_only() -> None:
    assert the_crash_in(as_lines("panic: x", "    panic: y")).message == "x\npanic: y"
    assert read_crashes(as_lines("panic: x", "and the test goes on")) == ()
    assert read_crashes(as_lines("the word panic: x")) == ()


def test_behind_a_deadlock_without_a_dump_a_ci_system_may_have_its_say() -> None:
    asleep = "fatal error: all goroutines are asleep - deadlock!"
    crash = the_crash_in(as_lines(asleep, "ERROR: Job failed: exit code 1"))
    assert crash.message == "all goroutines are asleep - deadlock!"
    assert read_crashes(as_lines(asleep, "--- PASS: TestChild (0.00s)")) == ()
    assert read_crashes(as_lines("fatal error: no pond", "ERROR: Job failed: exit code 1")) == ()


def test_a_stack_that_a_program_prints_itself_is_no_crash() -> None:
    lines = as_lines(
        "http: panic serving 127.0.0.1:1: boom", "goroutine 7 [running]:", "main.f()", "    /x.go:7"
    )
    assert read_crashes(lines) == ()


def test_the_dump_that_go_asks_for_after_the_deadline_is_a_timeout() -> None:
    lines = as_lines(
        "SIGQUIT: quit",
        "PC=0x1 m=0 sigcode=0",
        "",
        "goroutine 7 [running]:",
        "main.f()",
        "    /x.go:7 +0x1d fp=0x1 sp=0x2 pc=0x3",
        "",
        "rax    0x0",
        "*** Test killed with quit: ran too long (11m0s).",
    )
    crash = the_crash_in(lines)
    assert (crash.kind, crash.message) == (CrashKind.TIMEOUT, "SIGQUIT: quit")


def test_a_panic_whose_goroutine_was_not_copied_has_its_frames() -> None:
    lines = as_lines("panic: send on closed channel", "main.f(0x1)", "    /x.go:7 +0x1d", test=-1)
    (goroutine,) = the_crash_in(lines).goroutines
    assert (goroutine.number, functions(goroutine)) == (0, ["main.f"])


def test_a_fault_in_c_code_is_said_to_be_one() -> None:
    lines = as_lines(
        "lifted 53.4 tons  SIGSEGV: segmentation violation",
        "PC=0x1a2c29c20 m=16 sigcode=2",
        "signal arrived during cgo execution",
        "",
        "goroutine 21 [syscall]:",
        "main.lift()",
        "    /x.go:7 +0x1d",
    )
    crash = the_crash_in(lines)
    assert crash.message == "SIGSEGV: segmentation violation\nsignal arrived during cgo execution"


def test_of_an_unexpected_signal_it_is_said_which_it_was() -> None:
    signal = "[signal SIGBUS: bus error code=0x1 addr=0x0 pc=0x102fdf0]"
    begin = ("fatal error: unexpected signal during runtime execution", signal)
    lines = as_lines(*begin, "", "goroutine 3 [running]:", "main.f()", "    /x.go:7 +0x1d")
    assert the_crash_in(lines).message == f"unexpected signal during runtime execution\n{signal}"
    # "fatal " and all before it was not copied.
    cut = as_lines(signal, "", "goroutine 3 [running]:", "main.f()", "    /x.go:7 +0x1d")
    assert the_crash_in(cut).message == signal[8:-1]


dump_lines = st.sampled_from(
    [
        "",
        "panic: x",
        "    panic: y [recovered]",
        "fatal error: z",
        "SIGQUIT: quit",
        "[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x1]",
        "goroutine 7 [running]:",
        "goroutine x [running]:",
        "goroutine 7 [",
        "runtime stack:",
        "main.f(0x1)",
        "    /x.go:7 +0x1d",
        "created by main.main in goroutine 1",
        "created by ",
        "...9 frames elided...",
        "[originating from goroutine 5]:",
        "    running tests:",
        "        TestX (3s)",
        "        TestX (forever)",
        "FAIL    p    0.1s",
        "words",
    ]
)


@given(st.lists(st.one_of(dump_lines, st.text(max_size=20)), max_size=60))
def test_no_mixture_of_lines_makes_the_reader_raise(texts: list[str]) -> None:
    lines = as_lines(*texts)
    crashes = read_crashes(lines)
    ends = [at for crash in crashes for at in (crash.first_line, crash.last_line)]
    assert all(0 <= at < len(lines) for at in ends)
    assert ends == sorted(ends)
