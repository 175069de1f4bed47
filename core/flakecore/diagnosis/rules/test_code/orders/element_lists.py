"""Texts as lists of elements, lists in lists, to see whether two of them differ in order alone."""

from __future__ import annotations

import re

_TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"|[\[({]|[\])}]|[\s,;&|?]+|[^\s,;&|?\[\](){}"]+|"')
"""A quoted text, a bracket, what stands between elements, a part of an element, a lone quote."""
_OPENS, _CLOSES = "[({", "])}"
_LONGEST = 4_000
"""Characters of a text that is looked at; a longer one is none."""
_DEEPEST = 40
"""Lists in one another of a text that is looked at."""
_LETTERS = 6
"""Letters of a word, at least, of which another one may be made of the same."""

Elements = tuple[str, tuple["Elements", ...]]
"""An element: its text before its list, and the elements of that, sorted; none for a plain one."""


def differ_in_order(one: str, other: str) -> bool:
    """Return whether two texts have the same elements, those of lists in them too, reordered.

    ``{"a":1,"b":2}`` and ``{"b":2,"a":1}`` do, ``{"a":2,"b":1}`` does not. Two words of the same
    letters, which were put together without anything between, do.
    """
    if max(len(one), len(other)) > _LONGEST or one == other:
        return False
    if one.isalpha() and other.isalpha():
        return len(one) >= _LETTERS and sorted(one) == sorted(other)
    first, second = sorted_elements(one), sorted_elements(other)
    return (
        first is not None
        and len(first[1]) > 0
        and first == second
        and _parts(one) != (_parts(other))
    )


def sorted_elements(text: str) -> Elements | None:
    """Return a text as elements in an order that does not depend on its own; None if it is none."""
    stack: list[tuple[str, list[Elements]]] = [("", [])]
    prefix = ""
    for token in _TOKEN.findall(text):
        if token in _OPENS:
            if len(stack) > _DEEPEST:
                return None
            stack.append((prefix + token, []))
            prefix = ""
        elif token in _CLOSES or _is_between(token):
            if prefix:
                stack[-1][1].append((prefix, ()))
                prefix = ""
            if token in _CLOSES:
                if len(stack) == 1:
                    return None
                begins, inner = stack.pop()
                stack[-1][1].append((begins, tuple(sorted(inner))))
        else:
            prefix += token
    if prefix:
        stack[-1][1].append((prefix, ()))
    return ("", tuple(sorted(stack[0][1]))) if len(stack) == 1 else None


def _is_between(token: str) -> bool:
    return token[0].isspace() or token[0] in ",;&|?"


def _parts(text: str) -> list[str]:
    return [token for token in _TOKEN.findall(text) if not _is_between(token)]
