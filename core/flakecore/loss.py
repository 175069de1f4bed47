"""What could not be read: damage is stated and carried along, and never stops the rest."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Loss:
    """One piece of evidence that is missing or damaged.

    Attributes:
        where: the artefact (and the place in it) that is damaged, as a person would name it.
        what: what is lost, as a sentence without a full stop.
        count: how many records are lost; 0 where that is unknown.
        bytes: how many bytes could not be read; 0 where that is unknown.
    """

    where: str
    what: str
    count: int = 0
    bytes: int = 0

    def __str__(self) -> str:
        amounts = []
        if self.count:
            amounts.append(f"{self.count:,} records")
        if self.bytes:
            amounts.append(f"{self.bytes:,} bytes")
        tail = f" ({', '.join(amounts)})" if amounts else ""
        return f"{self.where}: {self.what}{tail}"
