"""What the command palette offers: every key's action, and what has no key, in full words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from textual.app import SystemCommand
from textual.command import DiscoveryHit, Hit, Hits, Provider

from flakecore.gotest.frameworks.levels import Level
from flakecore.times import SECOND
from flaketui.app.arranging import Arranging
from flaketui.app.keys import KEYS
from flaketui.dialogs.jump import jump_view
from flaketui.drawing.theme import DARK, LIGHT, SIXTEEN
from flaketui.panes.details.sentences import seconds
from flaketui.view.arrangement import (
    Arrangement,
    Grouping,
    OutputFilter,
    SpansShown,
    TestOrder,
    TestsShown,
    Totals,
    WaitOrder,
    WaitsShown,
)
from flaketui.view.scene import case_name
from flaketui.view.viewport import Viewport


def commands(app: Arranging) -> Iterator[SystemCommand]:
    """Yield everything that can be done, each with the key for it or a word on it."""
    for key in KEYS:
        if key.id not in ("palette", "quit"):
            yield SystemCommand(_sentence(key.help), f"key {key.shown}", _runs(app, key.action))
    if app.cases:
        yield from _of_output(app)
        yield from _of_panes(app)
        yield from _of_files(app)
        yield from _of_places(app)
    for palette in (DARK, LIGHT, SIXTEEN):
        look = {"dark": "dark", "light": "light", "16": "16"}[palette.name.rpartition("-")[2]]
        title = f"Use the {look} colours"
        yield SystemCommand(title, f"theme {palette.name}", _call(app.set_look, palette.name))
    yield SystemCommand("Quit", "key q", app.exit)


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}"


def _runs(app: Arranging, action: str) -> Callable[[], object]:
    async def run() -> None:
        await app.run_action(action)

    return run


def _call(function: Callable[[str], object], argument: str) -> Callable[[], None]:
    def run() -> None:
        function(argument)

    return run


def _of_output(app: Arranging) -> Iterator[SystemCommand]:
    shown = app.arrangement.output
    lane = app.view.selection.lane
    choices = [
        ("Show only warnings and errors in the output", replace(shown, level=Level.WARN)),
        ("Show only errors in the output", replace(shown, level=Level.ERROR)),
        ("Show the last second of output before the failure", replace(shown, last_ns=SECOND)),
        (
            "Show the last 5 seconds of output before the failure",
            replace(shown, last_ns=5 * SECOND),
        ),
        ("Show all lines of output again", OutputFilter()),
    ]
    if lane is not None and str(lane).startswith("G"):
        title = f"Show only the output of {lane}"
        choices.insert(0, (title, replace(shown, goroutine=lane.id)))
    for title, wanted in choices:

        def run(wanted: OutputFilter = wanted) -> None:
            app.show_output(wanted)
            if wanted == OutputFilter():
                app.go(replace(app.view, only_test=-1), "only test")
            app.stage.bring_up(app.stage.output)

        yield SystemCommand(title, "output", run)


def _of_panes(app: Arranging) -> Iterator[SystemCommand]:
    now, stage = app.arrangement, app.stage
    choices: list[tuple[str, str, Arrangement]] = []

    def offer(pane: str, title: str, wanted: Arrangement) -> None:
        choices.append((title, pane, wanted))

    for tests in TestsShown:
        offer("tests", f"Show {_tests(tests)}", replace(now, tests=tests))
    for test_order in TestOrder:
        offer("tests", f"Order the tests {_by(test_order)}", replace(now, test_order=test_order))
    for grouping in Grouping:
        offer("timeline", f"Group goroutines by {grouping}", replace(now, grouping=grouping))
    for spans in SpansShown:
        offer("garbage collector", f"Show {_spans(spans)}", replace(now, spans=spans))
    for waits in WaitsShown:
        offer("blocking", f"Show {_waits(waits)}", replace(now, waits=waits))
    for wait_order in WaitOrder:
        offer("blocking", f"Order the waits {_by(wait_order)}", replace(now, wait_order=wait_order))
    for totals in Totals:
        offer("blocking", f"List {totals} in blocking", replace(now, totals=totals))
    panes = {
        "tests": stage.tests,
        "timeline": stage.timeline,
        "garbage collector": stage.collector,
        "blocking": stage.blocking,
    }
    for title, pane, wanted in choices:

        def run(pane: str = pane, wanted: Arrangement = wanted) -> None:
            app.arrange(wanted)
            stage.bring_up(panes[pane])

        yield SystemCommand(title, pane, run)


def _tests(shown: TestsShown) -> str:
    return "all tests" if shown is TestsShown.ALL else f"only the {shown} tests"


def _waits(shown: WaitsShown) -> str:
    return {
        WaitsShown.ALL: "all waits",
        WaitsShown.UNENDED: "only the waits that never ended",
        WaitsShown.OF_TEST: "only the waits of the selected test",
    }[shown]


def _spans(shown: SpansShown) -> str:
    if shown is SpansShown.ALL:
        return "everything the garbage collector did"
    return f"only {shown}"


def _by(order: TestOrder | WaitOrder) -> str:
    return order.value if order.startswith(("by ", "as ")) else f"with {order}"


def _of_files(app: Arranging) -> Iterator[SystemCommand]:
    for suffix, name in (("svg", "an SVG picture"), ("txt", "text"), ("json", "JSON")):
        yield SystemCommand(
            f"Write this view to a file as {name}", f".{suffix}", _call(app.export_as, suffix)
        )


def _of_places(app: Arranging) -> Iterator[SystemCommand]:
    """Yield the packages, the saved views and the marks to go to."""
    if len(app.cases) > 1:
        for number, case in enumerate(app.cases):

            def open_it(number: int = number) -> None:
                app.open_case(number)

            yield SystemCommand(f"Go to the package {case_name(case)}", "another case", open_it)
    for number, saved in enumerate(app.arrangement.views):

        def show(number: int = number) -> None:
            app.show_view(number)

        yield SystemCommand(f"Go to the saved view {saved.name}", "key V", show)
        yield SystemCommand(
            f"Forget the saved view {saved.name}", "saved view", _call(app.forget_view, saved.name)
        )
    for moment in app.arrangement.marks:

        def go(moment: int = moment) -> None:
            app.go(app.view.at(moment), "mark")

        yield SystemCommand(f"Go to the mark at {seconds(moment)}", "key '", go)


class Places(Provider):
    """Offers to go to the moment, goroutine or test that is typed into the palette."""

    async def search(self, query: str) -> Hits:
        """Offer the place that the query names, above everything else."""
        app = self.app
        if not isinstance(app, Arranging) or not app.cases:
            return
        place = jump_view(app.case, app.view, query)
        if isinstance(place, Viewport):

            def go() -> None:
                app.go(place, "jump")

            yield Hit(2, f"Go to {query.strip()}", go, help="a moment, goroutine or test")

    async def discover(self) -> Hits:
        """Say that places can be typed."""
        app = self.app
        if isinstance(app, Arranging) and app.cases:
            title = "Go to a moment, goroutine or test: type it"
            yield DiscoveryHit(title, app.action_jump, help="3.412s, g21, TestDrain")
