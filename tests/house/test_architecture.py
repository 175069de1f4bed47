"""The walls of the house: which room may import which, and what stands at the top."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections import Counter
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]

SOURCES = (ROOT / "core" / "flakecore", ROOT / "tui" / "flaketui")
MOST_MODULES = 15
"""Modules of a folder that one still looks through at a glance."""
GROUND_FLOOR = {"profile_native", "protobuf", "text"}
"""Folders that all rooms share, as they share the modules beside them."""
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
    assert f"Contracts: {len(_contracts())} kept, 0 broken." in lint.stdout


def test_only_what_a_newcomer_needs_stands_at_the_top() -> None:
    ignored = [line.rstrip("/") for line in (ROOT / ".gitignore").read_text().split()]
    visible = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert {name for name in visible if not any(fnmatch(name, i) for i in ignored)} == ON_TOP


def test_a_folder_has_no_more_modules_than_one_looks_through_at_a_glance() -> None:
    found = Counter(
        path.parent
        for root in SOURCES
        for path in root.rglob("*.py")
        if path.name not in ("__init__.py", "__main__.py")
    )
    assert {folder: count for folder, count in found.items() if count > MOST_MODULES} == {}


def test_every_room_is_described_by_its_docstring_and_on_the_page_for_contributors() -> None:
    page = (ROOT / ".github" / "CONTRIBUTING.md").read_text()
    for root in SOURCES:
        for path in root.rglob("__init__.py"):
            assert ast.get_docstring(ast.parse(path.read_text())), path
    rooms = {each["containers"][0]: each for each in _contracts() if each.get("id") == "rooms"}
    for layer in rooms["flakecore"]["layers"]:
        for room in layer.split(" | "):
            if (SOURCES[0] / room).is_dir() and room not in GROUND_FLOOR:
                assert f"| `{room}` |" in page, room


def _contracts() -> list[dict[str, Any]]:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts: list[dict[str, Any]] = declared["tool"]["importlinter"]["contracts"]
    return contracts
