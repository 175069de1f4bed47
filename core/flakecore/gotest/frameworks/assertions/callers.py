"""Places in the stacks that assertion libraries print: which of them is the test's."""

from __future__ import annotations

import re
from collections.abc import Sequence

_PLACE = re.compile(r"\s*(\S.*?\.go):(\d{1,9})\b", re.ASCII)


def callers_place(trace: Sequence[str], otherwise: tuple[str, int]) -> tuple[str, int]:
    """Return the place of a test among lines that each name one, innermost first.

    That is the last in a test file; or else ``otherwise``, if it is in one; or else the last.
    """
    found = (_PLACE.match(text) for text in trace)
    places = [(each[1].replace("\\", "/"), int(each[2])) for each in found if each is not None]
    tests = [place for place in places if place[0].endswith("_test.go")]
    if tests:
        return tests[-1]
    return places[-1] if places and not otherwise[0].endswith("_test.go") else otherwise
