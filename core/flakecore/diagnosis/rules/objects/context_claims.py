"""Claims on waits for a context to be cancelled: who made it, and whether that one has ended."""

from __future__ import annotations

from flakecore.diagnosis.objects.last_users import NOBODY
from flakecore.diagnosis.objects.object_graph import ObjectGraph
from flakecore.diagnosis.objects.object_wait import ObjectWait, place_of_event
from flakecore.diagnosis.objects.object_words import at, doing, frame_place
from flakecore.diagnosis.rules.wording import first_that_fits, names
from flakecore.objects import PageEvent, PageObject


def context_claim(
    graph: ObjectGraph, root: tuple[int, ...], wait: ObjectWait, context: PageObject
) -> tuple[str, list[tuple[str, PageEvent]]]:
    """Return the claim on goroutines that wait for a cancel, and the events that it names.

    Args:
        graph: what waits on what.
        root: the goroutines.
        wait: that of one of them.
        context: the context.
    """
    verb = "waits" if len(root) == 1 else "wait"
    begin = f"{names(root)} {verb} for a context to be cancelled ({frame_place(wait.frame)})"
    made = context.event("made")
    if made is None:
        claim = first_that_fits(f"{begin}; nobody is left that could cancel it", begin)
        return claim, []
    where, state = at(place_of_event(made)), None
    short = f"{names(root)} {verb} for a cancel ({frame_place(wait.frame)})"
    who = f"G{made.goroutine}, which made the context{where}"
    if not graph.has_ended(made.goroutine):
        state = graph.state(made.goroutine)
    claims = [f"{begin}; {who}, ended without cancelling it", f"{short}; {who}, ended without it"]
    if made.goroutine in root:
        claims = [f"{short}; it made the context itself{where}, and {NOBODY}"]
        claims.append(f"{short}; it made the context itself{where}")
    elif state is not None:
        claims = [f"{begin}; {who}, is in {doing(state)} and has not cancelled it"]
        claims.append(f"{short}; {who}, is in {state.blocked_on.noun}")
    claim = first_that_fits(*claims, f"{short}; {who}, has not done so", begin)
    return claim, [("made", made)]
