"""Which dump a view shows the goroutines of, and what it says of one of them."""

from __future__ import annotations

from flakecore.timeline import Case, CaseDump, DumpedGoroutine
from flaketui.view.viewport import Viewport


def dump_shown(case: Case, view: Viewport) -> CaseDump | None:
    """Return the dump whose goroutines are shown, None where the trace at the cursor shows them.

    That is the dump of the selected failure while the cursor is at its moment; without a trace
    the failure's at any moment, else the one of the most goroutines.
    """
    index = view.selection.failure
    failure = case.failures[index] if index >= 0 else None
    if failure is not None and 0 <= failure.crash < len(case.dumps):
        dump = case.dumps[failure.crash]
        here = case.schedule is None or view.at(failure.at_ns).cursor_ns == view.cursor_ns
        if here and len(dump.goroutines) > 1:
            return dump
    if case.schedule is not None or not case.dumps:
        return None
    return max(case.dumps, key=lambda dump: len(dump.goroutines) + len(dump.groups))


def dumped_goroutine(case: Case, view: Viewport, number: int) -> DumpedGoroutine | None:
    """Return a goroutine of the dump that is shown, None where that has none of this number."""
    dump = dump_shown(case, view)
    if dump is None or number <= 0:
        return None
    return next((each for each in dump.goroutines if each.stack.number == number), None)
