"""Each repetition is a row with the heap that it leaves, and any two can be compared."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from diagnosis.program_bundles import collected_program
from flakecore.bundle import open_bundle
from flakecore.errors import ProfileError
from flakecore.report.profile.heap_text import heap_text
from flakecore.report.profile.profile_request import ProfileRequest
from flakecore.timeline import Case, list_cases, load_case
from flaketui.cli import main
from program import SAMPLE

REPEATED = ("-count", "8")


def _case(test: str) -> Case:
    return collected_program("heap_grows", "--no-race", "-run", test, *REPEATED).case


def _changes(text: str) -> list[float]:
    rows = [
        re.fullmatch(r" +\d+ +\S+ +\S+ MB +(-?\S+) (MB|kB|B)", row) for row in text.splitlines()
    ]
    units = {"MB": 1.0, "kB": 1e-3, "B": 1e-6}
    return [float(row[1]) * units[row[2]] for row in rows if row is not None]


@pytest.mark.needs_go
@pytest.mark.slow
def test_a_test_that_keeps_a_megabyte_each_time_has_it_in_every_row() -> None:
    text = heap_text([_case("TestKeeps")], ProfileRequest(number=8, less=2))
    heading, heads, *rows, told = text.splitlines()
    assert heading.endswith(
        ": trace-heap (bytes), what the last collection within each of 8 repetitions left"
    )
    assert heads.split() == ["no.", "after", "left", "change"]
    assert [int(row.split()[0]) for row in rows] == list(range(1, 9))
    changes = _changes(text)
    assert len(changes) == 7 and all(0.9 < each < 1.3 for each in changes)
    difference = re.fullmatch(r"8 less 2: (\S+) MB, \S+ apart", told)
    assert difference is not None and abs(float(difference[1]) - sum(changes[1:])) < 0.5


@pytest.mark.needs_go
@pytest.mark.slow
def test_a_cache_that_is_full_changes_no_more() -> None:
    changes = _changes(heap_text([_case("TestWarmsUp")], ProfileRequest()))
    assert len(changes) == 7 and all(abs(each) < 0.5 for each in changes[3:])


@pytest.mark.needs_go
def test_the_command_prints_it_and_refuses_a_repetition_that_is_not_there(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run = collected_program("heap_grows", "--no-race", "-run", "TestKeeps", *REPEATED)
    place = [str(run.folder), "--kind", "trace-heap", "series"]
    assert main(["profile", *place]) == 0
    assert len(_changes(capsys.readouterr().out)) == 7
    assert main(["profile", *place, "--less", "9"]) == 2
    assert "there is no repetition 9; there are 1 to 8" in capsys.readouterr().err


def _fails(case: Case, match: str) -> None:
    with pytest.raises(ProfileError, match=match):
        heap_text([case], ProfileRequest())


def test_without_a_trace_or_repetitions_it_says_so() -> None:
    with open_bundle(SAMPLE) as bundle:
        case = load_case(bundle, list_cases(bundle)[0])
    _fails(case, "the tests ran once; -count=10 repeats them")
    _fails(replace(case, trace=None, gc=None), "there is no trace; collect records one")
