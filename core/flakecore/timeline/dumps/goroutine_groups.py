"""Goroutines of a dump that stand alike: one state, the same own frames, one place of creation.

Ten thousand goroutines of a dump tend to be a dozen kinds; each kind is listed once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flakecore.frames import below_panic, split_own
from flakecore.gotest import DumpFrame
from flakecore.timeline.dumps.case_dumps import CaseDump, DumpedGoroutine


@dataclass(frozen=True, slots=True)
class AlikeGoroutines:
    """Goroutines of a dump that stand alike.

    Attributes:
        goroutines: in the order printed, at least one; empty for an entry of a debug=1 file.
        count: how many they are.
        state: what they do, as the runtime names it; "" if unknown.
        minutes: the shortest and the longest time that they have waited.
        frames: their own frames, innermost first, where one panicked from there on; empty where the
            stack is the library's alone.
        innermost: the innermost frame of all; None of an empty stack.
        creator: where they were created; None if not printed.
        test_name: the test of them all; "" if unknown.
    """

    goroutines: tuple[DumpedGoroutine, ...]
    count: int
    state: str
    minutes: tuple[int, int]
    frames: tuple[DumpFrame, ...]
    innermost: DumpFrame | None
    creator: DumpFrame | None
    test_name: str


_Place = tuple[str, str, int]


def alike_goroutines(
    dump: CaseDump, package: str = "", test: str = "", number: int = 0
) -> tuple[AlikeGoroutines, ...]:
    """Return the goroutines of a dump by kind, those that matter most first.

    First stands the kind of a certain goroutine, then kinds of a certain test and its subtests,
    then of other tests, then those with frames of one's own, and within these the most numerous.

    Args:
        dump: the dump.
        package: import path of the package under test; "" if unknown.
        test: the test that is asked for; "" for none.
        number: the goroutine that is asked for; 0 for none.
    """
    own_of: dict[tuple[int, ...], tuple[DumpFrame, ...]] = {}
    kinds: dict[tuple[object, ...], list[DumpedGoroutine]] = {}
    frames_of: dict[tuple[object, ...], tuple[DumpFrame, ...]] = {}
    for each in dump.goroutines:
        stack = each.stack
        # Equal frames are one object (FrameReader), which spares comparing them.
        identity = tuple(map(id, stack.frames))
        own = own_of.get(identity)
        if own is None:
            own = split_own(below_panic(stack.frames), package)[0]
            own = own or split_own(stack.frames, package)[0]
            own_of[identity] = own
        shown = own or stack.frames[:1]
        creator = _place(stack.creator) if stack.creator is not None else None
        places = tuple(_place(frame) for frame in shown)
        key = (stack.state, places, creator, each.test_name)
        kinds.setdefault(key, []).append(each)
        frames_of.setdefault(key, own)
    found = [_kind(members, frames_of[key]) for key, members in kinds.items()]
    for group in dump.groups:
        own = split_own(group.frames, package)[0]
        innermost = group.frames[0] if group.frames else None
        found.append(AlikeGoroutines((), group.count, "", (0, 0), own, innermost, None, ""))
    below = f"{test}/"

    def rank(kind: AlikeGoroutines) -> tuple[int, int]:
        if number and any(each.stack.number == number for each in kind.goroutines):
            return 0, 0
        if test and (kind.test_name == test or kind.test_name.startswith(below)):
            return 1, -kind.count
        order = 2 if kind.test_name and kind.frames else 3 if kind.frames else 4
        return order, -kind.count

    return tuple(sorted(found, key=rank))


def _place(frame: DumpFrame) -> _Place:
    return frame.function, frame.file, frame.line


def _kind(members: Sequence[DumpedGoroutine], own: tuple[DumpFrame, ...]) -> AlikeGoroutines:
    first = members[0].stack
    waited = [each.stack.minutes for each in members]
    return AlikeGoroutines(
        goroutines=tuple(members),
        count=len(members),
        state=first.state,
        minutes=(min(waited), max(waited)),
        frames=own,
        innermost=first.frames[0] if first.frames else None,
        creator=first.creator,
        test_name=members[0].test_name,
    )
