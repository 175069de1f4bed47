"""Lines of a function carry what the profile charges them, with their source around them."""

from __future__ import annotations

from pathlib import Path

import pytest

from flakecore.pprof import ProfileFrame
from flakecore.report.profile.listing import ChargedLine, SourceListing, charged_lines, listings
from flakecore.timeline.sources import Sources
from pprof.made import Sample, profile_of

HOT, MAIN = "example.com/p.hot", "example.com/p.main"


def _listings(file: str, sources: list[Sources]) -> list[SourceListing]:
    main = ProfileFrame(MAIN, file, 20)
    made: list[Sample] = [
        ((ProfileFrame(HOT, file, 8), main), (), (1, 30)),
        ((ProfileFrame(HOT, file, 7), main), (), (1, 5)),
        ((ProfileFrame("x.y/z.leaf", "z.go", 1), ProfileFrame(HOT, file, 7), main), (), (1, 2)),
    ]
    return list(listings(profile_of(made), 1, {HOT, MAIN}.__contains__, sources))


@pytest.fixture
def source(tmp_path: Path) -> str:
    path = tmp_path / "a.go"
    path.write_text("".join(f"\tline {n}\n" for n in range(1, 22)))
    return str(path)


def test_lines_around_what_is_charged_are_listed_with_their_text(source: str) -> None:
    hot, main = _listings(source, [Sources(package="example.com/p")])
    assert hot.charged == (ChargedLine(7, 5, 7), ChargedLine(8, 30, 30))
    assert [line.number for line in hot.lines] == list(range(2, 14))
    assert hot.texts[5] == "    line 7" and hot.lines[5] == hot.charged[0]
    assert (hot.flat, hot.cumulative) == (35, 37)
    assert (main.function, main.flat, main.cumulative) == (MAIN, 0, 37)


def test_without_the_source_only_charged_lines_are_listed(source: str) -> None:
    for file, sources in ((source, []), ("/gone/a.go", [Sources(package="example.com/p")])):
        hot, _ = _listings(file, sources)
        assert hot.lines == hot.charged and hot.texts == ()


def test_a_file_that_is_too_short_is_not_the_one_that_ran(source: str) -> None:
    Path(source).write_text("package p\n")
    assert all(not each.texts for each in _listings(source, [Sources(package="example.com/p")]))


def test_functions_that_are_not_wanted_are_left_out() -> None:
    made: list[Sample] = [((ProfileFrame(HOT, "a.go", 8),), (), (1, 30))]
    assert charged_lines(profile_of(made), 1, lambda _: False) == []
