"""The command that is copied opens exactly the view that it was copied from."""

from __future__ import annotations

import argparse
import random
import shlex
from dataclasses import replace

import pytest

from flakecore.errors import FlakeError
from flakecore.timeline import Lane, LaneKind
from flaketui.app.keys import ASKING, KEYS
from flaketui.app.saved.links import Link, command_of, follow, link_to, read_link
from flaketui.commands.explore import add_options, asked_link
from flaketui.view.navigation import failure_view, opening_view
from flaketui.view.viewport import SelectionKind
from tui.driving import ScenarioExplorer, exploring, press
from tui.scenario import deadlock
from tui.scripted_schedule import MS

G34 = Lane(LaneKind.GOROUTINE, 34)


def typed(command: str) -> Link:
    """Return the link of a command as the command line reads it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("bundle")
    add_options(parser)
    options = parser.parse_args(shlex.split(command)[1:])
    return asked_link(options)


@pytest.mark.slow
async def test_a_copied_command_opens_the_same_view_after_any_keys() -> None:
    leaving = {"quit", "help", "command_palette", "copy", "copy_text", *ASKING}
    names = [name for key in KEYS if key.action not in leaving for name in key.keys.split(",")]
    chance = random.Random(5)
    async with exploring() as pilot:
        for _ in range(12):
            app = await press(pilot, *chance.choices(names, k=4), "y")
            landing = follow(typed(app.clipboard), app.cases)
            assert not landing.missing
            there, here = landing.view, app.view
            assert (there.start_ns, there.end_ns, there.cursor_ns, there.only_test) == (
                (here.start_ns, here.end_ns, here.cursor_ns, here.only_test)
            ), app.clipboard
            assert there.selection.lane == here.selection.lane
            assert there.folded == here.folded
            if here.selection.test >= 0:
                assert there.selection.test == here.selection.test
            assert f"--pane {app.layout.current.entry.key}" in app.clipboard


@pytest.mark.parametrize("package", ["pool", "./pool", "example.com/pool"])
def test_a_package_is_named_by_its_path_or_the_end_of_it(package: str) -> None:
    cases = (replace(deadlock(), package="example.com/spool"), deadlock())
    landing = follow(Link(package=package), cases)
    assert (landing.case, landing.missing) == (1, "")


@pytest.mark.parametrize("only", [-1, 0, 2])
@pytest.mark.parametrize("selected", [-1, 0, 2])
def test_a_copied_view_keeps_what_is_selected_beside_the_only_test_that_is_shown(
    selected: int, only: int
) -> None:
    case = deadlock()
    view = replace(opening_view(case).select(test=selected), only_test=only)
    command = command_of(("a.zip",), link_to(case, view, "", name_package=False))
    landing = follow(typed(command), (case,))
    assert not landing.missing
    assert landing.view.only_test == only
    if selected >= 0:
        assert landing.view.selection.test == selected


@pytest.mark.parametrize("index", [0, 1])
def test_a_copied_view_of_a_failure_keeps_the_failure_and_its_line(index: int) -> None:
    case = deadlock()
    view = failure_view(case, opening_view(case), index)
    link = link_to(case, view, "", name_package=False)
    copied = follow(typed(command_of(("a.zip",), link)), (case,)).view
    assert (copied.selection.failure, copied.selection.line) == (index, view.selection.line)
    elsewhere = follow(replace(link, at_ns=view.cursor_ns - MS), (case,)).view
    assert elsewhere.selection.line == -1


async def test_a_link_opens_the_explorer_where_it_points() -> None:
    link = Link(test="TestDrain", at_ns=500 * MS, lane=G34, pane="4", search="flush", only=True)
    async with exploring(ScenarioExplorer(link=link)) as pilot:
        app = await press(pilot)
        assert app.view.cursor_ns == 500 * MS
        assert app.view.selection.lane == G34
        assert app.view.only_test == 0
        assert app.view.filter == "flush"
        assert app.layout.current is app.layout["blocking"]


def test_a_goroutine_alone_is_shown_from_its_beginning() -> None:
    view = follow(Link(lane=G34), (deadlock(),)).view
    assert view.selection.lane == G34
    assert view.selection.subject is SelectionKind.LANE
    assert view.cursor_ns == 24 * MS


def test_a_link_names_the_package_and_the_attempt_of_several() -> None:
    cases = (
        deadlock(),
        replace(deadlock(), package="example.com/other", attempt="001"),
        replace(deadlock(), package="example.com/other", attempt="002"),
    )
    assert follow(Link(package="example.com/other"), cases).case == 1
    assert follow(Link(package="example.com/other", attempt="002"), cases).case == 2


@pytest.mark.parametrize(
    ("link", "said"),
    [
        (Link(test="TestGone"), "no test is called TestGone"),
        (Link(only_of="TestGone"), "no test is called TestGone"),
        (Link(lane=Lane(LaneKind.GOROUTINE, 999)), "the trace has no G999"),
        (Link(package="example.com/gone"), "there is no example.com/gone"),
    ],
)
async def test_what_a_link_names_and_is_not_there_is_said(link: Link, said: str) -> None:
    async with exploring(ScenarioExplorer(link=link)) as pilot:
        app = await press(pilot)
        assert said in app.layout.keys.plain_text
        assert app.view.selection.failure == 0


@pytest.mark.parametrize("wrong", [{"at": "noon"}, {"begin": ""}, {"lane": "Q7"}, {"lane": "G"}])
def test_an_option_that_makes_no_sense_is_told_before_the_screen_is_taken(
    wrong: dict[str, str],
) -> None:
    if wrong == {"begin": ""}:
        with pytest.raises(FlakeError, match="--from takes a moment"):
            read_link(begin="")
    else:
        with pytest.raises(FlakeError, match="takes a"):
            read_link(**wrong)  # type: ignore[arg-type]


def test_words_are_quoted_for_a_shell_and_a_negative_moment_is_no_option() -> None:
    command = command_of(("a b.zip",), Link(at_ns=-1_500_000_000, test="Test/x y"))
    assert shlex.split(command)[1:3] == ["a b.zip", "--test"]
    assert "--at=-1.5s" in shlex.split(command)
    assert typed(command).at_ns == -1_500_000_000
