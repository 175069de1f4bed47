"""Filters of the output, as they are typed and as they choose lines."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flakecore.gotest.logs.levels import Level
from flakecore.timeline import Case
from flaketui.panes.output.output_filter import Asked, filter_text, lines_shown, parse_filter
from flaketui.view.arrangement import OutputFilter
from flaketui.view.navigation import opening_view
from tui.scenario import deadlock
from tui.scripted_schedule import MS


@pytest.fixture(scope="module")
def case() -> Case:
    return deadlock()


def texts(case: Case, shown: OutputFilter, test: str | None = None, only: int = -1) -> list[str]:
    view = replace(opening_view(case, test), only_test=only)
    return [case.output[index].text for index in lines_shown(case, view, shown)]


def test_without_a_filter_every_line_is_shown(case: Case) -> None:
    assert len(texts(case, OutputFilter())) == len(case.output)


def test_lines_are_chosen_by_goroutine_text_level_and_test(case: Case) -> None:
    assert texts(case, OutputFilter(goroutine=34)) == ["drain: begin"]
    assert texts(case, OutputFilter(text="DRAIN:")) == [
        "drain: begin",
        "drain: waiting for the pool",
    ]
    assert texts(case, OutputFilter(level=Level.ERROR)) == [
        "--- FAIL: TestFill (0.01s)",
        "panic: test timed out after 3.5s",
        "FAIL\texample.com/pool\t3.51s",
    ]
    assert texts(case, OutputFilter(goroutine=18), only=0) == []


def test_the_last_seconds_are_those_before_the_failure_and_what_followed(case: Case) -> None:
    assert texts(case, OutputFilter(last_ns=3100 * MS), "TestDrain") == [
        "drain: waiting for the pool",
        "panic: test timed out after 3.5s",
        "FAIL\texample.com/pool\t3.51s",
    ]
    of_first = texts(case, OutputFilter(last_ns=5 * MS), "TestFill")
    assert of_first[0] == "    pool_test.go:21: got 3 items, want 4"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "level:warn",
        "g:21 last:5.00s",
        "level:error g:21 last:200ms test:TestDrain/fast some text",
        "last:1234567891ns",
        "https://example.com:80/x",
    ],
)
def test_what_is_typed_is_shown_as_it_was_typed(case: Case, typed: str) -> None:
    asked = parse_filter(typed, case)
    assert isinstance(asked, Asked)
    only = case.tests[asked.only_test].name if asked.only_test >= 0 else ""
    assert filter_text(asked.filter, only) == typed


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("level:loud", "loud is no level"),
        ("g:me", "me is no goroutine's number"),
        ("last:tuesday", "tuesday is no duration"),
        ("last:-5s", "-5s is no duration"),
        ("test:TestGone", "no test is called TestGone"),
    ],
)
def test_what_is_wrong_with_a_filter_is_said(case: Case, typed: str, said: str) -> None:
    assert said in str(parse_filter(typed, case))
