"""Rooms whose names are loaded when asked for: all are there, and asking for one loads not all."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from flakecore.lazy_exports import lazy_exports

ROOMS = ("flakecore.comparison", "flakecore.diagnosis", "flakecore.report")


@pytest.mark.parametrize("room", ROOMS)
def test_every_name_that_a_room_offers_is_what_its_module_defines(room: str) -> None:
    module = import_module(room)
    tree = ast.parse(Path(str(module.__file__)).read_text())
    imports = [each for each in ast.walk(tree) if isinstance(each, ast.ImportFrom)]
    homes = {name.name: str(each.module) for each in imports for name in each.names}
    for name in module.__all__:
        assert getattr(module, name) is getattr(import_module(homes[name]), name)


def test_a_name_that_a_room_lacks_is_said_to_be_missing() -> None:
    with pytest.raises(AttributeError, match=r"'flakecore\.report' has no attribute 'render_pdf'"):
        lazy_exports("flakecore.report", {"formats": ("RENDERERS",)})("render_pdf")


def test_asking_for_one_name_leaves_the_rest_of_the_room_unloaded() -> None:
    program = """
import sys
from flakecore.comparison import Run
from flakecore.diagnosis import Finding
print(sorted(each for each in sys.modules if "statistics" in each or ".rules." in each))
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "flakecore" not in ended.stdout
