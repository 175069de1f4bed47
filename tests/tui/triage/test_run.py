"""The triage screen in a terminal: to a bundle and back."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from e2e.terminal import PyteTerminal
from flakecore.fleet.scan.scan import scan
from fleet.bundles import variant

PROGRAM = [sys.executable, "-m", "flaketui", "triage"]


@pytest.mark.slow
def test_enter_opens_the_bundle_at_the_failure_and_leaving_it_comes_back(tmp_path: Path) -> None:
    variant(tmp_path / "in" / "a.zip", 1)
    scan([str(tmp_path / "in")], tmp_path / "out", workers=1)
    with PyteTerminal([*PROGRAM, str(tmp_path / "out")], 120, 34, {}) as terminal:
        terminal.wait_for("4 tests that failed")
        terminal.press("j", "enter")
        terminal.wait_for("TestQueueDeliversInOrder.* timeout after")
        terminal.press("q")
        terminal.wait_for("4 tests that failed")
        terminal.wait_for("it never passed")
        terminal.press("q")


@pytest.mark.slow
def test_a_bundle_that_is_gone_is_told_on_the_screen(tmp_path: Path) -> None:
    path = variant(tmp_path / "in" / "a.zip", 1)
    scan([str(tmp_path / "in")], tmp_path / "out", workers=1)
    path.unlink()
    with PyteTerminal([*PROGRAM, str(tmp_path / "out")], 120, 34, {}) as terminal:
        terminal.wait_for("4 tests that failed")
        terminal.press("enter")
        terminal.wait_for("a.zip does not exist")
        terminal.press("q")
