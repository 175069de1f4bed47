"""The top lines of the screen, which show the failure, and the bottom line, which lists keys."""

from __future__ import annotations

from collections.abc import Sequence

from textual.strip import Strip

from flakecore.diagnosis import headline
from flakecore.text.counted import counted
from flakecore.timeline import Failure, LaneKind, TestStatus
from flakecore.times import format_duration
from flaketui.drawing.cells import lane_segments
from flaketui.drawing.labels import moment_label
from flaketui.drawing.lines import StyledLine, cut_left, fit, fit_words, width_of
from flaketui.drawing.palettes import Role
from flaketui.panes.details.sentences import failure_headline
from flaketui.panes.lines_widget import LinesWidget
from flaketui.panes.time_axis import add_time_axis
from flaketui.panes.timeline.collector_strip import collector_strip
from flaketui.panes.timeline.row_lines import Geometry
from flaketui.view.scene import Scene, case_name


class SummaryBar(LinesWidget):
    """What failed and under which conditions, and its headline.

    On a small screen two lines of the timeline follow: the collector's, and the selected lane's
    with the cursor in it, and its moment, for which the headline has no room to spare.
    """

    def draw(self, scene: Scene, width: int, height: int) -> list[Strip]:
        """Draw the lines that there is room for."""
        strips = height > _HEAD_LINES
        lines = [_what_failed(scene, width), _headline(scene, width, strips=strips)]
        if strips:
            shape = Geometry(_STRIP_LABEL, width - _STRIP_LABEL - _STRIP_NOTE, _STRIP_NOTE)
            lines.append(_collector(scene, width, shape))
            lines.append(_strip(scene, width, shape))
        return lines[:height]


def _test_name(name: str, room: int, ellipsis: str) -> str:
    """Return a test's name without blanks after it, of a long one the end."""
    return name if width_of(name) <= room else cut_left(name, max(room, 8), ellipsis)


_HEAD_LINES = 2
"""Lines on what failed and why."""
_STRIP_LABEL, _STRIP_NOTE = 9, 12
"""Cells of a strip of the timeline before and after its columns."""


def _what_failed(scene: Scene, width: int) -> Strip:
    """Draw test, kind and number of the failure, and of the conditions what there is room for."""
    look, failure = scene.look, scene.failure
    line = StyledLine(look, width)
    facts = _facts(scene)
    if failure is not None:
        facts.insert(0, f"failure {failure.index + 1}/{len(scene.case.failures)}")
        kind = f" {failure_headline(failure, scene.case)}"
        line.add(f" {look.glyphs.failure} ", "bad")
        room = line.left - width_of(kind) - width_of(facts[0]) - 4
        line.add(_test_name(failure.test_name, room, look.glyphs.ellipsis), "strong")
        line.add(kind, "bad")
    else:
        text, role = _outcome(scene)
        line.add(f" {text}", role)
    kept: list[str] = []
    for words in facts:
        if width_of(" · ".join([*kept, words])) + 4 <= line.left:
            kept.append(words)
    return line.to_right(" · ".join(kept) + " ", "muted").strip()


def _headline(scene: Scene, width: int, *, strips: bool) -> Strip:
    """Draw the one sentence on why, and at the right the moment of the cursor.

    Where strips of the timeline follow, that stands beside the lane.
    """
    right = _moment(scene, timed=not strips)
    if width_of(right) > width // 3:
        right = _moment(scene, timed=not strips, short=True)
    line = StyledLine(scene.look, width - (width_of(right) + 2 if right else 0))
    text, role = _headline_and_role(scene)
    line.add(f" {fit_words(text, line.left - 1, scene.look.glyphs.ellipsis)}", role)
    end = StyledLine(scene.look, width)
    end.segments(line.strip(), line.width)
    return (end.add(f" {right} ", "muted") if right else end).strip()


def _headline_and_role(scene: Scene) -> tuple[str, Role]:
    """Return the headline and its role."""
    failure = scene.failure
    if failure is not None:
        if scene.findings is None:
            return f"{headline(failure, ())}", "muted"
        return headline(failure, scene.findings), "strong"
    if scene.findings:
        return scene.findings[0].claim, "strong"
    if scene.case.failures:
        return "[ and ] go to the failures", "muted"
    return case_name(scene.case), "muted"


def _moment(scene: Scene, *, timed: bool, short: bool = False) -> str:
    view = scene.view
    clock = scene.case.clock.error_ns if len(scene.case.output) else 0
    error = f" ±{format_duration(clock)}" if clock and not scene.compact and not short else ""
    timed = timed and scene.case.timed
    moment = f"t {moment_label(view.cursor_ns)}{error}" if timed else ""
    if scene.arrangement.marks and not short:
        since = _signed(view.cursor_ns - scene.arrangement.marks[-1])
        moment = f"{scene.look.glyphs.mark} {since}  {moment}"
    if scene.progress:
        moment = f"{scene.progress}  {moment}"
    return moment.rstrip()


def _collector(scene: Scene, width: int, shape: Geometry) -> Strip:
    """Draw heap, cycles and stops of the world over the window; without a trace the time axis."""
    if scene.case.gc is not None:
        return collector_strip(scene, width, shape)
    return StyledLine(scene.look, width).add(" no trace was recorded", "faint").strip()


