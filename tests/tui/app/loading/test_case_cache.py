"""The last few cases that were read stay so."""

from __future__ import annotations

from pathlib import Path

import pytest

from flakecore.bundle import open_bundle
from flaketui.app.loading import case_cache
from flaketui.app.loading.case_cache import CaseCache


def test_only_the_last_few_cases_stay_read(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_cache, "CAPACITY", 2)
    held = CaseCache(open_bundle(bundle))
    for index in (0, 1):
        held.read(index)
    held.touch(0)
    held.read(2)
    assert [index for index in range(5) if held.is_read(index)] == [0, 2]
    assert [case.trace is not None for case in held.cases] == [True, False, True, False, False]
