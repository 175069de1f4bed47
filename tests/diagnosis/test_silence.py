"""Nothing is told of packages that pass and leave nothing behind: Go's own, and modules of ours."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from capture_cache import Recipe, cached_capture
from diagnosis.checked_findings import explain, explain_passed
from diagnosis.program_runs import PROGRAMS
from flakecore.bundle import open_bundle
from flakecore.loss import Loss
from flakecore.timeline import Case, load_cases
from flakecore.timeline.sources import Sources
from timeline.captures import TESTDATA
from toolchains import NEWEST, go_environment, go_toolchain

LIBRARY = (
    *("bufio", "bytes", "container/heap", "container/list", "container/ring", "context"),
    *("encoding/base64", "encoding/csv", "encoding/hex", "errors", "expvar", "hash/crc32"),
    *("io", "iter", "path", "sort", "strings", "sync", "text/tabwriter", "unicode/utf8"),
)
"""Twenty packages of the standard library, those of its concurrency among them."""
OURS = {
    "leak": "^(TestGivesUpWithRoom|TestPoolIsClosed|TestEndsAMomentLater)$",
    "nil_values": "^(TestPutsIntoANewStore|TestFillsWhatItMade|TestSizeOfOne|TestOfOne)$",
    "order": "^(TestWarms|TestEnters)$",
    "panics": "^(TestStopsOnce|TestWaitsForItsLog|TestWaits)$",
    "race": "^(TestLocked|TestSums|TestPeeksBehind|TestSortsApart)$",
    "repeated": "^(TestCallsOnce|TestAddsAName|TestOpens)$",
    "shared_state": "^(TestSetsLimit|TestPutsBack|TestReadsRows|TestChangesSize|TestParallelFast)$",
    "chains": "",
    "truth": "^(TestParallel|TestOther|TestMore|TestBurst|TestMany|TestFiles)$",
    "work": "",
}
"""Ten modules of ours, each with its tests that are sound; all of them where no pattern says."""


def _case(name: str, folder: Path | None, *arguments: str) -> Case:
    """Return a package's run with a trace."""

    def run(bundle: Path) -> None:
        binary = bundle.parent / "binary"
        with (bundle / "test.json").open("wb") as log:
            subprocess.run(
                [
                    *(go_toolchain(NEWEST), "test", "-json", "-short", "-count=1", "-vet=off"),
                    *(f"-trace={bundle / 'trace.out'}", f"-o={binary}", *arguments),
                ],
                cwd=folder,
                env=go_environment(NEWEST),
                stdout=log,
                stderr=subprocess.STDOUT,
                timeout=600,
                check=False,
            )
        binary.unlink(missing_ok=True)

    recipe = Recipe(
        f"silence-{name.replace('/', '-')}",
        (folder,) if folder is not None else (),
        (NEWEST, name, *arguments),
    )
    (case,) = load_cases(open_bundle(cached_capture(recipe, run)))
    return case


def _told(case: Case) -> list[str]:
    losses: list[Loss] = []
    sources = Sources(go_version=case.go_version, package=case.package)
    found = list(explain_passed(case, sources, losses))
    for failure in case.failures:
        found += explain(case, failure, sources, None, losses)
    assert losses == []
    return [f"{each.rule}: {each.claim}" for each in found]


@pytest.mark.slow
@pytest.mark.parametrize("package", LIBRARY)
def test_of_a_package_of_the_standard_library_that_passes_nothing_is_told(package: str) -> None:
    case = _case(package, None, package)
    assert len(case.tests) > 1
    assert _told(case) == []


@pytest.mark.slow
@pytest.mark.parametrize("module", OURS)
def test_of_a_module_of_ours_whose_tests_are_sound_nothing_is_told(module: str) -> None:
    home = PROGRAMS if (PROGRAMS / module).is_dir() else TESTDATA
    case = _case(module, home / module, f"-run={OURS[module]}", ".")
    assert case.failures == ()
    assert len(case.tests) > 1
    assert _told(case) == []
