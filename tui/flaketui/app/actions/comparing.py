"""The action that holds the case on screen against the most alike run that ended otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flakecore.timeline import Case
from flaketui.app.actions.arranging import Arranging
from flaketui.app.host import ExplorerHost
from flaketui.view.compared_run import compared_run, conditions_of_case
from flaketui.view.scene import case_name

if TYPE_CHECKING:
    from flaketui.dialogs.side_by_side import SideBySide


class Comparing:
    """Reads the other run in a thread and shows both; nothing waits meanwhile."""

    def __init__(self, host: ExplorerHost, arranging: Arranging) -> None:
        """Compare what the host shows; ``arranging`` performs what is a pane's own."""
        self._host = host
        self._arranging = arranging

    def compare(self) -> None:
        """Show both runs; in the profile, compare the profiles instead."""
        host = self._host
        profile = host.layout["profile"]
        if host.layout.current is profile:
            self._arranging.perform_own(profile, "compare")
            return
        case, here, runs = host.case, host.case_index, host.scene.runs.runs
        test = self._test()
        if not test:
            host.show_sentence("select a failure or a test to compare its runs")
            return
        other = compared_run(host.cases, here, test, runs)
        if other is None:
            host.show_sentence(f"no other run in the bundle in which {test} ended otherwise")
            return

        def read() -> SideBySide | None:
            # Imported here: only who compares needs it.
            from flaketui.dialogs.side_by_side import side_by_side

            cases = [host.read_case(here), host.read_case(other)]
            conditions = [conditions_of_case(each, runs) for each in cases]
            titles = [_title(each) for each in cases]
            both = (titles[0], titles[1]), (conditions[0], conditions[1])
            return side_by_side(cases[0], cases[1], *both, test, runs)

        def show(found: SideBySide | None) -> None:
            host.show_sentence("")
            if host.case.package != case.package or host.case_index != here:
                return
            if found is None:
                host.show_sentence(f"there are no traces of two runs of {test}")
            else:
                from flaketui.dialogs.compare import CompareScreen

                host.open_dialog(CompareScreen(host.look, found))

        host.show_sentence("reading the other run")
        host.background.run(read, show, group="compare", exclusive=True)

    def _test(self) -> str:
        scene = self._host.scene
        failure, chosen = scene.failure, scene.view.selection.test
        if chosen >= 0:
            return scene.test_name(chosen)
        return scene.test_name(failure.test) if failure is not None else ""


def _title(case: Case) -> str:
    failed = len(case.failures)
    outcome = f"{failed} failed" if failed else "passed"
    return f"{case_name(case)}: {outcome}"
