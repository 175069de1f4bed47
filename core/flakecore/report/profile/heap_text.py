"""What each repetition of the tests leaves on the heap, as rows of text, and any two compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flakecore.errors import ProfileError
from flakecore.profile_kinds import HEAP_KIND
from flakecore.report.hotspots import format_value
from flakecore.report.profile.profile_request import ProfileRequest
from flakecore.timeline import Case
from flakecore.timeline.lanes.heap_by_repetition import HeapLeft, heap_by_repetition
from flakecore.times import format_duration


def heap_text(cases: Sequence[Case], request: ProfileRequest) -> str:
    """Return a row for each repetition, then what ``number`` has more than ``less``.

    Raises:
        ProfileError: if no case has a trace, the tests ran once, or there is no such repetition.
    """
    lines: list[str] = []
    traced = [case for case in cases if case.trace is not None and case.gc is not None]
    for case in traced:
        assert case.trace is not None and case.gc is not None
        found = heap_by_repetition(case.tests, case.trace, case.gc)
        if len(found) > 1:
            lines += _rows(case.package or "the trace", found)
            lines += _compared(found, request)
    if not traced:
        raise ProfileError("there is no trace", remedy="collect records one")
    if not lines:
        raise ProfileError("the tests ran once", remedy="-count=10 repeats them in one process")
    return "".join(f"{line}\n" for line in lines)


def _rows(package: str, found: Sequence[HeapLeft]) -> Iterator[str]:
    yield (
        f"{package}: {HEAP_KIND} (bytes), what the last collection within each of"
        f" {len(found):,} repetitions left"
    )
    yield f"{'no.':>4} {'after':>8} {'left':>10} {'change':>10}"
    before = -1
    for number, size, time_ns in found:
        after = format_duration(time_ns)
        if size < 0:
            yield f"{number:>4} {after:>8} {'?':>10}             no collection within it"
            continue
        change = format_value(size - before, "bytes") if before >= 0 else ""
        yield f"{number:>4} {after:>8} {format_value(size, 'bytes'):>10} {change:>10}".rstrip()
        before = size


def _compared(found: Sequence[HeapLeft], request: ProfileRequest) -> Iterator[str]:
    if not request.less:
        return
    known = {each.repetition: each for each in found}
    new, old = request.number or found[-1].repetition, request.less
    for number in (new, old):
        if number not in known:
            raise ProfileError(
                f"there is no repetition {number}", remedy=f"there are 1 to {len(found)}"
            )
    sizes = known[new].size, known[old].size
    if min(sizes) < 0:
        yield f"{new} less {old}: unknown, for no collection ended within one of them"
        return
    took = format_duration(abs(known[new].time_ns - known[old].time_ns))
    yield f"{new} less {old}: {format_value(sizes[0] - sizes[1], 'bytes')}, {took} apart"
