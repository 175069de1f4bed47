"""The registry alone names the panes, and everything else follows from it."""

from __future__ import annotations

import inspect
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

import flaketui.panes
from flaketui.app.keys import KEYS, key_table_markdown
from flaketui.panes.pane import Pane
from flaketui.panes.registry import (
    PANES,
    Basis,
    Occasion,
    PaneEntry,
    default_places,
    entry_of,
    initial_pane,
)

FOLDER = Path(flaketui.panes.__file__).parent


@pytest.mark.parametrize("entry", PANES, ids=lambda entry: entry.name)
def test_an_entry_leads_to_a_pane_in_the_folder_of_its_name(entry: PaneEntry) -> None:
    kind = entry.load()
    assert issubclass(kind, Pane)
    assert Path(inspect.getfile(kind)).parent == FOLDER / entry.name
    pane = kind(entry)
    assert (pane.id, pane.name_shown, pane.entry) == (entry.name, entry.name, entry)


@pytest.mark.parametrize("entry", PANES, ids=lambda entry: entry.name)
def test_the_own_keys_of_a_pane_are_methods_of_it(entry: PaneEntry) -> None:
    kind = entry.load()
    for key in kind.keys:
        assert key.pane == entry.name
        assert list(inspect.signature(getattr(kind, key.action)).parameters) == ["self", "scene"]
        assert key in KEYS


def test_every_folder_of_a_pane_is_registered() -> None:
    folders = {path.parent.name for path in FOLDER.glob("*/*_pane.py")}
    assert folders == {entry.name for entry in PANES}


def test_keys_names_and_places_are_each_used_once() -> None:
    for part in ("key", "name", "tab", "help", "implementation"):
        values = [getattr(entry, part) for entry in PANES]
        assert len(set(values)) == len(values), part


@pytest.mark.parametrize("occasion", Occasion)
@pytest.mark.parametrize("basis", Basis)
def test_panes_that_are_shown_together_have_places_of_their_own(
    basis: Basis, occasion: Occasion
) -> None:
    shown = default_places(basis, occasion)
    places = [(one.row, one.column) for one in shown.values()]
    assert len(set(places)) == len(places)
    assert initial_pane(basis) in shown


def test_one_pane_describes_the_selection() -> None:
    assert sum(entry.load().describes_selection for entry in PANES) == 1


def test_a_pane_is_found_by_its_key() -> None:
    assert [entry_of(entry.key) for entry in PANES] == list(PANES)
    assert entry_of("") is None
    assert entry_of("99") is None


def test_keys_and_the_readmes_table_follow_from_the_registry() -> None:
    table = key_table_markdown()
    for entry in PANES:
        (key,) = (one for one in KEYS if one.keys == entry.key)
        assert key.id == f"pane-{entry.name}"
        assert f"| `{entry.key}` | bring up {entry.help} |" in table


def test_reading_the_registry_loads_no_textual() -> None:
    program = "import sys, flaketui.panes.registry; sys.exit('textual' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_an_entry_is_plain_data() -> None:
    assert {field.name for field in fields(PaneEntry)} == {
        "key",
        "name",
        "tab",
        "help",
        "implementation",
        "placement",
    }
