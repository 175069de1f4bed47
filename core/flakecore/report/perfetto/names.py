"""The numbers of interned names and categories, and the texts that every trace has."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace import State
from flakecore.report.perfetto.packets import (
    Annotation,
    Interned,
    interned_packet,
    interned_text,
)

Ints = NDArray[np.int64]


class Category(IntEnum):
    """Categories of events, by the number of the interned text."""

    GOROUTINE = 1
    PROC = 2
    THREAD = 3
    WAKE = 4
    COLLECTOR = 5
    TEST = 6
    OUTPUT = 7
    FAILURE = 8


WAKES, CREATES = 62, 63
"""Numbers of names; those below are of states."""
COLLECTOR_NAMES = range(64, 1 << 10)
"""Numbers of names of collections and stops of the world."""
_FIRST = 1 << 10
"""Numbers from there on are of goroutines where even, of tests where odd."""


def name_of_state(states: Ints) -> Ints:
    """Return the numbers of the names of states."""
    return states + 1


def name_of_goroutine(goroutines: Ints) -> Ints:
    """Return the numbers of the names of goroutines."""
    return _FIRST + 2 * goroutines


def is_goroutine_name(numbers: Ints) -> NDArray[np.bool_]:
    """Return which numbers of names are those of goroutines."""
    found: NDArray[np.bool_] = (numbers >= _FIRST) & (numbers % 2 == 0)
    return found


def goroutine_of_name(number: int) -> int:
    """Return the goroutine that a number of a name is of."""
    return (number - _FIRST) // 2


def track_name_of_test(test: int) -> int:
    """Return the number of the name of a test."""
    return _FIRST + 2 * test + 1


def fixed_texts() -> bytes:
    """Return the packet of the texts that every trace has."""
    names = [(int(state) + 1, state.label) for state in State]
    names += [(WAKES, "wakes"), (CREATES, "creates")]
    content = [interned_text(Interned.NAME, number, text) for number, text in names]
    content += [interned_text(Interned.CATEGORY, each, each.name.lower()) for each in Category]
    content += [interned_text(Interned.ANNOTATION, each, each.name.lower()) for each in Annotation]
    return interned_packet(b"".join(content))
