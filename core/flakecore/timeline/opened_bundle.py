"""A bundle with its cases, each read when it is first asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import overload

from flakecore.bundle import Bundle
from flakecore.closeable import Closeable
from flakecore.loss import Loss
from flakecore.timeline.case import Case
from flakecore.timeline.case_index import CaseEntry, choose_cases, list_cases
from flakecore.timeline.load import load_case


class Cases(Sequence[Case]):
    """The cases of a bundle: those that fail first, then by attempt.

    One is read when it is first indexed, and held from then on.
    """

    def __init__(self, bundle: Bundle, entries: Sequence[CaseEntry]) -> None:
        """Take the cases that ``list_cases`` names."""
        self._bundle = bundle
        self._entries = entries
        self._read: dict[int, Case] = {}

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, index: int) -> Case: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Case]: ...
    def __getitem__(self, index: int | slice) -> Case | Sequence[Case]:
        if isinstance(index, slice):
            return tuple(self[place] for place in range(*index.indices(len(self))))
        place = range(len(self))[index]
        if place not in self._read:
            self._read[place] = load_case(self._bundle, self._entries[place])
        return self._read[place]

    def losses_of(self, place: int) -> tuple[Loss, ...]:
        """Return the losses of a case; none before it has been read."""
        return self._read[place].losses if place in self._read else ()


class OpenedBundle(Closeable):
    """A bundle and its cases. ``flakecore.open`` is how to get one.

    Use it as a context manager, or close it.

    Attributes:
        bundle: what was captured: its files, its manifest, what is damaged.
    """

    def __init__(self, bundle: Bundle) -> None:
        """Take over an open bundle."""
        self.bundle = bundle

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.bundle.name}>"

    @cached_property
    def entries(self) -> tuple[CaseEntry, ...]:
        """What each case is, by its test output alone; as many as ``cases`` and in their order."""
        return list_cases(self.bundle)

    @cached_property
    def cases(self) -> Cases:
        """The cases; each is read, its trace with it, when it is first indexed."""
        return Cases(self.bundle, self.entries)

    @property
    def losses(self) -> tuple[Loss, ...]:
        """What is missing or damaged in the bundle, and in the cases that have been read."""
        return tuple(
            loss
            for place, entry in enumerate(self.entries)
            for loss in (self.cases.losses_of(place) or entry.losses)
        )

    def case(self, package: str | None = None, attempt: str | None = None) -> Case:
        """Return the first case of a package and an attempt.

        Args:
            package: its import path, or the end of it; None for any.
            attempt: its name, or its number; None for any.

        Raises:
            BundleError: there is none.
        """
        chosen = choose_cases(self.entries, package, attempt)[0]
        return self.cases[next(at for at, each in enumerate(self.entries) if each is chosen)]

    def close(self) -> None:
        """Close the bundle's files; cases that have been read stay valid."""
        self.bundle.close()
