"""A flame graph's frames are as wide as their share, and names in it are text and nothing else."""

from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ET

import pytest

from flakecore.pprof import Profile, ProfileFrame
from flakecore.report.profile.flame_svg import flame_svg
from flakecore.report.profile.profile_request import ProfileRequest, profile_shown
from pprof.made import profile_of
from pprof.profiles import KINDS, profile
from toolchains import NEWEST

_NS = "{http://www.w3.org/2000/svg}"


def _frames(ours: Profile, request: ProfileRequest) -> list[tuple[float, float, float, str]]:
    """Return place, row, width and title of each frame drawn."""
    picture = ET.fromstring(flame_svg(profile_shown(ours, request), request))
    found = []
    for group in picture.iter(f"{_NS}g"):
        box, title = group.find(f"{_NS}rect"), group.find(f"{_NS}title")
        assert box is not None and title is not None and title.text is not None
        x, y, width = (float(box.attrib[name]) for name in ("x", "y", "width"))
        found.append((x, y, width, title.text))
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_roots_fill_the_width_and_no_frame_reaches_past_its_caller(kind: str) -> None:
    for inverted in (False, True):
        frames = _frames(profile(NEWEST, kind), ProfileRequest(kind, inverted=inverted))
        rows = sorted({y for _, y, _, _ in frames})
        top = [width for _, y, width, _ in frames if y == rows[0]]
        assert 1190 < sum(top) <= 1200.1
        for above, row in itertools.pairwise(rows):
            for x, _, width, _ in (each for each in frames if each[1] == row):
                assert any(
                    left - 0.02 <= x and x + width <= left + wide + 0.02
                    for left, y, wide, _ in frames
                    if y == above
                )


def test_a_frame_tells_its_value_and_share() -> None:
    titles = [title for *_, title in _frames(profile(NEWEST, "mem"), ProfileRequest("mem"))]
    assert any(re.fullmatch(r"example\.com/work\.allocate: .* MB, \d+.\d+%", t) for t in titles)


def test_hostile_names_stay_text() -> None:
    name = "p.<script>alert(1)</script>\x1b[31m\u202e&"
    text = flame_svg(
        profile_shown(
            profile_of([((ProfileFrame(name, "a.go", 1),), (), (1, 5))]), ProfileRequest("cpu")
        ),
        ProfileRequest("cpu"),
    )
    assert "<script" not in text and "\x1b" not in text and "\u202e" not in text
    assert "&lt;script&gt;alert(1)" in text
    ET.fromstring(text)


def test_nothing_is_an_empty_picture() -> None:
    assert _frames(profile_of([]), ProfileRequest("cpu")) == []
