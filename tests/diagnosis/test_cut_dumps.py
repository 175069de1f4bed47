"""Of a dump that is cut off nothing is said that rests on who is not in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from diagnosis.checked_findings import explain
from diagnosis.program_runs import RELEASES, Level, causes, program
from flakecore.diagnosis import Weight
from flakecore.timeline.sources import Sources
from timeline.captures import read

REST_ON_ABSENCE = ("chan-", "wait-group-stuck", "cond-lost-signal", "lock-held")


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("form", ["json", "text"])
@pytest.mark.parametrize("shape", ["lock_held", "peer_gone"])
def test_a_cut_dump_is_not_taken_for_all_goroutines(
    tmp_path: Path, shape: str, form: str, release: str
) -> None:
    lines = (program(shape, release).folder / "test.json").read_text().splitlines()
    if form == "json":
        (tmp_path / "test.json").write_text("\n".join(lines[: len(lines) * 7 // 10]) + "\n")
    else:
        text = "".join(json.loads(line).get("Output", "") for line in lines)
        (tmp_path / "test.log").write_text(text[: len(text) * 7 // 10])
    case = read(tmp_path).case
    assert len(case.crashes[0].goroutines) > 1
    for failure in case.failures:
        found = explain(case, failure, Sources(package=f"example.com/{shape}"))
        told = [each.rule for each in found if each.weight is Weight.CAUSE]
        assert not any(rule.startswith(REST_ON_ABSENCE) for rule in told)


@pytest.mark.parametrize("release", RELEASES)
def test_the_whole_dump_tells_it(release: str) -> None:
    assert causes(program("lock_held", release), "TestReturnsLocked", Level.LOG)


OVERDUE = """\
panic: test timed out after 10m0s

goroutine 243 [running]:
testing.(*M).startAlarm.func1()
\t/usr/local/go/src/testing/testing.go:2029 +0x8e

goroutine 1 [chan receive, 9 minutes]:
{}example.com/quay.TestMain(0x1041311?)
\t/w/quay/main_test.go:12 +0x2b
main.main()
\t_testmain.go:141 +0x1d3
"""
RUNS_ONE = """\
testing.(*T).Run(0xc000383520, {0x1a5393e?, 0x918e73ddc4774?}, 0x1d49410)
\t/usr/local/go/src/testing/testing.go:1487 +0x37a
testing.runTests(0xc0003e9900?, {0x25b8c40, 0x2e, 0x2e}, {0x0?, 0xc00038cf28?, 0x25d8ec0?})
\t/usr/local/go/src/testing/testing.go:1837 +0x457
"""


@pytest.mark.parametrize(("above", "told"), [(RUNS_ONE, []), ("", ["blocked"])])
def test_main_that_waits_for_a_test_is_not_what_hangs(
    above: str, told: list[str], tmp_path: Path
) -> None:
    (tmp_path / "test.log").write_text(OVERDUE.format(above))
    case = read(tmp_path).case
    (failure,) = case.failures
    assert [each.rule for each in explain(case, failure)] == told
