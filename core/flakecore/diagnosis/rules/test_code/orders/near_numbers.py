"""Messages with two numbers that differ in their last digits alone: sums that round otherwise."""

from __future__ import annotations

import re

FLOATS = ("float64", "float32")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_NUMBERS = 40
_NEAR = 1e-9
"""How far two sums of the same numbers may be apart, relatively: rounding is of some 1e-16 a step.
Chosen: a thousand steps, and room for terms a thousand times the sum."""


def nearly_equal(message: str) -> str:
    """Return the first two numbers of a message that differ in their last digits; "" for none."""
    found = _NUMBER.findall(message[:20_000])[:_NUMBERS]
    for at, text in enumerate(found):
        for other in found[at + 1 :]:
            one, two = float(text), float(other)
            if one != two and abs(one - two) <= _NEAR * max(abs(one), abs(two)):
                return f"{text} and {other}"
    return ""
