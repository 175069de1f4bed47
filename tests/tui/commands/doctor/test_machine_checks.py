"""What is around the program, as each check finds it."""

from __future__ import annotations

from pathlib import Path

import pytest

from flaketui.commands.doctor.check import Health
from flaketui.commands.doctor.machine_checks import compiler_check, folder_checks, go_checks
from toolchains import NEWEST, go_environment, go_toolchain


@pytest.mark.needs_go
def test_go_is_told_with_its_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLAKETUI_GO", str(go_toolchain(NEWEST)))
    for name, value in go_environment(NEWEST, race=True).items():
        monkeypatch.setenv(name, value)
    go, race = go_checks(tmp_path)
    assert go.health is Health.OK
    assert go.found.startswith(f"go{NEWEST} ")
    assert race.health in (Health.OK, Health.LIMITED)


def test_without_a_compiler_that_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CC", raising=False)
    check = compiler_check()
    assert (check.health, check.found) == (Health.LIMITED, "none on PATH")
    assert "gcc" in check.remedy


def test_a_folder_that_is_a_file_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    checks = {each.name: each for each in folder_checks(tmp_path)}
    assert checks["state folder"].health is Health.LIMITED
    assert "XDG_STATE_HOME" in checks["state folder"].remedy
    assert checks["this folder"].health is Health.OK
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "file"))
    checks = {each.name: each for each in folder_checks(tmp_path)}
    assert checks["temporary folder"].health is Health.BROKEN
