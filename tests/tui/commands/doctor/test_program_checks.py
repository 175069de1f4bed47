"""The installed program, as its checks find it."""

from __future__ import annotations

import importlib.metadata

import pytest

from flaketui import __version__
from flaketui.commands.doctor.check import Check, Health
from flaketui.commands.doctor.program_checks import program_checks


def checks() -> dict[str, Check]:
    return {each.name: each for each in program_checks()}


def test_version_and_what_it_needs_are_those_of_the_distribution() -> None:
    found = checks()
    assert found["flaketui"].found.startswith(f"{__version__} in ")
    numpy = importlib.metadata.version("numpy")
    assert f"numpy {numpy}" in found["dependencies"].found


def test_a_dependency_that_is_gone_is_broken_and_an_extra_only_limits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    requires = [
        "no-such-thing>=1",
        "another-one>=2; extra == 'shiny'",
        "third; extra == 'test'",
        "numpy>=2.1",
    ]
    monkeypatch.setattr(importlib.metadata, "requires", lambda _: requires)
    found = checks()
    assert found["dependencies"].health is Health.BROKEN
    assert found["dependencies"].remedy.endswith("-m pip install no-such-thing")
    assert found["extra shiny"].health is Health.LIMITED
    assert "extra test" not in found


def test_the_compiled_loops_are_told_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: object) -> None:
        raise FileNotFoundError

    def damaged(_: object) -> None:
        raise OSError(8, "Exec format error")

    for load, health in ((missing, Health.LIMITED), (damaged, Health.BROKEN)):
        made = {"FOLDERS": ("loops",), "load_library": load, "library_name": lambda _: "x"}
        monkeypatch.setattr("runpy.run_path", lambda _, made=made: made)
        assert checks()["compiled loops"].health is health
