"""The filter of the triage screen as one types it: ``package:pool rule:race branch:main``."""

from __future__ import annotations

from dataclasses import replace

from flakecore.errors import FlakeError
from flakecore.fleet import TriageFilter

NAMES = ("package", "test", "branch", "rule")


def filter_words(chosen: TriageFilter) -> str:
    """Return a filter as it is typed; "" for none."""
    return " ".join(f"{name}:{value}" for name in NAMES if (value := getattr(chosen, name)))


def read_filter(text: str) -> TriageFilter:
    """Return the filter that a text asks for; a word without a name is a test.

    Raises:
        FlakeError: a word names what there is no filter by.
    """
    chosen = TriageFilter()
    for word in text.split():
        name, colon, value = word.partition(":")
        if not colon:
            name, value = "test", word
        if name not in NAMES:
            raise FlakeError(
                f"there is no filter {name}:", remedy="filters are package:, test:, branch:, rule:"
            )
        chosen = replace(chosen, **{name: value})
    return chosen
