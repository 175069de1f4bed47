"""Which stacks and which functions a profile's values add up to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flakecore.pprof.profile import Profile, ProfileFrame


@dataclass(frozen=True, slots=True)
class FunctionTotal:
    """What one function adds up to.

    Attributes:
        function: qualified name.
        flat: of the samples whose innermost frame it is.
        cumulative: of the samples with it anywhere in their stack.
    """

    function: str
    flat: int
    cumulative: int


def top(
    profile: Profile, value_index: int, limit: int
) -> list[tuple[tuple[ProfileFrame, ...], int]]:
    """Return the stacks with the largest totals, largest first, and their totals.

    Args:
        profile: the profile.
        value_index: which column of ``Profile.values`` to add up.
        limit: how many to return at most; stacks that add up to nothing are left out.
    """
    totals = _by_stack(profile, value_index)
    order = sorted((-total, stack) for stack, total in enumerate(totals) if total)
    return [(profile.stacks[stack], -total) for total, stack in order[:limit]]


def top_functions(profile: Profile, value_index: int, limit: int) -> list[FunctionTotal]:
    """Return the functions with the largest flat, then cumulative, totals, as ``pprof -top`` does.

    Args:
        profile: the profile.
        value_index: which column of ``Profile.values`` to add up.
        limit: how many to return at most; functions that add up to nothing are left out.
    """
    flat: dict[str, int] = {}
    cumulative: dict[str, int] = {}
    for stack, total in zip(profile.stacks, _by_stack(profile, value_index), strict=True):
        if not stack or not total:
            continue
        flat[stack[0].function] = flat.get(stack[0].function, 0) + total
        for function in {frame.function for frame in stack}:
            cumulative[function] = cumulative.get(function, 0) + total
    totals = [FunctionTotal(name, flat.get(name, 0), total) for name, total in cumulative.items()]
    totals.sort(key=lambda row: (-row.flat, -row.cumulative, row.function))
    return [row for row in totals if row.flat or row.cumulative][:limit]


def _by_stack(profile: Profile, value_index: int) -> list[int]:
    totals = np.zeros(len(profile.stacks), np.int64)
    np.add.at(totals, profile.stack_of_sample, profile.values[:, value_index])
    result: list[int] = totals.tolist()
    return result
