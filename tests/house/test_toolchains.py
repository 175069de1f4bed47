"""The toolchains that every other test stands on."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import toolchains


def test_every_supported_release_is_at_hand_and_says_its_own_version(release: str) -> None:
    said = subprocess.run(
        [toolchains.go_toolchain(release), "version"],
        env=toolchains.go_environment(release),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert f"go version go{release} " in said


def test_a_release_that_pip_cannot_install_is_named_with_what_pip_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLAKETUI_TEST_CACHE", str(tmp_path))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    told = r"(?s)Go 1\.0\.0.*No matching"
    with pytest.raises(toolchains.ToolchainMissingError, match=told) as info:
        toolchains.go_toolchain("1.0.0")
    assert str(tmp_path) in str(info.value)
    assert [path.name for path in (tmp_path / "go").iterdir()] == [".1.0.0.lock"]


def test_sessions_that_want_the_same_release_install_it_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installs: list[str] = []

    def install(version: str, home: Path) -> None:
        installs.append(version)
        (home / "go" / "bin").mkdir(parents=True)
        (home / "go" / "bin" / "go").touch()

    monkeypatch.setenv("FLAKETUI_TEST_CACHE", str(tmp_path))
    monkeypatch.setattr(toolchains, "_install", install)
    uncached = toolchains.go_toolchain.__wrapped__
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(uncached, ["1.0.0"] * 4))
    assert found == {tmp_path / "go" / "1.0.0" / "go" / "bin" / "go"}
    assert installs == ["1.0.0"]


def test_go_runs_with_nobodys_own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOROOT", "/somewhere/else")
    monkeypatch.setenv("GOFLAGS", "-mod=vendor")
    env = toolchains.go_environment()
    assert "GOROOT" not in env
    assert (env["GOTOOLCHAIN"], env["GOPROXY"], env["GOFLAGS"]) == ("local", "off", "")
