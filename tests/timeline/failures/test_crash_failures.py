"""Whose failure a crash is, in plain logs of old releases."""

from __future__ import annotations

from pathlib import Path

import pytest

from flakecore.timeline import Case, FailureKind, TestStatus
from timeline.captures import read

DEADLOCK_1_4 = """\
=== RUN TestFrame-32
fatal error: all goroutines are asleep - deadlock!

goroutine 1 [chan receive]:
testing.RunTests(0x7b0f80, 0x89faa0, 0x3, 0x3, 0xc20803ae01)
\t/usr/local/go/src/testing/testing.go:556 +0xad6
main.main()
\texample.com/frame/_test/_testmain.go:58 +0x28c

goroutine 6 [chan receive]:
example.com/frame.TestFrame(0xc20804a000)
\t/src/frame/frame_test.go:59 +0x5d1
testing.tRunner(0xc20804a000, 0x89faa0)
\t/usr/local/go/src/testing/testing.go:447 +0xbf
created by testing.RunTests
\t/usr/local/go/src/testing/testing.go:555 +0xa8b
FAIL\texample.com/frame\t0.011s
"""

AFTER_THE_TESTS = """\
=== RUN   TestBerth
--- PASS: TestBerth (0.00s)
PASS
=== RUN   TestOfAnother
fatal error: all goroutines are asleep - deadlock!

goroutine 1 [sync.Mutex.Lock]:
sync.(*Mutex).Lock(...)
\t/usr/local/go/src/sync/mutex.go:46
example.com/quay.teardown()
\t/src/quay/quay_test.go:15 +0x28
example.com/quay.TestMain(0x2a26de4223c0)
\t/src/quay/quay_test.go:22 +0xc5
main.main()
\t_testmain.go:50 +0xa5
FAIL\texample.com/quay\t1.572s
"""
"""A line of another package stands in it, as where several packages print at once."""
WITHIN_THE_TESTS = AFTER_THE_TESTS.replace(
    "example.com/quay.TestMain(0x2a26de4223c0)", "testing.(*M).Run(0x2a26de4223c0)"
)


def case_of(folder: Path, text: str) -> Case:
    (folder / "test.log").write_text(text)
    return read(folder).case


def test_a_name_with_its_processors_is_the_test_on_the_stack(tmp_path: Path) -> None:
    """Go 1.4 named a test so where ``-cpu`` or GOMAXPROCS was given."""
    case = case_of(tmp_path, DEADLOCK_1_4)
    (failure,) = case.failures
    assert (failure.test_name, failure.kind) == ("TestFrame-32", FailureKind.FATAL)
    assert (failure.file, failure.line) == ("/src/frame/frame_test.go", 59)
    assert [(test.name, test.status) for test in case.tests] == [("TestFrame-32", TestStatus.FAIL)]


def test_a_subtest_with_a_number_is_another_test(tmp_path: Path) -> None:
    case = case_of(tmp_path, DEADLOCK_1_4.replace("TestFrame-32", "TestFrame/of-32"))
    assert [failure.test_name for failure in case.failures] == ["TestFrame"]


def test_the_main_goroutine_alone_stands_behind_no_test(tmp_path: Path) -> None:
    case = case_of(tmp_path, AFTER_THE_TESTS)
    assert [failure.test_name for failure in case.failures] == ["example.com/quay"]


def test_the_main_goroutine_that_runs_tests_stands_in_the_one_that_is_not_over(
    tmp_path: Path,
) -> None:
    case = case_of(tmp_path, WITHIN_THE_TESTS)
    assert [failure.test_name for failure in case.failures] == ["TestOfAnother"]


FAULT = """\
{}
PC=0x1a2c29c20 m=16 sigcode=2{}

goroutine 21 [syscall]:
runtime.cgocall(0x104abe4ac, 0x1400246ff28)
	/usr/local/go/src/runtime/cgocall.go:157 +0x44
example.com/quay._Cfunc_lift()
	_cgo_gotypes.go:540 +0x34
example.com/quay.(*Crane).Lift(...)
	/w/quay/crane.go:46
"""
IN_C = "\nsignal arrived during cgo execution"


@pytest.mark.parametrize(
    ("signal", "where", "line"),
    [
        ("SIGSEGV: segmentation violation", IN_C, 46),
        ("SIGSEGV: segmentation violation", "", 46),
        ("SIGABRT: abort", IN_C, 46),
        ("SIGABRT: abort", "", 0),
        ("SIGQUIT: quit", "", 0),
    ],
)
def test_a_fault_stands_where_it_was_done_and_what_was_sent_nowhere(
    tmp_path: Path, signal: str, where: str, line: int
) -> None:
    case = case_of(tmp_path, FAULT.format(signal, where))
    assert [failure.line for failure in case.failures] == [line]
