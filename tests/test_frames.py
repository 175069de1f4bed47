"""Which frame of a stack is the program's own, and which asked for output."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from flakecore.frames import (
    is_wrapper,
    own_frame,
    package_of,
    printing_caller,
    shown_frame,
    split_own,
    unlocks,
)

POOL = "example.com/tools/pool"


class Frame(NamedTuple):
    function: str
    file: str = ""


TESTIFY = (
    Frame("testing.(*common).Fail", "/go/src/testing/testing.go"),
    Frame("github.com/stretchr/testify/assert.Fail", "/mod/testify/assert/assertions.go"),
    Frame("example.com/tools/helper.Check", "/src/helper/check.go"),
    Frame(f"{POOL}_test.TestX", "/src/pool/pool_test.go"),
    Frame("testing.tRunner", "/go/src/testing/testing.go"),
)


@pytest.mark.parametrize(
    ("function", "package"),
    [
        ("log/slog.(*Logger).log", "log/slog"),
        ("main.main", "main"),
        ("example.com/a.Map[example.com/b.T]", "example.com/a"),
        ("gopkg.in/check%2ev1.(*C).Assert", "gopkg.in/check%2ev1"),
    ],
)
def test_the_package_of_a_function_is_its_import_path(function: str, package: str) -> None:
    assert package_of(function) == package


def test_an_assertion_library_is_passed_over_for_its_caller() -> None:
    assert own_frame(TESTIFY) == TESTIFY[2]


def test_the_module_under_test_comes_before_any_other() -> None:
    elsewhere = (Frame("example.org/other.Do"), *TESTIFY[2:])
    assert own_frame(elsewhere, POOL) == TESTIFY[2]
    assert own_frame(elsewhere) == elsewhere[0]


def test_the_package_under_test_is_its_own_even_in_the_standard_library() -> None:
    stack = (Frame("runtime.chanrecv1"), Frame("net/http.(*Server).Serve"))
    assert own_frame(stack, "net/http") == stack[1]


def test_a_stack_that_only_waits_has_no_frame_of_its_own() -> None:
    assert own_frame((Frame("runtime.gopark"), Frame("sync.(*Mutex).Lock"))) is None
    assert own_frame(()) is None


def test_what_only_waits_is_shown_by_who_called_the_runtime() -> None:
    stack = (Frame("runtime.chanrecv1"), Frame("testing.(*T).Run"), Frame("testing.runTests"))
    assert own_frame(stack) is None
    assert shown_frame(stack) == stack[1]
    assert shown_frame(stack[:1]) == stack[0]
    assert shown_frame(()) is None


def test_the_main_that_go_generates_for_tests_is_nobodys_own() -> None:
    generated = Frame(f"{POOL}.main", "/tmp/go-build1/_testmain.go")
    trimmed = Frame("main.main", "_testmain.go")
    written = Frame("main.main", "/src/tool/main.go")
    runs = Frame("testing.(*M).Run", "/go/src/testing/testing.go")
    for main in (generated, trimmed):
        assert own_frame((runs, main), POOL) is None
        assert split_own((runs, main), POOL) == ((), (runs, main))
    assert own_frame((runs, written), POOL) == written


def test_a_stack_is_split_into_own_and_other_frames() -> None:
    own, other = split_own(TESTIFY, POOL)
    assert own == TESTIFY[2:4]
    assert other == (*TESTIFY[:2], TESTIFY[4])


def test_output_is_asked_for_by_the_frame_outside_printers_and_loggers() -> None:
    stack = (
        Frame("syscall.write", "/go/src/syscall/zsyscall_linux_amd64.go"),
        Frame("log/slog.(*Logger).Info", "/go/src/log/slog/logger.go"),
        Frame("go.uber.org/zap.(*Logger).Info", "/mod/zap/logger.go"),
        Frame("example.com/tools/pool.Run", "/src/pool/pool.go"),
    )
    assert printing_caller(stack) == 3
    assert printing_caller(stack[:3]) == -1
    # A test of package log prints for itself.
    assert printing_caller((Frame("log.TestAll", "/go/src/log/log_test.go"),)) == 0


def test_wrappers_and_unlockers_are_known_by_their_names() -> None:
    assert is_wrapper("example.com/pool.Start.gowrap1")
    assert not is_wrapper("example.com/pool.gowrapper")
    assert unlocks("sync.(*RWMutex).RUnlock")
    assert not unlocks("sync.(*RWMutex).RLock")


def test_a_vendored_copy_is_no_frame_of_the_module_that_holds_it() -> None:
    mock = "corp/vendor/github.com/golang/mock/gomock.(*Controller).Call"
    other = "corp/vendor/github.com/lib/pq.(*conn).exec"
    test = Frame("corp/server.TestStart", "/src/corp/server/server_test.go")
    stack = (Frame(mock, "/src/corp/vendor/github.com/golang/mock/gomock/controller.go"), test)
    assert own_frame(stack) == test
    assert own_frame(stack, "corp/server") == test
    assert own_frame((Frame(other, "/src/corp/vendor/pq/conn.go"), test), "corp/server") == test
