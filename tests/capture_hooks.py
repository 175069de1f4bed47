"""pytest's side of the captures: ``--fresh-captures``, and failures that name what they read."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from capture_cache import CACHE_SETTING, USED, keep_failed
from packages import cache_folder

_BY_FIXTURE = pytest.StashKey[dict[object, list[Path]]]()
_USED_BEFORE = pytest.StashKey[int]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--fresh-captures",
        action="store_true",
        help="make every capture of a Go program anew, once for all workers",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Give a session with ``--fresh-captures`` a cache of its own, which its workers share."""
    config.stash[_BY_FIXTURE] = {}
    if config.getoption("--fresh-captures") and not hasattr(config, "workerinput"):
        cache_folder().mkdir(parents=True, exist_ok=True)
        folder = tempfile.mkdtemp(prefix="captures-", dir=cache_folder())
        os.environ[CACHE_SETTING] = folder
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[object], request: pytest.FixtureRequest
) -> Generator[None, object, object]:
    """Note which captures a fixture reads, for the later tests that share it."""
    before = len(USED)
    try:
        return (yield)
    finally:
        request.config.stash[_BY_FIXTURE][fixturedef] = USED[before:]


def pytest_runtest_setup(item: pytest.Item) -> None:
    item.stash[_USED_BEFORE] = len(USED)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep the captures that a failed test read, and name them below its failure."""
    report = yield
    if report.failed:
        kept = [str(keep_failed(home)) for home in _read_by(item) if home.exists()]
        if kept:
            report.sections.append(("kept: the captures that it read", "\n".join(kept)))
    return report


def _read_by(item: pytest.Item) -> list[Path]:
    """Return the captures that a test and its fixtures have asked for."""
    found = USED[item.stash.get(_USED_BEFORE, len(USED)) :]
    if isinstance(item, pytest.Function):
        by_fixture = item.config.stash[_BY_FIXTURE]
        for definitions in item._fixtureinfo.name2fixturedefs.values():
            for definition in definitions:
                found += by_fixture.get(definition, [])
    return list(dict.fromkeys(found))
