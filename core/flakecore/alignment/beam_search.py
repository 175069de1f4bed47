"""Beam search over the ways in which the writes of one segment can have printed its units.

Problem: between two anchors a few writes face a few units. Each write printed none, one or several
units, and some units were printed by no write of this process (a child process, the runtime).
Writes to one file are serialised, but standard output and standard error are two files and mostly
one pipe: of two writes that overlap in time either may have come first, and a write that blocked
on a full pipe may have been overtaken by several.

Idea: an assignment is a path through a lattice of states (writes done, writes deferred, units
assigned). The forward pass expands the states write by write and keeps those whose score plus an
upper bound on what the rest can add (``SearchBound``) is within ``log_range`` of the best; the
backward pass then has, for each unit and each write, the best complete path on which that write
printed the unit. The margin of a unit is the distance to the best path that gives it to another
write.

Why not the obvious way: a full Viterbi lattice has writes * units * 2**overlaps states, and a beam
without a bound prefers paths that have assigned few units so far, for they have the expensive part
ahead. Since a pruned path could have been the runner-up, no margin exceeds the distance to the
nearest pruned path; where that is too small, the search is repeated with a wider beam.

The constants were chosen and, but for the widths, measured as those of ``matching``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from flakecore.alignment.search_bound import SearchBound

NO_WRITE = -1


class BeamWidth(NamedTuple):
    """Limits of one search.

    Attributes:
        log_range: how far below the best a path may score and still be expanded, in nats.
        states: lattice states kept after each write.
        next_foreign: score of a unit of no write behind another such unit, in nats.
    """

    log_range: float
    states: int
    next_foreign: float


_WIDTHS = (BeamWidth(18.0, 40, -2.5), BeamWidth(40.0, 120, -2.5), BeamWidth(60.0, 160, -0.5))
"""Tried in turn. The wider ones are for segments in which another process prints several lines."""
_MAX_DEFERRED = 2
"""Writes deferred at once: there are rarely more than two files."""
_NEVER = float("-inf")
_MIN_PRUNED_DISTANCE = 10.0
"""Distance in nats to the nearest pruned path from which on a result is not searched for again."""
_FOREIGN_SCORE = -8.0
"""Score of a unit of no write behind a unit of a write, in nats. Without recorded writes 166 lines
fewer are certain if it is halved, and 302 if it is doubled (captures: see ``matching``)."""
_OVERTAKEN_SCORE = -1.0
"""Score of a write being overtaken by one that ended before it did, in nats."""
_SWAPPED_SCORE = -4.0
"""Score of a write being overtaken by one that began and ended later, in nats."""
_SLOW_WRITE_SCORE = -6.0
"""Score of a write lasting until its latest possible end, not its likely one, in nats."""


class SearchSegment(NamedTuple):
    """The writes and units between two anchors.

    Attributes:
        starts, ends: (writes,), when each write began and probably ended, in nanoseconds.
        latest_ends: (writes,), when each had ended at the latest.
        units: number of units.
        options: from a write, the unit it would begin with and the number of units that it has
            printed before to pairs (number of units, score), 0 units included where it has printed
            none. A negative number stands for as many units, with more to come later. The score
            holds that of the number of all units it has printed then (``count_scores``).
        count_scores: (writes,), of each write the best score for printing 0, 1, 2 … units.
        baselines: (units,), the best score that any write has for the unit, which the scores of
            ``options`` are relative to; passing over the unit costs as much.
        foreign: (units,), whether the unit is known to be of no write.
        may_be_split: (units,), whether the rest of the unit's write may come behind others.
        open_start, open_end: whether passing over units before the first write, or after the
            last one, costs no more than their baselines.
    """

    starts: Sequence[int]
    ends: Sequence[int]
    latest_ends: Sequence[int]
    units: int
    options: Callable[[int, int, int], Sequence[tuple[int, float]]]
    count_scores: Sequence[Sequence[float]]
    baselines: Sequence[float]
    foreign: Sequence[bool]
    may_be_split: Sequence[bool]
    open_start: bool
    open_end: bool


class SearchResult(NamedTuple):
    """The best path through a segment; every column (units,).

    Attributes:
        owner: the write on the best path, or ``NO_WRITE``.
        margin: distance in nats to the best path that gives the unit to another owner.
        rivals: the other owners on paths that were kept, each with the distance of its best path.
        pruned_distance: distance in nats to the nearest pruned path; no margin exceeds it.
    """

    owner: list[int]
    margin: list[float]
    rivals: list[list[tuple[int, float]]]
    pruned_distance: float


_Deferred = tuple[tuple[int, int], ...]
"""Writes that are still to print, each with the number of units that it has printed before."""
_State = tuple[int, int, _Deferred]
"""Minus the number of writes deferred so far; twice the units assigned, plus one where the last of
them is foreign; the writes that are deferred. Every step leads to a state that sorts higher."""
_Scores = dict[_State, float]
_Step = tuple[_State, _State, float, int]
"""From one state to another, the score of the step, and the owner of the units between them."""


def solve(segment: SearchSegment, *, wide: bool = False) -> SearchResult | None:
    """Return the best path; None where no path satisfies the constraints.

    Args:
        segment: writes and units.
        wide: begin with the second beam width.
    """
    best: SearchResult | None = None
    for width in _WIDTHS[wide:]:
        result = _search(segment, width)
        if result is not None:
            best = result
            if result.pruned_distance >= _MIN_PRUNED_DISTANCE:
                break
    return best


class _Layer(NamedTuple):
    """One stage of the lattice: its states, and the steps that lead on from them.

    Attributes:
        within: whether the steps lead to states of this layer, not of the next one.
        write: the next write.
        scores: the best score of each state.
        steps: in the order in which they were taken.
        pruned: the best upper bound among the paths that are pruned here.
    """

    within: bool
    write: int
    scores: _Scores
    steps: list[_Step]
    pruned: float


def _search(segment: SearchSegment, width: BeamWidth) -> SearchResult | None:
    scores: _Scores = {(0, 0, ()): 0.0}
    layers: list[_Layer] = []
    count = len(segment.starts)
    bound = SearchBound(
        segment.count_scores,
        [
            (0.0 if foreign else width.next_foreign) - baseline
            for foreign, baseline in zip(segment.foreign, segment.baselines, strict=True)
        ],
        segment.open_start,
        segment.open_end,
        segment.baselines,
    )
    for write in range(count):
        is_open = segment.open_start and not write
        steps = _expand_between(segment, width, bound, write, scores, is_open)
        layers.append(_Layer(True, write, scores, steps, _NEVER))
        steps, reached, pruned = _expand_write(segment, width, bound, write, scores)
        if not reached:
            return None
        layers.append(_Layer(False, write, scores, steps, pruned))
        scores = reached
    steps = _expand_between(segment, width, bound, count, scores, segment.open_end)
    layers.append(_Layer(True, count, scores, steps, _NEVER))
    last = 2 * segment.units
    ends = [end for end in ((0, last, ()), (0, last + 1, ())) if end in scores]
    if not ends:
        return None
    best = max(scores[end] for end in ends)
    return _backward(segment.units, layers, bound, dict.fromkeys(ends, 0.0), best, width.log_range)


def _expand_between(
    segment: SearchSegment,
    width: BeamWidth,
    bound: SearchBound,
    write: int,
    scores: _Scores,
    is_open: bool,
) -> list[_Step]:
    """Before a write: pass over units, let deferred writes print. Adds states to ``scores``."""
    steps: list[_Step] = []
    queue = list(scores)
    heapify(queue)
    rest = bound.of
    floor = max(s + rest(write, at[1] >> 1, at[2]) for at, s in scores.items()) - width.log_range

    def step(state: _State, following: _State, gain: float, owner: int) -> None:
        steps.append((state, following, gain, owner))
        total = scores[state] + gain
        if following not in scores:
            heappush(queue, following)
            scores[following] = total
        elif total > scores[following]:
            scores[following] = total

    while queue:
        state = heappop(queue)
        order, position, deferred = state
        unit = position >> 1
        if scores[state] + rest(write, unit, deferred) < floor:
            continue
        if unit < segment.units:
            free = is_open or segment.foreign[unit]
            gain = 0.0 if free else width.next_foreign if position & 1 else _FOREIGN_SCORE
            gain -= segment.baselines[unit]
            last_is_foreign = position & 1 if free else 1
            step(state, (order, 2 * (unit + 1) + last_is_foreign, deferred), gain, NO_WRITE)
        for back, printed in deferred:
            if back + 1 < write:
                nested = segment.ends[write - 1] <= segment.latest_ends[back]
                cost = _OVERTAKEN_SCORE if nested else _SWAPPED_SCORE
                others = tuple(each for each in deferred if each[0] != back)
                for number, gain in segment.options(back, unit, printed):
                    if number < 0:
                        continue
                    step(state, (order + 1, 2 * (unit + number), others), gain + cost, back)
    return steps


def _expand_write(
    segment: SearchSegment, width: BeamWidth, bound: SearchBound, write: int, scores: _Scores
) -> tuple[list[_Step], _Scores, float]:
    """From every state let a write print what it may, or defer it.

    Returns:
        the steps, the scores of the states they lead to, and the best bound of a pruned path.
    """
    steps: list[_Step] = []
    reached: _Scores = {}
    pruned = _NEVER
    rest = bound.of
    bounds = {at: s + rest(write, at[1] >> 1, at[2]) for at, s in scores.items()}
    floor = max(bounds.values()) - width.log_range
    options, starts, latest_ends = segment.options, segment.starts, segment.latest_ends
    began = starts[write]
    overlaps = write + 1 < len(starts) and latest_ends[write] > starts[write + 1]
    deferring = 0.0 if overlaps and segment.ends[write] > starts[write + 1] else _SLOW_WRITE_SCORE
    for state, score in scores.items():
        order, position, deferred = state
        if deferred and any(latest_ends[back] <= began for back, _ in deferred):
            continue
        if bounds[state] < floor:
            pruned = max(pruned, bounds[state])
            continue
        unit = position >> 1
        may_defer = overlaps and len(deferred) < _MAX_DEFERRED
        if may_defer:
            following = (order - 1, position, (*deferred, (write, 0)))
            steps.append((state, following, deferring, NO_WRITE))
            if score + deferring > reached.get(following, _NEVER):
                reached[following] = score + deferring
        for number, gain in options(write, unit, 0):
            total = score + gain
            if number >= 0:
                following = (order, 2 * (unit + number), deferred)
                steps.append((state, following, gain, write))
                if total > reached.get(following, _NEVER):
                    reached[following] = total
            part = abs(number)
            if may_defer and part and segment.may_be_split[unit + part - 1]:
                following = (order - 1, 2 * (unit + part), (*deferred, (write, part)))
                # How likely the number of its units is, is known when it has printed them all.
                gain += deferring - segment.count_scores[write][part]
                steps.append((state, following, gain, write))
                if score + gain > reached.get(following, _NEVER):
                    reached[following] = score + gain
    if len(reached) > width.states:
        bounds = {at: s + rest(write + 1, at[1] >> 1, at[2]) for at, s in reached.items()}
        ranked = sorted(reached, key=lambda at: -bounds[at])
        pruned = max(pruned, bounds[ranked[width.states]])
        reached = {at: reached[at] for at in ranked[: width.states]}
    return steps, reached, pruned


def _backward(
    units: int,
    layers: Sequence[_Layer],
    bound: SearchBound,
    ahead: _Scores,
    best: float,
    log_range: float,
) -> SearchResult:
    """Return, going back from the end, the best complete path for each unit and each owner."""
    found: list[dict[int, float]] = [{} for _ in range(units)]
    nearest = log_range
    for layer in reversed(layers):
        before: _Scores = dict(ahead) if layer.within else {}
        source = before if layer.within else ahead
        scores = layer.scores
        for state, following, gain, owner in reversed(layer.steps):
            rest = source.get(following)
            if rest is None:
                continue
            rest += gain
            total = rest + scores[state]
            if total < best - log_range:
                continue
            if rest > before.get(state, _NEVER):
                before[state] = rest
            for unit in range(state[1] >> 1, following[1] >> 1):
                if total > found[unit].get(owner, _NEVER):
                    found[unit][owner] = total
        if layer.pruned > _NEVER:
            at = max(before, key=lambda state: scores[state] + before[state])
            upper = scores[at] + bound.of(layer.write, at[1] >> 1, at[2])
            nearest = min(nearest, max(upper - layer.pruned, 0.0))
        ahead = before
    owners, margins = [], []
    rivals: list[list[tuple[int, float]]] = []
    for totals in found:
        ranked = sorted(totals, key=lambda write: -totals[write])
        owners.append(ranked[0] if ranked else NO_WRITE)
        distance = totals[ranked[0]] - totals[ranked[1]] if len(ranked) > 1 else log_range
        margins.append(min(distance, nearest) if ranked else 0.0)
        rivals.append([(write, totals[ranked[0]] - totals[write]) for write in ranked[1:]])
    return SearchResult(owners, margins, rivals, nearest)
