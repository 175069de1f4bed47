"""Events one a line: what a line says, and that text and JSON say the same."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from flakecore.bundle import open_bundle
from flakecore.errors import FlakeError
from flakecore.gotrace import EventKind
from flakecore.report import EventRequest, EventWriter
from flakecore.times import parse_duration
from gotrace.recordings import trace_file
from program import SAMPLE
from toolchains import NEWEST

RELEASE = NEWEST
LINE = re.compile(r"(-?\d+)\.(\d{9}) M=(-|\d+) P=(-|\d+) G=(-|\d+) (\w+)(.*)")


def _written(**request: Any) -> list[str]:
    with open_bundle(trace_file(RELEASE)) as bundle:
        writer = EventWriter(bundle, EventRequest(**request))
        text = b"".join(writer).decode()
        assert writer.losses == []
    return text.splitlines()


def _some(count: int, **request: Any) -> Iterator[str]:
    """Return the first lines of each kind."""
    left = Counter({kind.label: count for kind in EventKind})
    for line in _written(**request):
        found = LINE.fullmatch(line)
        assert found, line
        left[found[6]] -= 1
        if left[found[6]] >= 0:
            yield line


def test_a_line_has_time_thread_proc_goroutine_type_and_what_changed() -> None:
    lines = "\n".join(_some(2_000))
    for pattern in (
        r" M=\d+ P=\d+ G=\d+ StateTransition GoID=\d+ Running->Waiting Reason=\"chan receive\"$",
        r" M=\d+ P=- G=- StateTransition ProcID=\d+ Idle->Running$",
        r" StateTransition GoID=\d+ NotExist->Runnable Name=\"main\.\w+",
        r" StateTransition GoID=\d+ Waiting->Runnable$",
        r" Metric Name=\"/gc/heap/goal:bytes\" Value=\d+$",
        r" RangeBegin GoID=\d+ Name=\"stop-the-world \(start trace\)\"$",
        r" RangeEnd GoID=\d+ Name=\"stop-the-world \(start trace\)\"$",
        r" RangeEnd ProcID=\d+ Name=\"GC incremental sweep\" Swept=\d+ Reclaimed=\d+$",
        r" RangeBegin Name=\"GC concurrent mark phase\"$",
        r" TaskBegin Name=\".+\" Task=\d+",
        r" TaskEnd Name=\".+\" Task=\d+",
        r" RegionBegin Name=\".+\" Task=\d+$",
        r" Log Name=\".*\" Task=\d+ Value=\".+\"$",
        r" Label GoID=\d+ Name=\"GC \(\w+\)\"$",
    ):
        assert re.search(pattern, lines, re.MULTILINE), pattern


def test_json_says_what_text_says() -> None:
    for line, encoded in zip(_written(), _written(json=True), strict=True):
        event, found = json.loads(encoded), LINE.fullmatch(line)
        assert found
        assert event["time_ns"] == int(found[1] + found[2])
        places = [None if place == "-" else int(place) for place in found.group(3, 4, 5)]
        assert [event["m"], event["p"], event["g"]] == places
        assert event["event"] == found[6]
        said = found[7]
        for key, shown in (("goroutine", "GoID="), ("proc", "ProcID="), ("value", "Value=")):
            assert (shown in said) is (key in event)
        for key in ("reason", "name", "task", "parent", "swept", "reclaimed", "value"):
            if key in event:
                shown = json.dumps(event[key], ensure_ascii=False)
                assert f" {key.capitalize()}={shown}" in said
        if "from" in event:
            assert f" {event['from']}->{event['to']}" in said


def test_the_keys_of_json_are_the_promised_ones() -> None:
    keys = {key for line in _written(json=True, stacks=True) for key in json.loads(line)}
    own = {"goroutine", "proc", "from", "to", "reason", "name", "value", "stack"}
    further = {"task", "parent", "swept", "reclaimed"}
    assert keys == {"time_ns", "m", "p", "g", "event"} | own | further


def test_stacks_follow_their_event_a_frame_a_line() -> None:
    plain = _written()
    lines = _written(stacks=True)
    assert [line for line in lines if not line.startswith("\t")] == plain
    frames = [line for line in lines if line.startswith("\t")]
    assert all(re.fullmatch(r"\t.* \S*:\d+", frame) for frame in frames)
    blocked = [lines[i : i + 3] for i, line in enumerate(lines) if 'Reason="chan receive"' in line]
    assert any("runtime.chanrecv" in line for event in blocked for line in event[1:])


def test_a_count_is_a_table_that_adds_up() -> None:
    rows = [line.replace(",", "").split() for line in _written(count=True)]
    counts = {kind: int(count) for count, kind in rows}
    assert counts.pop("total") == sum(counts.values())
    assert counts == Counter(LINE.fullmatch(line)[6] for line in _written())  # type: ignore[index]
    (encoded,) = _written(count=True, json=True)
    assert json.loads(encoded) == counts


def test_types_are_named_in_any_case() -> None:
    lines = _written(types=("log", "TASKEND"))
    assert {LINE.fullmatch(line)[6] for line in lines} == {"Log", "TaskEnd"}  # type: ignore[index]


def test_a_type_that_there_is_not_is_answered_with_those_that_there_are() -> None:
    with pytest.raises(FlakeError, match=r"'Block'; it is one of StateTransition, Metric, "):
        _written(types=("Block",))


def test_a_trace_that_the_bundle_has_not_is_told() -> None:
    with open_bundle(SAMPLE) as bundle:
        assert next(iter(EventWriter(bundle, EventRequest(trace=bundle_trace(bundle)))))
        with pytest.raises(FlakeError, match="holds no trace 'other'; choose one with --trace"):
            list(EventWriter(bundle, EventRequest(trace="other")))


def bundle_trace(bundle: Any) -> str:
    from flakecore.bundle import Kind

    (trace,) = bundle.of_kind(Kind.TRACE)
    return str(trace.name)


@pytest.mark.parametrize(
    ("text", "ns"),
    [
        ("1.5s", 1_500_000_000),
        ("200ms", 200_000_000),
        ("1m30s", 90_000_000_000),
        ("64ns", 64),
        ("5us", 5_000),
        ("5µs", 5_000),
        ("2", 2_000_000_000),
        (".5", 500_000_000),
        ("3.412807", 3_412_807_000),
        ("3.412 807", 3_412_807_000),
        ("-2ms", -2_000_000),
        ("0", 0),
        ("", None),
        ("soon", None),
        ("1.5x", None),
        ("1s2", None),
        ("1e3", None),
    ],
)
def test_a_time_is_read_as_people_type_it(text: str, ns: int | None) -> None:
    assert parse_duration(text) == ns
