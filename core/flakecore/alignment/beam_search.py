"""The ways in which the writes of a stretch may have printed its units, and the likeliest of them.

Between two anchors a few writes face a few units. Each write printed none, one or several units,
and some units were printed by nobody (a child process, the runtime). Writes to one file wait for
each other, but standard output and standard error are two files and mostly one pipe: of two writes
that went on at the same time, either may have come first, and one that waited for room in the pipe
may have been overtaken by several.

The ways to deal the units out are paths through a lattice of (writes told of, those of them that
are held back, units told of). Nearly all of them break a rule or are absurd, so only those close
to the best are followed; what is left is a handful of states a write. A unit is certain where
every path that comes near the best gives it to the same write.

What is close is told by what a path has gained and by the most it can still gain (``outlook``):
who has dealt out too few units has the dear part before him. A path that was given up is no
rival, so no margin is wider than the distance to the nearest one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from flakecore.alignment.search_bound import SearchBound

NOBODY = -1


class Breadth(NamedTuple):
    """How widely is searched.

    Attributes:
        followed: how far behind the best a path may fall and still be followed, in natural
            logarithms.
        states: paths followed at once.
        further: what each further unit costs that nobody printed, behind a first one.
    """

    followed: float
    states: int
    further: float


_BREADTHS = (Breadth(18.0, 40, -2.5), Breadth(40.0, 120, -2.5), Breadth(60.0, 160, -0.5))
"""The further ones are for stretches in which somebody else prints more than a line or two."""
_HELD_BACK = 2
"""Writes held back at once: there are rarely more than two files."""
_NEVER = float("-inf")
_TRUSTED = 10.0
"""How far off the nearest path that was given up must be; else it is looked farther."""
_STRANGER = -8.0
_OVERTAKEN = -1.0
"""A write that went on for longer was overtaken."""
_SWAPPED = -4.0
"""A write was overtaken by one that began and ended later."""
_LONGER = -6.0
"""A write took longer than is likely."""


class SearchSegment(NamedTuple):
    """Writes and units between two anchors.

    Attributes:
        starts, ends: when each write began and ended.
        over: when each had ended at the latest; later than its end where that is only likely.
        units: how many.
        options: from a write and the unit it may begin with, to the numbers of units it may have
            printed, each with its score; none (0) included. Below zero, only if more come later.
        pars: of each unit, what it costs to pass over it, beside the cost of doing so at all: the
            best that any write scores by it, which the scores of ``options`` are short of.
        numbers: of each write, the best score there is for printing 0, 1, 2 … units.
        strangers: of each unit, whether nobody's write printed it.
        goes_on: of each unit, whether the rest of the write may come later, behind others.
        open_start, open_end: units before the first write and after the last cost nothing.
    """

    starts: Sequence[int]
    ends: Sequence[int]
    over: Sequence[int]
    units: int
    options: Callable[[int, int], Sequence[tuple[int, float]]]
    numbers: Sequence[Sequence[float]]
    pars: Sequence[float]
    strangers: Sequence[bool]
    goes_on: Sequence[bool]
    open_start: bool
    open_end: bool


class Verdict(NamedTuple):
    """Who printed each unit of a stretch, all of equal length.

    Attributes:
        owner: the write on the best path, or ``NOBODY``.
        margin: how far the best path falls behind that gives the unit to somebody else.
        rivals: the other writes that have it on paths that were followed, each with how far the
            best of those falls behind.
        given_up: how far the nearest path falls behind that was not followed to its end; no
            margin is wider.
    """

    owner: list[int]
    margin: list[float]
    rivals: list[list[tuple[int, float]]]
    given_up: float


_Held = tuple[int, ...]
_State = tuple[int, int, _Held]
"""Writes held back, counted downwards; twice the units told of, and one more where the last of
them is a stranger; the writes held back. Steps lead from lower states to higher ones."""
_States = dict[_State, float]
_Step = tuple[_State, _State, float, int]
"""From one state to another, what is gained, and who printed what lies between."""


def solve(stretch: SearchSegment, *, widely: bool = False) -> Verdict | None:
    """Return the likeliest way; None where no way keeps to the rules.

    Args:
        stretch: writes and units.
        widely: look farther than is mostly needed.
    """
    best: Verdict | None = None
    for breadth in _BREADTHS[widely:]:
        verdict = _solve(stretch, breadth)
        if verdict is not None:
            best = verdict
            if verdict.given_up >= _TRUSTED:
                break
    return best


class _Layer(NamedTuple):
    """One stage of the lattice: the states before it, and the steps that lead on.

    Attributes:
        within: whether the steps lead to states of this layer, not of the next.
        write: the write that is next.
        given_up: the best sum of gain and outlook among paths that end here.
    """

    within: bool
    write: int
    states: _States
    steps: list[_Step]
    given_up: float


def _solve(stretch: SearchSegment, breadth: Breadth) -> Verdict | None:
    states: _States = {(0, 0, ()): 0.0}
    layers: list[_Layer] = []
    count = len(stretch.starts)
    outlook = SearchBound(
        stretch.numbers,
        [
            (0.0 if stranger else breadth.further) - par
            for stranger, par in zip(stretch.strangers, stretch.pars, strict=True)
        ],
        stretch.open_start,
        stretch.open_end,
        stretch.pars,
    )
    for write in range(count):
        is_open = stretch.open_start and not write
        steps = _between(stretch, breadth, outlook, write, states, is_open)
        layers.append(_Layer(True, write, states, steps, _NEVER))
        steps, reached, given_up = _take(stretch, breadth, outlook, write, states)
        if not reached:
            return None
        layers.append(_Layer(False, write, states, steps, given_up))
        states = reached
    steps = _between(stretch, breadth, outlook, count, states, stretch.open_end)
    layers.append(_Layer(True, count, states, steps, _NEVER))
    last = 2 * stretch.units
    ends = [end for end in ((0, last, ()), (0, last + 1, ())) if end in states]
    if not ends:
        return None
    best = max(states[end] for end in ends)
    return _judge(stretch.units, layers, outlook, dict.fromkeys(ends, 0.0), best, breadth.followed)


def _between(
    stretch: SearchSegment,
    breadth: Breadth,
    outlook: SearchBound,
    write: int,
    states: _States,
    is_open: bool,
) -> list[_Step]:
    """Before a write: pass over strangers, let writes held back print. Adds states."""
    steps: list[_Step] = []
    waiting = list(states)
    heapify(waiting)
    hopes = outlook.of
    floor = max(s + hopes(write, at[1] >> 1, at[2]) for at, s in states.items()) - breadth.followed

    def step(state: _State, following: _State, gain: float, printer: int) -> None:
        steps.append((state, following, gain, printer))
        total = states[state] + gain
        if following not in states:
            heappush(waiting, following)
            states[following] = total
        elif total > states[following]:
            states[following] = total

    while waiting:
        state = heappop(waiting)
        less, place, held = state
        unit = place >> 1
        if states[state] + hopes(write, unit, held) < floor:
            continue
        if unit < stretch.units:
            free = is_open or stretch.strangers[unit]
            gain = 0.0 if free else breadth.further if place & 1 else _STRANGER
            gain -= stretch.pars[unit]
            step(state, (less, 2 * (unit + 1) + (place & 1 if free else 1), held), gain, NOBODY)
        for back in held:
            if back + 1 < write:
                nested = stretch.ends[write - 1] <= stretch.over[back]
                cost = _OVERTAKEN if nested else _SWAPPED
                rest = tuple(each for each in held if each != back)
                for number, gain in stretch.options(back, unit):
                    if number < 0:
                        continue
                    step(state, (less + 1, 2 * (unit + number), rest), gain + cost, back)
    return steps


def _take(
    stretch: SearchSegment, breadth: Breadth, outlook: SearchBound, write: int, states: _States
) -> tuple[list[_Step], _States, float]:
    """Let a write print what it may, or hold it back, from every state.

    Returns:
        the steps, the states they lead to, and the best prospect of a path that is given up.
    """
    steps: list[_Step] = []
    reached: _States = {}
    given_up = _NEVER
    hopes = outlook.of
    prospects = {at: s + hopes(write, at[1] >> 1, at[2]) for at, s in states.items()}
    floor = max(prospects.values()) - breadth.followed
    options, starts, over = stretch.options, stretch.starts, stretch.over
    began = starts[write]
    overlaps = write + 1 < len(starts) and over[write] > starts[write + 1]
    waiting = 0.0 if overlaps and stretch.ends[write] > starts[write + 1] else _LONGER
    for state, score in states.items():
        less, place, held = state
        if held and any(over[back] <= began for back in held):
            continue
        if prospects[state] < floor:
            given_up = max(given_up, prospects[state])
            continue
        unit = place >> 1
        waits = overlaps and len(held) < _HELD_BACK
        if waits:
            following = (less - 1, place, (*held, write))
            steps.append((state, following, waiting, NOBODY))
            if score + waiting > reached.get(following, _NEVER):
                reached[following] = score + waiting
        for number, gain in options(write, unit):
            total = score + gain
            if number >= 0:
                following = (less, 2 * (unit + number), held)
                steps.append((state, following, gain, write))
                if total > reached.get(following, _NEVER):
                    reached[following] = total
            end = unit + abs(number)
            if waits and number and stretch.goes_on[end - 1]:
                following = (less - 1, 2 * end, (*held, write))
                steps.append((state, following, gain + waiting, write))
                if total + waiting > reached.get(following, _NEVER):
                    reached[following] = total + waiting
    if len(reached) > breadth.states:
        prospects = {at: s + hopes(write + 1, at[1] >> 1, at[2]) for at, s in reached.items()}
        ranked = sorted(reached, key=lambda at: -prospects[at])
        given_up = max(given_up, prospects[ranked[breadth.states]])
        reached = {at: reached[at] for at in ranked[: breadth.states]}
    return steps, reached, given_up


def _judge(
    units: int,
    layers: Sequence[_Layer],
    outlook: SearchBound,
    ahead: _States,
    best: float,
    followed: float,
) -> Verdict:
    """Go back from the end and see how good the best path is on which a write prints a unit."""
    found: list[dict[int, float]] = [{} for _ in range(units)]
    nearest = followed
    for layer in reversed(layers):
        before: _States = dict(ahead) if layer.within else {}
        source = before if layer.within else ahead
        states = layer.states
        for state, following, gain, printer in reversed(layer.steps):
            rest = source.get(following)
            if rest is None:
                continue
            rest += gain
            total = rest + states[state]
            if total < best - followed:
                continue
            if rest > before.get(state, _NEVER):
                before[state] = rest
            for unit in range(state[1] >> 1, following[1] >> 1):
                if total > found[unit].get(printer, _NEVER):
                    found[unit][printer] = total
        if layer.given_up > _NEVER:
            at = max(before, key=lambda state: states[state] + before[state])
            prospect = states[at] + outlook.of(layer.write, at[1] >> 1, at[2])
            nearest = min(nearest, max(prospect - layer.given_up, 0.0))
        ahead = before
    owner, margin = [], []
    rivals: list[list[tuple[int, float]]] = []
    for scores in found:
        ranked = sorted(scores, key=lambda write: -scores[write])
        owner.append(ranked[0] if ranked else NOBODY)
        behind = scores[ranked[0]] - scores[ranked[1]] if len(ranked) > 1 else followed
        margin.append(min(behind, nearest) if ranked else 0.0)
        rivals.append([(write, scores[ranked[0]] - scores[write]) for write in ranked[1:]])
    return Verdict(owner, margin, rivals, nearest)
