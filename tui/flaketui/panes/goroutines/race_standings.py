"""Where goroutines of races stood, as the race detector's reports print their stacks."""

from __future__ import annotations

from collections.abc import Sequence

from flakecore.frames import shown_frame
from flakecore.gotest import DumpFrame, Race
from flakecore.timeline import Case, Failure, Frame, Stack
from flaketui.panes.goroutines.standings import Alike, Standing


def standings_of_races(case: Case, failure: Failure | None) -> tuple[Alike, ...]:
    """Return the accesses of a failure's races, or of all races where it has none.

    The detector counts goroutines for itself: only where the runtime's number is known is it shown.
    """
    chosen = failure.races if failure is not None else ()
    numbers = dict(zip(chosen, failure.race_goroutines, strict=False)) if failure else {}
    found: list[Alike] = []
    for index in chosen or range(len(case.races)):
        race = case.races[index]
        known = numbers.get(index, ())
        for place, access in enumerate(race.accesses):
            number = known[place] if place < len(known) else 0
            stack = _stack(access.frames)
            made = _created(race, access.goroutine)
            word = f"{'earlier' if access.previous else 'later'} {access.kind}"
            one = Standing(
                number=number,
                state=word,
                waited_ns=0,
                stack=stack,
                own=shown_frame(stack, case.package),
                created_at=shown_frame(made, case.package),
                creator=0,
                test=failure.test_name if failure is not None else "",
            )
            found.append(Alike((one,), 1, len(found), f"race {index} {word}"))
    return tuple(found)


def _created(race: Race, number: int) -> Stack:
    return next((_stack(one.frames) for one in race.goroutines if one.number == number), ())


def _stack(frames: Sequence[DumpFrame]) -> Stack:
    return tuple(Frame(one.function, one.file.replace("\\", "/"), one.line) for one in frames)
