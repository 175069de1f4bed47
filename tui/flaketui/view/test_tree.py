"""The tests of a case as a tree."""

from __future__ import annotations

from flakecore.timeline import TestSpan


def tree_order(tests: tuple[TestSpan, ...]) -> list[TestSpan]:
    """Return the tests so that each stands right before its subtests."""
    children: dict[int, list[TestSpan]] = {}
    for test in tests:
        children.setdefault(test.parent, []).append(test)
    ordered: list[TestSpan] = []
    pending = children.get(-1, [])[::-1]
    while pending:
        test = pending.pop()
        ordered.append(test)
        pending += children.get(test.index, [])[::-1]
    return ordered


def family(tests: tuple[TestSpan, ...], test: int) -> list[int]:
    """Return a test and all below it, in the order of the tree; nothing for -1."""
    if test < 0:
        return []
    members = {test}
    found: list[int] = []
    for span in tree_order(tests):
        if span.index == test or span.parent in members:
            members.add(span.index)
            found.append(span.index)
    return found
