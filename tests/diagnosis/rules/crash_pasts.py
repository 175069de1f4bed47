"""Runs of the program whose panics and fatal errors have a past in its source."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar

import pytest

from diagnosis.assertion_runs import case_of, case_of_log, found_on
from diagnosis.program_runs import RELEASES, told
from diagnosis.rule_table import record
from toolchains import NEWEST

SHAPE = "crash_pasts"


class CrashPasts:
    """Each of ``crashes`` is explained as its text; none of ``sound`` crashes."""

    crashes: ClassVar[Mapping[str, str]]
    sound: ClassVar[Collection[str]]

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "crash" in metafunc.fixturenames:
            metafunc.parametrize("crash", list(self.crashes))
        if "release" in metafunc.fixturenames:
            metafunc.parametrize("release", RELEASES)

    def test_a_crash_is_told_with_its_past(self, crash: str, release: str) -> None:
        run, expected = f"-run=^{crash}$", f"panic-cause, {self.crashes[crash]}"
        for level, case in (
            ("trace, log and source", case_of(SHAPE, release, run)),
            ("log and source", case_of_log(SHAPE, release, run)),
        ):
            found = [told(each) for found in found_on(case).values() for each in found]
            record("panic-cause", level, [expected], found)
            assert found == [expected], level

    def test_without_the_source_no_other_side_is_named(self, crash: str) -> None:
        case = case_of_log(SHAPE, NEWEST, f"-run=^{crash}$")
        (found,) = found_on(case, source=False).values()
        assert [each.rule for each in found] == ["panic-cause"]
        assert all(each.certainty == "seen" for each in found)

    def test_what_is_sound_does_not_crash(self) -> None:
        case = case_of(SHAPE, NEWEST, f"-run=^({'|'.join(self.sound)})$")
        assert len(case.tests) == len(self.sound)
        assert case.failures == ()
