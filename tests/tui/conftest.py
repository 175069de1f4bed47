"""The explorer is tested in the same surroundings everywhere, and leaves files nowhere else."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

from timeline.captures import capture
from toolchains import NEWEST


@pytest.fixture(autouse=True)
def plain_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "COLORTERM", "COLORFGBG", "SSH_CONNECTION", "TEXTUAL_THEME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


@pytest.fixture(scope="session", autouse=True)
def parsed_styles() -> Iterator[None]:
    """Parse each style sheet once for all explorers of a process, not four times for each.

    Holds for Textual 8, whose own cache lasts until an app's theme is chosen. Rules are read
    and never changed.
    """
    parse_rules = Stylesheet._parse_rules
    known: dict[tuple[object, ...], list[RuleSet]] = {}

    def parse_once(self: Stylesheet, css: str, *place: object, **named: object) -> list[RuleSet]:
        variables = frozenset(self._variables.items())
        key = (css, variables, place, tuple(sorted(named.items())))
        if key not in known:
            known[key] = parse_rules(self, css, *place, **named)  # type: ignore[arg-type]
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", parse_once)
        yield


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five attempts at two packages: the second, the third and the fifth failed."""
    folder = tmp_path_factory.mktemp("attempts")
    runs = ("work", "endings/asserts", "endings/asserts", "work", "endings/asserts")
    for number, package in enumerate(runs, 1):
        attempt = folder / "attempts" / f"{number:03}"
        attempt.mkdir(parents=True)
        for name in ("test.json", "trace.out"):
            shutil.copyfile(capture(NEWEST, package).folder / name, attempt / name)
    return folder
