"""tparse's boxes and tables name packages, failed tests and durations."""

from __future__ import annotations

import pytest

from flakecore.gotest import Outcome, PackageRun, read_text

REPORT = """\
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┓
┃   FAIL  package: example.com/marsh/pond   ┃
┗━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┛

--- FAIL: TestFill (0.00s)

    pond_test.go:25: it leaks

────────────────────────────────────────────────────────────────────────────
--- FAIL: TestFlow (0.02s)


  --- FAIL: TestFlow/east (0.01s)

opening the sluice
    pond_test.go:13: level is 3, want 4

┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┓
┃   PANIC  package: example.com/marsh/reed • TestBreak   ┃
┗━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┛
panic: assignment to entry in nil map [recovered, repanicked]

goroutine 19 [running]:
example.com/marsh/reed.TestBreak(0x3d58776e8488?)
\t/src/marsh/reed/reed_test.go:11 +0x28
created by testing.(*T).Run in goroutine 1
\t/usr/local/go/src/testing/testing.go:2260 +0x4d4

"""
TABLE = """\
┌────────────────────────────────────────────────────────────────────────┐
│  STATUS │ ELAPSED  │        PACKAGE         │ COVER │ PASS │ FAIL │ SKIP  │
│─────────┼──────────┼────────────────────────┼───────┼──────┼──────┼───────│
│  PANIC  │  0.01s   │ example.com/marsh/reed │  --   │  --  │  --  │  --   │
│  FAIL   │  0.03s   │ example.com/marsh/pond │ 0.0%  │  2   │  3   │  1    │
│  PASS   │ (cached) │ example.com/marsh/toad │ 81.0% │  2   │  0   │  0    │
└────────────────────────────────────────────────────────────────────────┘
"""
OLD_TABLE = """\
+--------+---------+------------------------+-------+------+------+------+
| STATUS | ELAPSED |        PACKAGE         | COVER | PASS | FAIL | SKIP |
+--------+---------+------------------------+-------+------+------+------+
| PANIC  | 0.01s   | example.com/marsh/reed | --    | --   | --   | --   |
| FAIL   | 0.03s   | example.com/marsh/pond | 0.0%  |    2 |    3 |    1 |
| PASS   | (cached)| example.com/marsh/toad | 81.0% |    2 |    0 |    0 |
+--------+---------+------------------------+-------+------+------+------+
"""


def runs(text: str) -> dict[str, PackageRun]:
    log = read_text(text.encode(), name="test.log")
    return {run.package.rpartition("/")[2]: run for run in log.packages if run.package or run.tests}


@pytest.mark.parametrize("table", [TABLE, OLD_TABLE])
def test_failed_tests_are_those_of_the_package_whose_box_is_above(table: str) -> None:
    read = runs(REPORT + table)
    assert {name: [test.name for test in run.tests] for name, run in read.items()} == {
        "pond": ["TestFill", "TestFlow", "TestFlow/east"],
        "reed": ["TestBreak"],
        "toad": [],
    }
    assert {name: (run.status, run.elapsed_ns) for name, run in read.items()} == {
        "pond": (Outcome.FAIL, 30_000_000),
        "reed": (Outcome.FAIL, 10_000_000),
        "toad": (Outcome.PASS, None),
    }
    (crash,) = read["reed"].crashes
    assert read["reed"].tests[crash.test].name == "TestBreak"
    printed = {line.text: line.test for line in read["pond"].lines}
    assert printed["    pond_test.go:13: level is 3, want 4"] == 2


def test_a_table_that_a_test_prints_is_its_output() -> None:
    text = (
        f"=== RUN   TestA\n{TABLE}--- PASS: TestA (0.00s)\nPASS\nok  \texample.com/tables\t0.1s\n"
    )
    assert list(runs(text)) == ["tables"]
