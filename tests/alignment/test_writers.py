"""What a write may print follows from its stack."""

from __future__ import annotations

import pytest

from alignment.sequences import LOGGER, OS_WRITE, PRINTF, PRINTLN, RUN, stack
from flakecore.alignment.writers import (
    PriorClass,
    WriteKind,
    Writer,
    may_write_output,
    writers_by_stack,
)
from flakecore.gotrace import Frame, Stack

UPDATEF = "testing.(*chattyPrinter).Updatef"


def writer(one: Stack) -> Writer:
    return writers_by_stack({1: one})[1]


@pytest.mark.parametrize(
    ("one", "prior_class"),
    [
        (PRINTLN, PriorClass.PRINTLN),
        (PRINTF, PriorClass.PRINT),
        (LOGGER, PriorClass.WHOLE_LINES),
        (stack("log/slog.(*commonHandler).handle", "pool.TestA"), PriorClass.WHOLE_LINES),
        (stack("pool.TestA"), PriorClass.UNKNOWN),
    ],
)
def test_the_call_that_printed_gives_the_class_of_prior(
    one: Stack, prior_class: PriorClass
) -> None:
    assert writer(one).prior_class is prior_class
    assert writer(one).kind is WriteKind.ANYTHING


@pytest.mark.parametrize(
    ("function", "kind"),
    [
        ("testing.(*T).Run", WriteKind.RUN),
        ("testing.(*common).flushToParent", WriteKind.RESULT),
        ("testing.(*common).Attr", WriteKind.ATTR),
        ("testing.(*common).ArtifactDir", WriteKind.ARTIFACTS),
    ],
)
def test_the_caller_of_updatef_gives_the_line_that_testing_prints(
    function: str, kind: WriteKind
) -> None:
    found = writer(stack("fmt.Fprintf", UPDATEF, function, "testing.tRunner"))
    assert found.kind is kind
    assert found.single_line == (kind is not WriteKind.RESULT)


def test_of_two_calls_in_parallel_the_first_is_the_pause_and_the_second_resumes() -> None:
    def at(line: int) -> Stack:
        frames = [Frame(UPDATEF, "/go/testing.go", 1), Frame("testing.(*T).Parallel", "", line)]
        return (OS_WRITE, *frames)

    found = writers_by_stack({1: at(1480), 2: at(1500)})
    assert [found[1].kind, found[2].kind] == [WriteKind.PAUSE, WriteKind.CONT]


def test_the_caller_is_the_frame_outside_of_fmt_and_loggers() -> None:
    caller = writer(LOGGER).caller
    assert caller is not None
    assert caller.function == "pool.TestB"


def test_two_lines_of_one_function_are_two_sites_and_two_goroutines_of_one_line_are_one() -> None:
    other = (*PRINTLN[:3], Frame("pool.TestA", "/src/pool/pool_test.go", 99), *PRINTLN[4:])
    assert writer(PRINTLN).site != writer(other).site
    elsewhere = (*PRINTLN[:-1], Frame("pool.worker", "/src/pool/pool.go", 7))
    assert writer(PRINTLN).site == writer(elsewhere).site


@pytest.mark.parametrize(
    "functions",
    [
        ("os.WriteFile", "pool.TestA"),
        ("runtime/pprof.writeHeap", "pool.TestA"),
        ("testing.(*M).writeProfiles", "testing.(*M).Run"),
        ("fmt.Println", "pool.Example", "testing.runExample"),
    ],
)
def test_writes_to_files_and_into_the_pipe_of_an_example_are_no_output(
    functions: tuple[str, ...],
) -> None:
    assert not may_write_output(stack(*functions))
    assert may_write_output(PRINTLN)
    assert may_write_output(RUN)


def test_a_system_call_that_writes_nothing_is_no_output() -> None:
    assert not may_write_output(PRINTLN[1:])
