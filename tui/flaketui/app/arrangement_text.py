"""What is arranged as words of a command line: ``waits="never ended"``, ``pinned=["G34"]``.

A copied view and a saved one hold these, and nothing where all is as at first. Marks and saved
views are no part of it: they belong to the bundle, not to one view of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import orjson

from flakecore.errors import FlakeError
from flakecore.gotest.logs.levels import Level
from flaketui.app.saved.saved_state import arrangement_of, plain_arrangement
from flaketui.view.arrangement import Arrangement, Grouping

_OF_THE_BUNDLE = ("marks", "views", "left")


def arranged_words(arrangement: Arrangement) -> tuple[str, ...]:
    """Return ``name=value`` for each part that is not as at first; values are JSON."""
    usual, now = plain_arrangement(Arrangement()), plain_arrangement(arrangement)
    return tuple(
        f"{name}={orjson.dumps(value).decode()}"
        for name, value in now.items()
        if name not in _OF_THE_BUNDLE and value != usual[name]
    )


def arrange_by(words: Sequence[str], kept: Arrangement) -> Arrangement:
    """Return the arrangement that words name, with the marks and saved views of another.

    Raises:
        FlakeError: a word names no part of an arrangement, or its value is none.
    """
    plain = plain_arrangement(Arrangement())
    for word in words:
        name, _, value = word.partition("=")
        if name not in plain or name in _OF_THE_BUNDLE:
            raise FlakeError(f"--with takes what a copied view names, such as waits=…: {word!r}")
        try:
            plain[name] = orjson.loads(value)
        except orjson.JSONDecodeError:
            raise FlakeError(f"--with {name} takes a value as JSON: {value!r}") from None
    try:
        made = arrangement_of(plain)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        raise FlakeError(f"--with cannot be read: {' '.join(words)}") from None
    return replace(made, marks=kept.marks, views=kept.views, left=kept.left)


def filter_summary(arrangement: Arrangement) -> str:
    """Return which filters leave something out, in a few words; "" where everything is shown."""
    return ", ".join(_filters(arrangement))


def _filters(one: Arrangement) -> Iterator[str]:
    usual = Arrangement()
    if one.tests is not usual.tests:
        yield f"only {one.tests} tests"
    if one.waits is not usual.waits:
        yield f"only waits {one.waits}"
    if one.waits_of is not None:
        yield f"only waits of {one.waits_of.key}"
    if one.spans is not usual.spans:
        yield f"only {one.spans}"
    if one.goroutines is not usual.goroutines:
        yield f"only {one.goroutines}"
    if one.output.level is not Level.NONE:
        yield f"output from {one.output.level.name.lower()} up"
    if one.output.goroutine:
        yield f"output of G{one.output.goroutine}"
    if one.output.last_ns:
        yield "only the last of the output"
    if one.output.text:
        yield f"output with {one.output.text}"
    if one.hidden:
        yield "1 lane hidden" if len(one.hidden) == 1 else f"{len(one.hidden)} lanes hidden"
    if one.grouping is Grouping.CREATOR:
        yield "grouped by creator"
