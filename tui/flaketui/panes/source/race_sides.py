"""Both accesses of a race side by side: left the earlier one, right the later, creators below."""

from __future__ import annotations

from dataclasses import dataclass

from textual.strip import Strip

from flakecore.diagnosis import Place, Role
from flakecore.frames import own_frame
from flakecore.gotest import Race, RaceAccess
from flakecore.timeline import Frame
from flaketui.drawing.lines import StyledLine, fit
from flaketui.panes.details.blocks import plain_source
from flaketui.panes.source.source_lines import is_changed
from flaketui.view.scene import Scene

SIDE_BY_SIDE = 66
"""Width from which two columns have room for source lines."""
_ACCESSES = frozenset({Role.READS, Role.WRITES})
_AROUND_MOST = 6
"""Lines above and below an access at most."""
_STARTS_TESTS = "testing.(*T).Run"


@dataclass(frozen=True, slots=True)
class RaceSide:
    """One access.

    Attributes:
        words: which of the two, and what it did: ``earlier read``.
        frame: where.
        goroutine: the runtime's number; 0 where that is not certain.
        created: where its goroutine was started; None for a test's own, or unknown.
    """

    words: str
    frame: Frame
    goroutine: int
    created: Frame | None

    @property
    def who(self) -> str:
        """The goroutine; "" where it is not certain."""
        return f"G{self.goroutine}" if self.goroutine else ""


def race_sides(scene: Scene) -> tuple[RaceSide, RaceSide] | None:
    """Return the accesses of the race that the chosen finding is of, the earlier one first.

    None where the failure has no race, or the race no two accesses with lines of one's own.
    """
    failure, findings = scene.failure, scene.findings or ()
    if failure is None or not failure.races:
        return None
    chosen = scene.view.selection.finding
    finding = findings[chosen] if 0 <= chosen < len(findings) else None
    if finding is not None and finding.rule != "race":
        return None
    places = finding.places if finding is not None else ()
    wanted = {_line_of(place) for place in places if place.role in _ACCESSES}
    for index, race in zip(failure.races, _padded(scene), strict=True):
        sides = _sides(scene, scene.case.races[index], race)
        if sides is None:
            continue
        if finding is None or wanted == {(_base(one.frame.file), one.frame.line) for one in sides}:
            return sides
    return None


def _padded(scene: Scene) -> tuple[tuple[int, ...], ...]:
    """Return the goroutines of each of the failure's races; none where they are not known."""
    failure = scene.failure
    assert failure is not None
    known = failure.race_goroutines
    return known if len(known) == len(failure.races) else ((),) * len(failure.races)


def _sides(scene: Scene, race: Race, numbers: tuple[int, ...]) -> tuple[RaceSide, RaceSide] | None:
    if len(race.accesses) != 2:
        return None
    found = []
    for place, access in enumerate(race.accesses):
        frame = own_frame(access.frames, scene.case.package)
        if frame is None:
            return None
        when = "earlier" if access.previous else "later"
        at = Frame(frame.function, frame.file.replace("\\", "/"), frame.line)
        number = numbers[place] if place < len(numbers) else 0
        created = _created(scene, race, access)
        found.append((not access.previous, RaceSide(f"{when} {access.kind}", at, number, created)))
    found.sort(key=lambda each: each[0])
    return found[0][1], found[1][1]


def _created(scene: Scene, race: Race, access: RaceAccess) -> Frame | None:
    entry = next((one for one in race.goroutines if one.number == access.goroutine), None)
    if entry is None or not entry.frames or entry.frames[0].function == _STARTS_TESTS:
        return None
    frame = own_frame(entry.frames, scene.case.package)
    if frame is None:
        return None
    return Frame(frame.function, frame.file.replace("\\", "/"), frame.line)


def _line_of(place: Place) -> tuple[str, int]:
    return _base(place.file), place.line


def _base(file: str) -> str:
    return file.rpartition("/")[2]


def sides_rows(sides: tuple[RaceSide, RaceSide]) -> int:
    """Return how many lines show both with a few around each, and the creators."""
    return 1 + 2 * 4 + 1 + sum(one.created is not None for one in sides)


def sides_lines(
    scene: Scene, sides: tuple[RaceSide, RaceSide], width: int, height: int, chosen: int
) -> list[Strip]:
    """Draw both accesses, and below them where their goroutines were started.

    Args:
        scene: what is shown.
        sides: the accesses, the earlier one first.
        width: of a line.
        height: lines that there are.
        chosen: 0 or 1 for the access that one stands on; -1 for none.
    """
    creators = [one for one in sides if one.created is not None][: max(0, height - 2)]
    around = max(0, min(_AROUND_MOST, (height - len(creators) - 2) // 2))
    left = (width - 1) // 2
    excerpts = scene.sources.excerpt if scene.sources is not None else None
    if excerpts is None or all(excerpts(one.frame, 0) is None for one in sides):
        around = 0
    columns = [
        _column(scene, one, room, around, chosen=place == chosen)
        for place, (one, room) in enumerate(zip(sides, (left, width - 1 - left), strict=True))
    ]
    lines = []
    for one, other in zip(*columns, strict=True):
        line = StyledLine(scene.look, width).segments(one, left)
        line.add(scene.look.glyphs.divider, "faint")
        lines.append(line.segments(other, width - 1 - left).strip())
    lines += [_creator(scene, one, width) for one in creators]
    return lines[:height]


def _column(scene: Scene, side: RaceSide, width: int, around: int, *, chosen: bool) -> list[Strip]:
    """Draw one access: what it was, then so many lines around it; always equally many lines."""
    look, frame = scene.look, side.frame
    head = StyledLine(look, width, "selected" if chosen else "plain")
    head.add(f" {side.words}", "bad").add(f" {side.who}" if side.who else "", "strong")
    head.add(f"  {_base(frame.file)}:{frame.line}", "accent")
    excerpt = scene.sources.excerpt(frame, around) if scene.sources is not None else None
    texts = dict(enumerate(excerpt.lines, excerpt.first)) if excerpt is not None else {}
    if excerpt is not None and is_changed(scene, excerpt):
        head.add("  changed after this run", "warn")
    wide = len(str(frame.line + around))
    lines = [head.strip()]
    for number in range(frame.line - around, frame.line + around + 1):
        here = number == frame.line
        line = StyledLine(look, width)
        if number not in texts and not here:
            lines.append(line.strip())
            continue
        line.add(f" {number:>{wide}} ", "faint").add(look.glyphs.current if here else " ", "bad")
        text = plain_source(texts.get(number, "(its text is not at hand)"))
        line.found(
            fit(f" {text}", line.left, look.glyphs.ellipsis),
            "text" if here else "muted",
            scene.view.filter,
        )
        lines.append(line.strip())
    return lines


def _creator(scene: Scene, side: RaceSide, width: int) -> Strip:
    """Draw where the goroutine of an access was started, with that line of source."""
    frame = side.created
    assert frame is not None
    excerpt = scene.sources.excerpt(frame, 0) if scene.sources is not None else None
    text = plain_source(excerpt.lines[0]).strip() if excerpt is not None else ""
    line = StyledLine(scene.look, width).add(f" {side.words} by ", "muted")
    line.add(f"{side.who}, " if side.who else "a goroutine ", "strong")
    line.add(f"created at {_base(frame.file)}:{frame.line}  ", "accent")
    return line.found(text, "text", scene.view.filter).strip()
