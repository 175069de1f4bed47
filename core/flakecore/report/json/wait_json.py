"""What goroutines wait on, with the other side, in the JSON report."""

from __future__ import annotations

from typing import Any

from flakecore.diagnosis import Counterpart, CounterpartWait


def wait_json(wait: CounterpartWait) -> dict[str, Any]:
    """Return a goroutine's wait on one object."""
    found = wait.object
    return {
        "goroutine": wait.goroutine,
        "operation": wait.operation,
        "since_ns": wait.since_ns,
        "live": wait.live,
        "text": wait.text,
        "object": None
        if found is None
        else {
            "address": f"0x{found.address:x}",
            "kind": str(found.kind),
            "name": wait.name,
            "capacity": found.capacity,
            "length": found.length,
            "closed": found.closed,
            "counter": found.counter,
            "reachable_from": found.reachable_from,
            "variable": found.variable,
        },
        "counterparts": [_counterpart(each) for each in wait.counterparts],
    }


def _counterpart(found: Counterpart) -> dict[str, Any]:
    frame = found.frame
    return {
        "role": found.role,
        "goroutine": found.goroutine,
        "at_ns": found.at_ns,
        "ended": found.ended,
        "function": frame.function if frame is not None else "",
        "file": frame.file if frame is not None else "",
        "line": frame.line if frame is not None else 0,
    }
