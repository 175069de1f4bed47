"""What is not marked needs_go runs where there is no Go."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

WITHOUT_GO = """
import sys
sys.path.insert(0, {tests!r})
import toolchains

def missing(*arguments, **named):
    raise AssertionError("a test that is not marked needs_go asked for Go")

toolchains.go_toolchain = toolchains.go_environment = toolchains.c_compiler = missing
"""

PARTS = ("diagnosis", "gotest/streams", "gotrace/annotations", "report", "timeline")


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


def test_a_part_of_the_suite_runs_without_go(tmp_path: Path) -> None:
    parts = [f"tests/{part}" for part in PARTS]
    ended = run_without_go(tmp_path, "-m", "not needs_go and not slow", *parts)
    assert ended.returncode == 0, ended.stdout
    assert " passed" in ended.stdout


@pytest.mark.slow
def test_everything_that_is_not_marked_runs_without_go(tmp_path: Path) -> None:
    here = f"--deselect=tests/house/{Path(__file__).name}"
    ended = run_without_go(tmp_path, "-m", "not needs_go and (slow or not slow)", here)
    assert ended.returncode == 0, ended.stdout


def test_a_test_that_runs_go_is_marked(tmp_path: Path) -> None:
    file = "tests/gotest/crashes/test_dumps.py"
    listed = run_without_go(tmp_path, "--collect-only", "-m", "needs_go", file).stdout
    assert "test_debug_1_counts" in listed
    assert "test_another_file_holds_no_goroutine" not in listed
