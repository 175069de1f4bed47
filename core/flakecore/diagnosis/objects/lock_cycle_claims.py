"""Findings on goroutines each of which waits for a lock that the next one holds."""

from __future__ import annotations

from collections.abc import Sequence

from flakecore.diagnosis.objects.object_wait import ObjectWait
from flakecore.diagnosis.objects.object_words import ObjectWords, at
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.objects import PageHolder

Held = tuple[ObjectWait, PageHolder]
"""A wait, and who holds what it waits for."""


def claim_of_many(words: ObjectWords, root: tuple[int, ...], held: Sequence[Held]) -> str:
    """Return the claim on a cycle of three or more."""
    begin = f"Deadlock of {len(root)}"
    way = " → ".join(f"G{number}" for number in (*root, root[0]))
    waiting = [f"{wait.state.name}{at(wait.frame)}" for wait, _ in held]
    placed = " → ".join((*waiting, f"G{root[0]}"))
    wants = {wanted(words, wait) for wait, _ in held}
    holds = {holding(words, holder, wait) for wait, holder in held}
    alike = [
        f"{begin}: {way}, each holds {one} and waits for the next's: {other}"
        for one in holds
        for other in wants
        if len(holds) == len(wants) == 1
    ]
    return first_that_fits(
        *alike,
        f"{begin}: {placed}, each waits for a lock that the next holds",
        f"{begin}: {placed}, each waits for the next's lock",
        f"{begin}: {way}, each waits for a lock that the next holds",
        f"{begin}: each waits for a lock that the next holds",
    )


def holding(words: ObjectWords, holder: PageHolder, wait: ObjectWait) -> str:
    """Return what a goroutine holds and where it has locked that."""
    return f"{words.held_against(holder, wait)}{at(words.locked_at(holder, wait))}"


def wanted(words: ObjectWords, wait: ObjectWait) -> str:
    """Return what a goroutine waits for and where."""
    return f"{words.name(wait)}{at(wait.frame)}"
