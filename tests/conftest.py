"""What every test may lean on."""

from __future__ import annotations

from pathlib import Path

import pytest

import toolchains


@pytest.fixture(scope="session")
def go() -> Path:
    """The newest Go release's executable."""
    return toolchains.go_toolchain()


@pytest.fixture(scope="session")
def go_env() -> dict[str, str]:
    """The environment to run the newest Go release in."""
    return toolchains.go_environment()


@pytest.fixture(scope="session", params=toolchains.RELEASES)
def release(request: pytest.FixtureRequest) -> str:
    """Each supported Go release in turn."""
    version: str = request.param
    return version
