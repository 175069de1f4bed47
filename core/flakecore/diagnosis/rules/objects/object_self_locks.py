"""Goroutines that wait for a lock which they hold themselves, by an objects page.

Where the call that locked is further out in the same stack, it is ``self-lock``; where it has
returned with the lock held, ``lock-held``. ``object_locks`` asks for it.
"""

from __future__ import annotations

from collections.abc import Sequence

from flakecore.diagnosis.findings import Finding
from flakecore.diagnosis.goroutine_states import StackFrame
from flakecore.diagnosis.objects.lock_cycle_claims import Held
from flakecore.diagnosis.objects.object_graph import ObjectGraph
from flakecore.diagnosis.objects.object_wait import ObjectWait, is_on_stack, place_of_event
from flakecore.diagnosis.objects.object_words import ObjectWords, at, frame_place
from flakecore.diagnosis.objects.page_clock import coarse_duration
from flakecore.diagnosis.rules.objects.lock_finding import lock_finding
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.objects import ObjectKind, PageHolder

_REENTRANT = "call what needs no lock, or unlock before the call: Go's locks are not reentrant"


def held_by_itself(
    graph: ObjectGraph, words: ObjectWords, root: tuple[int, ...], held: Sequence[Held]
) -> Finding:
    """Return the finding on a goroutine that waits for what it holds itself."""
    own = next((each for each in held if each[1].goroutine == each[0].state.number), held[0])
    held = [own, *(each for each in held if each[0] is not own[0])]
    wait, holder = own
    locked = place_of_event(holder)
    writer = next((each for each, _ in held if each.state.number != wait.state.number), None)
    if writer is not None:
        found = _behind_writer(words, wait, locked, writer)
    elif wait.object is not None and wait.object.kind is ObjectKind.ONCE:
        found = _in_once(wait, locked)
    else:
        ago = _ago(graph, own)
        if locked is None or _is_within(words, wait, holder, locked):
            found = _locked_further_out(words, wait, locked, ago)
        else:
            found = _still_locked(words, wait, locked, ago)
    return lock_finding(graph, words, root, held, *found)


def _behind_writer(
    words: ObjectWords, wait: ObjectWait, locked: StackFrame | None, writer: ObjectWait
) -> tuple[str, str, str]:
    """Return rule, claim and remedy of a read lock in a read lock, with a writer in between."""
    who, where = wait.state.name, frame_place(wait.frame)
    behind = f"behind {writer.state.name}'s write lock{at(writer.frame)}"
    claim = first_that_fits(
        f"Self-deadlock: {who} waits at {where} for {words.name(wait)}, which it read-locked"
        f"{at(locked)}, {behind}",
        f"Self-deadlock: {who} waits at {where} for its own read lock, {behind}",
        f"Self-deadlock: {who} waits for its own read lock, {behind}",
    )
    return "self-lock", claim, _REENTRANT


def _in_once(wait: ObjectWait, locked: StackFrame | None) -> tuple[str, str, str]:
    """Return rule, claim and remedy of a Once whose function calls its Do."""
    claim = first_that_fits(
        f"Self-deadlock: {wait.state.name} calls Once.Do ({frame_place(wait.frame)}) from within"
        f" the Do that it is in{at(locked)}"
    )
    return "self-lock", claim, "do not call Do of a Once from the function that it runs"


def _locked_further_out(
    words: ObjectWords, wait: ObjectWait, locked: StackFrame | None, ago: str
) -> tuple[str, str, str]:
    """Return rule, claim and remedy where the call that locked is still under way."""
    begin = f"Self-deadlock: {wait.state.name} waits at {frame_place(wait.frame)}"
    claim = first_that_fits(
        f"{begin} for {words.name(wait)}, which it locked itself{at(locked)}{ago}",
        f"{begin} for {words.name(wait)}, which it holds itself",
    )
    return "self-lock", claim, _REENTRANT


def _still_locked(
    words: ObjectWords, wait: ObjectWait, locked: StackFrame, ago: str
) -> tuple[str, str, str]:
    """Return rule, claim and remedy where the function that locked went on without unlocking."""
    name, who, where = words.name(wait), wait.state.name, frame_place(wait.frame)
    function = locked.short_function
    begin = f"{who} waits for {name} ({where}), which it"
    if where == locked.place:  # It may have returned, or be in a loop.
        claim = first_that_fits(
            f"{begin} holds itself: {function} locked it there{ago or ' before'}, and has not"
            " unlocked it",
            f"{begin} locked there itself{ago or ' before'}",
        )
        way = "on every way out, also that of a panic: by defer"
        return "lock-held", claim, f"unlock in {function} {way}"
    claim = first_that_fits(
        f"{begin} holds itself: {function} locked it{at(locked)}{ago} and returned",
        f"{who} waits at {where} for its own {name}: {function} returned with it locked"
        f"{at(locked)}",
        f"{who} waits at {where} for {name}, which it locked{at(locked)} and still holds",
    )
    return "lock-held", claim, f"unlock in {function} on every way out, or by defer"


def _ago(graph: ObjectGraph, held: Held) -> str:
    """Return how long before its wait a goroutine locked, in words; "" if unknown."""
    wait, holder = held
    since = graph.page.by_number[wait.state.number].since_ns
    if since is None or holder.since_ns is None:
        return ""
    before = coarse_duration(since - holder.since_ns)
    return f" {before} before" if before else ""


def _is_within(
    words: ObjectWords, wait: ObjectWait, holder: PageHolder, locked: StackFrame
) -> bool:
    """Return whether the waiter is within the call that locked, or within that of its helper."""
    further_out = wait.state.frames[_depth(wait) + 1 :]
    same_function = (
        wait.frame is not None
        and wait.frame.function == locked.function != ""
        and frame_place(wait.frame) != locked.place
    )
    if same_function or is_on_stack(further_out, locked):
        return True
    return words.locks_for_caller(locked) and _is_by_helper(further_out, holder, locked)


def _depth(wait: ObjectWait) -> int:
    """Return where in its stack a goroutine called Lock; -1 if unknown."""
    return wait.state.frames.index(wait.frame) if wait.frame in wait.state.frames else -1


def _is_by_helper(
    further_out: Sequence[StackFrame], holder: PageHolder, locked: StackFrame
) -> bool:
    """Return whether the caller of what locked is still under way, farther on in the same call."""
    stack = [(frame.function, frame.line) for frame in holder.stack]
    at = next((i for i, each in enumerate(stack) if each == (locked.function, locked.line)), -1)
    callers = stack[at + 1 :]
    if at < 0 or not callers:
        return False
    outer = [(frame.function, frame.line) for frame in further_out]
    return any(
        function == callers[0][0] and line != callers[0][1] and _begins(outer[i + 1 :], callers[1:])
        for i, (function, line) in enumerate(outer)
    )


def _begins(frames: Sequence[tuple[str, int]], with_: Sequence[tuple[str, int]]) -> bool:
    return list(frames[: len(with_)]) == list(with_)
