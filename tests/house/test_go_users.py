"""What is not marked needs_go runs where there is no Go."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from capture_cache import CACHE_SETTING
from toolchains import EVERYDAY, RELEASES

ROOT = Path(__file__).parents[2]

WITHOUT_GO = """
import sys
sys.path.insert(0, {tests!r})
import toolchains

def missing(*arguments, **named):
    raise AssertionError("a test that is not marked needs_go asked for Go")

toolchains.go_toolchain = toolchains.go_environment = toolchains.c_compiler = missing
"""

IN_CI = ("CI", "BUILD_NUMBER")
"""Where one of these is set, pytest gives each reason a second time, in its summary."""

PARTS = ("gotrace/annotations", "report")


def run_without_go(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run tests with resolvers of toolchains that raise, and without a ``go`` on PATH."""
    (folder / "without_go.py").write_text(WITHOUT_GO.format(tests=str(ROOT / "tests")))
    folders = os.environ["PATH"].split(os.pathsep)
    path = os.pathsep.join(each for each in folders if not Path(each, "go").exists())
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "without_go", *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(folder), "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_a_part_of_the_suite_runs_without_go(tmp_path: Path) -> None:
    parts = [f"tests/{part}" for part in PARTS]
    ended = run_without_go(tmp_path, "-m", "not needs_go and not slow", *parts)
    assert ended.returncode == 0, ended.stdout
    assert " passed" in ended.stdout


ASKS = """
import pytest, toolchains
from capture_cache import Recipe, cached_capture

def make(folder):
    (folder / "file").write_text("made")

def capture():
    return cached_capture(Recipe("made", (), ()), make)

@pytest.fixture
def reads_a_capture():
    return capture()

def test_unmarked_asks_for_a_release():
    toolchains.ASKED_FOR.append("1.27.3")

def test_unmarked_asks_for_a_capture():
    capture()

def test_unmarked_has_a_fixture_that_does(reads_a_capture):
    pass

@pytest.mark.needs_go
def test_marked_asks_for_both():
    toolchains.ASKED_FOR.append("1.27.3")
    capture()

def test_unmarked_asks_for_nothing():
    pass
"""


def run_alone(file: Path) -> str:
    """Run a file of tests by itself, with the hooks of captures; return what is printed."""
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-rA",
            "-p",
            "capture_hooks",
            "-c",
            os.devnull,
            f"--rootdir={file.parent}",
            str(file),
        ],
        env={name: value for name, value in os.environ.items() if name not in IN_CI}
        | {
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTHONPATH": str(ROOT / "tests"),
            CACHE_SETTING: str(file.parent / "c"),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    ).stdout


def test_in_every_run_a_test_that_asks_for_go_unmarked_fails(tmp_path: Path) -> None:
    file = tmp_path / "test_asks.py"
    file.write_text(ASKS)
    ended = run_alone(file)
    assert re.findall(r"^PASSED \S+::(\w+)", ended, re.MULTILINE) == [
        "test_marked_asks_for_both",
        "test_unmarked_asks_for_nothing",
    ], ended
    unmarked = "the test is not marked needs_go and asked for"
    assert ended.count(f"{unmarked} go 1.27.3\n") == 1
    assert ended.count(f"{unmarked} made-") == 2


def test_a_module_that_asks_for_go_as_it_is_imported_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "test_imports.py"
    file.write_text("import toolchains\n\ntoolchains.ASKED_FOR.append('1.27.3')\n")
    assert "tests were collected, and asked for go 1.27.3\n" in run_alone(file)


def test_a_test_that_runs_go_is_marked(tmp_path: Path) -> None:
    file = "tests/gotest/crashes/test_dumps.py"
    listed = run_without_go(tmp_path, "--collect-only", "-m", "needs_go", file).stdout
    assert "test_debug_1_counts" in listed
    assert "test_another_file_holds_no_goroutine" not in listed


def test_a_test_of_a_release_that_is_not_an_everyday_one_is_slow(tmp_path: Path) -> None:
    file = "tests/gotest/crashes/test_dumps.py"
    listed = run_without_go(tmp_path, "--collect-only", "-m", "slow", file).stdout
    assert set(re.findall(r"\[(1\.\d+\.\d+)\]", listed)) == set(RELEASES) - set(EVERYDAY)
