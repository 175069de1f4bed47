"""Functions that another package was given may be called at any time."""

from __future__ import annotations

import pytest

from diagnosis.object_runs import check_no_cause_by_page
from diagnosis.program_runs import RELEASES, check_silent
from diagnosis.source.go_text import FILE, operation, package
from flakecore.diagnosis.source.objects.operations import OperationKind

SOUND = (
    "TestTimerRingsLater",
    "TestServerTellsOfTheFirst",
)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", SOUND)
def test_what_another_package_may_call_ends_a_wait(release: str, test: str) -> None:
    check_silent("services", release, test)
    check_no_cause_by_page("services", release, test)


TEXT = """
type w struct{ out chan int; task func() }

func (x *w) send() { x.out <- 1 }
func once(x *w) {
	do := x.send
	time.AfterFunc(1, do)
}
func plain(x *w) {
	do := x.send
	do()
}
func kept(x *w) {
	x.task = x.send
	time.AfterFunc(1, x.task)
}
func given(x *w) { srv := &http.Server{ConnState: x.send}; srv.Close() }
func listed(x *w) {
	all := map[string]func(){"a": x.send}
	time.AfterFunc(1, all["a"])
}
func made(x *w) { time.AfterFunc(1, maker(x)) }
func maker(x *w) func() { return x.send }
func own(x *w) { y := &w{task: x.send}; y.task() }
"""


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("once", True),
        ("plain", False),
        ("kept", True),
        ("given", True),
        ("listed", True),
        ("made", True),
        ("own", False),
    ],
)
def test_a_function_that_another_package_was_given_is_open(function: str, expected: bool) -> None:
    begin, *functions = TEXT.split("\nfunc ")
    kept = [each for each in functions if each.startswith((f"{function}(", "(x *w)", "maker("))]
    parsed = package("\nfunc ".join((begin, *kept)))
    send = operation(parsed, OperationKind.SEND, "x.out")
    leading = parsed.calls.leading_to([(FILE, send.function)])
    assert parsed.calls.is_open(leading) is expected
