"""Maps that goroutines use at the same time, with both sides by the dump and by the source."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from diagnosis.checked_findings import explain
from diagnosis.program_bundles import collected_program, failure_of, findings_on, named, places_of
from diagnosis.program_runs import RELEASES
from diagnosis.rule_table import record
from diagnosis.rules.panics import panicked
from flakecore.diagnosis import Certainty, Finding
from flakecore.timeline.sources import Sources
from timeline.captures import Capture, read
from toolchains import NEWEST

TOLD = {
    "TestReadsBesideAWrite": (
        r"GN reads c\.rows in \(\*cache\)\.get \(@gets\) while"
        r" (?:GN writes it at @puts|another uses it; put writes it \(@puts\))"
    ),
    "TestRangesBesideAWrite": (
        r"GN ranges over routes in listen \(@ranges\) while"
        r" (?:GN writes it at @routes"
        r"|another uses it; TestRangesBesideAWrite writes it \(@routes\))"
    ),
    "TestDeletesBesideAWrite": (
        r"GN writes seen in TestDeletesBesideAWrite\.func[12] \(@(?:marks|deletes)\)"
        r"(?: while (?:GN writes it at @(?:marks|deletes)|another goroutine uses it))?"
    ),
}


def _run(test: str, release: str) -> Capture:
    return collected_program("maps", "--no-race", "-run", f"^{test}$", release=release)


def _the_finding(run: Capture, test: str, *, source: bool = True) -> Finding:
    found = findings_on(run, test) if source else explain(run.case, failure_of(run, test))
    (finding,) = found
    assert finding.rule == "map-concurrent"
    return finding


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", TOLD)
@pytest.mark.slow
def test_the_other_side_is_a_goroutine_of_the_dump_or_what_the_source_has(
    test: str, release: str
) -> None:
    finding = _the_finding(_run(test, release), test)
    claim = named(finding.claim)
    right = re.fullmatch(TOLD[test], claim) is not None
    told = [f"map-concurrent, inferred: {claim}"]
    record("map-concurrent", "dump and source", told if right else ["map-concurrent"], told)
    assert right, claim
    assert finding.certainty is Certainty.INFERRED
    roles = {each.partition(" ")[0] for each in places_of(finding)}
    assert "writes" in roles


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", TOLD)
def test_without_the_source_no_map_is_named_and_no_other_side_invented(
    test: str, release: str
) -> None:
    run = _run(test, release)
    finding = _the_finding(run, test, source=False)
    assert re.match(r"GN (?:reads|writes|ranges over) a map in ", named(finding.claim))
    (crash,) = run.case.crashes
    dumped = {each.number for each in crash.goroutines}
    assert {each.goroutine for each in finding.places} <= dumped
    if finding.certainty is Certainty.INFERRED:  # the dump has one amid the runtime's map code
        other = finding.places[-1]
        (found,) = (each for each in crash.goroutines if each.number == other.goroutine)
        assert any("maps" in each.function or "map" in each.function for each in found.frames)


def test_a_map_under_a_lock_is_no_failure() -> None:
    test = "TestReadsUnderALock"
    assert _run(test, NEWEST).case.failures == ()


def test_goroutines_that_write_in_one_line_are_told_with_it() -> None:
    finding = _the_finding(panicked("TestWritesMap"), "TestWritesMap")
    assert named(finding.claim).startswith(
        "GN writes words in TestWritesMap.func1 (@writes-map) while "
    )
    assert places_of(finding)[0] == "writes @writes-map"


STORES = """package stores

type store struct{ rows map[int]int }

func (s *store) put(key int) {
	s.rows[key] = key
}

func (s *store) fill() {
	s.rows[0] = 0
}
"""
DUMP = """fatal error: concurrent map writes

goroutine 26 [running]:
internal/runtime/maps.fatal({0x5c3f33?, 0x0?})
\t/usr/local/go/src/runtime/panic.go:1046 +0x18
example.com/stores.(*store).put(...)
\tHERE/stores.go:6
created by example.com/stores.TestStores in goroutine 24
\tHERE/stores_test.go:20 +0x4e

goroutine 25 [runnable]:
example.com/stores.(*store).fill(...)
\tHERE/stores.go:10
created by example.com/stores.TestStores in goroutine 24
\tHERE/stores_test.go:17 +0x4e
"""
THIRD = """
goroutine 27 [runnable]:
example.com/stores.(*store).put(...)
\tHERE/stores.go:6
created by example.com/stores.TestStores in goroutine 24
\tHERE/stores_test.go:20 +0x4e
"""


def _claim_of_a_log(folder: Path, dump: str) -> str:
    """Return what is told of a dump, beside the source that it is of."""
    (folder / "stores.go").write_text(STORES)
    (folder / "go.mod").write_text("module example.com/stores\n")
    log = f"=== RUN   TestStores\n{dump}exit status 2\nFAIL\texample.com/stores\t0.1s\n"
    (folder / "test.log").write_text(log.replace("HERE", str(folder)))
    case = read(folder / "test.log").case
    (failure,) = case.failures
    found = explain(case, failure, Sources(package=case.package, working=folder))
    return next(each.claim for each in found if each.rule == "map-concurrent")


def test_of_goroutines_at_several_places_none_is_the_other_side(tmp_path: Path) -> None:
    """Each may use a map of another value, as ``fill`` may be called of another store."""
    one = _claim_of_a_log(tmp_path, DUMP)
    assert (
        one == "G26 writes s.rows in (*store).put (stores.go:6) while G25 writes it at stores.go:10"
    )
    several = _claim_of_a_log(tmp_path, DUMP + THIRD)
    assert several == (
        "G26 writes s.rows in (*store).put (stores.go:6) while another goroutine uses it:"
        " concurrent map writes"
    )
