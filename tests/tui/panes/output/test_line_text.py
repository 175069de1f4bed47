"""A line of output as it is laid out: the message first."""

from __future__ import annotations

from flaketui.panes.output.line_text import line_text, with_match_in_view


def test_of_a_loggers_line_the_message_comes_first_and_then_its_attributes() -> None:
    line = 'time=2026-11-22T20:48:41.481Z level=INFO msg="order sent" worker=3 id=acme-0017'
    assert line_text(line) == ("order sent", "worker=3  id=acme-0017")
    json = '{"level":"warn","ts":1700000000.5,"msg":"retry","attempt":2}'
    assert line_text(json).whole == "retry  attempt=2"


def test_what_no_logger_wrote_stays_as_it_is() -> None:
    for text in ("goroutine 7 [running]:", "    indented = by hand", "a=1"):
        assert line_text(text) == (text, "")


def test_what_a_test_logged_begins_with_its_place() -> None:
    assert line_text("        pool_test.go:21: got 3").message == "pool_test.go:21: got 3"


def test_a_match_that_would_be_cut_off_is_brought_into_view() -> None:
    text = "x" * 100 + "needle" + "y" * 100
    shown = with_match_in_view(text, "NEEDLE", 40, "…")
    assert shown.startswith("…")
    assert "needle" in shown[:40]
    assert with_match_in_view(text, "needle", 200, "…") == text
    assert with_match_in_view(text, "nowhere", 40, "…") == text
