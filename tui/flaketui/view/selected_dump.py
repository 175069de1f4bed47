"""Which dump a view shows the goroutines of, and what it holds of one of them."""

from __future__ import annotations

from flakecore.timeline import Case, CaseDump, DumpedGoroutine
from flaketui.view.viewport import Viewport


def selected_dump(case: Case, view: Viewport, chosen: int = -1) -> CaseDump | None:
    """Return the dump whose goroutines are shown, None where the trace at the cursor shows them.

    That is the one that was chosen, else the dump of the selected failure while the cursor is at
    its moment; without a trace the failure's at any moment, else the one of the most goroutines.

    Args:
        case: the case.
        view: the viewport on it.
        chosen: index of the dump that was chosen; -1 for none.
    """
    if 0 <= chosen < len(case.dumps):
        return case.dumps[chosen]
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


def next_dump(case: Case, view: Viewport, chosen: int) -> int:
    """Return which dump comes after the one that is shown; -1 for what the view itself shows.

    A trace stands behind the last dump.
    """
    holding = [at for at, dump in enumerate(case.dumps) if dump.goroutines or dump.groups]
    now = selected_dump(case, view, chosen)
    here = next((at for at in holding if case.dumps[at] is now), -1)
    behind = [at for at in holding if at > here]
    if behind:
        return behind[0]
    return -1 if case.schedule is not None or not holding else holding[0]


def dumped_goroutine(
    case: Case, view: Viewport, number: int, chosen: int = -1
) -> DumpedGoroutine | None:
    """Return a goroutine of the dump that is shown, None where that has none of this number."""
    dump = selected_dump(case, view, chosen)
    if dump is None or number <= 0:
        return None
    return next((each for each in dump.goroutines if each.stack.number == number), None)
