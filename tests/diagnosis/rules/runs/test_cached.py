"""Results that go took from its cache."""

from __future__ import annotations

import subprocess
from pathlib import Path

from capture_cache import Recipe, cached_capture
from diagnosis.checked_findings import explain_passed
from diagnosis.program_bundles import check_found
from diagnosis.program_runs import PROGRAMS
from flakecore.bundle import open_bundle
from flakecore.diagnosis import Certainty, Finding
from flakecore.timeline import load_cases
from toolchains import NEWEST, go_environment, go_toolchain


def _findings(*arguments: str) -> tuple[Finding, ...]:
    """Return what is found on a package that passes when it is asked for again."""

    def run(folder: Path) -> None:
        for _ in range(2):
            with (folder / "test.json").open("wb") as log:
                subprocess.run(
                    [
                        *(go_toolchain(NEWEST), "test", "-json", "-run=^TestSetsLimit$"),
                        *(*arguments, "."),
                    ],
                    cwd=PROGRAMS / "shared_state",
                    env=go_environment(NEWEST),
                    stdout=log,
                    check=True,
                    timeout=300,
                )

    recipe = Recipe("cached", (PROGRAMS / "shared_state",), (NEWEST, *arguments))
    (case,) = load_cases(open_bundle(cached_capture(recipe, run)))
    assert case.failures == ()
    return explain_passed(case)


def test_a_package_that_was_not_run_again_is_told_as_such() -> None:
    found = _findings()
    claim = "example.com/shared_state was not run: its result is an earlier one, from go's cache"
    check_found("cached", found, claim)
    (finding,) = found
    assert finding.certainty is Certainty.SEEN
    assert "(cached)" in finding.evidence[0].text


def test_a_package_that_was_run_is_not() -> None:
    check_found("cached", _findings("-count=1"))
