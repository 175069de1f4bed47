"""What could not be read: damage is stated and carried along, and never stops the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
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


_OF_A_KIND = 5
"""Losses of one kind that are listed; more are counted."""


def summed_up(losses: Iterable[Loss], most: int) -> list[Loss]:
    """Return at most ``most`` losses, in order, and one that counts the rest.

    Of those that differ in nothing but the place, the first five stand alone and the others are
    counted in one, behind them all.
    """
    kept: list[Loss] = []
    more: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    seen: defaultdict[str, int] = defaultdict(int)
    for loss in losses:
        seen[loss.what] += 1
        if seen[loss.what] <= _OF_A_KIND:
            kept.append(loss)
        else:
            places, count, size = more[loss.what]
            more[loss.what] = [places + 1, count + loss.count, size + loss.bytes]
    kept += [
        Loss(f"{places:,} more", what, count, size) for what, (places, count, size) in more.items()
    ]
    left_out = len(kept) - most
    if left_out > 0:
        del kept[most:]
        kept.append(
            Loss("more", f"{left_out:,} further losses are not listed; report --all lists them")
        )
    return kept
