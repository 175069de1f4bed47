"""Traces for Perfetto as its own messages read them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from perfetto.protos.perfetto.trace import perfetto_trace_pb2 as messages

from flakecore.bundle import open_bundle
from flakecore.report import Explainer, ExportRequest, export
from flakecore.timeline import Case, load_cases
from program import SAMPLE

KINDS = {"G": "goroutine", "P": "proc", "M": "thread"}
"""Kinds of lanes and the categories of their slices."""


@dataclass(frozen=True, slots=True)
class Slice:
    """A slice of a track.

    Attributes:
        track: number of its track.
        name, category: its texts.
        start, end: nanoseconds; None for an end that it has not.
        flows: numbers of the flows that end in it.
    """

    track: int
    name: str
    category: str
    start: int
    end: int | None
    function: str
    notes: dict[str, str]
    flows: tuple[int, ...]


@dataclass(slots=True)
class Read:
    """What a trace holds.

    Attributes:
        tracks: name and parent of each track.
        slices, instants: of each track; those that touch a moment in order.
        counters: (time, value) of each track.
    """

    tracks: dict[int, tuple[str, int]] = field(default_factory=dict)
    slices: list[Slice] = field(default_factory=list)
    instants: list[tuple[int, str, str, int, tuple[int, ...]]] = field(default_factory=list)
    counters: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))

    def of_category(self, category: str) -> list[Slice]:
        """Return the slices of a category."""
        return [each for each in self.slices if each.category == category]

    def path(self, track: int) -> list[str]:
        """Return the names of a track and of those above it, the outermost first."""
        names: list[str] = []
        while track:
            name, track = self.tracks[track]
            names.append(name)
        return names[::-1]


def case_and_trace(
    *places: str, request: ExportRequest | None = None
) -> tuple[Case, Read, list[bytes]]:
    """Return the first case of a bundle, its trace for Perfetto as read, and its pieces."""
    with open_bundle(*places) as bundle:
        case = load_cases(bundle)[0]
        asked = request or ExportRequest()
        pieces = list(export("perfetto", bundle, [case], asked, Explainer(bundle)))
    return case, read(b"".join(pieces)), pieces


@cache
def sample() -> tuple[Case, Read]:
    """Return the sample and its trace as read."""
    case, found, _ = case_and_trace(str(SAMPLE))
    return case, found


def number_of(found: Read, track: int) -> int:
    """Return the number of the goroutine whose track it is."""
    return int(found.tracks[track][0].partition(" ")[0].removeprefix("G"))


def read(data: bytes) -> Read:
    """Read a trace as Perfetto's importer does: packets in order of time, else as they stand.

    Every text that is referred to was written before, and every track has been described.
    """
    trace = messages.Trace()
    trace.ParseFromString(data)
    found, texts = Read(), defaultdict[str, dict[int, Any]](dict)
    events: list[tuple[int, Any, dict[str, Any]]] = []
    for packet in trace.packet:
        assert packet.trusted_packet_sequence_id == 1
        for kind, numbered in packet.interned_data.ListFields():
            for each in numbered:
                assert each.iid not in texts[kind.name], "interned twice"
                texts[kind.name][each.iid] = each
        if packet.HasField("track_descriptor"):
            told = packet.track_descriptor
            assert told.uuid not in found.tracks, "described twice"
            assert not told.parent_uuid or told.parent_uuid in found.tracks
            found.tracks[told.uuid] = (told.name, told.parent_uuid)
        if packet.HasField("track_event"):
            assert packet.track_event.track_uuid in found.tracks, "not described before"
            assert packet.sequence_flags == 2
            events.append((packet.timestamp, packet.track_event, _resolved(packet, texts)))
    events.sort(key=lambda each: each[0])
    _arrange(found, events)
    return found


def _resolved(packet: Any, texts: dict[str, dict[int, Any]]) -> dict[str, Any]:
    event = packet.track_event
    notes = {}
    for note in event.debug_annotations:
        name = texts["debug_annotation_names"][note.name_iid].name
        if note.string_value_iid:
            shared = texts["debug_annotation_string_values"][note.string_value_iid]
            notes[name] = shared.str.decode()
        else:
            notes[name] = note.string_value or str(note.int_value)
    place = event.source_location_iid
    return {
        "name": texts["event_names"][event.name_iid].name if event.name_iid else event.name,
        "category": "".join(texts["event_categories"][n].name for n in event.category_iids),
        "function": texts["source_locations"][place].function_name if place else "",
        "notes": notes,
    }


def _arrange(found: Read, events: list[tuple[int, Any, dict[str, Any]]]) -> None:
    opened: dict[int, list[tuple[int, Any, dict[str, Any]]]] = defaultdict(list)
    for time, event, told in events:
        if event.type == messages.TrackEvent.TYPE_SLICE_BEGIN:
            opened[event.track_uuid].append((time, event, told))
        elif event.type == messages.TrackEvent.TYPE_SLICE_END:
            found.slices.append(_slice(*opened[event.track_uuid].pop(), time))
        elif event.type == messages.TrackEvent.TYPE_INSTANT:
            found.instants.append(
                (time, told["name"], told["category"], event.track_uuid, tuple(event.flow_ids))
            )
        else:
            assert event.type == messages.TrackEvent.TYPE_COUNTER
            name, _ = found.tracks[event.track_uuid]
            found.counters[name].append((time, event.counter_value))
    for left in opened.values():
        assert len(left) <= 1
        found.slices += [_slice(*each, None) for each in left]


def _slice(start: int, event: Any, told: dict[str, Any], end: int | None) -> Slice:
    return Slice(
        event.track_uuid,
        told["name"],
        told["category"],
        start,
        end,
        told["function"],
        told["notes"],
        tuple(event.terminating_flow_ids),
    )
