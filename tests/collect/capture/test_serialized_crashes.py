"""Output of several packages: a crash is shown in one piece, and nothing is lost or reordered."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from flakecore.collect.capture.serialized_crashes import SerializedCrashes

Piece = tuple[str, str, bool]
"""A package, what it printed, and whether that was its last."""


def shown(pieces: list[Piece]) -> list[str]:
    """Return the lines in the order in which they are shown."""
    turns = SerializedCrashes()
    text = "".join(turns.take(package, line, ends=ends) for package, line, ends in pieces)
    return (text + turns.finish()).splitlines()


def test_what_others_print_amid_a_dump_comes_after_it() -> None:
    told = shown(
        [
            ("a", "=== RUN   TestA\n", False),
            ("a", "panic: boom\n", False),
            ("b", "ok  \tb\n", False),
            ("a", "goroutine 7 [running]:\n", False),
            ("b", "", True),
            ("c", "panic: too\n", False),
            ("a", "FAIL\ta\n", False),
            ("d", "=== RUN   TestD\n", False),
            ("c", "goroutine 8 [running]:\n", False),
            ("a", "", True),
            ("c", "FAIL\tc\n", False),
            ("c", "", True),
        ]
    )
    assert told == [
        *("=== RUN   TestA", "panic: boom", "goroutine 7 [running]:", "FAIL\ta", "ok  \tb"),
        *("panic: too", "goroutine 8 [running]:", "FAIL\tc", "=== RUN   TestD"),
    ]


def test_what_only_looks_like_a_crash_holds_nobody_back_for_long() -> None:
    turns = SerializedCrashes()
    assert turns.take("a", "panic: recovered\n") == "panic: recovered\n"
    assert turns.take("b", "said\n") == ""
    assert turns.take("a", "--- PASS: TestA (0.00s)\n") == "--- PASS: TestA (0.00s)\nsaid\n"
    assert turns.take("b", "more\n") == "more\n"


def test_no_more_than_a_million_characters_are_held_back() -> None:
    turns = SerializedCrashes()
    turns.take("a", "fatal error: all goroutines are asleep - deadlock!\n")
    line = "x" * 99_999 + "\n"
    told = [turns.take("b", line) for _ in range(12)]
    assert told == [""] * 10 + [line * 11, line]


def test_text_of_no_package_is_shown_at_once() -> None:
    turns = SerializedCrashes()
    turns.take("a", "panic: boom\n")
    assert turns.take("", "go: downloading\n") == "go: downloading\n"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "c", ""]),
            st.sampled_from(["panic: x", "=== RUN", "said", "goroutine 1"]),
            st.booleans(),
        ),
        max_size=30,
    )
)
def test_each_package_is_shown_in_its_own_order(said: list[Piece]) -> None:
    numbered = [(package, f"{line} {at}\n", ends) for at, (package, line, ends) in enumerate(said)]
    told = shown(numbered)
    for name in ("a", "b", "c", ""):
        own = [line[:-1] for package, line, _ in numbered if package == name]
        assert [line for line in told if line in own] == own
    assert len(told) == len(said)
