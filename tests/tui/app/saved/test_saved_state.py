"""What was arranged comes back on another day, for the same content wherever it lies."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flakecore.gotest.logs.levels import Level
from flakecore.timeline import Gap, Lane, LaneKind
from flaketui.app.explorer import Explorer
from flaketui.app.saved.saved_state import (
    arrangements_file,
    content_key,
    read_arrangements,
    write_arrangements,
)
from flaketui.view.arrangement import (
    Arrangement,
    Grouping,
    OutputFilter,
    SavedView,
    WaitsOf,
    WaitTotals,
)
from flaketui.view.viewport import Selection, SelectionKind, Viewport
from program import SAMPLE
from thoroughness import examples
from tui.driving import exploring, press

LANES = st.builds(Lane, st.sampled_from(list(LaneKind)), st.integers(0, 2**40))
VIEWS = st.builds(
    lambda end, cursor, lane, text: replace(
        Viewport.whole(0, end).zoom(0.5).at(cursor),
        selection=Selection(lane=lane, test=3, subject=SelectionKind.LANE),
        filter=text,
    ).fold((Gap(end // 3, end // 2),)),
    st.integers(10**6, 10**12),
    st.integers(0, 10**12),
    LANES,
    st.text(),
)
ARRANGEMENTS = st.builds(
    Arrangement,
    pinned=st.lists(LANES, unique=True, max_size=5).map(tuple),
    hidden=st.frozensets(LANES, max_size=5),
    turned=st.lists(st.tuples(st.text(max_size=9), st.booleans()), max_size=4).map(tuple),
    grouping=st.sampled_from(list(Grouping)),
    totals=st.sampled_from(list(WaitTotals)),
    output=st.builds(OutputFilter, st.integers(0, 99), st.sampled_from(list(Level))),
    marks=st.lists(st.integers(0, 10**12), max_size=4).map(tuple),
    left=st.none() | VIEWS,
    unfolded=st.booleans(),
    waits_of=st.none() | st.builds(WaitsOf, st.sampled_from(list(WaitTotals)), st.text()),
)


@settings(max_examples=examples(50))
@given(ARRANGEMENTS, VIEWS)
def test_what_is_kept_is_what_is_recalled(arrangement: Arrangement, view: Viewport) -> None:
    wanted = arrangement.save(SavedView("a view", view, "why", ('waits="all"',)))
    assert write_arrangements("key", {"example.com/pool": wanted}) == arrangements_file("key")
    assert read_arrangements("key") == {"example.com/pool": wanted}


def test_content_tells_bundles_apart_and_not_where_they_lie(tmp_path: Path) -> None:
    copy = Path(shutil.copy(SAMPLE, tmp_path / "renamed.zip"))
    key = content_key(SAMPLE)
    assert key
    assert content_key(copy) == key
    copy.write_bytes(copy.read_bytes()[:-1] + b"\1")
    assert content_key(copy) != key
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "trace.out").write_bytes(b"x")
    one = content_key(folder)
    (folder / "trace.out").write_bytes(b"y")
    assert content_key(folder) not in (one, "")
    assert content_key(tmp_path / "missing") == ""


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"[]",
        b'{"schema":"flaketui.views/9","cases":{}}',
        b'{"schema":"flaketui.views/1","cases":{"p":{}}}',
        b'{"schema":"flaketui.views/1","cases":{"p":{"output":[0,9,0,""],"left":null}}}',
        b'{"schema":"flaketui.views/1","cases":[1]}',
        b"\xff" * 100,
    ],
)
def test_what_cannot_be_read_is_as_if_it_were_not_there(damage: bytes) -> None:
    assert write_arrangements("key", {"p": Arrangement()}) is not None
    arrangements_file("key").write_bytes(damage)
    assert read_arrangements("key") == {}


def test_a_choice_of_another_version_is_let_go_of_alone() -> None:
    write_arrangements("key", {"p": Arrangement(grouping=Grouping.CREATOR, marks=(7,))})
    kept = orjson.loads(arrangements_file("key").read_bytes())
    kept["cases"]["p"]["grouping"] = "horoscope"
    arrangements_file("key").write_bytes(orjson.dumps(kept))
    assert read_arrangements("key") == {"p": Arrangement(marks=(7,))}


def test_a_state_folder_that_cannot_be_written_is_no_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    assert write_arrangements("key", {"p": Arrangement()}) is None
    assert read_arrangements("key") == {}


async def test_marks_pins_and_views_come_back_and_z_leads_to_where_one_was() -> None:
    async with exploring(Explorer(SAMPLE)) as pilot:
        app = await press(pilot, "m", "p", "v", "enter", "right_square_bracket", "plus")
        left, arranged = app.view, app.arrangement
    async with exploring(Explorer(SAMPLE)) as pilot:
        again = await press(pilot)
        assert again.view.selection.failure == 0  # it opens on the failure as always
        assert (again.arrangement.marks, again.arrangement.pinned) == (
            arranged.marks,
            arranged.pinned,
        )
        assert [one.name for one in again.arrangement.views] == [one.name for one in arranged.views]
        await press(pilot, "z")
        assert again.view == left
