from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flakecore.gotest import duration_ns, wall_ns


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:01.5Z", 1_500_000_000),
        ("1970-01-01T00:00:00.000000001Z", 1),
        ("1970-01-01T02:00:00+02:00", 0),
        ("1969-12-31T19:29:59.25-04:30", -750_000_000),
        ("2026-11-22T20:31:23.571999383Z", 1795379483571999383),
    ],
)
def test_a_stamp_is_read_to_the_nanosecond(stamp: str, expected: int) -> None:
    assert wall_ns(stamp) == expected
    assert wall_ns(stamp) == expected  # and again, now that its second is remembered


@given(
    st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2200, 1, 1)),
    st.integers(0, 999),
    st.integers(-14 * 60, 14 * 60),
)
def test_stamps_agree_with_datetime_in_any_zone(when: datetime, ns: int, offset: int) -> None:
    zone = timezone(timedelta(minutes=offset))
    seconds = round(when.replace(microsecond=0, tzinfo=zone).timestamp())
    sign = "+" if offset >= 0 else "-"
    suffix = f"{sign}{abs(offset) // 60:02d}:{abs(offset) % 60:02d}"
    stamp = f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond:06d}{ns:03d}{suffix}"
    assert wall_ns(stamp) == seconds * 10**9 + when.microsecond * 1000 + ns


@pytest.mark.parametrize(
    "stamp",
    [
        "",
        "Z",
        "yesterday",
        "2026-11-22",
        "2026-11-22T20:31:23",
        "2026-13-22T20:31:23Z",
        "2026-11-22T25:31:23Z",
        "2026-11-22T20:31:23.Zulu",
        "2026-11-22T20:31:23.1234567890Z",
        "2026-11-22T20:31:23.12_4Z",
        "2026-11-22T20:31:23x5Z",
        "2026-11-22T20:31:23.5+0200",
        "0000-01-01T00:00:00Z",
    ],
)
def test_what_is_no_stamp_is_refused(stamp: str) -> None:
    with pytest.raises(ValueError):
        wall_ns(stamp)


@given(st.text())
def test_any_other_text_is_a_value_error_and_nothing_else(stamp: str) -> None:
    with pytest.raises(ValueError):
        wall_ns(stamp)


def test_a_stamp_of_now_is_now() -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    assert wall_ns(f"{now:%Y-%m-%dT%H:%M:%SZ}") == int(now.timestamp()) * 10**9


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0s", 0),
        ("3s", 3_000_000_000),
        ("1m3s", 63_000_000_000),
        ("1h0m0.5s", 3_600_500_000_000),
        ("1.5ms", 1_500_000),
        ("7µs", 7_000),
        ("7ns", 7),
    ],
)
def test_durations_are_read_as_go_writes_them(text: str, expected: int) -> None:
    assert duration_ns(text) == expected


@pytest.mark.parametrize("text", ["", "3", "s", "3 s", "3s ", "-3s", "3sx"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        duration_ns(text)


def test_a_duration_that_go_cannot_hold_is_none() -> None:
    assert duration_ns("2562047h47m16.854775807s") == (1 << 63) - 1
    with pytest.raises(ValueError, match="no Go duration"):
        duration_ns("2562047h47m16.854775808s")
