"""What leaves an operation undone is told beside the wait, without a page."""

from __future__ import annotations

import pytest

from diagnosis.hang_tables import HangsAreTold, SoundIsSilent
from diagnosis.program_runs import RELEASES, Expected, Level, causes, program
from diagnosis.rule_table import record
from diagnosis.source.go_text import FILE, line_with, operation, package
from flakecore.diagnosis.source.go_parser import text_of
from flakecore.diagnosis.source.objects.operations import OperationKind
from flakecore.diagnosis.source.syntax import declared_around
from flakecore.diagnosis.waits.skipping_exits import recover_place, skipping_exits

HANGS = {
    "TestWaitsWithinItsLoop": Expected(
        full=(
            "wait-group-stuck, inferred: Ga waits for pending (@survey-wait); the loop at "
            "@survey-loop waits before it has started all that call Done [waits @survey-wait; "
            "done @survey-done; created @survey-go]"
        ),
        log=(
            "wait-group-stuck, inferred: Ga waits for pending (@survey-wait); the loop at "
            "@survey-loop waits before it has started all that call Done [waits @survey-wait; "
            "done @survey-done]"
        ),
    ),
    "TestContinueSkipsDone": Expected(
        full=(
            "wait-group-stuck, inferred: Ga waits for left (@copier-wait); no goroutine is left "
            "that calls its Done: the continue at @copier-continue skips it [waits @copier-wait; "
            "done @copier-failed; done @copier-done; created @copier-go]"
        ),
        log=(
            "wait-group-stuck, inferred: Ga waits for left (@copier-wait); no goroutine is left "
            "that calls its Done: the continue at @copier-continue skips it [waits @copier-wait; "
            "done @copier-failed; done @copier-done]"
        ),
    ),
    "TestBidderGoesHome": Expected(
        full=(
            "chan-no-sender, inferred: Ga selects from a.bids or a.outs (@auction-select); "
            "nobody is left to send: the return at @bid-return skips it [waits @auction-select; "
            "sends @bid-send; sends @out-send; created @auction-go]"
        ),
        log=(
            "chan-no-sender, inferred: Ga selects from a.bids or a.outs (@auction-select); "
            "nobody is left to send: the return at @bid-return skips it [waits @auction-select; "
            "sends @bid-send; sends @out-send]"
        ),
    ),
    "TestQuoteComesLate": Expected(
        full=(
            "chan-no-receiver, inferred: Ga sends on price (@desk-send); ask, which was to "
            "receive (@desk-receive), left its select by another case [waits @desk-send; "
            "receives @desk-receive]"
        ),
    ),
    "TestJobAfterStop": Expected(
        full=(
            "chan-no-sender, inferred: Ga receives from j.reply (@job-receive); nobody is left "
            "to send: the return at @spooler-return skips it [waits @job-receive; sends "
            "@spooler-reply; created @spooler-go]"
        ),
        log=(
            "chan-no-sender, inferred: Ga receives from j.reply (@job-receive); nobody is left "
            "to send: the return at @spooler-return skips it [waits @job-receive; sends "
            "@spooler-reply]"
        ),
    ),
}
SOUND = (
    "TestWaitsBehindItsLoop",
    "TestEveryKeyIsDone",
    "TestClosesAtLeisure",
)


FED = {
    Level.FULL: [
        "; created @set-go",
        "Gb, which was to receive (press.go:24 or press.go:49), ended at T",
    ],
    Level.LOG: ["", "no goroutine is left that receives from it (press.go:24 or press.go:49)"],
}
"""What is told of who feeds one that has left, beside what that one left undone."""


@pytest.mark.needs_go
@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("level", FED)
def test_who_feeds_the_one_that_left_stands_behind_what_it_left_undone(
    level: Level, release: str
) -> None:
    created, fed = FED[level]
    found = causes(program("services", release), "TestReturnSkipsClose", level)
    expected = [
        "chan-not-closed, inferred: Ga ranges over set(…) (@press-range); no goroutine is left "
        "that closes it: the return at @set-return skips it [waits @press-range; sends @set-send; "
        f"closes @set-close{created}]",
        f"chan-no-receiver, inferred: Ga sends on out (@lines-send); {fed} [waits @lines-send; "
        f"receives press.go:24; receives press.go:49{created}]",
    ]
    record("chan-not-closed", level, expected, found)
    assert found == expected


class TestSkippingExits(HangsAreTold, SoundIsSilent):
    """The way out that skips what would end a wait is told; who comes to it late is no cause."""

    shape = "services"
    hangs = HANGS
    sound = SOUND


TEXT = """
func work(keys chan int, left *sync.WaitGroup) {
	for key := range keys {
		if key < 0 {
			return // returns
		}
		if key == 0 {
			continue // continues
		}
		if key == 1 {
			give(left)
			continue // gives
		}
		if key == 2 {
			left.Done()
			continue // has-done
		}
		left.Done()
	}
}
func give(left *sync.WaitGroup) { left.Done() }

func deferred(left *sync.WaitGroup, bad bool) {
	defer func() { left.Done() }()
	if bad {
		return
	}
	left.Done()
}
"""


@pytest.mark.parametrize(
    ("function", "expected"),
    [("work", [("return", "returns"), ("continue", "continues")]), ("deferred", [])],
)
def test_a_way_out_behind_what_ends_the_wait_skips_nothing(
    function: str, expected: list[tuple[str, str]]
) -> None:
    parsed = package(TEXT)
    done = operation(parsed, OperationKind.DONE, "left")
    every = [each for each in parsed.uses.of(FILE, done) if each[1].kind is OperationKind.DONE]
    leading = parsed.calls.leading_to((file, each.function) for file, each in every)
    ends = [
        (file, each)
        for file, each in every
        if f"func {function}(" in text_of(declared_around(each.function))
    ]
    found = [(each.word, each.place) for each in skipping_exits(parsed, ends, leading)]
    lines = [(word, f"{FILE}:{line_with(TEXT, f'// {mark}')}") for word, mark in expected]
    assert found == lines


def _exits_and_panic(text: str) -> tuple[list[tuple[str, str]], str]:
    parsed = package(text)
    done = operation(parsed, OperationKind.DONE, "w")
    ends = [(FILE, done)]
    leading = parsed.calls.leading_to([(FILE, done.function)])
    found = [(each.word, each.place) for each in skipping_exits(parsed, ends, leading)]
    return found, recover_place(ends)


def test_a_way_out_before_the_add_skips_no_done() -> None:
    text = """
    func find(w *sync.WaitGroup, known bool) {
        if known {
            w.Wait()
            return
        }
        w.Add(1)
        if stop() {
            return // late
        }
        w.Done()
    }
    """
    place = f"{FILE}:{line_with(text, '// late')}"
    assert _exits_and_panic(text) == ([("return", place)], "")


def test_a_panic_that_is_recovered_would_skip_what_is_not_deferred() -> None:
    text = """
    func run(w *sync.WaitGroup, do func()) {
        defer func() { _ = recover() }() // recover
        do()
        w.Done()
    }
    """
    place = f"{FILE}:{line_with(text, '// recover')}"
    assert _exits_and_panic(text) == ([], place)
    assert _exits_and_panic(text.replace("w.Done()", "defer w.Done()")) == ([], "")
    assert _exits_and_panic(text.replace("recover()", "close()")) == ([], "")
