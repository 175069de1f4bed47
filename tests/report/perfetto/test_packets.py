"""Packets are what Perfetto's own messages read."""

from __future__ import annotations

import numpy as np
from perfetto.protos.perfetto.trace import perfetto_trace_pb2 as messages

from flakecore.report.perfetto.packets import (
    EventType,
    TrackEvents,
    event_packets,
    text_instant,
    track_packet,
)


def test_what_an_event_has_is_written_and_nothing_else() -> None:
    times = np.array([0, 2**40, 7], np.int64)
    columns = TrackEvents.of(
        times,
        type=np.array([EventType.BEGIN, EventType.END, EventType.COUNTER], np.int64),
        track=np.array([1, 300, 70_000], np.int64),
        name=np.array([5, 0, 0], np.int64),
        reason=np.array([0, 0, 0], np.int64),
        stack=np.array([9, 0, 0], np.int64),
        flow=np.array([0, 2**63 - 1, 0], np.int64),
        value=np.array([0, 0, -3], np.int64),
    )
    first, second, third = messages.Trace.FromString(event_packets(columns)).packet
    assert [each.timestamp for each in (first, second, third)] == times.tolist()
    assert {each.trusted_packet_sequence_id for each in (first, second, third)} == {1}
    assert (first.track_event.track_uuid, first.track_event.name_iid) == (1, 5)
    (note,) = first.track_event.debug_annotations
    assert note.string_value_iid == 9
    assert list(second.track_event.flow_ids) == [2**63 - 1]
    assert not second.track_event.HasField("name_iid")
    assert third.track_event.counter_value == -3
    assert not first.track_event.HasField("counter_value")


def test_an_instant_and_a_track_carry_any_text() -> None:
    text = "a\udcff \N{BLACK HEART SUIT} \x00"
    data = text_instant(5, 7, 1, text, "exact", 12) + track_packet(7, text, parent=3, unit=3)
    instant, track = messages.Trace.FromString(data).packet
    assert instant.track_event.name == text.replace("\udcff", "?")
    assert [
        each.string_value or each.int_value for each in instant.track_event.debug_annotations
    ] == ["exact", 12]
    assert track.track_descriptor.counter.unit == 3
    assert track.track_descriptor.parent_uuid == 3
