"""What every test may lean on."""

from __future__ import annotations

from pathlib import Path

import pytest

import go_users
import toolchains

pytest_plugins = ["capture_hooks"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what needs Go, and leave out what is slow unless ``-m`` speaks of it."""
    for item in items:
        if go_users.needs_go(item):
            item.add_marker(pytest.mark.needs_go)
    if "slow" not in config.option.markexpr:
        slow = [item for item in items if item.get_closest_marker("slow")]
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if not item.get_closest_marker("slow")]


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
