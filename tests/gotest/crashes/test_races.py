from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flakecore.gotest import PackageRun, read_races, read_text
from gotest.go_runs import as_lines, package
from toolchains import NEWEST


@pytest.fixture(scope="session", params=[pytest.param("1.21.13", marks=pytest.mark.slow), NEWEST])
def races(request: pytest.FixtureRequest) -> PackageRun:
    """A run under the race detector."""
    return package(request.param, "races", "-race")


def test_a_race_between_two_goroutines_has_both_accesses_and_both_creations(
    races: PackageRun,
) -> None:
    race = races.races[0]
    later, earlier = race.accesses
    assert {later.kind, earlier.kind} <= {"read", "write"}
    assert "write" in {later.kind, earlier.kind}
    assert (later.previous, earlier.previous) == (False, True)
    assert later.address == earlier.address > 0
    for access in race.accesses:
        assert [frame.function for frame in access.frames] == [
            "example.com/races.bump",
            "example.com/races.TestTwoGoroutines.func1",
        ]
        assert access.frames[0].file.endswith("races_test.go")
        assert access.frames[0].line == 13
    created = {goroutine.number: goroutine for goroutine in race.goroutines}
    assert set(created) == {later.goroutine, earlier.goroutine}
    for goroutine in race.goroutines:
        assert goroutine.frames[0].function == "example.com/races.TestTwoGoroutines"
        assert goroutine.frames[0].line == 19


def test_a_race_with_the_test_itself_names_the_tests_goroutine(races: PackageRun) -> None:
    race = races.races[1]
    assert {goroutine.frames[0].function for goroutine in race.goroutines} == {
        "testing.(*T).Run",
        "example.com/races.TestWithTheTestItself",
    }
    running = {g.frames[0].function: g.running for g in race.goroutines}
    assert running["testing.(*T).Run"]
    assert not running["example.com/races.TestWithTheTestItself"]


def test_a_race_spans_from_rule_to_rule_and_names_the_blamed_test(races: PackageRun) -> None:
    assert len(races.races) == 4
    blamed = [
        "TestTwoGoroutines",
        "TestWithTheTestItself",
        "TestSleepsMeanwhile",  # wrongly
        "TestAtomicAndPlain",
    ]
    for race, name in zip(races.races, blamed, strict=True):
        assert races.lines[race.first_line].text == "=" * 18
        assert races.lines[race.first_line + 1].text == "WARNING: DATA RACE"
        assert races.lines[race.last_line].text == "=" * 18
        assert races.tests[race.test].name == name


def test_a_race_after_the_end_of_its_test_names_the_function_that_began_it(
    races: PackageRun,
) -> None:
    late = races.races[2]
    passed = next(
        line.position
        for line in races.lines
        if line.text.startswith("--- PASS: TestLeavesARaceBehind")
    )
    assert late.first_line > passed
    assert [goroutine.frames[0].function for goroutine in late.goroutines] == [
        "example.com/races.TestLeavesARaceBehind"
    ] * 2
    running = {goroutine.number: goroutine.running for goroutine in late.goroutines}
    assert [running[access.goroutine] for access in late.accesses] == [True, False]


def test_an_atomic_access_is_known_by_its_innermost_frame(races: PackageRun) -> None:
    later, earlier = races.races[3].accesses
    assert (later.kind, later.previous) == ("read", False)
    assert (earlier.kind, earlier.previous) == ("write", True)
    assert earlier.frames[0].function == "sync/atomic.StoreInt32"


def test_plain_text_has_the_same_races(races: PackageRun) -> None:
    text = "\n".join(races.lines.texts).encode()
    (run,) = (run for run in read_text(text, name="test.log").packages if run.package)
    assert [(race.accesses, race.goroutines) for race in run.races] == [
        (race.accesses, race.goroutines) for race in races.races
    ]


def test_where_the_memory_came_from_does_not_end_a_report() -> None:
    stack = [text for depth in range(30) for text in (f"  main.f{depth}()", "      /x.go:7 +0x1d")]
    lines = as_lines(
        "==================",
        "WARNING: DATA RACE",
        "Read at 0x00c000014088 by goroutine 7:",
        "  main.f()",
        "      /x.go:7 +0x1d",
        "",
        "Heap block of size 8 at 0x00c000014088 allocated by main goroutine:",
        *stack,
        "",
        "Goroutine 7 (running) created at:",
        "  main.main()",
        "      /x.go:3 +0x1",
        "==================",
    )
    (race,) = read_races(lines)
    assert [goroutine.number for goroutine in race.goroutines] == [7]
    assert race.last_line == len(lines) - 1


