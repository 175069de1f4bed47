"""Logs of several processes in one, each line with the name of its own before it.

So docker compose and foreman print (``tests-1  | ``), kubectl (``[pod/tests-1/go] ``), and what
runs several commands at once (``[unit] ``, ``unit: ``). What a process beside that of the tests
prints is none of theirs and is left out; where several run tests, each has its lines together.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from flakecore.gotest.streams.wrappings.landmarks import LANDMARK
from flakecore.gotest.streams.wrappings.rows import BOUNDARY, Row, Wrapping

_FORMS = (
    re.compile(r"([\w.-]{1,100}) *\|(?: |\Z)", re.ASCII),
    re.compile(r"\[([\w./:@-]{0,100}[a-zA-Z][\w./:@-]{0,100})\](?:[ ]|\Z)", re.ASCII),
    re.compile(r"([\w@./-]{1,100}(?::[\w-]{1,40})?):(?: |\Z)", re.ASCII),
)
_LEVELS = re.compile(
    r"(?:trace|debug|info|notice|warn|warning|error|err|fatal|panic|critical|std(?:out|err)|out|ok"
    r"|pass|fail|skip)\Z|\d",
    re.IGNORECASE,
)
"""What stands so before lines and names no process: levels, streams, results and times."""
_SHARE = 0.9
"""Share of lines with a process's name in front, from which on all have one. Chosen."""
_MOST = 64
"""Processes; where there are more, what stands before the lines is no name of one."""
_FEWEST = 3
"""Lines of each process on average: where there are fewer, the name is one of lines."""
OTHERS = "lines that other containers printed amid those of the tests, which are left out"


def find_containers(lines: Sequence[str]) -> Wrapping | None:
    """Return the names of processes before lines, where tests ran in one and others stand beside.

    The lines of several that ran tests are put together, each one's in their order.
    """
    filled = [line for line in lines if line.strip()]
    for form in _FORMS:
        named = [(found[1], found.end(), line) for line in filled if (found := form.match(line))]
        if len(named) < _SHARE * len(filled):
            continue
        owners = dict.fromkeys(name for name, end, line in named if LANDMARK.search(line, end))
        names = {name for name, _, _ in named}
        most = min(_MOST, len(named) // _FEWEST)
        if not owners or not 1 < len(names) <= most or any(map(_LEVELS.match, names)):
            continue
        if len(owners) == 1 or _are_jobs(named, owners):
            return Wrapping("containers", partial(_of_some, form, tuple(owners)))
    return None


def _are_jobs(named: Sequence[tuple[str, int, str]], owners: Iterable[str]) -> bool:
    """Return whether each name has a line of go's own right behind it."""
    begin = {name for name, end, line in named if LANDMARK.match(line[end:].lstrip())}
    return set(owners) <= begin


def _of_some(
    form: re.Pattern[str], names: Sequence[str], rows: Iterable[Row], counts: Counter[str]
) -> Iterator[Row]:
    """Yield the lines of some processes without their names, those of one after another's."""
    first, *others = names
    held: dict[str, list[Row]] = {name: [] for name in others}
    for wall, line in rows:
        found = form.match(line)
        if found is None:
            yield wall, line
        elif found[1] == first:
            yield wall, line[found.end() :]
        elif found[1] in held:
            held[found[1]].append((wall, line[found.end() :]))
        else:
            counts[OTHERS] += 1
    for each in held.values():
        yield None, BOUNDARY
        yield from each
