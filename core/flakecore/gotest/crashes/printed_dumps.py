"""Goroutine stacks in the output of a process that went on: a test's, net/http's or goleak's.

They are blocks like those of a crash, without its opening, and perhaps indented: what t.Log prints
is. goleak has a heading of its own for each goroutine (``internal/stack``, Stack.String), which its
older releases put before the runtime's. leaktest (``leaktest.go``, CheckContext) logs an error of
its own for each, in whose first line the heading stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from flakecore.gotest.crashes.crashes import Crash
from flakecore.gotest.crashes.delve_lists import read_delve_lists
from flakecore.gotest.crashes.dumps import Dump, DumpSource
from flakecore.gotest.crashes.frame_reader import FrameReader
from flakecore.gotest.crashes.goroutine_blocks import HEADER, BlockReader, GoroutineDump
from flakecore.gotest.crashes.printed_groups import read_printed_groups
from flakecore.gotest.quoting import QUOTED, unquoted
from flakecore.gotest.streams.line_search import positions_of
from flakecore.gotest.streams.lines import Lines
from flakecore.text.printable import clean

_WORDS = ("oroutine ",)
_GOLEAK = re.compile(r"[\[ ]?Goroutine (\d{1,19}) in state (.+), with (\S.*) on top of the stack:")
_LEAKTEST = re.compile(
    r"\s*(?:\S+\.go:\d{1,9}: )?(?:leaktest: )?[Ll]eaked goroutine: (goroutine \d{1,19} \[.*)\Z",
    re.ASCII,
)
_SERVING = re.compile(r"http2?: panic serving \S+: (.*)")
_PANIC = re.compile(r"\bpanic(?:ked)?\b.*", re.IGNORECASE)
_HEADLESS = 4
"""Lines among which a log has to begin within a stack."""
_OF_RACE = re.compile(r"(?:Previous )?(?:atomic )?(?:[Rr]ead|[Ww]rite) |Goroutine \d|={18}")
_ASKING = ("runtime/debug.", "k8s.io/apimachinery/pkg/util/runtime.logPanic")
"""Functions that ask for the stack of their own goroutine, and who does so by runtime.Stack."""
_BARE = ("panic", "panicked")
"""Words that announce a panic and name no value."""
_KEYS = ("panic", "panicvalue", "panic_value", "recovered", "recover", "error", "err")
"""Fields of a logger's line that have a panic's value, the surest first."""
_FIELD = re.compile(rf'\b({"|".join(_KEYS)})"?[=:] ?({QUOTED})', re.IGNORECASE)
_FITS = re.compile(r"\s|created by |\.\.\.\d* ?|.*\)\s*\Z|\]?\s*\Z")
"""What a line of a dump looks like, but for headings."""
_AGAIN = "..."
_STRANGERS = 3
"""How many lines that fit nothing may follow one another."""
_MESSAGE_LINES = 10
"""How far above a stack its panic's message may begin."""


def read_printed_dumps(lines: Lines, crashes: Sequence[Crash]) -> tuple[Dump, ...]:
    """Return the dumps in a package's output lines that are no crash; never raises.

    Positions in the result are indices into ``lines``.
    """
    texts = lines.texts
    dumps = list(_cut_stack(lines, crashes))
    taken = dumps[0].last_line if dumps else -1
    of_crashes = iter(crashes)
    crash = next(of_crashes, None)
    for position in positions_of(texts, _WORDS):
        while crash is not None and crash.last_line < position:
            crash = next(of_crashes, None)
        if position <= taken or (crash is not None and crash.first_line <= position):
            continue
        text = texts[position]
        if _LEAKTEST.match(text) and position + 1 < len(texts):
            text = texts[position + 1]
        indent = text[: len(text) - len(text.lstrip())]
        if text.startswith(f"{indent}Goroutine "):  # goleak has a blank before all but its first
            indent = indent[:-1]
        if _heading(texts[position].removeprefix(indent)) is None:
            continue
        end = crash.first_line if crash is not None else len(texts)
        block, checker = _region(texts, position, end, indent)
        goroutines, last = BlockReader(block).blocks(0, lambda _: False)
        taken = position + last
        if not goroutines:
            continue
        source, message = (checker, "") if checker is not None else _source(texts, position)
        if source is DumpSource.PRINTED and _was_caught(goroutines):
            source, message = DumpSource.CAUGHT, _error_of(_line_above(texts, position))
        total = len(goroutines)
        test = int(lines.tests[position])
        dumps.append(
            Dump("goroutine", total, goroutines, (), (), source, message, position, taken, test)
        )
    return (*dumps, *read_printed_groups(lines), *read_delve_lists(lines))


