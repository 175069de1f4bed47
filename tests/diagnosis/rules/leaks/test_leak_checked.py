"""What goleak found left is told by what it waits for and where it was started."""

from __future__ import annotations

from pathlib import Path

from diagnosis.checked_findings import explain
from diagnosis.rule_table import record
from flakecore.diagnosis import Certainty, Finding
from timeline.captures import read

LISTED = """\
[Goroutine 13 in state chan send, 1 minutes, with example.com/run.Start.func1 on top of the stack:
example.com/run.Start.func1()
\t/src/run/exec.go:141 +0xcd
created by example.com/run.Start in goroutine 12
\t/src/run/exec.go:136 +0x2c6
 Goroutine 127 in state chan send, with example.com/run.Start.func1 on top of the stack:
example.com/run.Start.func1()
\t/src/run/exec.go:141 +0xcd
created by example.com/run.Start in goroutine 126
\t/src/run/exec.go:136 +0x2c6
]
"""
CHECKED = (
    "=== RUN   TestRuns\n    run_test.go:9: found unexpected goroutines:\n"
    + "".join(f"        {line}\n" for line in LISTED.splitlines())
    + "--- FAIL: TestRuns (0.45s)\nFAIL\nFAIL\texample.com/run\t0.9s\n"
)
OF_A_PACKAGE = (
    f"PASS\ngoleak: Errors on successful test run: found unexpected goroutines:\n{LISTED}"
    "FAIL\texample.com/run\t0.917s\n"
)
QUOTED = """=== RUN   TestQuotes
    run_test.go:9: printed "", want "found unexpected goroutines:"
--- FAIL: TestQuotes (0.45s)
FAIL
FAIL\texample.com/run\t0.9s
"""
CLAIM = "goleak found G13 and G127 left in a channel send at exec.go:141, started at exec.go:136"


def found(folder: Path, text: str) -> list[Finding]:
    (folder / "test.log").write_text(text)
    case = read(folder).case
    (failure,) = case.failures
    told = [each for each in explain(case, failure) if each.rule == "leak-checked"]
    expected = [] if text == QUOTED else [CLAIM]
    row = "leak-checked" if expected else "(goleak)"
    record(row, "log alone", expected, [each.claim for each in told])
    return told


def test_what_a_test_was_failed_for_is_told_once_for_goroutines_that_are_alike(
    tmp_path: Path,
) -> None:
    (finding,) = found(tmp_path, CHECKED)
    assert (finding.claim, finding.certainty) == (CLAIM, Certainty.SEEN)
    assert finding.explains == {13, 127}
    assert [(place.role, place.line) for place in finding.places] == [
        ("waits", 141),
        ("waits", 141),
        ("created", 136),
    ]


def test_so_is_what_a_package_was_failed_for(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, OF_A_PACKAGE)
    assert finding.claim == CLAIM


def test_the_words_of_goleak_in_what_a_test_expects_are_no_leak(tmp_path: Path) -> None:
    assert found(tmp_path, QUOTED) == []
