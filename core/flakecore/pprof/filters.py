"""Which samples and which frames of a profile to look at, by the rules of ``go tool pprof``.

What a pattern is matched with: a frame's function and file, and the file of the program that its
location is mapped from (github.com/google/pprof, ``profile/filter.go``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from flakecore.errors import ProfileError
from flakecore.pprof.distinct_rows import distinct_rows, rows_of
from flakecore.pprof.profile import Label, Profile
from flakecore.pprof.stack_columns import Ints, StackColumns

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Filter:
    """What to leave out of a profile; each a regular expression, "" for none.

    Attributes:
        focus: only samples with a frame that matches.
        ignore: no sample with a frame that matches.
        hide: no frame that matches.
        show: only frames that match, or have no name.
        show_from: no frame outside the outermost one that matches.
        tag_focus: only samples with a label that matches: ``key=text``, ``text``, ``key=1:5``.
        tag_ignore: no sample with a label that matches.
        inlined: keep frames of inlined calls; without, a location is its outermost function.
    """

    focus: str = ""
    ignore: str = ""
    hide: str = ""
    show: str = ""
    show_from: str = ""
    tag_focus: str = ""
    tag_ignore: str = ""
    inlined: bool = True


def filtered(profile: Profile, chosen: Filter) -> Profile:
    """Return what a filter leaves of a profile.

    Raises:
        ProfileError: if a pattern is no regular expression.
    """
    patterns = {
        name: _compiled(name, getattr(chosen, name))
        for name in ("focus", "ignore", "hide", "show", "show_from")
    }
    stacks = profile.stacks
    matches = {
        name: _frames_matching(stacks, pattern)
        for name, pattern in patterns.items()
        if pattern is not None
    }
    keep = np.ones(len(stacks), np.bool_)
    if "focus" in matches or "ignore" in matches:
        ignored = matches.get("ignore", np.zeros(len(stacks.frames), np.bool_))
        ignored = _whole_locations(stacks, ignored)
        focused = matches.get("focus", np.ones(len(stacks.frames), np.bool_)) & ~ignored
        if not focused.all():
            keep = _any_frame(stacks, focused)
        if ignored.any():
            keep &= ~_any_frame(stacks, ignored)
    shown = np.ones(len(stacks.frames), np.bool_)
    if "hide" in matches:
        shown &= ~matches["hide"]
    if "show" in matches:
        shown &= matches["show"]
    if not chosen.inlined:
        location = stacks.frames.location
        shown &= np.diff(location, append=-1) != 0
    samples = keep[profile.stack_of_sample]
    samples &= _labels_matching(profile, chosen.tag_focus, default=True)
    samples &= ~_labels_matching(profile, chosen.tag_ignore, default=False)
    result = profile
    if "show_from" in matches:
        result = replace(result, stacks=_from_outermost(stacks, matches["show_from"] & shown))
    if not shown.all():
        result = replace(result, stacks=_with_frames(result.stacks, shown))
    if result is not profile:
        emptied = (result.stacks.depths == 0) & (stacks.depths > 0)
        samples &= ~emptied[profile.stack_of_sample]
    if result is profile and samples.all():
        return profile
    return compacted(with_samples(result, samples))


def with_samples(profile: Profile, chosen: Mask | Ints) -> Profile:
    """Return a profile with some of its samples; its stacks are left as they are."""
    return replace(
        profile,
        values=profile.values[chosen],
        stack_of_sample=profile.stack_of_sample[chosen],
        labels_of_sample=profile.labels_of_sample[chosen],
    )


def compacted(profile: Profile) -> Profile:
    """Return a profile whose stacks are distinct and each of some sample."""
    used, stack_of_sample = np.unique(profile.stack_of_sample, return_inverse=True)
    stacks = profile.stacks
    frame, offsets = rows_of(stacks.frame, stacks.offsets, used.astype(np.int64))
    content, first = distinct_rows(frame, offsets)
    if len(first) < len(used):
        frame, offsets = rows_of(frame, offsets, first)
    columns = StackColumns(stacks.functions, stacks.frames, stacks.mappings, frame, offsets)
    return replace(profile, stacks=columns, stack_of_sample=content[stack_of_sample])


def label_text(label: Label) -> str:
    """Return a label's value as text: a number's digits where it has no text."""
    return label.text or f"{label.number}{label.unit}"


def _compiled(name: str, pattern: str) -> re.Pattern[str] | None:
    if not pattern:
        return None
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise ProfileError(
            f"{name}: {pattern!r} is no regular expression ({error})",
            remedy="put a backslash before what is meant literally",
        ) from error


def _frames_matching(stacks: StackColumns, pattern: re.Pattern[str]) -> Mask:
    """Return (frames,) whether each frame's function, file or program matches."""
    pairs = zip(stacks.functions.names, stacks.functions.files, strict=True)
    functions = [bool(pattern.search(name) or pattern.search(file)) for name, file in pairs]
    programs = [bool(pattern.search(mapping.file)) for mapping in stacks.mappings]
    of_function = np.array([*functions, False], np.bool_)[stacks.frames.function]
    return of_function | np.array([*programs, False], np.bool_)[stacks.frames.mapping]


