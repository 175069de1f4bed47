"""Prefixes that a CI, a container tool or a logger puts before every line of a log.

There are too many of them for a list: ``[19:07:20][Step 1/2] ``, ``Step #8 - "test": ``,
``api-1  | ``, ``I0102 15:04:05.000000   12345 run.go:12] ``. But what go prints itself is known, so
what stands before its lines is seen, and what these prefixes have in common is their grammar:
fields between blanks, each of which is the same on all lines, or of the same shape (digits where
the others have digits), or of the same brackets. The strictest grammar that nearly all lines of
the stretch between go's own lines follow is the prefix. If none does, what stands there belongs to
single lines, such as a program that prints the output of another go test, and stays.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from flakecore.gotest.streams.ci_stamps import StampForm, find_form
from flakecore.gotest.streams.runs import Stamps
from flakecore.gotest.streams.stamps import NO_WALL
from flakecore.gotest.streams.wrappings.before_lines.prefix_times import (
    PrefixTime,
    find_time,
    is_of_day,
    next_day,
)
from flakecore.gotest.streams.wrappings.landmarks import landmark_in, may_be_indented
from flakecore.gotest.streams.wrappings.rows import UNSTAMPED, Row, Wrapping

_LONGEST = 300
"""Characters of a prefix; that of a container with labels has a hundred."""
_SHARE = 0.8
"""Of go's own lines, and of the lines between them, how many must have the prefix."""
_TAIL = 40
"""Lines before the first and behind the last of go's own that are looked at as well."""
_STRICT, _SHAPES, _BRACKETS = range(3)
_RUN = re.compile(r"(?P<digits>\d+)|(?P<letters>[^\W\d_]+)|.", re.ASCII | re.DOTALL)
_DISTINCT = re.compile(r"[\[\](){}<>|:#=]|\d[:./-]\d")
_ENDS = re.compile(r"(\W*)(.*?)(\W*)\Z", re.DOTALL)


def find_ci_stamps(lines: Sequence[str]) -> Wrapping | None:
    """Return stamps in one of the forms that are known (``ci_stamps``)."""
    form = find_form(lines)
    if form is None:
        return None
    return Wrapping("time stamps", partial(_unstamped, form), form.stamps, form.resolution_ns)


def _unstamped(form: StampForm, rows: Iterable[Row], counts: Counter[str]) -> Iterator[Row]:
    clock = 0
    pending: Row | None = None  # a line that may go on
    for before, line in rows:
        found = form.pattern.match(line)
        if found is not None and form.goes_on(found) and pending is not None:
            pending = (pending[0], pending[1] + line[found.end() :])
            continue
        if pending is not None:
            yield pending
            pending = None
        if found is None:
            counts[UNSTAMPED] += bool(line.strip())
            yield before, line
            continue
        wall = form.wall_ns(found)
        if form.steps and wall != NO_WALL:
            clock += wall
            wall = clock
        pending = (before if wall == NO_WALL else wall, line[found.end() :])
    if pending is not None:
        yield pending


def find_prefix(lines: Sequence[str]) -> Wrapping | None:
    """Return the prefix that lines have in common, with its times if it has any."""
    found = [(at, each) for at, line in enumerate(lines) if (each := landmark_in(line))]
    behind = [(at, each) for at, each in found if lines[at][: each.start()].strip()]
    if not behind or len(behind) < _SHARE * len(found):
        return None
    prefixes = [lines[at][: each.start()] for at, each in behind]
    if max(map(len, prefixes)) > _LONGEST:
        return None
    stretch = [line for line in lines[found[0][0] : found[-1][0] + 1] if line.strip()]
    tail = [line for line in lines[found[-1][0] + 1 :][:_TAIL] if line.strip()]
    head = [line for line in lines[: found[0][0]][-_TAIL:] if line.strip()]
    bare = [each for at, each in behind if not may_be_indented(lines[at], each.start())]
    own = [each.string[: each.start()] for each in bare]
    grammar = _grammar(prefixes, stretch, own, (head, tail))
    if grammar is None:
        return None
    time = find_time([each[0] for line in stretch if (each := grammar.match(line))])
    stamps = time.stamps if time is not None else Stamps.NONE
    resolution = time.resolution_ns if time is not None else 1
    return Wrapping("prefixes", partial(_without, grammar, time), stamps, resolution)


