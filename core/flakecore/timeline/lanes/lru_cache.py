"""A least-recently-used cache of a function of one key."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class LruCache(Generic[K, V]):
    """The results of a function that were used last; unlike ``lru_cache`` it supports ``in``.

    Threads may call it at the same time: at worst they compute the same result twice.
    """

    def __init__(self, most: int, make: Callable[[K], V]) -> None:
        """Keep at most ``most`` results of ``make``."""
        self._most = most
        self._make = make
        self._found: dict[K, V] = {}

    def __contains__(self, key: K) -> bool:
        return key in self._found

    def __call__(self, key: K) -> V:
        """Return the result for a key; a new one replaces the least recently used."""
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
