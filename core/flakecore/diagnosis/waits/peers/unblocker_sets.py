"""Who could end whose wait, and who is dead for it, linear in waits and in distinct sets.

Thousands of goroutines may wait at one place, and each of them may be what the others wait for. So
those that wait alike share one set of unblockers, in which a goroutine may find itself: it is never
its own. Whatever is worked out is worked out once for a set.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping


class UnblockerSets:
    """Goroutines that wait, by number, each with the numbers of those that could end its wait."""

    def __init__(self, waits: Mapping[int, frozenset[int]]) -> None:
        """Take the waits that are understood; who is not among them can go on."""
        self._waits = waits
        self._waiters: dict[frozenset[int], list[int]] = {}
        for number, ends in waits.items():
            self._waiters.setdefault(ends, []).append(number)
        self._within: dict[int, list[frozenset[int]]] = {}
        for ends in self._waiters:
            for number in ends:
                self._within.setdefault(number, []).append(ends)

    def dead(self) -> dict[int, frozenset[int]]:
        """Return who cannot go on: nobody who can could end its wait.

        A fixpoint: whoever waits for one that can go on can go on; what is left is dead.
        """
        alive = [number for number in self._within if number not in self._waits]
        freed: set[frozenset[int]] = set()
        gone_on: set[int] = set()
        while alive:
            for ends in self._within.get(alive.pop(), ()):
                if ends not in freed:
                    freed.add(ends)
                    waiters = [each for each in self._waiters[ends] if each not in gone_on]
                    gone_on.update(waiters)
                    alive += waiters
        return {number: ends for number, ends in self._waits.items() if number not in gone_on}

    def __iter__(self) -> Iterator[int]:
        """Iterate over the goroutines that wait."""
        return iter(self._waits)

    def __contains__(self, number: int) -> bool:
        return number in self._waits

    def others(self, number: int) -> frozenset[int]:
        """Return who could end a goroutine's wait; empty if nobody could."""
        ends = self._waits.get(number, frozenset())
        return ends - {number} if number in ends else ends

    def has_others(self, number: int) -> bool:
        """Return whether anybody could end a goroutine's wait."""
        ends = self._waits.get(number, frozenset())
        return len(ends) > (number in ends)

    def behind(self, numbers: Iterable[int]) -> frozenset[int]:
        """Return some goroutines, and those that only these could wake, and so on."""
        found = set(numbers)
        todo = list(found)
        left = {ends: len(ends) for ends in self._waiters}
        while todo:
            for ends in self._within.get(todo.pop(), ()):
                left[ends] -= 1
                if left[ends] > 1:
                    continue
                # The last one that is left waits for the others alone.
                freed = self._waiters[ends] if not left[ends] else (ends - found)
                for each in freed:
                    waits_so = self._waits.get(each) == ends and self.has_others(each)
                    if waits_so and each not in found:
                        found.add(each)
                        todo.append(each)
        return frozenset(found)