def _grammar(
    prefixes: Sequence[str],
    stretch: Sequence[str],
    bare: Sequence[str],
    around: tuple[Sequence[str], Sequence[str]],
) -> re.Pattern[str] | None:
    """Return what matches a prefix and the blanks that belong to it; None if there is none.

    Args:
        prefixes: what stands before go's own lines.
        stretch: the lines from the first to the last of these.
        bare: the prefixes of those that go itself never indents.
        around: lines before the first and behind the last; a number that is the same between these
            may be another there.
    """
    rows = [re.split(r"[ \t]+", prefix.strip()) for prefix in prefixes]
    count = Counter(map(len, rows)).most_common(1)[0][0]
    alike = [(p, row) for p, row in zip(prefixes, rows, strict=True) if len(row) == count]
    if 2 * len(alike) <= len(prefixes):  # before some, a test printed without a newline
        return None
    fields = list(zip(*(row for _, row in alike), strict=True))
    gaps = list(zip(*(re.findall(r"[ \t]+", p.strip()) for p, _ in alike), strict=True))
    leading = {prefix[: len(prefix) - len(prefix.lstrip())] for prefix, _ in alike}
    distinct = any(_DISTINCT.search(value) for column in fields for value in column)
    if not distinct and any(prefix[-1:].isalnum() for prefix, _ in alike):
        return None  # a word right before go's own is what a test printed without a newline
    fitting: dict[int, re.Pattern[str]] = {}
    for level in (_STRICT, _SHAPES, _BRACKETS) if distinct else (_STRICT,):
        parts = [_blanks(leading, level)]
        for at, column in enumerate(fields):
            parts.append(_field(column, level))
            parts += [_blanks(set(gaps[at]), level)] if at < len(gaps) else []
        core = re.compile("".join(parts))
        if sum(core.match(line) is not None for line in stretch) >= _SHARE * len(stretch):
            fitting[level] = core
    if not fitting:
        return None
    strictest = fitting[min(fitting)]
    shapes = fitting.get(_SHAPES, strictest)
    changes = any(
        not _all_match(strictest, lines) and _all_match(shapes, lines) for lines in around
    )
    return _with_end(shapes if changes else strictest, [*stretch, *around[1]], bare)


def _all_match(core: re.Pattern[str], lines: Sequence[str]) -> bool:
    return all(core.match(line) is not None for line in lines)


def _with_end(
    core: re.Pattern[str], lines: Sequence[str], bare: Sequence[str]
) -> re.Pattern[str] | None:
    """Return a prefix with the blanks behind it that are not the text's own indentation."""
    behind = [line[each.end() :] for line in (bare or lines) if (each := core.match(line))]
    blanks = [text[: len(text) - len(text.lstrip())] for text in behind if text.strip() or bare]
    end = min(blanks, key=len, default="")
    loose = core.pattern.endswith((r"\S{1,200}", r"\S{0,200}"))
    if loose and not end:
        return None  # where it would end cannot be decided
    return re.compile(rf"(?:{core.pattern})(?:{re.escape(end)}|[ \t]*\Z)") if end else core


def _field(values: Sequence[str], level: int) -> str:
    first = values[0]
    same = len(set(values)) == 1
    if same and level == _STRICT:
        return re.escape(first)
    shapes = set(map(_shape, values))
    if len(shapes) == 1 and level < _BRACKETS:
        return shapes.pop()
    ends = [_ENDS.match(value) for value in values]
    left = {each[1] for each in ends if each is not None}
    right = {each[3] for each in ends if each is not None}
    if same and not re.search(r"\w", first):
        return re.escape(first)
    before = re.escape(left.pop()) if len(left) == 1 else ""
    after = re.escape(right.pop()) if len(right) == 1 else ""
    return rf"{before}\S{{{0 if before or after else 1},200}}{after}"


def _shape(value: str) -> str:
    """Return a pattern for all fields that are digits, letters and the same signs as this one."""
    parts = []
    for run in _RUN.finditer(value):
        if run["digits"]:
            parts.append(r"\d+")
        elif run["letters"]:
            parts.append(r"[^\W\d_]+")
        else:
            parts.append(re.escape(run[0]))
    return "".join(parts)


def _blanks(seen: set[str], level: int) -> str:
    if len(seen) == 1 and level == _STRICT and len(only := next(iter(seen))) < 2:
        return re.escape(only)  # more of them fill a column, and are not always as many
    return r"[ \t]*" if "" in seen else r"[ \t]+"


def _without(
    grammar: re.Pattern[str], time: PrefixTime | None, rows: Iterable[Row], counts: Counter[str]
) -> Iterator[Row]:
    latest = 0
    of_day = time is not None and is_of_day(time)
    for before, line in rows:
        found = grammar.match(line)
        if found is None:
            counts[UNSTAMPED] += time is not None and bool(line.strip())
            yield before, line
            continue
        wall = time.of(found[0]) if time is not None else NO_WALL
        if wall != NO_WALL and of_day:
            wall = latest = next_day(wall, latest)
        yield (before if wall == NO_WALL else wall), line[found.end() :]