def _cut_stack(lines: Lines, crashes: Sequence[Crash]) -> Iterator[Dump]:
    """Yield the stack that a log begins in: whose it is stood above what was copied."""
    texts = lines.texts
    frames = FrameReader(texts)
    first = next((at for at, text in enumerate(texts[:_HEADLESS]) if text.strip()), len(texts))
    start = first + (first < len(texts) and frames.place_at(first) is not None)
    if start + 2 >= len(texts) or not (frames.frame_at(start) and frames.frame_at(start + 2)):
        return
    goroutine, end = BlockReader(texts).headless(start)
    is_taken = bool(crashes) and crashes[0].first_line < end
    if goroutine is None or is_taken or any(_OF_RACE.match(text) for text in texts[end : end + 3]):
        return
    test = int(lines.tests[start])
    source = DumpSource.PRINTED
    yield Dump("goroutine", 1, (goroutine,), (), (), source, "", first, end - 1, test)


def _heading(text: str) -> str | None:
    """Return a goroutine's heading in the runtime's form, None for any other line."""
    if found := _GOLEAK.match(text):
        return f"goroutine {found[1]} [{found[2]}]:"
    if found := _LEAKTEST.match(text):
        return found[1]
    return text if HEADER.match(text) else None


def _region(
    texts: Sequence[str], start: int, end: int, indent: str
) -> tuple[list[str], DumpSource | None]:
    """Return the lines of a dump without indentation, and which leak checker printed it, if any."""
    block: list[str] = []
    strangers = 0
    checker: DumpSource | None = None
    for position in range(start, end):
        text = texts[position]
        is_leaktests = _LEAKTEST.match(text) is not None
        if indent and text.strip() and not text.startswith(indent) and not is_leaktests:
            break
        text = text.removeprefix(indent) if is_leaktests else text[len(indent) :]
        heading = _heading(text)
        if heading is not None:
            known = heading is not text
            if known:
                checker = DumpSource.LEAKTEST if is_leaktests else DumpSource.GOLEAK
            # An older goleak's heading stands above the runtime's: one goroutine, not two.
            again = not known and block and block[-1].startswith("goroutine ")
            text = _AGAIN if again else heading
            strangers = 0
        elif _FITS.match(text):
            strangers = 0
        else:
            strangers += 1
            if strangers > _STRANGERS:
                break
        block.append(text)
    return block, checker


def _source(texts: Sequence[str], start: int) -> tuple[DumpSource, str]:
    """Return who printed the stack that begins at ``start``, and the panic's value."""
    for at in range(start - 1, max(start - _MESSAGE_LINES, 0) - 1, -1):
        if found := _SERVING.search(texts[at]):
            return DumpSource.CAUGHT, "\n".join([found[1], *texts[at + 1 : start]])
    above = texts[start - 1] if start else ""
    found = _PANIC.search(above)
    if found is None:
        return DumpSource.PRINTED, ""
    phrase = found[0].rstrip(" :")
    return DumpSource.CAUGHT, _error_of(above) or ("" if phrase.lower() in _BARE else phrase)


def _line_above(texts: Sequence[str], position: int) -> str:
    """Return what stands above a stack, be there an empty line in between or not; "" for none."""
    above = texts[max(position - 2, 0) : position]
    return next((text for text in reversed(above) if text.strip()), "")


def _was_caught(goroutines: Sequence[GoroutineDump]) -> bool:
    """Return whether a stack is of a panic, and what recovered it asked for the stack.

    In a crash whose message is not there, a deferred function may stand above the panic too.
    """
    frames = goroutines[0].frames
    asks = frames[:1] and frames[0].function.startswith(_ASKING)
    return bool(asks) and any(frame.function == "panic" for frame in frames)


def _error_of(text: str) -> str:
    """Return the panic's value that a logger wrote into a field of its line, "" if none."""
    if _FIELD.search(text) is None:
        text = text.replace('\\"', '"')  # an object within a string of another
    found = {each[1].lower(): each[2] for each in _FIELD.finditer(text)}
    value = next((found[key] for key in _KEYS if key in found), "")
    return clean(unquoted(value).replace("\n", " "))
