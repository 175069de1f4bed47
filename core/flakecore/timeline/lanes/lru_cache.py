"""What was worked out last, by what it was worked out from."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class LruCache(Generic[K, V]):
    """A function's last results, which unlike ``lru_cache`` tells whether it has one.

    Threads may ask at the same time: at worst they work out the same thing twice.
    """

    def __init__(self, most: int, make: Callable[[K], V]) -> None:
        """Keep at most so many results of ``make``."""
        self._most = most
        self._make = make
        self._found: dict[K, V] = {}

    def __contains__(self, key: K) -> bool:
        return key in self._found

    def __call__(self, key: K) -> V:
        """Return the result for a key; the one asked for longest ago makes room for a new one."""
        found = self._found
        try:
            value = found.pop(key)
        except KeyError:
            value = self._make(key)
        found[key] = value
        if len(found) > self._most:
            for oldest in list(found)[: len(found) - self._most]:
                found.pop(oldest, None)
        return value
