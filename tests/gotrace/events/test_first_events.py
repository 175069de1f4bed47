"""What is told ahead of a generation is what the whole of it would have told first."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from flakecore.gotrace import EventFilter
from flakecore.gotrace.events.context import bind, read_statuses
from flakecore.gotrace.events.decode_events import decode_events
from flakecore.gotrace.events.first_events import first_batches, settled_prefix
from flakecore.gotrace.events.order import true_order
from flakecore.gotrace.format.batch_index import index_trace
from gotrace.parsed_events import ParsedEvent, by_lane, by_thread, counts, parsed_events
from gotrace.recordings import FORMATS, record, trace_file
from gotrace.small_batches import in_small_batches
from gotrace.text_form import SUCCEEDING, ConformanceCase
from toolchains import NEWEST

ENOUGH = "flakecore.gotrace.events.first_events._PREFIX_BYTES"


def _same(one: Iterable[ParsedEvent], other: Iterable[ParsedEvent]) -> bool:
    one, other = list(one), list(other)
    return (
        counts(one) == counts(other)
        and by_thread(one) == by_thread(other)
        and by_lane(one) == by_lane(other)
    )


def _ahead(data: bytes) -> int:
    """Return how many events of the first generation are told ahead."""
    view = memoryview(data)
    opening = first_batches(index_trace(view, name="trace").generations[0])
    if opening is None:
        return 0
    events, _ = decode_events(view, opening[0], name="trace")
    statuses = read_statuses(events)
    context = bind(events, statuses)
    return len(settled_prefix(events, context, statuses, true_order(events, context), opening[1]))


def _size(data: bytes) -> int:
    """Return how many bytes of events the first generation has."""
    generation = index_trace(memoryview(data), name="trace").generations[0]
    return sum(batch.size for batch in generation.events)


@pytest.mark.parametrize("release", [FORMATS[0], FORMATS[-1]])
@pytest.mark.slow
def test_the_events_are_the_references_wherever_the_first_moments_end(
    release: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = record(release)
    data = in_small_batches(recording.data, 1_000)
    ahead = []
    for part in (64, 16, 4):
        monkeypatch.setattr(ENOUGH, _size(data) // part)
        ours = parsed_events(data)
        assert by_thread(ours) == by_thread(recording.reference)
        assert by_lane(ours) == by_lane(recording.reference)
        assert counts(ours) == counts(recording.reference)
        ahead.append(_ahead(data))
    assert 0 < max(ahead) < len(ours)


@pytest.mark.parametrize("case", SUCCEEDING, indirect=True)
def test_however_far_apart_clocks_are_nothing_comes_too_early(
    case: ConformanceCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = parsed_events(case.trace)
    for enough in (1, 20, 60, 150, 400):
        monkeypatch.setattr(ENOUGH, enough)
        assert _same(parsed_events(case.trace), whole)


def test_the_first_moments_need_a_small_part_of_the_generation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = in_small_batches(trace_file(NEWEST).read_bytes(), 1_000)
    monkeypatch.setattr(ENOUGH, _size(data) // 5)
    opening = first_batches(index_trace(memoryview(data), name="trace").generations[0])
    assert opening is not None
    assert 0 < sum(batch.size for batch in opening[0].events) <= _size(data) // 5


def test_what_is_asked_for_is_told_ahead_just_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    data = in_small_batches(trace_file(NEWEST).read_bytes(), 1_000)
    wanted = EventFilter(goroutine=1)
    whole = parsed_events(data, wanted)
    monkeypatch.setattr(ENOUGH, _size(data) // 16)
    assert parsed_events(data, wanted) == whole
