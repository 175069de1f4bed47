"""pytest's side of the captures: ``--fresh-captures``, and failures that name what they read.

A test that asks for a capture or a toolchain without the marker ``needs_go`` fails, in every run.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from capture_cache import CACHE_SETTING, USED, captures_folder, keep_failed
from packages import cache_folder
from toolchains import ASKED_FOR

_FOLDER = pytest.StashKey[Path]()
_BY_FIXTURE = pytest.StashKey[dict[object, list[Path]]]()
_USED_BEFORE = pytest.StashKey[int]()
_ASKED_BEFORE = pytest.StashKey[int]()


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
    config.stash[_FOLDER] = captures_folder()


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


def pytest_collection_finish() -> None:
    """Refuse modules that run Go as they are imported: every worker of every run would wait."""
    asked = [f"go {version}" for version in ASKED_FOR] + [home.name for home in USED]
    if asked:
        names = ", ".join(dict.fromkeys(asked))
        raise pytest.UsageError(f"tests were collected, and asked for {names}")


def pytest_runtest_setup(item: pytest.Item) -> None:
    item.stash[_USED_BEFORE] = len(USED)
    item.stash[_ASKED_BEFORE] = len(ASKED_FOR)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Fail a test that is not marked ``needs_go`` and, or whose fixtures, asked for Go."""
    yield
    if item.get_closest_marker("needs_go") is None:
        used, folder = USED[item.stash[_USED_BEFORE] :], item.config.stash[_FOLDER]
        captures = [home.name for home in used if home.parent == folder]
        releases = [f"go {version}" for version in ASKED_FOR[item.stash[_ASKED_BEFORE] :]]
        if captures or releases:
            asked = ", ".join(dict.fromkeys(captures + releases))
            pytest.fail(f"the test is not marked needs_go and asked for {asked}", pytrace=False)


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
