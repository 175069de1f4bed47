"""Takes off a log what was put around it, as far as what go prints shows that it was."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from flakecore.gotest.streams.line_blocks import blocks
from flakecore.gotest.streams.runs import Stamps
from flakecore.gotest.streams.wrappings.before_lines.containers import find_containers
from flakecore.gotest.streams.wrappings.before_lines.groups import find_groups
from flakecore.gotest.streams.wrappings.before_lines.line_numbers import (
    find_line_numbers,
    find_numbered_lines,
)
from flakecore.gotest.streams.wrappings.before_lines.prefixes import find_ci_stamps, find_prefix
from flakecore.gotest.streams.wrappings.before_lines.quoting import find_quoting
from flakecore.gotest.streams.wrappings.csv_rows import find_csv
from flakecore.gotest.streams.wrappings.escaped_stacks import find_escaped_stacks
from flakecore.gotest.streams.wrappings.escapes import find_broken_escapes, find_escapes
from flakecore.gotest.streams.wrappings.indents.indentation import find_indentation
from flakecore.gotest.streams.wrappings.indents.indented_packages import find_indented_packages
from flakecore.gotest.streams.wrappings.indents.lost_indentation import (
    find_lost_indentation,
    find_unindented_first,
)
from flakecore.gotest.streams.wrappings.indents.spacing import (
    find_doubled_lines,
    find_missing_blank_lines,
    find_no_break_spaces,
    find_tabs_as_blanks,
    find_trailing_blanks,
)
from flakecore.gotest.streams.wrappings.joined_frames import find_joined_frames
from flakecore.gotest.streams.wrappings.json_records import find_json_records, find_json_string
from flakecore.gotest.streams.wrappings.landmarks import landmark_in
from flakecore.gotest.streams.wrappings.markup import (
    find_fences,
    find_links,
    find_references,
    find_tags,
)
from flakecore.gotest.streams.wrappings.rows import BOUNDARY, Find, Row, Wrapping
from flakecore.gotest.streams.wrappings.spread_events import joined_events
from flakecore.gotest.streams.wrappings.suffixes import find_suffix
from flakecore.gotest.streams.wrappings.terminal_copies import find_box, find_stairs
from flakecore.text.encodings import as_utf_8

WRAPPINGS: tuple[Find, ...] = (
    find_numbered_lines,
    find_line_numbers,
    find_no_break_spaces,
    find_box,
    find_trailing_blanks,
    find_stairs,
    find_escapes,
    find_broken_escapes,
    find_suffix,
    find_tags,
    find_references,
    find_fences,
    find_json_records,
    find_json_string,
    find_csv,
    find_quoting,
    find_ci_stamps,
    find_groups,
    find_containers,
    find_prefix,
    find_escaped_stacks,
    find_indentation,
    find_indented_packages,
    find_links,
    find_doubled_lines,
    find_missing_blank_lines,
    find_tabs_as_blanks,
    find_joined_frames,
    find_lost_indentation,
    find_unindented_first,
)
"""Tried in this order, again from the first once one was found: what is on the outside comes off
first, and only what is left shows white space."""
_MOST = 8
"""Wrappings one in another; two are usual."""

_HEAD, _WINDOW, _WINDOWS = 96 * 1024, 16 * 1024, 6
_FIRST_LINE = 4096
"""Bytes that show whether the first line is a bare event."""
_RARE = tuple(
    map(
        re.compile,
        (rb"=== RUN", rb"--- FAIL: ", rb"DATA RACE", rb"goroutine \d+ \[", rb"panic: ", rb"FAIL\s"),
    )
)


@dataclass(slots=True)
class Unwrapped:
    """What was taken off a log, and how often something else stood in its place.

    Attributes:
        wrappings: the outermost first.
        counts: by what was missing, how many lines.
    """

    wrappings: tuple[Wrapping, ...] = ()
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def stamps(self) -> Stamps:
        """Where times come from: those nearest to the text."""
        stamped = [each.stamps for each in self.wrappings if each.stamps is not Stamps.NONE]
        return stamped[-1] if stamped else Stamps.NONE

    @property
    def resolution_ns(self) -> int:
        """What these times are rounded down to."""
        stamped = [each for each in self.wrappings if each.stamps is not Stamps.NONE]
        return stamped[-1].resolution_ns if stamped else 1

    def rows(self, lines: Iterable[str]) -> Iterator[Row]:
        """Yield lines without their wrappings, with the times these held."""
        rows: Iterator[Row] = ((None, line) for line in lines)
        for wrapping in self.wrappings:
            rows = wrapping.unwrap(rows, self.counts)
        return rows


def find_wrappings(data: bytes | memoryview) -> Unwrapped:
    """Return what was put around a log, recognised by its beginning and by some places further on.

    Args:
        data: the log as UTF-8 (``text.encodings.as_utf_8``).
    """
    sample = _sample(memoryview(data))
    chain: list[Wrapping] = []
    while len(chain) < _MOST:
        wrapping = next((each for find in WRAPPINGS if (each := find(sample))), None)
        if wrapping is None:
            break
        rows = wrapping.unwrap(((None, line) for line in sample), Counter())
        changed = [text for _, text in rows]
        if changed == sample:
            break
        chain.append(wrapping)
        sample = changed
    return Unwrapped(tuple(chain))


def lines_of(data: bytes | memoryview) -> Iterator[str]:
    """Yield the lines of a text in UTF-8, without what ends them."""
    for text in texts_of(data):
        yield from text.split("\n")


def texts_of(data: bytes | memoryview) -> Iterator[str]:
    """Yield a text in UTF-8 in pieces of whole lines, the newline between two of them left out."""
    for block in blocks(data):
        text = block.decode("utf-8", "replace")
        yield text.replace("\r\n", "\n") if "\r" in text else text


def unwrapped_json(data: bytes | memoryview) -> bytes | memoryview:
    """Return JSON as UTF-8 and without what was put around its lines."""
    data = joined_events(as_utf_8(data, latin_1=False))
    first = bytes(data[:_FIRST_LINE]).lstrip().partition(b"\n")[0]
    if first.startswith(b"{") and b'"Action":' in first:
        return data
    unwrapped = find_wrappings(data)
    if not unwrapped.wrappings:
        return data
    texts = (text for _, text in unwrapped.rows(lines_of(data)) if text != BOUNDARY)
    return "\n".join(texts).encode("utf-8", "replace")


def _sample(view: memoryview) -> Sequence[str]:
    """Return some lines of a text: those at its start, and those around some places in it."""
    lines = _whole_lines(view, 0, _HEAD)
    if len(view) <= _HEAD:
        return lines
    step = (len(view) - _HEAD) // _WINDOWS
    places = [_HEAD + step * at for at in range(_WINDOWS)]
    places += [len(view) - _WINDOW]
    for place in places:
        lines += _whole_lines(view, place, place + _WINDOW)
    if not any(landmark_in(line) for line in lines):
        found = (each.search(view, _HEAD) for each in _RARE)
        for place in sorted({each.start() for each in found if each is not None}):
            start = max(place - _WINDOW // 4, 1)
            lines += _whole_lines(view, start, start + _WINDOW)
    return lines


def _whole_lines(view: memoryview, start: int, end: int) -> list[str]:
    lines = bytes(view[start:end]).decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
    if start:
        del lines[0]
    if end < len(view):
        del lines[-1:]
    return lines
