"""Objects that are closed where a ``with`` statement ends."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self


class Closeable(ABC):
    """Is closed at the end of a ``with`` statement, whether or not an error ended it."""

    __slots__ = ()

    @abstractmethod
    def close(self) -> None:
        """Let go of what is held; another call does nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
