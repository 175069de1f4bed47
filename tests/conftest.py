"""What every test may lean on."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

import bytecode
import go_users
import thoroughness
import toolchains

_COLLECT_AFTER = 200_000
"""New objects after which the cyclic garbage collector looks for cycles, as in the program itself.
With Python's own number, 700, the tests of the explorer's keys take half as long again, and finding
all tests a fifth longer."""

pytest_plugins = ["capture_hooks", "diagnosis.rule_table"]


def pytest_configure(config: pytest.Config) -> None:
    gc.set_threshold(_COLLECT_AFTER, *gc.get_threshold()[1:])
    bytecode.keep_bytecode()
    thoroughness.load_profile(config)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Return half as many workers again as there are processors, where much is waited for.

    That is without Go, for terminals and processes that tests start: on two cores two workers took
    90 s, three 72 s and four 70 s. And it is where captures are made anew, for programs that hang
    until their time is up: two workers used 706 s of the 930 s that two cores had.
    """
    if "not needs_go" not in config.option.markexpr and not config.option.fresh_captures:
        return None
    return (os.cpu_count() or 1) * 3 // 2


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what needs Go, and leave out what is slow unless ``-m`` asks for it."""
    for item in items:
        if go_users.needs_go(item):
            item.add_marker(pytest.mark.needs_go)
        if _runs_a_release_of_slow_tests(item):
            item.add_marker(pytest.mark.slow)
    if not thoroughness.asks_for_slow(config.option.markexpr):
        slow = [item for item in items if item.get_closest_marker("slow")]
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if not item.get_closest_marker("slow")]


def pytest_collection_finish() -> None:
    """Take the tests themselves out of what the cyclic garbage collector looks through.

    There are thousands of them, and each full collection would visit them all: a seventh of the
    processor time of the explorer's tests, measured on those of its keys.
    """
    gc.freeze()


def pytest_unconfigure() -> None:
    """Collect garbage once at the end, where pytest does five times over to warn of its exceptions.

    What is left after that is in use: caches of captures, of widgets' lines.
    """
    gc.collect()
    gc.freeze()


def _runs_a_release_of_slow_tests(item: pytest.Item) -> bool:
    """Return whether a parameter of a test is a Go release that is not an everyday one."""
    call = getattr(item, "callspec", None)
    others = set(toolchains.RELEASES) - set(toolchains.EVERYDAY)
    return call is not None and any(value in others for value in _texts(call.params.values()))


def _texts(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            yield from _texts(value)


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