def test_the_main_goroutine_is_number_one_and_a_lost_stack_is_empty() -> None:
    lines = as_lines(
        "dots...==================",
        "WARNING: DATA RACE",
        "Write at 0x00c000014088 by main goroutine:",
        "  main.f()",
        "      /a b/x.go:7 +0x1d",
        "",
        "Previous read at 0x00c000014088 by goroutine 8:",
        "  [failed to restore the stack]",
        "",
        "Goroutine 8 (finished) created at:",
        "  main.main()",
        "      /a b/x.go:3 +0x1",
        "==================",
    )
    (race,) = read_races(lines)
    later, earlier = race.accesses
    assert (later.goroutine, later.frames[0].file) == (1, "/a b/x.go")
    assert (earlier.goroutine, earlier.kind, earlier.frames) == (8, "read", ())
    assert [goroutine.running for goroutine in race.goroutines] == [False]
    assert (race.first_line, race.last_line) == (0, 12)


def test_a_report_that_is_cut_off_keeps_what_is_there() -> None:
    lines = as_lines(
        "WARNING: DATA RACE", "Read at 0x1 by goroutine 7:", "  main.f()", "      /x.go:7", "  mai"
    )
    (race,) = read_races(lines)
    assert [len(access.frames) for access in race.accesses] == [1]
    assert (race.first_line, race.last_line) == (0, 3)


race_lines = st.sampled_from(
    [
        "",
        "==================",
        "WARNING: DATA RACE",
        "Read at 0x1 by goroutine 7:",
        "Previous write at 0x1 by main goroutine:",
        "Goroutine 7 (running) created at:",
        "  main.f()",
        "      /x.go:7 +0x1",
        "words",
    ]
)


@given(st.lists(st.one_of(race_lines, st.text(max_size=20)), max_size=60))
def test_no_mixture_of_lines_makes_the_reader_raise(texts: list[str]) -> None:
    lines = as_lines(*texts)
    for race in read_races(lines):
        assert 0 <= race.first_line <= race.last_line < len(lines)


def test_a_report_without_addresses_has_its_accesses() -> None:
    """So the detector printed them before Go 1.6."""
    lines = as_lines(
        "==================",
        "WARNING: DATA RACE",
        "Write by goroutine 81:",
        "  example.com/a.add()",
        "      /src/a/a.go:26 +0x118",
        "",
        "Previous read by goroutine 62:",
        "  example.com/a.get()",
        "      /src/a/a.go:13 +0x118",
        "==================",
    )
    (race,) = read_races(lines)
    assert [(each.kind, each.goroutine, each.frames[0].line) for each in race.accesses] == [
        ("write", 81, 26),
        ("read", 62, 13),
    ]


def test_a_pattern_of_a_report_that_a_test_quotes_is_no_report() -> None:
    quoted = (
        "    output_test.go:66: expected:",
        "        ==================",
        "        WARNING: DATA RACE",
        "        Read at 0x[0-9a-f]+ by main goroutine:",
        "          main\\.main\\(\\)",
        "              .*/main\\.go:34 \\+0x[0-9a-f]+",
        "        ==================",
        "FAIL",
    )
    assert read_races(as_lines(*quoted)) == ()


def test_a_report_that_a_logs_end_has_cut_behind_its_title_is_one() -> None:
    (race,) = read_races(as_lines("==================", "WARNING: DATA RACE"))
    assert race.accesses == ()


def test_a_report_whose_title_is_cut_away_keeps_its_earlier_access() -> None:
    lines = (
        "      /src/quay/crane.go:156 +0x649",
        "",
        "Previous write at 0x00c000a3e340 by goroutine 34:",
        "  example.com/quay.(*Crane).Lift()",
        "      /src/quay/crane.go:82 +0xdd",
        "",
        "Goroutine 34 (running) created at:",
        "  example.com/quay.TestCrane()",
        "      /src/quay/crane_test.go:393 +0x61a",
    )
    (race,) = read_races(as_lines(*lines))
    (access,) = race.accesses
    assert (access.previous, access.frames[0].line) == (True, 82)
    assert [each.number for each in race.goroutines] == [34]
    quoted = "Previous write at 0x[0-9a-f]+ by goroutine 34:"
    assert read_races(as_lines("", quoted, *lines[3:])) == ()


LEFT_OUT = """\
==================
WARNING: DATA RACE
Read at 0x00c0005ee343 by goroutine 61:
  testing.(*common).logDepth()
      /usr/local/go/src/testing/testing.go:629 +0x132
...
  example.com/quay.TestCrane.func2()
      /w/quay/crane_test.go:62 +0x8e

Previous write at 0x00c0005ee343 by goroutine 60:
  testing.tRunner.func1()
      /usr/local/go/src/testing/testing.go:853 +0x353
...
=================="""


def test_frames_that_somebody_left_out_do_not_end_a_stack() -> None:
    (race,) = read_races(as_lines(*LEFT_OUT.split("\n")))
    later, earlier = race.accesses
    assert [frame.function for frame in later.frames] == [
        "testing.(*common).logDepth",
        "example.com/quay.TestCrane.func2",
    ]
    assert [frame.line for frame in earlier.frames] == [853]
