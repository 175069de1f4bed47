"""Profiles as text, as ``/debug/pprof/…?debug=1`` and ``Lookup(…).WriteTo(…, 1)`` write them.

Three forms (``src/runtime/pprof/pprof.go``: printCountProfile, writeHeapInternal,
writeProfileInternal), each a title, entries ``VALUES @ ADDRESSES``, and below each entry its frames
with names, which pprof itself passes over. Values are scaled as pprof scales them
(github.com/google/pprof, ``profile/legacy_profile.go``): memory by the chance that a sample of its
size had to be taken, cycles to nanoseconds by the cycles per second.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

import numpy as np

from flakecore.errors import ProfileError
from flakecore.pprof.profile import Label, Profile, ValueType
from flakecore.pprof.stack_columns import ProfileFrame, StackColumns, stacks_of
from flakecore.text.encodings import as_utf_8
from flakecore.times import SECOND

_TITLE = re.compile(
    r"\s*(?:(?P<count>\w[\w.-]*) profile: total \d{1,18}"
    r"|heap profile: *(?P<objects>\d+): *(?P<space>\d+) *\[ *(?P<all>\d+): *(?P<bytes>\d+) *\]"
    r" *@ *(?P<how>[a-z_0-9]*)/?(?P<rate>\d{0,18})"
    r"|--- *(?P<waits>contention|mutex|contentionz)\b.*)\s*\Z",
    re.ASCII,
)
_TITLE_LINES = 40
"""How far down the title may stand: below comments, or the head of an HTTP answer."""
_NUMBER = r"(-?\d{1,18})"
_ENTRY = re.compile(
    rf"\s*(?:{_NUMBER}: *{_NUMBER} *\[ *{_NUMBER}: *{_NUMBER} *\]|{_NUMBER}(?: +{_NUMBER})?) @"
    r"((?: 0x[0-9a-f]+)*)\s*\Z",
    re.ASCII,
)
_FRAME = re.compile(
    r"(?:#\s|\s)\s*0x[0-9a-f]+\s+(\S.*?)(?:\+0x[0-9a-f]+)?\s+(\S.*):(\d{1,9})\s*\Z", re.ASCII
)
"""Below an entry; where a profile was copied out of Markdown, without the ``#`` of a heading."""
_LABELS = re.compile(r"# labels: \{(.*)\}\s*\Z")
_LABEL = re.compile(r'"((?:[^"\\]|\\.)*)":"((?:[^"\\]|\\.)*)"')
_SETTING = re.compile(
    r"(cycles/second|sampling period|ms since reset) *= *(\d{1,18})\s*\Z", re.ASCII
)
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")
_MOST_ENTRIES = 2_000_000


def is_text_profile(head: bytes) -> bool:
    """Return whether bytes at the start of a file are a profile as text."""
    return b"@" in head and _title_of(bytes(as_utf_8(head)).decode("utf-8", "replace")) is not None


def read_text_profile(data: bytes, *, name: str) -> Profile:
    """Return the profile in a text.

    Args:
        data: the file.
        name: what to call it in an error.

    Raises:
        ProfileError: if it has no title that is known, or an absurd number of entries.
    """
    lines = bytes(as_utf_8(data)).decode("utf-8", "replace").split("\n")
    title = _title_of("\n".join(lines[: _TITLE_LINES + 1]))
    if title is None:
        raise ProfileError(f"{name} is no pprof profile", remedy="capture it again")
    reader = _Reader(title)
    for line in lines:
        reader.take(line)
        if len(reader.values) > _MOST_ENTRIES:
            raise ProfileError(f"{name} has too many entries", remedy="capture it again")
    return reader.profile()


def _title_of(text: str) -> re.Match[str] | None:
    for line in text.split("\n")[:_TITLE_LINES]:
        if found := _TITLE.match(line):
            return found
    return None


