"""The source lines of a finding's places, file by file, with who stands on which of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flakecore.diagnosis import Place
from flakecore.timeline import Frame, own_frame
from flakecore.timeline.sources import SourceExcerpt
from flaketui.view.scene import Scene
from flaketui.view.selected_dump import selected_dump

_DUMPED, _DUMPED_LOOKED_AT = 3, 50
"""Places shown of a dump of which no goroutine is selected, and goroutines looked at for them."""
_AROUND = ((6, 6), (4, 4), (2, 2), (1, 1), (1, 0), (0, 0))
"""How many lines above and below each place are tried, the first that fits.

The line above is preferred to the one below: it is the condition, or what was called before.
"""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the code that is to be shown.

    Attributes:
        frame: where it is.
        words: what stands beside it; "" for nothing.
        goroutine: who stands there; 0 for nobody known.
    """

    frame: Frame
    words: str
    goroutine: int = 0


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line of the pane.

    Attributes:
        number: of the line in its file; 0 for the file's name, -1 for lines that are left out.
        text: the line, or the file's name.
        words: who stands there; "" for nobody.
        is_place: whether it is a place of the finding.
        goroutine: the first who stands there; 0 for nobody known.
        changed: whether the file was changed after the run.
    """

    number: int
    text: str
    words: str = ""
    is_place: bool = False
    goroutine: int = 0
    changed: bool = False


def spots(scene: Scene) -> tuple[Spot, ...]:
    """Return the places of the chosen finding, else of the failure, else of the selected lane."""
    findings, chosen = scene.findings or (), scene.view.selection.finding
    if chosen < len(findings):
        places = [place for place in findings[chosen].places if place.file and place.line]
        if places:
            homes = {_base(place.file): place for place in reversed(places) if _has_run(place)}
            return tuple(
                Spot(
                    _frame(scene, place, homes.get(_base(place.file))), place.words, place.goroutine
                )
                for place in places
            )
    failure = scene.failure
    if failure is not None and failure.file and failure.line:
        function = _test_function(scene)
        return (Spot(Frame(function, failure.file, failure.line), "fails", failure.goroutine),)
    now = scene.interval
    frame = own_frame(now.stack, scene.case.package) if now is not None else None
    if frame is not None and now is not None:
        return (Spot(frame, f"{now.lane}"),)
    return _dumped(scene) if scene.case.schedule is None else ()


def _dumped(scene: Scene) -> tuple[Spot, ...]:
    """Return where the selected goroutine of a dump stands, else the first ones of it."""
    dump = selected_dump(scene.case, scene.view, scene.arrangement.dump)
    lane = scene.view.selection.lane
    if dump is None:
        return ()
    chosen = [one for one in dump.goroutines if lane is not None and one.stack.number == lane.id]
    found: dict[tuple[str, int], Spot] = {}
    for each in chosen or dump.goroutines[:_DUMPED_LOOKED_AT]:
        stack = each.stack
        frame = own_frame(stack.frames, scene.case.package)
        if frame is not None and len(found) < _DUMPED:
            spot = Spot(
                Frame(frame.function, frame.file.replace("\\", "/"), frame.line),
                f"G{stack.number} {stack.state}",
                stack.number,
            )
            found.setdefault((frame.file, frame.line), spot)
    for group in () if chosen else dump.groups[:_DUMPED_LOOKED_AT]:
        frame = own_frame(group.frames, scene.case.package)
        if frame is not None and len(found) < _DUMPED:
            many = f"{group.count:,} goroutines" if group.count > 1 else "1 goroutine"
            spot = Spot(Frame(frame.function, frame.file.replace("\\", "/"), frame.line), many)
            found.setdefault((frame.file, frame.line), spot)
    return tuple(found.values())


def _frame(scene: Scene, place: Place, home: Place | None) -> Frame:
    """Return a place as a frame.

    One from source code lies in the file of one that ran, or else of the test.
    """
    if _has_run(place):
        return Frame(place.function, place.file, place.line)
    if home is None:
        return Frame(_test_function(scene), place.file, place.line)
    return Frame(home.function, home.file, place.line)


def _has_run(place: Place) -> bool:
    """Whether a place is one of a stack: its function has a package, which source code has not."""
    name = place.function.rpartition("/")[2]
    package, dot, _ = name.partition(".")
    return "/" in place.function or bool(dot and package and package[0].islower())


def _test_function(scene: Scene) -> str:
    """Return the qualified name of the function of the selected test."""
    failure = scene.failure
    name = failure.test_name if failure is not None else scene.test_name(scene.view.selection.test)
    return f"{scene.case.package}.{name.partition('/')[0]}"


def _base(file: str) -> str:
    return file.rpartition("/")[2]


def source_lines(scene: Scene, places: Sequence[Spot], height: int) -> list[SourceLine]:
    """Return the lines around the places, as many around each as let all of them fit."""
    for above, below in _AROUND:
        found = _lines(scene, places, above, below)
        if len(found) <= height:
            break
    return found


def lines_around(scene: Scene, places: Sequence[Spot]) -> int:
    """Return how many lines show the places with a few around each."""
    return len(_lines(scene, places, *_AROUND[1]))


def _lines(scene: Scene, places: Sequence[Spot], above: int, below: int) -> list[SourceLine]:
    files: dict[str, dict[int, str]] = {}
    words: dict[tuple[str, int], list[str]] = {}
    origins: dict[str, SourceExcerpt] = {}
    standing: dict[tuple[str, int], int] = {}
    for spot in places:
        excerpt = scene.sources.excerpt(spot.frame, above) if scene.sources is not None else None
        name = excerpt.path if excerpt is not None else spot.frame.file
        lines = files.setdefault(name, {})
        known = words.setdefault((name, spot.frame.line), [])
        if spot.goroutine > 0:
            standing.setdefault((name, spot.frame.line), spot.goroutine)
        known += [spot.words] if spot.words and spot.words not in known else []
        if excerpt is None:
            lines.setdefault(spot.frame.line, "")
            continue
        origins[name] = excerpt
        numbered = enumerate(excerpt.lines, excerpt.first)
        lines.update((at, text) for at, text in numbered if at <= spot.frame.line + below)
    found: list[SourceLine] = []
    for name, lines in files.items():
        origin = origins.get(name)
        missing = "" if origin is not None else "  (its text is not at hand)"
        changed = origin is not None and is_changed(scene, origin)
        found.append(SourceLine(0, f"{_base(name)}{missing}", changed=changed))
        before = 0
        for number in sorted(lines):
            if before and number > before + 1:
                found.append(SourceLine(-1, ""))
            who = words.get((name, number))
            found.append(
                SourceLine(
                    number,
                    lines[number],
                    _together(who or ()),
                    is_place=who is not None,
                    goroutine=standing.get((name, number), 0),
                )
            )
            before = number
    return found


def is_changed(scene: Scene, excerpt: SourceExcerpt) -> bool:
    """Return whether a file was changed after the run."""
    recorded = scene.case.clock.zero_wall_ns
    return recorded is not None and excerpt.modified_ns > recorded + scene.case.end_ns


def _together(words: Sequence[str]) -> str:
    """Return ``waits: G39, G40`` for ``G39 waits`` and ``G40 waits``."""
    doing: dict[str, list[str]] = {}
    for each in words:
        who, _, what = each.partition(" ") if each.startswith("G") else ("", "", each)
        doing.setdefault(what, []).append(who)
    parts = []
    for what, everyone in doing.items():
        names = ", ".join(filter(None, everyone))
        parts.append(f"{what}: {names}" if names and what else names or what)
    return "; ".join(parts)
