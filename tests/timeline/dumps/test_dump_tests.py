from __future__ import annotations

import pytest

from flakecore.gotest import Dump, read_dump
from flakecore.timeline.dumps.dump_tests import Owner, TestSource, name_of_test, owners

RUNNER = "testing.tRunner(0xc000003880, 0x5464d0)\n\t/go/src/testing/testing.go:1792 +0xf4\n"
BY_MAIN = "created by testing.(*T).Run in goroutine 1\n\t/go/src/testing/testing.go:1851 +0x413\n"


def _block(number: int, frames: list[str], creator: str, by: int, labels: str = "") -> str:
    stack = "".join(
        f"{each}(0xc000012118)\n\t/w/pond/{'pond_test' if 'Test' in each else 'pond'}.go:9 +0x1\n"
        if each != "testing.tRunner"
        else RUNNER
        for each in frames
    )
    made = BY_MAIN.replace("goroutine 1", f"goroutine {by}") if creator == "testing" else ""
    file = "pond_test" if "Test" in creator else "pond"
    if creator and not made:
        made = f"created by {creator}{f' in goroutine {by}' if by else ''}\n\t/w/{file}.go:4 +0x1\n"
    return f"goroutine {number} [select]{labels}:\n{stack}{made}\n"


def _dump(*blocks: str) -> Dump:
    return read_dump("".join(blocks).encode(), name="dump")


TOP = _block(7, ["testing.(*T).Run", "p.TestDrain", "testing.tRunner"], "testing", 1)
SUB = _block(8, ["p.(*Pond).Close", "p.TestDrain.func1", "testing.tRunner"], "testing", 7)
MADE = _block(10, ["p.(*Pond).pump"], "p.New", 8)


def _owners(dump: Dump, running: list[str]) -> list[Owner]:
    return owners(dump.goroutines, running)


def test_a_test_is_known_by_its_runner_and_what_it_creates_is_its_own() -> None:
    found = _owners(_dump(TOP, SUB, MADE), ["TestDrain", "TestDrain/slow"])
    assert [(each.test, each.known) for each in found] == [
        ("TestDrain", TestSource.STACK),
        ("TestDrain/slow", TestSource.STACK),
        ("TestDrain/slow", TestSource.CREATOR),
    ]
    assert [(each.runs, each.waits) for each in found] == [
        (True, True),
        (True, False),
        (False, False),
    ]


def test_creators_may_stand_below_in_the_dump() -> None:
    found = _owners(_dump(MADE, SUB, TOP), ["TestDrain", "TestDrain/slow"])
    assert {each.test for each in found} == {"TestDrain", "TestDrain/slow"}
    assert found[0].test == "TestDrain/slow"


def test_which_of_several_subtests_a_goroutine_is_of_is_not_guessed() -> None:
    found = _owners(_dump(TOP, SUB, MADE), ["TestDrain", "TestDrain/a", "TestDrain/b"])
    assert [each.test for each in found] == ["TestDrain"] * 3


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (_block(21, ["p.(*Pond).pump"], "p.TestPump", 20), ("TestPump", TestSource.CREATOR)),
        (_block(21, ["p.(*Pond).pump"], "p.TestPump.func2", 0), ("TestPump", TestSource.CREATOR)),
        (_block(21, ["p.TestPump.func1"], "p.Start", 20), ("TestPump", TestSource.NAME)),
        (
            _block(21, ["p.(*Pond).pump"], "p.New", 20, " {test: TestPump/one}"),
            ("TestPump/one", TestSource.LABEL),
        ),
        (_block(21, ["p.(*Pond).pump"], "p.New", 20), ("", TestSource.UNKNOWN)),
        (_block(21, ["p.Testify"], "p.New", 20), ("", TestSource.UNKNOWN)),
    ],
)
def test_without_a_runner_labels_creators_and_names_tell_the_test(
    block: str, expected: tuple[str, TestSource]
) -> None:
    (found,) = _owners(_dump(block), [])
    assert (found.test, found.known) == expected
    assert not found.runs


def test_the_main_goroutine_runs_no_test_though_it_stands_in_a_runner() -> None:
    main = _block(1, ["testing.(*T).Run", "testing.runTests.func1", "testing.tRunner"], "", 0)
    first, second = _owners(_dump(main, TOP), ["TestDrain"])
    assert (first.test, first.runs) == ("", False)
    assert (second.test, second.known) == ("TestDrain", TestSource.STACK)


def test_creators_in_a_circle_end() -> None:
    one, two = (_block(number, ["p.f"], "p.g", 7 - number) for number in (3, 4))
    assert [each.test for each in _owners(_dump(one, two), [])] == ["", ""]


@pytest.mark.parametrize(
    ("function", "name"),
    [
        ("example.com/pond.TestDrain", "TestDrain"),
        ("example.com/pond_test.TestDrain.func1.2", "TestDrain"),
        ("pond.TestDrain[...]", "TestDrain"),
        ("pond.Test_drain", "Test_drain"),
        ("pond.(*Suite).TestDrain", ""),
        ("pond.Testing", ""),
        ("example.com/TestDrain.Run", ""),
    ],
)
def test_a_function_lies_in_a_test_by_its_name(function: str, name: str) -> None:
    assert name_of_test(function) == name
