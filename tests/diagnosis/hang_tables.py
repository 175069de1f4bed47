"""What must hold of each hang in a table, and of each sound test in one beside it.

A test module derives a class from those of these that apply, and gives it the program and tables.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar

import pytest

from diagnosis.object_runs import check_by_page, check_no_cause_by_page
from diagnosis.program_runs import RELEASES, Expected, check_silent, check_told


class _OfAProgram:
    """Tests of one of the ``programs``, by its ``shape``, in each release."""

    shape: ClassVar[str]

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        for parameter, table in (("hang", "hangs"), ("paged", "by_page"), ("twin", "sound")):
            if parameter in metafunc.fixturenames:
                metafunc.parametrize("release", RELEASES)
                metafunc.parametrize(parameter, list(getattr(self, table)))


class HangsAreTold(_OfAProgram):
    """Each of ``hangs`` is explained as expected, by all evidence and by parts of it."""

    hangs: ClassVar[Mapping[str, Expected]]

    def test_a_hang_is_told_with_both_sides(self, release: str, hang: str) -> None:
        check_told(self.shape, release, hang, self.hangs[hang])


class PagesAreTold(_OfAProgram):
    """Each of ``by_page`` is explained by an objects page as one of the texts."""

    by_page: ClassVar[Mapping[str, tuple[str, ...]]]

    def test_a_hang_is_told_by_its_page(self, release: str, paged: str) -> None:
        check_by_page(self.shape, release, paged, *self.by_page[paged])


class SoundIsSilent(_OfAProgram):
    """None of ``sound`` is explained by anything, with a page or without."""

    sound: ClassVar[Collection[str]]

    def test_a_sound_twin_has_no_cause(self, release: str, twin: str) -> None:
        check_silent(self.shape, release, twin)
        check_no_cause_by_page(self.shape, release, twin)
