"""How much is tried: a quarter everyday, all where the slow tests run as well."""

from __future__ import annotations

import re
from collections.abc import Iterable

import hypothesis
import pytest

import toolchains

_ALL, _EVERYDAY = 100, 25
"""Examples that Hypothesis tries of a test that names no number."""


def asks_for_slow(expression: str) -> bool:
    """Return whether ``-m`` with this expression selects slow tests by their marker.

    An expression that does not name the marker, or only after ``not``, selects none.
    """
    return re.search(r"(?<!not )\bslow\b", expression) is not None


def load_profile(config: pytest.Config) -> None:
    """Choose the number of examples by whether ``-m`` asks for slow tests; without deadlines.

    How long an example takes says nothing while Go is building beside it.
    """
    count = _ALL if asks_for_slow(config.option.markexpr) else _EVERYDAY
    hypothesis.settings.register_profile("tests", deadline=None, max_examples=count)
    hypothesis.settings.load_profile("tests")


def examples(count: int) -> int:
    """Return how many of so many examples to try."""
    return count * hypothesis.settings().max_examples // _ALL


def releases(all_of_them: Iterable[str]) -> list[str]:
    """Return the Go releases to try of all, everyday the everyday ones."""
    if hypothesis.settings().max_examples == _ALL:
        return list(all_of_them)
    return [each for each in all_of_them if each in toolchains.EVERYDAY]