class _Reader:
    """Entries of a profile on their way to columns."""

    def __init__(self, title: re.Match[str]) -> None:
        self._title = title
        self._types = _types(title)
        self._settings: dict[str, int] = {}
        self._addresses: list[str] = []
        self._frames: list[ProfileFrame] = []
        self._labels: tuple[Label, ...] = ()
        self._stacks: dict[tuple[ProfileFrame, ...], int] = {}
        self._sets: dict[tuple[Label, ...], int] = {(): 0}
        self.values: list[list[int]] = []
        self._stack_of: list[int] = []
        self._set_of: list[int] = []
        self._known: dict[str, ProfileFrame] = {}
        self._is_open = False

    def take(self, line: str) -> None:
        """Take in one line."""
        if line.startswith("#") or _FRAME.match(line):
            if self._is_open:
                self._below(line)
        elif found := _ENTRY.match(line):
            self._close()
            values = self._values(found)
            if values is not None:
                self.values.append(values)
                self._addresses = found[7].split()
                self._is_open = True
        elif setting := _SETTING.match(line):
            self._settings[setting[1]] = int(setting[2])

    def _below(self, line: str) -> None:
        if found := _FRAME.match(line):
            if line not in self._known:
                function, file = (_CONTROLS.sub("\ufffd", text) for text in (found[1], found[2]))
                self._known[line] = ProfileFrame(function, file, int(found[3]))
            self._frames.append(self._known[line])
        elif labels := _LABELS.match(line):
            self._labels = tuple(
                Label(_CONTROLS.sub("\ufffd", key), _CONTROLS.sub("\ufffd", text), 0, "")
                for key, text in _LABEL.findall(labels[1])
            )

    def _close(self) -> None:
        """Finish the entry that the frames so far belong to."""
        if not self._is_open:
            return
        # Addresses are those behind the calls; where nothing names them, they are all there is.
        stack = tuple(self._frames) or tuple(
            ProfileFrame(hex(max(int(each, 16) - 1, 0)), "", 0) for each in self._addresses
        )
        self._stack_of.append(self._stacks.setdefault(stack, len(self._stacks)))
        self._set_of.append(self._sets.setdefault(self._labels, len(self._sets)))
        self._frames.clear()
        self._labels = ()
        self._is_open = False

    def _values(self, found: re.Match[str]) -> list[int] | None:
        """Return the values of an entry as pprof scales them; None where it is of another form."""
        title = self._title
        numbers = [int(found[at]) if found[at] else 0 for at in range(1, 7)]
        if title["waits"]:
            period = self._settings.get("sampling period", 1)
            hertz = self._settings.get("cycles/second", 0)
            delay, count = numbers[4], numbers[5]
            if period > 0 and hertz > 0:
                delay = int(float(delay) * period / (hertz / SECOND))
            return _bounded([count * max(period, 1), delay]) if found[6] else None
        if title["count"]:
            return [numbers[4]] if found[5] and not found[6] else None
        if not found[1]:
            return None
        rate = _rate(title)
        values = [*_scaled(numbers[2], numbers[3], rate), *_scaled(numbers[0], numbers[1], rate)]
        return _bounded(values if len(self._types) == 4 else values[2:])

    def profile(self) -> Profile:
        """Return all of it."""
        self._close()
        title = self._title
        count = len(self.values)
        values = np.array(self.values, np.int64).reshape(count, len(self._types))
        contention = ValueType("contentions", "count")
        period_type = ValueType("space", "bytes") if title["how"] is not None else self._types[0]
        period = self._settings.get("sampling period", 1)
        return Profile(
            sample_types=self._types,
            values=values,
            stack_of_sample=np.array(self._stack_of, np.int32),
            stacks=stacks_of(self._stacks),
            labels_of_sample=np.array(self._set_of, np.int32),
            label_sets=tuple(self._sets),
            default_type=len(self._types) - 1,
            period_type=contention if title["waits"] else period_type,
            period=_rate(title) if title["how"] is not None else period,
            time_ns=0,
            duration_ns=self._settings.get("ms since reset", 0) * 1_000_000,
        )


def _types(title: re.Match[str]) -> tuple[ValueType, ...]:
    if title["waits"]:
        return (ValueType("contentions", "count"), ValueType("delay", "nanoseconds"))
    if title["count"]:
        return (ValueType(title["count"], "count"),)
    in_use = (ValueType("inuse_objects", "count"), ValueType("inuse_space", "bytes"))
    allocated = (title["all"], title["bytes"])
    if allocated in ((title["objects"], title["space"]), ("0", "0")):
        return in_use
    return (ValueType("alloc_objects", "count"), ValueType("alloc_space", "bytes"), *in_use)


def _rate(title: re.Match[str]) -> int:
    """Return the bytes between two samples; 1 where every one was taken, or the rate is unknown."""
    rate = int(title["rate"] or 0)
    if title["how"] == "heap":  # Go writes twice its MemProfileRate
        rate //= 2
    return rate if title["how"] in ("heap", "heap_v2", "heapz_v2") else 1


def _scaled(count: int, size: int, rate: int) -> tuple[int, int]:
    """Return how many objects, and of how many bytes, a sample stands for."""
    if not count or not size:
        return 0, 0
    if rate <= 1:
        return count, size
    scale = 1 / (1 - math.exp(-(size / count) / rate))
    return int(count * scale), int(size * scale)


def _bounded(values: Iterable[int]) -> list[int]:
    """Return values that 64 bits can hold."""
    most = (1 << 63) - 1
    return [max(-most, min(value, most)) for value in values]


def has_names(stacks: StackColumns) -> bool:
    """Return whether any function of a profile is named, and not known by its address alone."""
    return any(not name.startswith("0x") for name in stacks.functions.names)