def _whole_locations(stacks: StackColumns, frames: Mask) -> Mask:
    """Return the frames of all locations that have one of some frames."""
    location = stacks.frames.location
    hit = np.zeros(int(location.max(initial=-1)) + 1, np.bool_)
    hit[location[frames]] = True
    return hit[location]


def _any_frame(stacks: StackColumns, frames: Mask) -> Mask:
    """Return (stacks,) whether each stack has one of some frames."""
    seen = np.concatenate([[0], np.cumsum(frames[stacks.frame])])
    return seen[stacks.offsets[1:]] > seen[stacks.offsets[:-1]]


def _with_frames(stacks: StackColumns, shown: Mask) -> StackColumns:
    """Return the stacks without some frames."""
    kept = shown[stacks.frame]
    seen = np.concatenate([[0], np.cumsum(kept)]).astype(np.int64)
    return replace(stacks, frame=stacks.frame[kept], offsets=seen[stacks.offsets])


def _from_outermost(stacks: StackColumns, matching: Mask) -> StackColumns:
    """Return the stacks up to the outermost frame of each that matches; empty where none does."""
    hits = np.flatnonzero(matching[stacks.frame])
    before = np.searchsorted(hits, stacks.offsets[1:])
    last = np.concatenate([[-1], hits])[before]
    ends = np.maximum(last + 1, stacks.offsets[:-1])
    row = stacks.row_of_each()
    kept = np.arange(len(stacks.frame)) < ends[row]
    seen = np.concatenate([[0], np.cumsum(kept)]).astype(np.int64)
    return replace(stacks, frame=stacks.frame[kept], offsets=seen[stacks.offsets])


_BOUND = r"(-?\d+)([A-Za-zµμ]*)"
_RANGE = re.compile(rf"(?:{_BOUND})?(:)?(?:{_BOUND})?")
_SIZES = {
    "b": 1,
    "byte": 1,
    "kb": 1 << 10,
    "mb": 1 << 20,
    "gb": 1 << 30,
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "μs": 10**3,
    "ms": 10**6,
    "s": 10**9,
}


def _labels_matching(profile: Profile, pattern: str, *, default: bool) -> Mask:
    """Return (samples,) whether each sample's labels match; ``default`` where nothing is asked."""
    if not pattern:
        return np.full(len(profile.values), default)
    key, equals, wanted = pattern.partition("=")
    if not equals:
        key, wanted = "", pattern
    span = _range_of(wanted)
    if span is not None:
        low, high = span
        sets = [
            any(low <= label.number <= high for label in labels if _is_number(label, key))
            for labels in profile.label_sets
        ]
    else:
        parts = [_compiled("tagfocus", part) for part in wanted.split(",")]
        texts = [part for part in parts if part is not None]
        sets = [_texts_match(labels, key, texts) for labels in profile.label_sets]
    return np.array([*sets, False], np.bool_)[profile.labels_of_sample]


def _is_number(label: Label, key: str) -> bool:
    return not label.text and key in ("", label.key)


def _texts_match(labels: tuple[Label, ...], key: str, patterns: list[re.Pattern[str]]) -> bool:
    if key:
        texts = [label.text for label in labels if label.key == key and label.text]
        return any(pattern.search(text) for pattern in patterns for text in texts)
    texts = [f"{label.key}:{label.text}" for label in labels if label.text]
    return all(any(pattern.search(text) for text in texts) for pattern in patterns)


def _range_of(text: str) -> tuple[int, int] | None:
    """Return the bounds that ``64``, ``:4kb``, ``2mb:`` or ``1:9`` stands for; None for a text."""
    found = _RANGE.fullmatch(text)
    if found is None:
        return None
    low, high = (_scaled(found[at], found[at + 1]) for at in (1, 4))
    if not found[3]:
        return (low, low) if low is not None and found[4] is None else None
    if low is None and high is None:
        return None
    widest = 1 << 63
    return (-widest if low is None else low, widest if high is None else high)


def _scaled(number: str | None, unit: str | None) -> int | None:
    size = _SIZES.get((unit or "b").lower())
    return int(number) * size if number is not None and size is not None else None