def _strip(scene: Scene, width: int, shape: Geometry) -> Strip:
    """Draw the selected lane over the window: where the cursor is stays in sight."""
    look, view, schedule = scene.look, scene.view, scene.case.schedule
    lane = view.selection.lane
    label = fit(f" {lane}" if lane is not None else " time", shape.label)
    line = StyledLine(look, width).add(label, "muted")
    if not scene.case.timed and schedule is None:
        return StyledLine(look, width).strip()
    if lane is None or schedule is None:
        add_time_axis(line, scene, shape.columns)
        return line.strip()
    axis = view.axis(shape.columns)
    cells = schedule.cells(lane, axis)
    cursor = view.column(view.cursor_ns, shape.columns)
    followed = lane.id if lane.kind is LaneKind.GOROUTINE else -1
    drawn = lane_segments(cells, lane.kind, look, "plain", cursor, followed, axis.gaps)
    line.segments(drawn, shape.columns)
    return line.to_right(f"{moment_label(view.cursor_ns)} ", "muted").strip()


def _signed(ns: int) -> str:
    return ("+" if ns >= 0 else "") + format_duration(ns)


def _facts(scene: Scene) -> list[str]:
    """Return which case this is and the conditions of its run, the strongest first."""
    case = scene.case
    parts = []
    if len(scene.others) > 1:
        at = next((n for n, each in enumerate(scene.others, 1) if each is case), 0)
        parts.append(f"case {at}/{len(scene.others)}")
    parts += [case_name(case)] if case.package else []
    parts += [case.go_version] if case.go_version else []
    parts += ["race"] if case.race else []
    if case.schedule is not None and case.schedule.procs:
        parts.append("1 proc" if case.schedule.procs == 1 else f"{case.schedule.procs} procs")
    return [*parts, *scene.conditions]


def _outcome(scene: Scene) -> tuple[str, Role]:
    """Return the outcome of the case in words, where no failure is selected, and their role."""
    failures: tuple[Failure, ...] = scene.case.failures
    if failures:
        return (f"{len(failures)} failures" if len(failures) > 1 else "1 failure"), "bad"
    tests = scene.case.tests
    passed = sum(test.status is TestStatus.PASS for test in tests)
    if not tests:
        return "no tests in the output", "muted"
    if passed == len(tests):
        return f"{scene.look.glyphs.statuses[TestStatus.PASS]} all {passed} tests passed", "good"
    words = f"nothing failed, {passed} of {counted(len(tests), 'test')} passed"
    unfinished = sum(test.status is TestStatus.UNFINISHED for test in tests)
    return (f"{words}, {unfinished} did not finish", "warn") if unfinished else (words, "good")


class KeyBar(LinesWidget):
    """The bottom line: the keys, or until the next key a sentence that answers the last one."""

    def __init__(self, panes: Sequence[tuple[str, str]], hints: Sequence[tuple[str, str]]) -> None:
        """Make the line of these (key, word) of panes, and (keys, word) of other keys."""
        super().__init__(id="keys")
        self._sentence = self._progress = ""
        self._current = ""
        self._panes = panes
        self._hints = hints

    def show_sentence(self, text: str) -> None:
        """Show a sentence in place of the keys; an empty one brings the keys back."""
        if text != self._sentence:
            self._sentence = text
            self.redraw()

    def show_progress(self, text: str) -> None:
        """Show what is going on where no sentence stands; an empty one brings the keys back."""
        if text != self._progress:
            self._progress = text
            self.redraw()

    def show_current(self, key: str) -> None:
        """Mark the pane of this key as the current one."""
        self._current = key
        self.redraw()

    def draw(self, scene: Scene, width: int, height: int) -> list[Strip]:
        """Draw the sentence, else the keys of the panes on a small screen and of other actions."""
        del height
        line = StyledLine(scene.look, width)
        if sentence := self._sentence or self._progress:
            return [line.add(f" {sentence}", "warn").strip()]
        if scene.compact:
            for key, tab in shortened_tabs(self._panes, self._current, width):
                word = f" {tab}" if tab else ""
                if key == self._current:
                    line.styled(f" {key}{word} ", scene.look.style("title", "cursor"))
                else:
                    line.add(f" {key}", "accent").add(word, "muted")
        for keys, word in self._hints:
            if width_of(f"  {keys} {word}") <= line.left:
                line.add(f" {keys}", "accent").add(f" {word} ", "muted")
        return [line.strip()]


def shortened_tabs(
    panes: Sequence[tuple[str, str]], current: str, width: int
) -> list[tuple[str, str]]:
    """Return (key, word) of panes, as many words left out, from the last on, as do not fit.

    Args:
        panes: (key, word) of all panes.
        current: key of the pane whose word always stays.
        width: of the line, in cells.
    """
    left = width - 1 - sum(width_of(f" {key} {word}") for key, word in panes)
    shortened = list(panes)
    for at in reversed(range(len(panes))):
        key, word = panes[at]
        if left < 0 and key != current:
            shortened[at] = key, ""
            left += width_of(f" {word}")
    return shortened
