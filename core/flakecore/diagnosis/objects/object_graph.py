"""Who could end whose wait, by an objects page.

The page marks of every goroutine whether it can still go on. Among those that cannot, this is the
graph that explains why: from each to whoever holds the lock that it waits for, or else may come to
what would end its wait. That is who has the channel, wait group or cond on its stack; what is
reached through the heap the page has for those alone that can go on, so that the source, where it
is at hand, shows who else of the same test may come to it. Where the graph ends (nobody could end a
wait, or some could only end each other's) is what the failure began with; all others wait behind.

Left out is who has an object but could do nothing about the wait: one that waits itself for no more
than the waiter does (whoever freed it could free the waiter), and a test that waits for the very
subtest which is stuck. So goroutines that wait alike have the same unblockers: worked out once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from functools import cached_property

from flakecore.diagnosis.goroutine_states import GoroutineState, GoroutineStates
from flakecore.diagnosis.objects.cycles import components, shortest_cycle
from flakecore.diagnosis.objects.object_wait import ObjectWait
from flakecore.diagnosis.waits.blocked_on import BlockedOn
from flakecore.diagnosis.waits.peers.unblocker_sets import UnblockerSets
from flakecore.objects import (
    LOCKS,
    ObjectKind,
    ObjectsPage,
    PageGoroutine,
    PageHolder,
    PageObject,
)
from flakecore.timeline import Case

_FOR_SUBTESTS = (
    *("testing.(*T).Run", "testing.(*F).Fuzz", "testing.(*B).Run", "testing.tRunner.func"),
)


_Kind = tuple[frozenset[tuple[int, str]], int, BlockedOn, tuple[str, int]]
"""What goroutines have in common that wait alike: objects and operations, test, and place."""


class ObjectGraph:
    """The goroutines of a page that cannot go on, and who could end whose wait."""

    def __init__(
        self,
        case: Case,
        states: GoroutineStates,
        page: ObjectsPage,
        by_source: Callable[[GoroutineState], Set[int] | None] | None = None,
        may_unlock: Callable[[GoroutineState], bool] | None = None,
    ) -> None:
        """Take a page and the states that were read from it.

        Args:
            case: the page is one of its.
            states: the goroutines of the page.
            page: the page.
            by_source: returns who may still come to what would end a wait; None where that is not
                known.
            may_unlock: returns whether a goroutine stands where it may unlock what another locked;
                without it any may.
        """
        self._case = case
        self._states = states
        self._by_source = by_source
        self._may_unlock = may_unlock or (lambda _: True)
        self._in_other_hands: dict[int, bool] = {}
        self.page = page

    def waits_of(self, number: int) -> tuple[ObjectWait, ...]:
        """Return what a goroutine waits on: several objects in a select."""
        state, found = self._states.by_number.get(number), self.page.by_number.get(number)
        if state is None or found is None:
            return ()
        by_address = self.page.by_address
        return tuple(ObjectWait(state, wait, by_address.get(wait.address)) for wait in found.waits)

    def state(self, number: int) -> GoroutineState | None:
        """Return a goroutine of the program; None where it is not there."""
        return self._states.by_number.get(number)

    @cached_property
    def dead(self) -> dict[int, frozenset[int] | None]:
        """Who can not go on, each with those that could end its wait; None where unknown."""
        found: dict[_Kind, frozenset[int] | None] = {}
        for number, kind in self._kinds.items():
            if kind not in found:
                found[kind] = self._enders(number)
        return {number: found[kind] for number, kind in self._kinds.items()}

    @cached_property
    def roots(self) -> tuple[tuple[int, ...], ...]:
        """What all others wait behind: goroutines that nobody could wake, and cycles.

        Those that nobody could wake stand together where they wait alike. A cycle is a shortest
        one of goroutines that could only wake each other, from its lowest number on; one that waits
        for itself is a cycle of one.
        """
        members: dict[_Kind, list[int]] = {}
        for number, kind in self._kinds.items():
            members.setdefault(kind, []).append(number)
        ends = {kind: self.dead[numbers[0]] for kind, numbers in members.items()}
        graph = {
            kind: frozenset(self._kinds[each] for each in numbers)
            for kind, numbers in ends.items()
            if numbers is not None
        }
        found = []
        for group in components(graph):
            if not frozenset().union(*(graph[kind] for kind in group)) <= frozenset(group):
                continue
            numbers = sorted(number for kind in group for number in members[kind])
            numbers = [each for each in numbers if not self._waits_for_subtests(each)]
            if not numbers:
                continue
            if graph[group[0]]:
                numbers = list(shortest_cycle(self._known_unblockers, numbers))
            found.append(tuple(numbers))
        return tuple(sorted(found))

    def is_cycle(self, root: tuple[int, ...]) -> bool:
        """Return whether a root is a cycle: each could be woken by the next."""
        return bool(self._known_unblockers[root[0]])

    @cached_property
    def _known_unblockers(self) -> dict[int, frozenset[int]]:
        return {number: ends for number, ends in self.dead.items() if ends is not None}

    @cached_property
    def _kinds(self) -> dict[int, _Kind]:
        """What the dead wait for, and of which test they are."""
        stuck = (each for each in self._states if each.live is False)
        found = {}
        for each in stuck:
            waits = self.page.by_number[each.number].waits
            key = frozenset((wait.address, wait.operation) for wait in waits)
            own = each.own
            place = (own.file, own.line) if own is not None else ("", 0)
            found[each.number] = (key, each.test, each.blocked_on, place)
        return found

    def behind(self, numbers: frozenset[int]) -> frozenset[int]:
        """Return some dead goroutines, and those that only these could wake."""
        return self._sets.behind(numbers)

    @cached_property
    def _sets(self) -> UnblockerSets:
        return UnblockerSets(self._known_unblockers)

    def holder_of(self, wait: ObjectWait) -> PageHolder | None:
        """Return who holds what is waited for: the first one where several read it."""
        return next(iter(wait.object.holders), None) if wait.object is not None else None

    def writers_on(self, lock: PageObject, besides: int) -> list[ObjectWait]:
        """Return who waits to write-lock what readers hold."""
        return [
            wait
            for number in self._waiters.get((lock.address, "lock"), ())
            for wait in self.waits_of(number)
            if wait.wait.address == lock.address and number != besides
        ]

    def contexts_of(self, channel: int) -> list[PageObject]:
        """Return the contexts whose Done a channel is."""
        return self._by_done.get(channel, [])

    def timer_of(self, channel: int) -> PageObject | None:
        """Return the timer that sends on a channel."""
        return self._by_channel.get(channel)

    def ended_ns(self, number: int) -> int | None:
        """Return when a goroutine ended, on the case's clock; None if it did not, or is unknown.

        The trace has it to the tick, the page by a clock that runs in steps.
        """
        schedule = self._case.schedule
        known = schedule.goroutine(number) if schedule is not None else None
        ended = known.ended_ns if known is not None else None
        if ended is not None and ended <= self.page.at_ns:
            return ended
        found = self.page.by_number.get(number)
        has_time = found is not None and found.ended and self.page.timed
        return found.ended_ns if found is not None and has_time else None

    def has_ended(self, number: int) -> bool:
        """Return whether a goroutine has ended: the page has it no more, and has all there are."""
        found = self.page.by_number.get(number)
        return found.ended if found is not None else self.page.is_whole and number > 0

    def time_of(self, at_ns: int | None) -> int | None:
        """Return a time of the page on the case's clock; None where nothing ties the two."""
        return at_ns if self.page.timed else None

    def has_on_stack(self, root: Sequence[int]) -> frozenset[int]:
        """Return who else has what a root waits on, of those that could do something about it."""
        found: set[int] = set()
        # Those that wait alike are reached by the same: ten thousand may wait on one channel.
        for number in {self._kinds[number]: number for number in root}.values():
            found |= self._reaching(number) or frozenset()
        return frozenset(found - set(root))

    def is_seen(self, cycle: Sequence[int]) -> bool:
        """Return whether the page alone has each of a cycle with what the one before waits on."""
        following = (*cycle[1:], cycle[0])
        pairs = zip(cycle, following, strict=True)
        return all(other in (self._reaching(one) or ()) for one, other in pairs)

    def _enders(self, number: int) -> frozenset[int] | None:
        state = self._states.by_number[number]
        reaching = self._reaching(number)
        if reaching is None or self._by_source is None or state.blocked_on.on_lock:
            return reaching
        known = self._by_source(state)
        if known is None:
            return reaching
        near = (self._states.by_number[each] for each in known)
        alike = self._kinds[number][0]
        return frozenset(
            each.number
            for each in near
            if each.live is False
            and (each.test == state.test or each.number in reaching)
            and not self._waits_for_less(each.number, alike)
            and self._may_act(each.number, number)
        )

    def _reaching(self, number: int) -> frozenset[int] | None:
        """Return who could end a wait by the page alone; None where it does not show."""
        ends: set[int] = set()
        waits = self.waits_of(number)
        if not waits:
            state = self._states.by_number[number]
            return frozenset() if state.blocked_on.for_ever else None
        for wait in waits:
            if not wait.wait.address:
                continue  # A case on a nil channel is never chosen.
            found = self._enders_of(number, wait)
            if found is None:
                return None
            ends |= found
        return frozenset(each for each in ends if self._states.by_number[each].live is False)

    def _enders_of(self, number: int, wait: ObjectWait) -> set[int] | None:
        lock = wait.object
        if lock is None:
            return None
        if lock.kind in LOCKS:
            return self._lock_holders(number, wait, lock)
        if lock.reachable_from is None and not self.page.has_liveness:
            return None
        mine = self._kinds[number][0]
        return {
            each
            for each in lock.reachable_from or ()
            if not self._waits_for_less(each, mine) and self._may_act(each, number)
        }

    def _waits_for_less(self, number: int, waits: frozenset[tuple[int, str]]) -> bool:
        """Return whether whoever could free a goroutine could free one with these waits too."""
        theirs = self._kinds.get(number)
        return theirs is not None and bool(theirs[0]) and theirs[0] <= waits

    def is_live_by_address(self, number: int) -> bool:
        """Return whether a goroutine can go on for no more than that another has an address."""
        found = self.page.by_number.get(number)
        return found is not None and bool(found.live) and found.because == "object"

    def has_live_kin(self, number: int) -> bool:
        """Return whether another goroutine of the same test can go on."""
        test = self._states.by_number[number].test
        return any(each.test == test and bool(each.live) for each in self._states)

    def is_unsure(self, number: int) -> bool:
        """Return whether a goroutine waits for a lock that one that can go on may yet unlock.

        The page takes it that only who holds a lock unlocks it, which Go does not ask for.
        """
        return any(
            each.on_lock and each.object is not None and self._is_in_other_hands(each.object)
            for each in self.waits_of(number)
        )

    def _is_in_other_hands(self, lock: PageObject) -> bool:
        if lock.address not in self._in_other_hands:
            others = (self._states.by_number.get(each) for each in lock.reachable_from or ())
            self._in_other_hands[lock.address] = any(
                each is not None and bool(each.live) and self._may_unlock(each) for each in others
            )
        return self._in_other_hands[lock.address]

    def _lock_holders(self, number: int, wait: ObjectWait, lock: PageObject) -> set[int] | None:
        if self._is_in_other_hands(lock):
            return None
        holders = {each.goroutine for each in lock.holders if not each.ended}
        if holders and wait.wait.operation == "rlock" and all(each.reads for each in lock.holders):
            writers = {each.state.number for each in self.writers_on(lock, number)}
            holders = writers or holders
        if not lock.holders:
            return None
        return {each for each in holders if each in self._states.by_number}

    def _may_act(self, number: int, waiter: int) -> bool:
        """Return whether a goroutine may yet do something for a waiter."""
        state = self._states.by_number.get(number)
        if state is None:
            return False
        if not self._waits_for_subtests(number):
            return True
        test = self._states.by_number[waiter].test
        while test >= 0 and test != state.test:
            test = self._case.tests[test].parent
        return state.test >= 0 and test != state.test

    def _waits_for_subtests(self, number: int) -> bool:
        """Return whether a goroutine runs tests and waits for one of them."""
        frames = self._states.by_number[number].frames
        return any(frame.function.startswith(_FOR_SUBTESTS) for frame in frames)

    @cached_property
    def _waiters(self) -> dict[tuple[int, str], list[int]]:
        found: dict[tuple[int, str], list[int]] = {}
        for each in self._not_ended():
            for wait in each.waits:
                found.setdefault((wait.address, wait.operation), []).append(each.number)
        return found

    @cached_property
    def _by_done(self) -> dict[int, list[PageObject]]:
        found: dict[int, list[PageObject]] = {}
        for each in self.page.objects:
            if each.kind is ObjectKind.CONTEXT and each.done:
                found.setdefault(each.done, []).append(each)
        return found

    @cached_property
    def _by_channel(self) -> dict[int, PageObject]:
        timers = (each for each in self.page.objects if each.kind is ObjectKind.TIMER)
        return {each.channel: each for each in timers if each.channel}

    def _not_ended(self) -> Iterator[PageGoroutine]:
        return (each for each in self.page.by_number.values() if not each.ended)
