"""Captures are made once for all workers, whole or not at all, and anew when their sources are."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import capture_cache
from capture_cache import CACHE_SETTING, Recipe, cached_capture

TESTS = Path(__file__).parents[1]
Counted = Callable[..., int]


@pytest.fixture(autouse=True)
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(CACHE_SETTING, str(tmp_path / "captures"))
    monkeypatch.setattr(capture_cache, "USED", [])
    return tmp_path / "captures"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "main.go").write_text("package main\n")
    return folder


@pytest.fixture
def made(source: Path) -> Counted:
    """Ask for a capture with some settings; return how many have been made until now."""
    count = 0

    def ask(*settings: object) -> int:
        def make(folder: Path) -> None:
            nonlocal count
            count += 1
            (folder / "trace.out").write_bytes(b"a trace")

        files = cached_capture(Recipe("x", (source,), settings), make)
        assert (files / "trace.out").read_bytes() == b"a trace"
        return count

    return ask


def test_a_capture_is_made_once(made: Counted) -> None:
    assert [made("1.27.3"), made("1.27.3")] == [1, 1]


def test_another_setting_is_another_capture(made: Counted) -> None:
    assert [made("1.27.3"), made("1.26.6"), made("1.27.3")] == [1, 2, 2]


def test_a_changed_source_is_captured_again(made: Counted, source: Path) -> None:
    assert made() == 1
    (source / "main.go").write_text("package main // changed\n")
    assert made() == 2
    (source / "go.mod").write_text("module x\n")
    assert made() == 3


def test_a_capture_that_was_written_to_is_made_again(made: Counted, empty_cache: Path) -> None:
    made()
    (file,) = empty_cache.glob("x-*/files/trace.out")
    assert file.stat().st_mode & 0o222 == 0
    file.chmod(0o644)
    file.write_bytes(b"damaged")
    assert made() == 2


def test_a_capture_that_fails_leaves_nothing(source: Path, empty_cache: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "trace.out").write_bytes(b"half")
        raise OSError("no Go")

    with pytest.raises(OSError, match="no Go"):
        cached_capture(Recipe("x", (source,), ()), fail)
    assert [path.name for path in empty_cache.iterdir()] == [".locks"]


def test_those_that_ask_at_the_same_time_wait_for_one(source: Path) -> None:
    begun: list[Path] = []

    def make(folder: Path) -> None:
        begun.append(folder)
        time.sleep(0.05)

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(cached_capture, Recipe("x", (source,), ()), make) for _ in range(4)]
    assert len({each.result() for each in asked}) == 1
    assert len(begun) == 1


def test_above_its_limit_the_cache_loses_what_was_used_longest_ago(
    made: Counted, empty_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for setting in ("old", "newer"):
        made(setting)
        for home in empty_cache.glob("x-*"):
            used = home.stat().st_mtime - capture_cache.IN_USE_S - 1
            os.utime(home, (used, used))
    monkeypatch.setattr(capture_cache, "LIMIT_BYTES", 120)
    assert made("newest") == 3
    assert made("newer") == 3
    assert made("old") == 4


def test_above_its_limit_the_cache_keeps_what_a_session_may_still_read(
    made: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capture_cache, "LIMIT_BYTES", 0)
    assert [made("a"), made("b"), made("a")] == [1, 2, 2]


FAILING = """
from pathlib import Path
import pytest
from capture_cache import Recipe, cached_capture, once_a_process

pytestmark = pytest.mark.needs_go

@once_a_process
def capture(name):
    def make(folder):
        (folder / name).touch()
    return cached_capture(Recipe(name, (), ()), make)

@pytest.fixture(scope="module")
def shared():
    return capture("shared")

def test_passes(shared): capture("own"); capture("other")
def test_fails(shared): assert not capture("own")
"""


def run_failing(tmp_path: Path, *options: str) -> str:
    (tmp_path / "test_it.py").write_text(FAILING)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "capture_hooks", "-p", "no:cacheprovider", *options],
        cwd=tmp_path,
        env=os.environ
        | {
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTHONPATH": str(TESTS),
            "FLAKETUI_TEST_CACHE": str(tmp_path / "cache"),
        },
        capture_output=True,
        text=True,
        check=False,
    ).stdout


def test_a_failure_names_the_captures_it_read_which_are_kept(tmp_path: Path) -> None:
    said = run_failing(tmp_path)
    kept = sorted((tmp_path / "cache" / "failed-captures").glob("*-*"))
    assert [path.name.partition("-")[0] for path in kept] == ["own", "shared"]
    assert "kept: the captures that it read" in said
    assert all(str(path / "files") in said for path in kept)


def test_fresh_captures_are_made_for_one_session_and_kept_only_for_a_failure(
    tmp_path: Path, empty_cache: Path
) -> None:
    said = run_failing(tmp_path, "--fresh-captures")
    assert "1 failed, 1 passed" in said
    assert not empty_cache.exists()
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["failed-captures"]
