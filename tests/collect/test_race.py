"""The race detector is on where it can be; elsewhere collection goes on without it."""

from __future__ import annotations

from pathlib import Path

import pytest

from collect.running import collected
from flakecore.bundle import Kind, open_bundle
from toolchains import c_compiler, go_toolchain


def test_it_is_on_unless_told_otherwise(
    endings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in c_compiler().items():
        monkeypatch.setenv(name, value)
    run = collected(endings, tmp_path / "x.zip", "./failing", race=True)
    assert "race detector" not in run.noted
    assert "WARNING: DATA RACE" in run.shown
    assert run.result.manifest.race
    with open_bundle(run.result.bundle) as bundle:
        assert bundle.of_kind(Kind.TRACE)


def test_a_c_compiler_that_is_not_there_is_named_in_one_line(
    endings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CC", "/nonexistent/cc")
    run = collected(endings, tmp_path / "x.zip", "./passing", race=True)
    assert run.noted.startswith("flaketui: going on without the race detector: ")
    assert "/nonexistent/cc" in run.noted
    assert run.noted.partition("\n")[2].startswith("flaketui: go test of ")
    assert run.result.exit_code == 0
    assert not run.result.manifest.race
    assert run.result.manifest.missing == ("race detector: it could not be used on this machine",)


def test_a_machine_without_any_c_compiler_is_told_so(
    endings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(go_toolchain().parent))
    run = collected(endings, tmp_path / "x.zip", "./passing", race=True)
    assert "no C compiler (" in run.noted
    assert run.result.exit_code == 0


def test_a_platform_without_it_is_told_so(
    endings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOARCH", "386")
    run = collected(endings, tmp_path / "x.zip", "./untested", race=True)
    assert "-race is not supported on linux/386" in run.noted
    assert run.result.exit_code == 0
