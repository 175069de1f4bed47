"""The walls of the house: which room may import which, and what stands at the top."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parents[2]

ON_TOP = {"LICENSE", "README.md", "core", "pyproject.toml", "screenshots", "tests", "tui"}


def test_every_import_contract_is_kept() -> None:
    program = "from importlinter.cli import lint_imports_command as lint; lint()"
    lint = subprocess.run(
        [sys.executable, "-c", program, "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert lint.returncode == 0, lint.stdout + lint.stderr
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    assert f"Contracts: {len(declared['contracts'])} kept, 0 broken." in lint.stdout


def test_only_what_a_newcomer_needs_stands_at_the_top() -> None:
    ignored = [line.rstrip("/") for line in (ROOT / ".gitignore").read_text().split()]
    visible = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert {name for name in visible if not any(fnmatch(name, i) for i in ignored)} == ON_TOP
