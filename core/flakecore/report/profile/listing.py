"""The lines of functions with what each is charged, and their source where it is at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from flakecore.pprof import Granularity, Profile, node_totals, nodes_by
from flakecore.timeline.sources import Sources

_AROUND = 5
"""Lines of source shown before the first and behind the last that a profile charges."""


class ChargedLine(NamedTuple):
    """A line of source: what of a profile ends in it, and what passes through it."""

    number: int
    flat: int
    cumulative: int


@dataclass(frozen=True, slots=True)
class SourceListing:
    """A function's lines.

    Attributes:
        function: its qualified name.
        file: its path as the profile has it; "" if unknown.
        charged: the lines that the profile charges, in order.
        lines: the same with those around them; only the charged ones where no source is at hand.
        texts: the source of each of ``lines``; empty where it is not at hand.
    """

    function: str
    file: str
    charged: tuple[ChargedLine, ...]
    lines: tuple[ChargedLine, ...]
    texts: tuple[str, ...]

    @property
    def flat(self) -> int:
        """What ends in any of its lines."""
        return sum(line.flat for line in self.charged)

    @property
    def cumulative(self) -> int:
        """What passes through its lines, as ``go tool pprof`` adds it up."""
        return sum(line.cumulative for line in self.charged)


def charged_lines(
    profile: Profile, column: int, wanted: Callable[[str], object]
) -> list[tuple[str, str, tuple[ChargedLine, ...]]]:
    """Return function, file and charged lines of each wanted function, ordered by their names."""
    stacks = profile.stacks
    nodes = nodes_by(stacks, Granularity.LINES)
    totals = node_totals(stacks, profile.stack_values(column), nodes)
    frames, functions = stacks.frames, stacks.functions
    groups: dict[tuple[str, str], list[ChargedLine]] = {}
    for node in totals.order(nodes.names):
        frame = int(nodes.first[node])
        function = int(frames.function[frame])
        name = functions.names[function]
        if wanted(name):
            values = int(totals.flat[node]), int(totals.cumulative[node])
            line = ChargedLine(int(frames.line[frame]), *values)
            groups.setdefault((name, functions.files[function]), []).append(line)
    return [(name, file, tuple(sorted(lines))) for (name, file), lines in sorted(groups.items())]


def listings(
    profile: Profile, column: int, wanted: Callable[[str], object], sources: Sequence[Sources]
) -> Iterator[SourceListing]:
    """Yield the listing of each function whose name is wanted; arguments as ``charged_lines``.

    Args:
        profile: what charges the lines.
        column: the sample type that is shown.
        wanted: whether a function is, by its qualified name.
        sources: where their source is looked for.
    """
    for function, file, charged in charged_lines(profile, column, wanted):
        text = next(filter(None, (each.whole(_Named(function, file)) for each in sources)), None)
        source = text.split("\n") if text is not None else []
        first, last = charged[0].number, charged[-1].number
        if last > len(source):
            yield SourceListing(function, file, charged, charged, ())
            continue
        known = {line.number: line for line in charged}
        numbers = range(max(1, first - _AROUND), min(len(source), last + _AROUND) + 1)
        lines = tuple(known.get(number) or ChargedLine(number, 0, 0) for number in numbers)
        texts = tuple(source[number - 1].expandtabs(4) for number in numbers)
        yield SourceListing(function, file, charged, lines, texts)


class _Named(NamedTuple):
    """What a source file is looked up by."""

    function: str
    file: str
