"""The top line of the screen, which names the failure, and the bottom line, which lists keys."""

from __future__ import annotations

from collections.abc import Sequence

from textual.strip import Strip

from flakecore.diagnosis import headline
from flakecore.timeline import Failure, LaneKind, TestStatus
from flakecore.times import format_duration
from flaketui.drawing.cells import lane_segments
from flaketui.drawing.labels import moment_label
from flaketui.drawing.lines import StyledLine, fit, width_of
from flaketui.drawing.theme import Role
from flaketui.panes.details.sentences import failure_headline
from flaketui.panes.lines_widget import LinesWidget
from flaketui.panes.time_axis import add_time_axis
from flaketui.view.scene import Scene, case_name


class SummaryBar(LinesWidget):
    """The top line; on a small screen also a line of the timeline with the cursor in it."""

    def draw(self, scene: Scene, width: int, height: int) -> list[Strip]:
        """Draw one line, and on a small screen the strip under it."""
        lines = [self._summary(scene, width)]
        if scene.compact and height > 1:
            lines.append(self._strip(scene, width))
        return lines

    def _summary(self, scene: Scene, width: int) -> Strip:
        case, look = scene.case, scene.look
        failure = scene.failure
        right = self._moment(scene)
        if failure is not None:
            widest = f"   {failure.test_name} {failure_headline(failure, case)}  failure 99/99 "
            if width_of(widest) + width_of(right) > width:
                right = self._moment(scene, marks=False)
        line = StyledLine(look, width - width_of(right) - 2)
        if failure is not None:
            line.add(f" {look.glyphs.failure} ", "bad").add(failure.test_name, "strong")
            line.add(f" {failure_headline(failure, case)}", "bad")
            line.add(f"  failure {failure.index + 1}/{len(case.failures)}", "muted")
            if scene.findings:
                line.add(f"  {headline(failure, scene.findings)}", "strong")
        else:
            text, role = _outcome(scene)
            line.add(f" {text}", role)
        facts = _facts(scene)
        for words in (_place(scene), f"  {case_name(case)}", f"  {facts}"):
            if line.left >= width_of(words):
                line.add(words, "muted")
        end = StyledLine(look, width)
        end.segments(line.strip(), line.width)
        return end.add(f" {right} ", "strong").strip()

    def _moment(self, scene: Scene, *, marks: bool = True) -> str:
        view = scene.view
        clock = scene.case.clock.error_ns
        error = f" ±{format_duration(clock)}" if clock and not scene.compact else ""
        moment = f"t {moment_label(view.cursor_ns)}{error}"
        if marks and scene.arrangement.marks:
            since = _signed(view.cursor_ns - scene.arrangement.marks[-1])
            moment = f"{scene.look.glyphs.mark} {since}  {moment}"
        if scene.progress:
            moment = f"{scene.progress}  {moment}"
        return moment

    def _strip(self, scene: Scene, width: int) -> Strip:
        """Draw the selected lane over the window: where the cursor is stays in sight."""
        look, view, schedule = scene.look, scene.view, scene.case.schedule
        lane = view.selection.lane
        label = fit(f" {lane}" if lane is not None else " time", 8)
        line = StyledLine(look, width).add(label, "muted")
        columns = width - 9
        if lane is None or schedule is None:
            add_time_axis(line, scene, columns)
            return line.strip()
        axis = view.axis(columns)
        cells = schedule.cells(lane, axis)
        cursor = view.column(view.cursor_ns, columns)
        followed = lane.id if lane.kind is LaneKind.GOROUTINE else -1
        drawn = lane_segments(cells, lane.kind, look, "plain", cursor, followed, axis.gaps)
        line.segments(drawn, columns)
        return line.strip()


def _signed(ns: int) -> str:
    return ("+" if ns >= 0 else "") + format_duration(ns)


def _place(scene: Scene) -> str:
    """Return which case of how many this is, where there are several."""
    if len(scene.others) < 2:
        return ""
    at = next((n for n, each in enumerate(scene.others, 1) if each is scene.case), 0)
    return f"  case {at}/{len(scene.others)}"


def _facts(scene: Scene) -> str:
    case = scene.case
    parts = [case.go_version] if case.go_version else []
    if case.race:
        parts.append("race")
    if case.schedule is not None and case.schedule.procs:
        parts.append(f"{case.schedule.procs} procs")
    return " · ".join(parts)


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
    return f"nothing failed, {passed} of {len(tests)} tests passed", "good"


class KeyBar(LinesWidget):
    """The bottom line: the keys, or until the next key a sentence that answers the last one."""

    def __init__(self, panes: Sequence[tuple[str, str]], hints: Sequence[tuple[str, str]]) -> None:
        """Make the line of these (key, word) of panes, and (keys, word) of other keys."""
        super().__init__(id="keys")
        self._sentence = ""
        self._current = ""
        self._panes = panes
        self._hints = hints

    def show_sentence(self, text: str) -> None:
        """Show a sentence in place of the keys; an empty one brings the keys back."""
        if text != self._sentence:
            self._sentence = text
            self.redraw()

    def show_current(self, key: str) -> None:
        """Mark the pane of this key as the current one."""
        self._current = key
        self.redraw()

    def draw(self, scene: Scene, width: int, height: int) -> list[Strip]:
        """Draw the sentence, else the keys of the panes on a small screen and of other actions."""
        del height
        line = StyledLine(scene.look, width)
        if self._sentence:
            return [line.add(f" {self._sentence}", "warn").strip()]
        if scene.compact:
            for key, name in self._panes:
                if key == self._current:
                    line.styled(f" {key} {name} ", scene.look.style("title", "cursor"))
                else:
                    line.add(f" {key}", "accent").add(f" {name}", "muted")
        for keys, word in self._hints:
            if width_of(f"  {keys} {word}") <= line.left:
                line.add(f" {keys}", "accent").add(f" {word} ", "muted")
        return [line.strip()]
