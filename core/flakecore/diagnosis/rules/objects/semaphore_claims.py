"""Claims on waits for a slot of a semaphore: a channel of capacity that is full."""

from __future__ import annotations

from flakecore.diagnosis.objects.object_graph import ObjectGraph
from flakecore.diagnosis.objects.object_wait import ObjectWait, place_of_event
from flakecore.diagnosis.objects.object_words import ObjectWords, at, doing, frame_place
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.objects import PageEvent


def last_slot(graph: ObjectGraph, words: ObjectWords, wait: ObjectWait) -> PageEvent | None:
    """Return who took the last slot of a full channel, if it has not been given back."""
    channel = wait.object
    if channel is None or wait.wait.operation != "send" or not channel.capacity:
        return None
    taken, given = channel.event("last_send"), channel.event("last_receive")
    if taken is None or channel.length != channel.capacity or channel.element != "struct {}":
        return None
    if given is not None and (given.at_ns or 0) > (taken.at_ns or 0):
        return None
    if taken.goroutine == wait.state.number:
        return taken if words.is_yet_to_take_back(wait.state, taken) else None
    if any(each.wait == wait.wait for each in graph.waits_of(taken.goroutine)):
        return None  # It waits for a slot itself.
    state = graph.state(taken.goroutine)
    gone = graph.has_ended(taken.goroutine)
    return taken if gone or (state is not None and state.live is False) else None


def slot_claim(graph: ObjectGraph, words: ObjectWords, wait: ObjectWait, slot: PageEvent) -> str:
    """Return the claim of a wait for a slot, with who took the last one."""
    assert wait.object is not None
    who, name, place = wait.state.name, words.name(wait), frame_place(wait.frame)
    taken = f"all {wait.object.capacity} taken"
    if slot.goroutine == wait.state.number:
        where = at(place_of_event(slot))
        if wait.object.capacity == 1:
            return first_that_fits(
                f"{who} waits for the only slot of {name} ({place}), which it took itself{where}",
                f"{who} waits for a slot of {name} ({place}), which it took itself",
                f"{who} waits for a slot of {name} ({place})",
            )
        return first_that_fits(
            f"{who} waits for a slot of {name} ({place}), {taken}, the last by itself{where}",
            f"{who} waits for a slot of {name} ({place}), {taken}, the last by itself",
            f"{who} waits for a slot of {name} ({place})",
        )
    state = graph.state(slot.goroutine)
    then = (
        f"is stuck in {doing(state)}" if state is not None else "has ended without giving it back"
    )
    last = f"G{slot.goroutine}, which took the last, {then}"
    return first_that_fits(
        f"{who} waits for a slot of {name} ({place}), {taken}; {last}",
        f"{who} waits for a slot of {name} ({place}); {last}",
        f"{who} waits for a slot of {name} ({place})",
    )
