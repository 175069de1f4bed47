"""Nanoseconds as people read them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flakecore.errors import FlakeError, TraceError
from flakecore.loss import Loss
from flakecore.times import (
    HOUR,
    MINUTE,
    SECOND,
    format_date,
    format_duration,
    format_moment,
    format_time,
)


@pytest.mark.parametrize(
    ("ns", "text"),
    [
        (0, "0ns"),
        (64, "64ns"),
        (999, "999ns"),
        (1_000, "1.00µs"),
        (999_499, "999µs"),
        (999_500, "1.00ms"),
        (12_345_678, "12.3ms"),
        (3_412_000_000, "3.41s"),
        (9_995_000_000, "10.0s"),
        (59_940_000_000, "59.9s"),
        (59_960_000_000, "1m00s"),
        (62 * SECOND, "1m02s"),
        (HOUR - 1, "1h00m"),
        (2 * HOUR + 5 * MINUTE, "2h05m"),
        (-1_500, "-1.50µs"),
    ],
)
def test_a_duration_has_three_digits_and_the_unit_that_fits(ns: int, text: str) -> None:
    assert format_duration(ns) == text


_UNITS = {"ns": 1, "µs": 10**3, "ms": 10**6, "s": SECOND}


@given(st.integers(0, 59 * SECOND))
def test_a_duration_reads_back_to_within_its_three_digits(ns: int) -> None:
    found = re.fullmatch(r"([\d.]+)(ns|µs|ms|s)", format_duration(ns))
    assert found is not None
    assert float(found[1]) * _UNITS[found[2]] == pytest.approx(ns, rel=0.0051)
    assert len(found[1].replace(".", "")) <= 3


@pytest.mark.parametrize(
    ("ns", "digits", "text"),
    [
        (3_412_807_999, 6, "3.412 807"),
        (3_412_807_999, 9, "3.412 807 999"),
        (3_412_807_999, 3, "3.412"),
        (3_412_807_999, 4, "3.412 8"),
        (3_999_999_999, 0, "3"),
        (0, 6, "0.000 000"),
        (-1_500_000, 6, "-0.001 500"),
    ],
)
def test_a_moment_is_cut_and_not_rounded(ns: int, digits: int, text: str) -> None:
    assert format_time(ns, digits=digits) == text


@given(st.integers(0, 10**15), st.integers(0, 10**15))
def test_moments_keep_their_order_as_text(one: int, other: int) -> None:
    first, second = (float(format_time(ns).replace(" ", "")) for ns in sorted((one, other)))
    assert first <= second


def test_a_loss_says_where_what_and_how_much() -> None:
    assert str(Loss("a.json", "lines are damaged")) == "a.json: lines are damaged"
    loss = Loss("a.json", "lines are damaged", count=1_234, bytes=5_678)
    assert str(loss) == "a.json: lines are damaged (1,234 records, 5,678 bytes)"


def test_an_error_is_one_line_with_a_remedy() -> None:
    error = TraceError("x.out: holds no events", remedy="record it again")
    assert isinstance(error, FlakeError)
    assert str(error) == "x.out: holds no events; record it again"
    assert str(FlakeError("x is no bundle")) == "x is no bundle"


@pytest.mark.parametrize(
    ("ns", "text"),
    [(3_412_807_500, "3.412s"), (1_000_000, "0.001s"), (807_500, "0.000 807s"), (0, "0.000 000s")],
)
def test_a_moment_of_a_sentence_is_never_told_as_nothing(ns: int, text: str) -> None:
    assert format_moment(ns) == text


def test_a_day_is_that_of_utc_and_an_unknown_one_is_nothing() -> None:
    assert format_date(1_795_000_000 * SECOND) == "2026-11-18"
    assert format_date(0) == ""
    assert format_date(1 << 62) == "2116-02-20"
