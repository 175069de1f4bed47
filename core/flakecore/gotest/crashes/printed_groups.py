"""Profiles of goroutines with debug=1 among other output, as watchdogs log them and people paste.

A watchdog writes all of one, with its title. Of what is pasted the title may be missing, and the
entry at its beginning may be cut. So an entry with addresses and a named frame below it counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flakecore.gotest.crashes.dumps import Dump, DumpSource
from flakecore.gotest.crashes.goroutine_groups import ENTRY, FRAME, TITLE, GroupReader
from flakecore.gotest.streams.line_search import positions_of
from flakecore.gotest.streams.lines import Lines

_WORDS = ("oroutine profile: total ", "oroutineleak profile: total ", " @ 0x")
_STRANGERS = 3
"""How many lines that are none of a profile may follow one another in it."""
_NEAR = 3
"""How far below an entry its first frame may stand: labels come before it."""


def read_printed_groups(lines: Lines) -> Iterator[Dump]:
    """Yield the profiles of goroutines in a package's output lines; never raises.

    Positions in the result are indices into ``lines``.
    """
    texts = lines.texts
    taken = -1
    for position in positions_of(texts, _WORDS):
        if position <= taken:
            continue
        title = TITLE.search(texts[position])
        if title is None and not _is_entry(texts, position):
            continue
        first = position if title is not None else _begin(texts, position)
        reader = GroupReader(is_cut=title is None and first < position)
        taken = _read(reader, texts, first + (title is not None))
        groups = tuple(reader.groups)
        if not groups:
            continue
        total = sum(group.count for group in groups)
        kind = title[1] if title is not None else "goroutine"
        test = int(lines.tests[first])
        source = DumpSource.PRINTED
        yield Dump(kind, total, (), groups, (), source, "", first, taken, test)


def _is_entry(texts: Sequence[str], position: int) -> bool:
    """Return whether an entry stands in a line, and one of its frames below it."""
    below = texts[position + 1 : position + 1 + _NEAR]
    return ENTRY.match(texts[position]) is not None and any(map(FRAME.match, below))


def _begin(texts: Sequence[str], position: int) -> int:
    """Return the line with the first of the frames above an entry, whose own entry is cut off."""
    first = position
    while first and (FRAME.match(texts[first - 1]) or not texts[first - 1].strip()):
        first -= 1
    while not texts[first].strip():
        first += 1
    return first


def _read(reader: GroupReader, texts: Sequence[str], first: int) -> int:
    """Read a profile from a line on; return the position of its last line."""
    last = first
    strangers = 0
    for at in range(first, len(texts)):
        if reader.take(texts[at]):
            last, strangers = at, 0
        elif texts[at].strip():
            strangers += 1
        if strangers > _STRANGERS or TITLE.search(texts[at]):
            break
    reader.close()
    return last
