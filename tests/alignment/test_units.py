"""Keys, shapes and tokens of units of output."""

from __future__ import annotations

import pytest

from flakecore.alignment.units import Key, depths, interruptible, key_of, shapes, tokens
from flakecore.alignment.writers import WriteKind


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("=== RUN   TestA", (WriteKind.RUN, 3)),
        ("=== PAUSE TestA", (WriteKind.PAUSE, 3)),
        ("=== NAME  TestA", (WriteKind.NAME,)),
        ("--- FAIL: TestA (0.01s)", (WriteKind.RESULT, 3)),
        ("    pool_test.go:17: got 3", (WriteKind.LOG, "pool_test.go", 17)),
        ("    sub/pool_test.go:17:", (WriteKind.LOG, "pool_test.go", 17)),
    ],
)
def test_a_line_that_testing_formats_has_a_key(text: str, key: Key) -> None:
    assert key_of(text, 3) == key


@pytest.mark.parametrize(
    "text",
    ["plain", "=== RUNNING", "--- DONE", "    pool_test.go: got 3", "pool_test.go:17: got 3", ""],
)
def test_a_line_that_only_resembles_one_has_none(text: str) -> None:
    assert key_of(text, 3) is None


def test_shapes_ignore_numbers_and_forms_ignore_words_too() -> None:
    found = shapes(["worker 7 done", "worker 123 done", "walker 7 gone", "[7] worker"])
    assert found.of[0] == found.of[1] != found.of[2]
    assert found.form[found.of[0]] == found.form[found.of[2]] != found.form[found.of[3]]


def test_tokens_are_distinct_words_with_equal_numbers_across_units() -> None:
    found = tokens(["worker-7 worker-7 starts", "worker-7 ends", ""])
    assert found.unit.tolist() == [0, 0, 1, 1]
    assert len(set(found.number[:2]) & set(found.number[2:])) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2026/11/27 15:05:53 done", 1),
        ("2026-11-27 15:05:53.123 done", 1),
        ("time=2026-11-27T15:05:53.008Z done", 2),
        ('{"time":"2026-11-27T15:05:53.008485793Z"}', 1),
        ("2026/11/27/pool.go done", 2),
        ("pool_test.go:58:12: done", 4),
        ("worker 15: done", 3),
        ("2026 done", 2),
    ],
)
def test_a_date_or_a_time_of_day_is_no_word(text: str, words: int) -> None:
    assert len(tokens([text]).number) == words


def test_depth_is_counted_up_to_eight_spaces() -> None:
    assert depths(["a", "   a", "    a", "        a", "            a"]).tolist() == [0, 0, 1, 2, 2]


def test_only_what_exceeds_a_page_can_be_interrupted() -> None:
    assert interruptible(["x" * 4095, "x" * 4096]).tolist() == [False, True]
