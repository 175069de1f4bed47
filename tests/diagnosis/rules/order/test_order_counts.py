"""Tests that fail where another one ran before, over real runs in shuffled orders."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

from diagnosis.program_bundles import check_found
from diagnosis.program_runs import PROGRAMS, program, told
from flakecore.bundle import open_bundle
from flakecore.diagnosis import Certainty, Finding
from flakecore.report import Explainer
from flakecore.timeline import list_cases, load_case
from toolchains import NEWEST

SEEDS = range(1, 13)
"""Of these orders six have TestEnters before TestOutside, seven TestWarms before TestCold."""


def _found(folder: Path, seeds: Iterable[int]) -> dict[str, list[Finding]]:
    """Return the findings on the failures of the first failing run, by test."""
    for seed in seeds:
        run = program("order", NEWEST, "-timeout=60s", f"-shuffle={seed}")
        (folder / f"run{seed}").mkdir()
        shutil.copy(run.folder / "test.json", folder / f"run{seed}")
    with open_bundle(folder) as bundle:
        explainer = Explainer(bundle, PROGRAMS / "order")
        found: dict[str, list[Finding]] = {}
        for entry in list_cases(bundle):
            case = load_case(bundle, entry)
            for failure in case.failures:
                found.setdefault(failure.test_name, list(explainer.findings(case, failure)))
        return found


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Finding]]:
    return _found(tmp_path_factory.mktemp("orders"), SEEDS)


@pytest.mark.slow
def test_where_the_source_shows_what_is_shared_the_runs_confirm_it(
    found: dict[str, list[Finding]],
) -> None:
    (finding,) = found["TestCold"]
    assert told(finding) == (
        "order-dependent, inferred: TestWarms, which ran before it, changes cache (@warms), which"
        " TestCold checks (@cold-fails) [fails @cold-fails; writes @warms]"
    )
    assert finding.evidence[-1].text == (
        "over the runs of the bundle it failed in 7 of 7 runs with TestWarms before it,"
        " in 0 of 5 without"
    )
    assert finding.next.startswith("compare go test -shuffle=")


def test_where_no_source_shows_it_the_counts_are_told_by_themselves(
    found: dict[str, list[Finding]],
) -> None:
    claim = (
        "TestOutside failed in 6 of 6 runs with TestEnters before it, in 0 of 6 without; p = 0.0043"
    )
    check_found("order-dependent", found["TestOutside"], re.escape(claim))
    assert found["TestOutside"][0].certainty is Certainty.ASSOCIATED


def test_a_test_that_fails_in_each_order_depends_on_none(found: dict[str, list[Finding]]) -> None:
    check_found("order-dependent", found["TestAlways"])


def test_what_two_runs_divide_by_chance_is_not_told(tmp_path: Path) -> None:
    found = _found(tmp_path, (1, 2))
    check_found("order-dependent", found["TestOutside"])
    (finding,) = found["TestCold"]
    assert finding.rule == "order-dependent"
