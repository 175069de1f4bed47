"""The deadlock of ``tui.scenario`` with many goroutines that do the same."""

from __future__ import annotations

import pytest

from flakecore.timeline import Case
from tui.scenario import deadlock
from tui.scripted_schedule import GOROUTINES, PACKAGE


@pytest.fixture
def alike(monkeypatch: pytest.MonkeyPatch) -> Case:
    """The case with 40 more goroutines of TestDrain that run the same function."""
    life = [(24, *GOROUTINES[34][3][0][1:])]
    for number in range(100, 140):
        monkeypatch.setitem(GOROUTINES, number, (f"{PACKAGE}.readLoop", 21, 0, life))
    return deadlock()
