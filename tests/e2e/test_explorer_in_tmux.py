"""The installed program in a real terminal, driven by keys and read from its screen."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from e2e.terminal import AS_FOUND, Terminal, open_terminal
from flakecore.times import format_time
from flaketui.panes.registry import PANES as REGISTERED
from program import PROGRAM, SAMPLE, run_program

SIZES = [(80, 24), pytest.param((160, 45), marks=pytest.mark.slow)]

PANES = [entry.name.upper() for entry in REGISTERED]
"""Their titles, in the order of their numbers."""

TITLE = re.compile(rf"(?:^|│) ?({'|'.join(PANES)})(?=  | ─)", re.MULTILINE)
WIDTH = re.compile(r" (\d+(?:\.\d+)?)(ns|µs|ms|s) wide")

SHELL = """
echo ready
before=$(stty -g)
"$0" "$@"
echo "left with $?"
[ "$before" = "$(stty -g)" ] && echo "settings are as they were"
read -r line && echo "and it hears: $line"
sleep 600
"""
"""Runs the program as an interactive shell would, and tells how it left the terminal."""


@pytest.fixture(scope="module")
def failures() -> list[dict[str, Any]]:
    """What the report says failed in the sample, in the order of their times."""
    report = json.loads(run_program("report", "--format", "json", SAMPLE).stdout)
    found: list[dict[str, Any]] = report["cases"][0]["failures"]
    return found


@pytest.fixture(params=SIZES, ids=["80x24", "160x45"])
def terminal(
    request: pytest.FixtureRequest, failures: list[dict[str, Any]], tmp_path: Path
) -> Iterator[Terminal]:
    """The explorer on the sample, its first view complete."""
    nobodys = {f"XDG_{kind}_HOME": str(tmp_path) for kind in ("CONFIG", "STATE", "DATA")}
    command = ["/bin/sh", "-c", SHELL, str(PROGRAM), "demo"]
    columns, rows = request.param
    with open_terminal(command, columns, rows, {"HOME": str(tmp_path), **nobodys}) as opened:
        opened.wait_for(re.escape(failures[0]["test"]))
        opened.wait_until_still()
        yield opened


def summary(text: str) -> str:
    """Return the two top lines: what failed, and the headline."""
    return "\n".join(text.split("\n")[:2])


def above_panes(text: str) -> str:
    """Return the top lines in which the moment stands: on a small screen beside the lane."""
    return "\n".join(text.split("\n")[:4])


def ruler(text: str) -> str:
    """Return the timeline's title line: its window's moments, cursor and width."""
    return next(line[line.index("TIMELINE") :] for line in text.split("\n") if "TIMELINE" in line)


def window_width(text: str) -> float:
    """Return how many nanoseconds the timeline shows."""
    found = WIDTH.search(text)
    assert found, f"no width in\n{text}"
    return float(found[1]) * {"ns": 1, "µs": 1e3, "ms": 1e6, "s": 1e9}[found[2]]


def moment(text: str) -> int:
    """Return the time under the cursor in nanoseconds."""
    found = re.search(
        r" (?:t )?(-?\d+)\.(\d{3} \d{3})s(?: ±\S+)?\s*$", above_panes(text), re.MULTILINE
    )
    assert found, above_panes(text)
    return int(f"{found[1]}{found[2].replace(' ', ''):0<9}")


def current_pane(terminal: Terminal) -> str:
    """Return the title of the pane that keys go to, which has a ground of its own.

    It is empty while the screen is between two panes.
    """
    styles = terminal.styles()
    marked = [
        found[1]
        for row, line in enumerate(terminal.lines())
        for found in TITLE.finditer(line)
        if styles[row][found.start(1)].background != styles[row][found.end(1) + 1].background
    ]
    return marked[0] if len(marked) == 1 else ""


def press_until(terminal: Terminal, key: str, what: str, seen: Callable[[str], object]) -> str:
    """Press a key once, wait for its effect and for the screen to rest; return its text."""
    terminal.press(key)
    terminal.wait(f"{what} after {key}", seen)
    return terminal.wait_until_still()


def timeline_shown(terminal: Terminal) -> str:
    """Bring the timeline up, which a small screen does not show at first; return the screen."""
    if "TIMELINE" in terminal.text():
        return terminal.text()
    return press_until(terminal, "2", "the timeline", lambda text: "TIMELINE" in text)


def shows_failure(failure: dict[str, Any]) -> Callable[[str], bool]:
    moment = format_time(failure["at_ns"], digits=6)
    return lambda text: failure["test"] in summary(text) and moment in above_panes(text)


def test_it_opens_on_the_first_failure(terminal: Terminal, failures: list[dict[str, Any]]) -> None:
    first = failures[0]
    text = terminal.text()
    assert shows_failure(first)(text)
    assert f"1/{len(failures)}" in summary(text)
    if terminal.columns < 160:
        assert current_pane(terminal) == "WHY"
        text = timeline_shown(terminal)
    assert current_pane(terminal) == "TIMELINE"
    assert f"▾ {first['test']}" in text
    assert re.search(rf"G{first['goroutine']} ", text)
    if terminal.columns >= 160:
        said = re.search(r"▶✗.*", text)
        assert said
        assert f"{Path(first['file']).name}:{first['line']}" in said[0]


@pytest.mark.slow
def test_brackets_go_through_the_failures(
    terminal: Terminal, failures: list[dict[str, Any]]
) -> None:
    for number, failure in enumerate([*failures[1:], failures[0]]):
        text = press_until(terminal, "]", failure["test"], shows_failure(failure))
        assert f"{(number + 1) % len(failures) + 1}/{len(failures)}" in summary(text)
    press_until(terminal, "[", "the last failure", shows_failure(failures[-1]))


@pytest.mark.slow
def test_plus_and_minus_zoom(terminal: Terminal) -> None:
    before = timeline_shown(terminal)
    width = window_width(before)
    nearer = press_until(terminal, "+", "less time", lambda text: window_width(text) < width)
    assert window_width(nearer) == pytest.approx(width / 2, rel=0.02)
    assert summary(nearer) == summary(before)
    terminal.press("-")
    terminal.wait("the old width", lambda text: window_width(text) == width)
    terminal.press("-")
    terminal.wait("more time", lambda text: window_width(text) > width)


@pytest.mark.slow
def test_l_and_h_pan_to_later_and_back(terminal: Terminal) -> None:
    width = window_width(timeline_shown(terminal))
    before = press_until(terminal, "+", "less time", lambda text: window_width(text) < width)
    later = press_until(terminal, "l", "another time", lambda text: ruler(text) != ruler(before))
    assert window_width(later) == window_width(before)
    assert moment(later) > moment(before)
    press_until(terminal, "h", "the same time", lambda text: ruler(text) == ruler(before))


@pytest.mark.slow
def test_tab_goes_through_the_panes(terminal: Terminal) -> None:
    def is_current(title: str) -> Callable[[str], bool]:
        return lambda _: current_pane(terminal) == title

    here = PANES.index(current_pane(terminal))
    for title in [*PANES[here + 1 :], *PANES[: here + 1]]:
        terminal.press("tab")
        terminal.wait(title, is_current(title))


def ask(terminal: Terminal, wanted: str) -> None:
    """Open the prompt and type in the same instant, as quick fingers and pastes do."""
    terminal.press(f"/{wanted}")
    terminal.wait("what was typed", lambda text: f" {wanted}" in text)


@pytest.mark.slow
def test_slash_finds_what_is_typed(terminal: Terminal, failures: list[dict[str, Any]]) -> None:
    blocked = next(failure for failure in failures if failure["kind"] == "timeout")
    ask(terminal, blocked["test"])
    text = press_until(terminal, "enter", "a match", lambda text: re.search(r"\d+ of \d+: ", text))
    assert blocked["test"] in text
    ask(terminal, "nothing is called this")
    press_until(terminal, "enter", "an answer", lambda text: "no match" in text)


@pytest.mark.slow
def test_a_question_mark_lists_the_keys(terminal: Terminal) -> None:
    before = terminal.text()
    text = press_until(terminal, "?", "help", lambda text: "next failure" in text)
    told = {"]": "go to the next failure", "[": "go to the previous failure", "/": "search"}
    for key, does in told.items():
        assert re.search(rf"{re.escape(key)} +{does}", text)
    press_until(terminal, "?", "the panes again", lambda text: text == before)


@pytest.mark.slow
def test_at_goes_to_what_is_typed(terminal: Terminal, failures: list[dict[str, Any]]) -> None:
    blocked = next(failure for failure in failures if failure["kind"] == "timeout")
    terminal.press(f"@{blocked['test']}")
    terminal.wait("what was typed", lambda text: f" {blocked['test']}" in text)
    press_until(terminal, "enter", "its failure", shows_failure(blocked))
    terminal.press("@1.5s", "enter")
    terminal.wait("that moment", lambda text: moment(text) == 1_500_000_000)


@pytest.mark.slow
def test_a_copied_command_opens_the_same_view(terminal: Terminal, tmp_path: Path) -> None:
    terminal.press("]", "+", "l", "4")
    terminal.wait_until_still()
    terminal.press("y")
    terminal.wait_for("copied: flaketui demo --test")
    before = terminal.wait_until_still()
    (copied,) = (tmp_path / "flaketui").glob("copy-*.txt")
    words = shlex.split(copied.read_text())
    state = {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "another")}
    again = [str(PROGRAM), *words[1:]]
    with open_terminal(again, terminal.columns, terminal.rows, state) as opened:
        opened.wait_for(re.escape(summary(before).split()[1]))
        after = opened.wait_until_still()
        assert current_pane(opened) == "BLOCKING"
    assert moment(after) == moment(before)
    if terminal.columns >= 160:
        assert ruler(after) == ruler(before)


@pytest.mark.slow
def test_a_view_is_written_to_a_file_that_is_named(terminal: Terminal, tmp_path: Path) -> None:
    name = tmp_path / "view.json"
    terminal.press("e")
    terminal.wait("a name to begin from", lambda text: ".svg" in text)
    press_until(terminal, "ctrl+u", "an empty prompt", lambda text: "ends in" in text)
    terminal.press(str(name), "enter")
    terminal.wait("where it is", lambda text: "wrote this view to" in text)
    told = json.loads(name.read_text())
    assert told["cursor_ns"] // 1000 * 1000 == moment(terminal.text())
    assert told["command"].startswith("flaketui demo --test")


@pytest.mark.slow
def test_marks_come_back_on_reopening(terminal: Terminal, tmp_path: Path) -> None:
    terminal.press("m", "l", "q")
    terminal.wait_for("left with 0")
    state = {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)}
    with open_terminal([str(PROGRAM), "demo"], 120, 40, state) as again:
        again.wait_for("◆")
        text = again.wait_until_still()
        assert "z goes back to where you left" in text
        was = moment(text)
        press_until(again, "z", "where it was left", lambda text: moment(text) != was)


def test_q_leaves_the_terminal_as_it_was(terminal: Terminal) -> None:
    assert terminal.modes() != AS_FOUND
    terminal.press("q")
    text = terminal.wait_for("settings are as they were")
    assert "left with 0" in text
    assert not TITLE.search(text)
    assert terminal.modes() == AS_FOUND
    terminal.press(*"hello", "enter")
    terminal.wait_for("and it hears: hello")


def colours(terminal: Terminal) -> set[tuple[str, str]]:
    """Return every pair of colours on the screen: of text and of its ground."""
    return {(cell.foreground, cell.background) for row in terminal.styles() for cell in row}


@pytest.mark.slow
def test_without_colours_nothing_has_one_not_even_what_textual_draws(tmp_path: Path) -> None:
    state = {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path), "NO_COLOR": "1"}
    with open_terminal([str(PROGRAM), "demo"], 120, 40, state) as terminal:
        terminal.wait_for("failure 1/4")
        terminal.wait_until_still()
        assert colours(terminal) == {("default", "default")}
        for key, shown in (
            ("?", "Go to"),
            ("q", "TIMELINE"),
            ("/", "search functions"),
            ("escape", "stood still"),
            (":", "Search for"),
        ):
            terminal.press(key)
            terminal.wait_for(shown)
            terminal.wait_until_still()
            assert colours(terminal) == {("default", "default")}
