"""Parts of Textual that its documentation does not promise are still there."""

from __future__ import annotations

from importlib.metadata import version

import pytest
from textual.app import App
from textual.screen import Screen

from flaketui._textual_hooks import (
    APP_HOOKS,
    COMPOSITOR_HOOKS,
    DEFAULT_SCREEN_ID,
    SCREEN_HOOKS,
    VERIFIED_FOR,
    screen_lines,
)
from tui.driving import exploring


@pytest.mark.parametrize("name", APP_HOOKS)
def test_an_application_has_what_is_overridden_and_read(name: str) -> None:
    assert hasattr(App[None](), name), f"Textual {version('textual')}"


@pytest.mark.parametrize("name", SCREEN_HOOKS)
def test_a_screen_has_what_is_read(name: str) -> None:
    assert hasattr(Screen[None](), name), f"Textual {version('textual')}"


@pytest.mark.parametrize("name", COMPOSITOR_HOOKS)
def test_a_compositor_has_what_is_called(name: str) -> None:
    (compositor,) = SCREEN_HOOKS
    assert callable(getattr(getattr(Screen[None](), compositor), name))


def test_the_default_screen_has_the_id_that_textual_gives_it() -> None:
    assert App[None]().get_default_screen().id == DEFAULT_SCREEN_ID


def test_the_hooks_were_verified_for_the_release_that_is_installed() -> None:
    assert version("textual").startswith(f"{VERIFIED_FOR}.")


async def test_the_lines_of_the_screen_are_as_many_and_as_wide_as_it_is() -> None:
    async with exploring(size=(120, 30)) as pilot:
        lines = screen_lines(pilot.app.screen)
    assert [len(line) for line in lines] == [120] * 30
