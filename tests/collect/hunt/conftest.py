"""The module that hunts run, and the file in which its packages count their runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from collect.hunt.hunted_module import SOURCES
from collect.running import make_module


@pytest.fixture(scope="session")
def hunted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The module of ``hunted_module.py`` in a folder, which tests may not write to."""
    return make_module(tmp_path_factory.mktemp("hunted"), "example.com/hunted", SOURCES)


@pytest.fixture
def counter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that counts the runs."""
    counter = tmp_path / "counter"
    monkeypatch.setenv("COUNTER", str(counter))
    return counter
