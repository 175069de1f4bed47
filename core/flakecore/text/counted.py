"""A number of things, in words."""

from __future__ import annotations


def counted(count: int, noun: str) -> str:
    """Return a number of things: ``1 run``, ``1,204 runs``.

    Args:
        count: how many.
        noun: one of them; an s behind it makes several.
    """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
