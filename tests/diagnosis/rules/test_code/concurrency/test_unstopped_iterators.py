"""Iterators that ``iter.Pull`` begins, by whether anything of their function stops them."""

from __future__ import annotations

import pytest

from diagnosis.failing_sources import FILE, failing_source
from flakecore.diagnosis.rules.test_code.concurrency.unstopped_iterators import unstopped_iterators
from flakecore.diagnosis.source.go_parser import text_of

_TEXT = """import (
	"iter"
	"testing"
)

func Numbers(yield func(int) bool) {}

func First() int {
	BODY
	v, _ := next()
	return v
}

func TestX(t *testing.T) {
	if First() != 1 {
		t.Fatal(First())
	}
	AFTER
}

func Later() { next, stop := iter.Pull(Numbers) }
"""


def _unstopped(body: str, after: str = "") -> list[str]:
    failing = failing_source(_TEXT.replace("BODY", body).replace("AFTER", after))
    found = list(unstopped_iterators(failing))
    assert {file for file, _ in found} <= {FILE}
    return [text_of(node) for _, node in found]


@pytest.mark.parametrize(
    ("body", "calls"),
    [
        ("next, _ := iter.Pull(Numbers)", ["iter.Pull(Numbers)"]),
        ("next, stop := iter.Pull(Numbers)\n\t_ = stop", ["iter.Pull(Numbers)"]),
        ("next, stop := iter.Pull2(pairs)\n\t_ = stop", ["iter.Pull2(pairs)"]),
    ],
)
def test_one_whose_stop_is_dropped_goes_on(body: str, calls: list[str]) -> None:
    assert _unstopped(body) == calls


@pytest.mark.parametrize(
    "body",
    [
        "next, stop := iter.Pull(Numbers)\n\tdefer stop()",
        "next, stop := iter.Pull(Numbers)\n\tdefer func() { stop() }()",
        "next, stop := iter.Pull(Numbers)\n\tkept = stop",
        "next, stop := iter.Pull(Numbers)\n\tkeep(stop)",
        "next, stop := pull(Numbers)\n\t_ = stop",
        "next := iter.Pull(Numbers)",
    ],
)
def test_one_whose_stop_is_called_or_kept_does_not(body: str) -> None:
    assert _unstopped(body) == []


def test_what_the_test_begins_counts_and_what_it_calls_after_it_failed_does_not() -> None:
    stopped = "next, stop := iter.Pull(Numbers)\n\tdefer stop()"
    assert _unstopped(stopped, "more, _ := iter.Pull(Others)") == ["iter.Pull(Others)"]
    assert _unstopped(stopped, "Later()") == []
