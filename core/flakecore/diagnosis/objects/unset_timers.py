"""Waits for the time of a timer or ticker that is not set, so that nothing is sent."""

from __future__ import annotations

from collections.abc import Sequence

from flakecore.diagnosis.objects.object_graph import ObjectGraph
from flakecore.diagnosis.objects.object_wait import ObjectWait, place_of_event
from flakecore.diagnosis.objects.object_words import ObjectWords, at, frame_place
from flakecore.diagnosis.rules.wording import first_that_fits, names
from flakecore.objects import PageEvent, PageObject

_OF_TICKERS = ("time.NewTicker", "time.Tick")


def is_of_unset_timer(graph: ObjectGraph, number: int) -> bool:
    """Return whether a goroutine that cannot go on receives from a timer's channel.

    From Go 1.23 on a timer that was stopped or has fired is in no heap, and not in the page: its
    channel is known by who made it.
    """
    waits = graph.waits_of(number)
    if len(waits) != 1 or waits[0].wait.operation != "receive":
        return False
    timer = graph.timer_of(waits[0].wait.address)
    return timer.due_ns is None if timer is not None else bool(_made_in_time(waits[0]))


def _made_in_time(wait: ObjectWait) -> str:
    """Return the function of package time that made a channel; "" for others."""
    channel = wait.object
    made = channel.event("made") if channel is not None else None
    if channel is None or channel.element != "time.Time" or made is None or not made.stack:
        return ""
    function = made.stack[0].function
    return function if function.startswith("time.") else ""


def unset_timer(
    words: ObjectWords,
    root: tuple[int, ...],
    wait: ObjectWait,
    timer: PageObject | None,
    others: Sequence[str],
) -> tuple[str, list[tuple[str, PageEvent]]]:
    """Return the claim on a wait for a timer that is not set, and what was done to it last.

    Args:
        words: those of the page.
        root: who waits.
        wait: the wait of one of them.
        timer: the timer; None where the page has it no more.
        others: what the source states of who has stopped it, the longest first; empty for nothing.
    """
    verb = "receives" if len(root) == 1 else "receive"
    if words.is_range(wait):
        verb = "ranges over" if len(root) == 1 else "range over"
    else:
        verb += " from"
    begin = f"{names(root)} {verb} {words.name(wait)} ({frame_place(wait.frame)})"
    if others:
        return first_that_fits(*(f"{begin}; {each}" for each in others)), []
    ticks = timer.period_ns > 0 if timer is not None else _made_in_time(wait) in _OF_TICKERS
    kind = "ticker" if ticks else "timer"
    taken = wait.object.event("last_receive") if wait.object is not None else None
    if taken is None or not taken.goroutine or len(root) > 1:
        claims = (f"{begin}, whose {kind} is not set, so that nothing is sent",)
        return first_that_fits(*claims, f"{begin}, whose {kind} is not set"), []
    taker = "it" if taken.goroutine in root else f"G{taken.goroutine}"
    claim = first_that_fits(
        f"{begin}, whose {kind} is not set; {taker} took its last time{at(place_of_event(taken))}",
        f"{begin}, whose {kind} is not set; {taker} took its last time",
        f"{begin}, whose {kind} is not set",
    )
    return claim, [("last_receive", taken)]
