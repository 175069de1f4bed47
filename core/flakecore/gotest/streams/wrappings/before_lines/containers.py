"""Logs of several containers in one, as docker compose and foreman print them.

Each line has its container's name before a bar: ``tests-1  | ``, ``db-1     | ``. What containers
beside that of the tests print stands amid the tests' own lines, and is none of theirs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from flakecore.gotest.streams.wrappings.landmarks import LANDMARK
from flakecore.gotest.streams.wrappings.rows import Row, Wrapping

_NAMED = re.compile(r"([\w.-]{1,100}) *\|(?: |\Z)", re.ASCII)
_SHARE = 0.9
"""Share of lines with a container's name in front, from which on all have one. Chosen."""
OTHERS = "lines that other containers printed amid those of the tests, which are left out"


def find_containers(lines: Sequence[str]) -> Wrapping | None:
    """Return the name of the container that tests ran in, where lines of others stand beside."""
    named = [(found[1], line) for line in lines if (found := _NAMED.match(line))]
    if len(named) < _SHARE * sum(bool(line.strip()) for line in lines):
        return None
    owners = Counter(name for name, line in named if LANDMARK.search(line))
    if len(owners) != 1 or len({name for name, _ in named}) == 1:
        return None
    return Wrapping("containers", partial(_of_one, min(owners)))


def _of_one(name: str, rows: Iterable[Row], counts: Counter[str]) -> Iterator[Row]:
    for wall, line in rows:
        found = _NAMED.match(line)
        if found is None:
            yield wall, line
        elif found[1] == name:
            yield wall, line[found.end() :]
        else:
            counts[OTHERS] += 1
