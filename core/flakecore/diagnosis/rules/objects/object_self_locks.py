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
    wait, holder = next(
        (each for each in held if each[1].goroutine == each[0].state.number), held[0]
    )
    held = [(wait, holder), *(each for each in held if each[0] is not wait)]
    name, who = words.name(wait), wait.state.name
    where, locked = frame_place(wait.frame), place_of_event(holder)
    since = graph.page.by_number[wait.state.number].since_ns
    ago = ""
    if since is not None and holder.since_ns is not None:
        before = coarse_duration(since - holder.since_ns)
        ago = f" {before} before" if before else ""
    writer = next((each for each, _ in held if each.state.number != wait.state.number), None)
    if writer is not None:
        behind = f"behind {writer.state.name}'s write lock{at(writer.frame)}"
        claim = first_that_fits(
            f"Self-deadlock: {who} waits at {where} for {name}, which it read-locked"
            f"{at(locked)}, {behind}",
            f"Self-deadlock: {who} waits at {where} for its own read lock, {behind}",
            f"Self-deadlock: {who} waits for its own read lock, {behind}",
        )
        return lock_finding(graph, words, root, held, "self-lock", claim, _REENTRANT)
    further_out = wait.state.frames[_depth(wait) + 1 :]
    within = locked is not None and (
        is_on_stack(further_out, locked)
        or (
            wait.frame is not None
            and wait.frame.function == locked.function != ""
            and where != locked.place
        )
    )
    if locked is not None and not within and words.locks_for_caller(locked):
        within = _is_by_helper(further_out, holder, locked)
    if wait.object is not None and wait.object.kind is ObjectKind.ONCE:
        claim = first_that_fits(
            f"Self-deadlock: {who} calls Once.Do ({where}) from within the Do that it is in"
            f"{at(locked)}"
        )
        return lock_finding(
            graph,
            words,
            root,
            held,
            "self-lock",
            claim,
            "do not call Do of a Once from the function that it runs",
        )
    if within or locked is None:
        claim = first_that_fits(
            f"Self-deadlock: {who} waits at {where} for {name}, which it locked itself"
            f"{at(locked)}{ago}",
            f"Self-deadlock: {who} waits at {where} for {name}, which it holds itself",
        )
        return lock_finding(graph, words, root, held, "self-lock", claim, _REENTRANT)
    function = locked.short_function
    if where == locked.place:  # It may have returned, or be in a loop.
        claim = first_that_fits(
            f"{who} waits for {name} ({where}), which it holds itself: {function} locked it there"
            f"{ago or ' before'}, and has not unlocked it",
            f"{who} waits for {name} ({where}), which it locked there itself{ago or ' before'}",
        )
        return lock_finding(
            graph,
            words,
            root,
            held,
            "lock-held",
            claim,
            f"unlock in {function} on every way out, also that of a panic: by defer",
        )
    claim = first_that_fits(
        f"{who} waits for {name} ({where}), which it holds itself: {function} locked it"
        f"{at(locked)}{ago} and returned",
        f"{who} waits at {where} for its own {name}: {function} returned with it locked"
        f"{at(locked)}",
        f"{who} waits at {where} for {name}, which it locked{at(locked)} and still holds",
    )
    return lock_finding(
        graph,
        words,
        root,
        held,
        "lock-held",
        claim,
        f"unlock in {locked.short_function} on every way out, or by defer",
    )


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
